using Afterburner.Benchmarks;
using Afterburner.Benchmarks.Yield;

var benchmarks = new SortedDictionary<string, Func<string[], Task<int>>>(StringComparer.Ordinal)
{
    ["capture"] = CaptureBenchmark.RunAsync,
    ["evaluation"] = EvaluationBenchmark.RunAsync,
    ["extraction"] = ExtractionBenchmark.RunAsync,
    ["gate"] = Afterburner.Benchmarks.GateBenchmark.RunAsync,
    ["recipes"] = RecipesBenchmark.RunAsync,
    ["review"] = _ => ReviewBenchmark.RunAsync(),
    ["reviews"] = ReviewsBenchmark.RunAsync,
    ["sandbox"] = SandboxBenchmark.RunAsync,
    ["verdicts"] = VerdictsBenchmark.RunAsync,
    ["worker"] = WorkerBenchmark.RunAsync,
    ["yield"] = YieldBenchmark.RunAsync,
};

if (args is [var name, .. var rest] && benchmarks.TryGetValue(name, out var benchmark))
{
    try
    {
        return await benchmark(rest);
    }
    catch (Exception e) when (e is UsageException or EnvironmentFailureException)
    {
        await Console.Error.WriteLineAsync($"{name}: {e.Message}");
        return e is UsageException ? 2 : 3;
    }
}

await Console.Error.WriteLineAsync(
    $"usage: dotnet run -c Release --project tests/Afterburner.Benchmarks -- {string.Join('|', benchmarks.Keys)}");
return 2;
