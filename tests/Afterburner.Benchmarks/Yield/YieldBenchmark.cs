using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Afterburner.Functions;
using Afterburner.Languages.Python;
using Afterburner.Proposers;
using Afterburner.Runs;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Workloads;

namespace Afterburner.Benchmarks.Yield;

/// <summary>
/// What the recipes yield on a file of functions, beside ruff's fixes, both verified and measured as in a review:
/// <c>yield FILE [--limit N] [--only recipes|ruff] [--seed N] [--minutes N] [--continue] [--out DIR]</c>. FILE holds tasks, one JSON
/// object a line, see <see cref="YieldTask"/>. A run that its minutes end is continued by the same command with <c>--continue</c>.
/// </summary>
internal static class YieldBenchmark
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is not [var file, ..])
        {
            Console.Error.WriteLine("yield FILE [--limit N] [--only recipes|ruff] [--seed N] [--minutes N] [--continue] [--out DIR]");
            return 2;
        }

        var watch = Stopwatch.StartNew();
        var seed = int.Parse(Option(args, "--seed") ?? "0", CultureInfo.InvariantCulture);
        var limit = int.Parse(Option(args, "--limit") ?? "100000", CultureInfo.InvariantCulture);
        var output = Directory.CreateDirectory(Option(args, "--out") ?? Path.Combine(RecipesBenchmark.Root(), "artifacts", "yield")).FullName;
        var script = Path.Combine(RecipesBenchmark.Root(), "tests", "Afterburner.Benchmarks", "Yield", "inputs.py");
        await using var sandbox = await SandboxChoice.OpenAsync(
            SandboxKind.Auto, new SandboxOptions(), TimeProvider.System, CancellationToken.None);
        using var workspace = Workspace.Create();
        IReadOnlyList<YieldTask> tasks = [.. YieldTask.Read(file).Take(limit)];
        var written = await YieldRepository.WriteAsync(sandbox, tasks, script, workspace.Head, CancellationToken.None);
        Say(watch, $"{written.Count} of {tasks.Count} functions can be executed");

        var kept = Path.Combine(output, "yield.jsonl");
        if (!args.Contains("--continue"))
        {
            File.Delete(kept);
            File.Delete(Path.Combine(output, Journal.FileName));
        }

        var earlier = File.Exists(kept) ? File.ReadLines(kept).Select(l => JsonSerializer.Deserialize<YieldRow>(l, Json)!).ToList() : [];
        var done = earlier.Select(r => r.Function).ToHashSet();
        var minutes = double.Parse(Option(args, "--minutes") ?? "100000", CultureInfo.InvariantCulture);
        using var journal = new Journal(output, TimeProvider.System);
        var rows = RowsAsync(
            sandbox, workspace, [.. written.Where(t => !done.Contains($"{t.Path}::{t.Entry}"))], Option(args, "--only") ?? "", journal, seed, watch);
        await foreach (var ofFunction in rows)
        {
            await File.AppendAllLinesAsync(kept, ofFunction.Select(r => JsonSerializer.Serialize(r, Json)));
            earlier.AddRange(ofFunction);
            if (watch.Elapsed.TotalMinutes >= minutes)
                break;
        }

        var table = YieldTable.Write(earlier, tasks.Count, written.Count);
        await File.WriteAllTextAsync(Path.Combine(output, "yield.md"), table);
        Console.Write(table);
        Say(watch, $"written to {output}");
        return 0;
    }

    /// <returns>For one function after the other, the rows of all proposers.</returns>
    private static async IAsyncEnumerable<IReadOnlyList<YieldRow>> RowsAsync(
        ISandbox sandbox, Workspace workspace, IReadOnlyList<YieldTask> tasks, string only, Journal journal, long seed, Stopwatch watch)
    {
        var project = await PythonProjectFinder.FindAsync(sandbox, null, workspace.Head, new PythonOptions(), CancellationToken.None);
        var harness = new Harness(sandbox, project.Program);
        var found = await new FunctionFinder(AstGrep.Find(sandbox)).FindAsync(workspace.Head, [.. tasks.Select(t => t.Path)]);
        var functions = tasks.Select(t => found.Functions.FirstOrDefault(f => f.Path == t.Path && f.Name == t.Entry)).OfType<Function>().ToList();
        var baseline = await RepositoryTests.EstablishBaselineAsync(harness, workspace.Head, Configuration.Default.ToLimits());
        Say(watch, $"{functions.Count} functions found, {baseline.Passed} of {baseline.Collected} tests pass");
        var captured = await CallCapture.CaptureAsync(
            harness, workspace.Head, [.. functions.Select(Target.Of)], baseline, new CaptureOptions { Limits = Configuration.Default.ToLimits(), Seed = seed, Fallbacks = false });
        Say(watch, $"calls of {captured.Count(c => c.Workload is not null)} functions recorded");

        var files = tasks.ToDictionary(t => t.Path, t => t.Source);
        IProposer[] all =
        [
            new RecipeProposer(AstGrep.Find(sandbox), harness, RecipeCatalogue.BuiltIn()),
            await RuffProposer.OfAsync(RecipesBenchmark.Root(), files, CancellationToken.None),
        ];
        List<IProposer> proposers = [.. all.Where(p => p.Name.StartsWith(only, StringComparison.Ordinal))];
        var reviews = new YieldReview(harness, workspace.Head, baseline, journal, seed);
        foreach (var (function, outcome) in functions.Zip(captured))
        {
            if (outcome.Workload is not { } workload)
                continue;
            var rows = await reviews.RunAsync(proposers, function, workload, CancellationToken.None);
            foreach (var (row, candidate) in rows.SelectMany(r => r.Candidates.Select(c => (r, c))))
                Say(watch, $"{function.Id} {row.Proposer} {candidate.Recipe}: {candidate.Verdict}: {candidate.Reason.Split('\n')[0]}");
            yield return rows;
        }
    }

    private static string? Option(string[] args, string name) =>
        Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : null;

    private static void Say(Stopwatch watch, string what) =>
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"[{watch.Elapsed.TotalSeconds,6:0.0} s] {what}"));
}
