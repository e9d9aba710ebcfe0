using System.Diagnostics;
using System.Globalization;
using System.Text;
using Afterburner.Gates;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Verdicts;
using Spectre.Console;

namespace Afterburner.Benchmarks;

/// <summary>
/// How often the gate is wrong, through the real walk: <c>gate [--unchanged N] [--slower N] [--seed N]</c>. Functions that were
/// only touched must not fail; one that was made 10 % slower must. How far the ratios of those that were touched lie apart is what the layout of processes favours.
/// </summary>
internal static class GateBenchmark
{
    private const int FunctionsOfARun = 20;

    public static async Task<int> RunAsync(string[] args)
    {
        var unchanged = Number(args, "--unchanged", 100);
        var slower = Number(args, "--slower", 20);
        var seed = Number(args, "--seed", 1);
        await using var sandbox = await BubblewrapSandbox.OpenAsync(new BubblewrapOptions(), TimeProvider.System, CancellationToken.None);

        var watch = Stopwatch.StartNew();
        var touched = new List<GateFunctionReport>();
        for (var run = 0; touched.Count < unchanged; run++)
            touched.AddRange(await GateAsync(sandbox, Math.Min(FunctionsOfARun, unchanged - touched.Count), "  # touched", 1, seed + run));
        var touchedSeconds = watch.Elapsed.TotalSeconds;
        var slowed = new List<GateFunctionReport>();
        for (var run = 0; slowed.Count < slower; run++)
            slowed.AddRange(await GateAsync(sandbox, 1, "", 1.1, seed + 1000 + run));

        var table = new Table().AddColumns("", "only touched", "10% slower");
        foreach (var status in Enum.GetValues<GateStatus>())
            table.AddRow(status.ToString(), Count(touched, status), Count(slowed, status));
        table.AddRow("median slowdown", Median(touched), Median(slowed));
        table.AddRow("slowdowns, 5th to 95th percentile", Between(touched), Between(slowed));
        table.AddRow("seconds a function", (touchedSeconds / touched.Count).ToString("0.0", CultureInfo.InvariantCulture),
            ((watch.Elapsed.TotalSeconds - touchedSeconds) / slowed.Count).ToString("0.0", CultureInfo.InvariantCulture));
        AnsiConsole.Write(table);
        var failed = touched.Count(f => f.Status == GateStatus.Slower);
        var caught = slowed.Count(f => f.Status == GateStatus.Slower);
        AnsiConsole.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"failed though only touched: {failed} of {touched.Count}; caught at 10 %: {caught} of {slowed.Count}; all of it {watch.Elapsed.TotalSeconds:0} s"));
        return failed == 0 && caught >= 0.95 * slowed.Count ? 0 : 1;
    }

    /// <summary>One gate over a repository whose functions do the same work, touched or made slower.</summary>
    private static async Task<IReadOnlyList<GateFunctionReport>> GateAsync(
        ISandbox sandbox, int functions, string touch, double work, long seed)
    {
        var directory = Directory.CreateTempSubdirectory("afterburner-gate-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(directory, "tests"));
            await File.WriteAllTextAsync(Path.Combine(directory, "load.py"), Code(functions, "", 1));
            await File.WriteAllTextAsync(Path.Combine(directory, "tests", "test_load.py"), Tests(functions));
            await GitAsync(directory, "init", "--quiet", "--initial-branch=main");
            await CommitAsync(directory);
            await File.WriteAllTextAsync(Path.Combine(directory, "load.py"), Code(functions, touch, work));
            await CommitAsync(directory);
            var configuration = Configuration.Default with { Seed = seed, Budget = TimeSpan.FromHours(1) };
            var report = await new Gate(sandbox, _ => { }, TimeProvider.System).RunAsync(
                new GateRequest(directory, Path.Combine(directory, "out"), configuration) { Base = "HEAD~1" }, CancellationToken.None);
            foreach (var function in report.Functions.Where(f => f.Status != (work > 1 ? GateStatus.Slower : GateStatus.NotSlower)))
                AnsiConsole.WriteLine($"seed {seed}: {function.Name}: {function.Reason}");
            return report.Functions;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static string Code(int functions, string touch, double work)
    {
        var text = new StringBuilder();
        for (var i = 0; i < functions; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $$"""
                def load{{i}}(rounds):{{touch}}
                    counts, total, words = {}, 0, []
                    for i in range(int(rounds * {{work:R}})):
                        key = (i * 7919) % 997
                        counts[key] = counts.get(key, 0) + i
                        if i & 15 == 0:
                            words.append(str(key))
                        total += key ^ i
                    words.sort()
                    return rounds


                """);
        }

        return text.ToString();
    }

    private static string Tests(int functions)
    {
        var text = new StringBuilder("import unittest\nimport load\n\n\nclass Tests(unittest.TestCase):\n");
        for (var i = 0; i < functions; i++)
            text.Append(CultureInfo.InvariantCulture, $"    def test_load{i}(self):\n        self.assertEqual(load.load{i}(9000), 9000)\n\n");
        return text.ToString();
    }

    private static async Task CommitAsync(string directory)
    {
        await GitAsync(directory, "add", "--all");
        await GitAsync(directory, "-c", "user.name=gate", "-c", "user.email=gate@example.org", "commit", "--quiet", "--message", "load");
    }

    private static async Task GitAsync(string directory, params string[] arguments)
    {
        var run = await Processes.RunAsync(new ProcessStart("git", ["-C", directory, .. arguments]));
        if (!run.Succeeded)
            throw new InvalidOperationException(run.ErrorText);
    }

    private static string Count(List<GateFunctionReport> functions, GateStatus status) =>
        functions.Count(f => f.Status == status).ToString(CultureInfo.InvariantCulture);

    private static string Median(List<GateFunctionReport> functions)
    {
        var slowdowns = functions.Select(f => f.Slowdown).OfType<double>().Order().ToList();
        return slowdowns.Count == 0 ? "" : slowdowns[slowdowns.Count / 2].ToString("0.000", CultureInfo.InvariantCulture);
    }

    private static string Between(List<GateFunctionReport> functions)
    {
        var slowdowns = functions.Select(f => f.Slowdown).OfType<double>().Order().ToList();
        return slowdowns.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{slowdowns[slowdowns.Count / 20]:0.000} to {slowdowns[(slowdowns.Count - 1) * 19 / 20]:0.000}");
    }

    private static int Number(string[] args, string name, int otherwise)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
    }
}
