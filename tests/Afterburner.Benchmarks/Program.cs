using Afterburner.Benchmarks;

return args is [var name, .. var rest]
    ? name switch
    {
        "verdicts" => await VerdictsBenchmark.RunAsync(rest),
        _ => Usage(),
    }
    : Usage();

static int Usage()
{
    Console.Error.WriteLine("usage: dotnet run -c Release --project tests/Afterburner.Benchmarks -- verdicts");
    return 2;
}
