using Afterburner.Benchmarks;

return args switch
{
    ["capture", .. var rest] => await CaptureBenchmark.RunAsync(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: dotnet run -c Release --project tests/Afterburner.Benchmarks -- SUBCOMMAND (one of: capture)");
    return 2;
}
