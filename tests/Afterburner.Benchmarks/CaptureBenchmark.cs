using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Afterburner.Languages.Python;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Benchmarks;

/// <summary>
/// How many of a repository's functions can be captured, and how long that takes:
/// <c>capture REPOSITORY PACKAGE [functions] [seed]</c> (defaults: 30 functions, seed 1).
/// </summary>
internal static partial class CaptureBenchmark
{
    public static async Task<int> RunAsync(string[] args)
    {
        if (args.Length < 2)
        {
            Console.Error.WriteLine("capture REPOSITORY PACKAGE [functions] [seed]");
            return 2;
        }

        var root = Path.GetFullPath(args[0]);
        var count = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 30;
        var random = new Random(args.Length > 3 ? int.Parse(args[3], CultureInfo.InvariantCulture) : 1);
        var targets = Targets(root, args[1]).ToArray();
        random.Shuffle(targets);
        targets = targets[..Math.Min(count, targets.Length)];

        await using var sandbox = await BubblewrapSandbox.OpenAsync(new BubblewrapOptions(), TimeProvider.System, CancellationToken.None);
        var watch = Stopwatch.StartNew();
        var project = await PythonProjectFinder.FindAsync(sandbox, null, root, new PythonOptions(), CancellationToken.None);
        var harness = new Harness(sandbox, project.Program);
        Console.WriteLine($"{project.RunnerName} by {project.Interpreter}, imports {string.Join(' ', project.ImportPaths)} ({watch.Elapsed.TotalSeconds:0.0} s)");
        watch.Restart();
        var baseline = await RepositoryTests.EstablishBaselineAsync(harness, root, new Limits { Wall = TimeSpan.FromMinutes(10) });
        Console.WriteLine($"baseline: {baseline.Collected} outcomes, {baseline.Passed} passed, {baseline.Flaky.Count} flaky; one run {baseline.Wall.TotalSeconds:0.0} s, both {watch.Elapsed.TotalSeconds:0.0} s");
        watch.Restart();
        var outcomes = await CallCapture.CaptureAsync(harness, root, targets, baseline, new CaptureOptions { Limits = new Limits() });
        Console.WriteLine($"capture of {targets.Length} functions: {watch.Elapsed.TotalSeconds:0.0} s");
        foreach (var outcome in outcomes)
            Console.WriteLine($"  {outcome.Target.Id,-60} {Describe(outcome)}");
        foreach (var kind in outcomes.GroupBy(o => o.Workload?.Kind.ToString() ?? "skipped"))
            Console.WriteLine($"{kind.Key}: {kind.Count()} of {outcomes.Count}");
        return 0;
    }

    private static string Describe(CaptureOutcome outcome) => outcome.Workload is { } workload
        ? $"{workload.Kind}: {workload.Captured.Count} calls, slowest {workload.SlowestCall * 1e6:0.0} us, {workload.CoveringTests.Count} tests"
            + string.Concat(outcome.Notes.Select(n => $" [{Short(n)}]"))
        : $"skipped: {Short(outcome.SkipReason!)}";

    private static string Short(string text) => text.ReplaceLineEndings(" ") is { Length: > 200 } line ? line[..200] + "..." : text.ReplaceLineEndings(" ");

    /// <summary>Functions and methods of a package by indentation: good enough to draw a sample.</summary>
    private static IEnumerable<Target> Targets(string root, string package)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(root, package), "*.py", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var scope = new List<(int Indent, string Name, bool IsClass)>();
            int? decorated = null;
            var lines = File.ReadAllLines(file);
            for (var i = 0; i < lines.Length; i++)
            {
                if (Definition().Match(lines[i]) is not { Success: true } match)
                    continue;
                var indent = match.Groups[1].Length;
                scope.RemoveAll(s => s.Indent >= indent);
                if (match.Groups[2].Value == "@")
                {
                    decorated ??= i + 1;
                    continue;
                }

                var isClass = match.Groups[2].Value == "class";
                scope.Add((indent, match.Groups[3].Value, isClass));
                if (!isClass && scope[..^1].All(s => s.IsClass))
                    yield return new Target(Path.GetRelativePath(root, file), string.Join('.', scope.Select(s => s.Name)), decorated ?? i + 1);
                decorated = null;
            }
        }
    }

    [GeneratedRegex(@"^( *)(@|class|def|async def)\s*(\w+)")]
    private static partial Regex Definition();
}
