using Afterburner.Benchmarks;
using Afterburner.Benchmarks.Yield;

return args is [var name, .. var rest]
    ? name switch
    {
        "capture" => await CaptureBenchmark.RunAsync(rest),
        "extraction" => await ExtractionBenchmark.RunAsync(rest),
        "recipes" => await RecipesBenchmark.RunAsync(rest),
        "review" => await ReviewBenchmark.RunAsync(),
        "sandbox" => await SandboxBenchmark.RunAsync(rest),
        "verdicts" => await VerdictsBenchmark.RunAsync(rest),
        "yield" => await YieldBenchmark.RunAsync(rest),
        _ => Usage(),
    }
    : Usage();

static int Usage()
{
    Console.Error.WriteLine("usage: dotnet run -c Release --project tests/Afterburner.Benchmarks -- capture|extraction|recipes|review|sandbox|verdicts|yield");
    return 2;
}
