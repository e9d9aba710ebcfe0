using Afterburner.Benchmarks;

return args is [var name, .. var rest]
    ? name switch
    {
        "extraction" => await ExtractionBenchmark.RunAsync(rest),
        "verdicts" => await VerdictsBenchmark.RunAsync(rest),
        _ => Usage(),
    }
    : Usage();

static int Usage()
{
    Console.Error.WriteLine("usage: dotnet run -c Release --project tests/Afterburner.Benchmarks -- extraction|verdicts");
    return 2;
}
