using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Afterburner.Benchmarks;

/// <summary>
/// What each recipe gains on its fixture (of JavaScript: on its case, <c>tests/JavaScript/harness/recipe-cases.cjs</c>), at a small and at a large size: baseline over candidate, median of interleaved
/// pairs with its 99 % interval, beside what its file records. Exit code 1 when a recipe is proven faster at neither size
/// (such a recipe is to be dropped) or when its file records a gain that is more than twice or less than half of what is
/// measured. With <c>--record</c> what is measured is written into the files.
/// </summary>
internal static class RecipesBenchmark
{
    private const int Loosest = 2;

    /// <param name="args"><c>--record</c>, and ids of recipes; all when there are none.</param>
    public static async Task<int> RunAsync(string[] args)
    {
        var record = args.Contains("--record");
        args = [.. args.Where(a => a != "--record")];
        var root = Root();
        var fixtures = Path.Combine(root, "tests", "Fixtures", "recipes");
        var folders = Directory.GetDirectories(fixtures)
            .Where(d => args.Length == 0 || args.Contains(Path.GetFileName(d)))
            .Order(StringComparer.Ordinal);
        var scripts = Path.Combine(root, "tests", "Afterburner.Benchmarks");
        var watch = Stopwatch.StartNew();
        var lines = new List<string>();
        foreach (var start in new[]
        {
            new ProcessStart("/usr/bin/python3", ["-B", Path.Combine(scripts, "recipes.py"), .. folders]),
            new ProcessStart("node", ["--single-threaded", Path.Combine(scripts, "recipes.cjs"), .. args]),
        })
        {
            var run = await Processes.RunAsync(start with { Timeout = TimeSpan.FromMinutes(5) });
            if (!run.Succeeded)
            {
                Console.Error.WriteLine(run.ErrorText);
                return 3;
            }

            lines.AddRange(run.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }

        var table = new Table().AddColumns("recipe", "small", "large", "recorded", "gain");
        var (none, off) = (new List<string>(), new List<string>());
        foreach (var line in lines.Select(l => JsonNode.Parse(l)!))
        {
            var gains = new[] { "small", "large" }.Where(s => (double)line[s]!["low"]! > 1).ToList();
            if (gains.Count == 0)
                none.Add((string)line["id"]!);
            var file = RecordedGain.FileOf(root, (string)line["id"]!);
            if (record)
                RecordedGain.Write(file, (double)line["small"]!["ratio"]!, (double)line["large"]!["ratio"]!);
            var recorded = RecordedGain.Read(file);
            if (recorded is null || IsOff(line["small"]!, recorded.Value.Small) || IsOff(line["large"]!, recorded.Value.Large))
                off.Add((string)line["id"]!);
            table.AddRow(
                (string)line["id"]!, Shown(line["small"]!), Shown(line["large"]!),
                recorded is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known.Small} / {known.Large}") : "nothing", gains.Count == 0 ? "none" : string.Join(", ", gains));
        }

        var wide = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        wide.Profile.Width = 120;
        wide.Write(table);
        wide.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{table.Rows.Count} recipes in {watch.Elapsed.TotalSeconds:0} s; without a proven gain: {Named(none)}; recorded otherwise: {Named(off)}"));
        return none.Count + off.Count == 0 ? 0 : 1;
    }

    private static string Named(List<string> ids) => ids.Count == 0 ? "none" : string.Join(", ", ids);

    private static bool IsOff(JsonNode size, double recorded) =>
        (double)size["high"]! * Loosest < recorded || (double)size["low"]! > recorded * Loosest;

    private static string Shown(JsonNode size) => string.Create(
        CultureInfo.InvariantCulture, $"{(double)size["ratio"]!:G3} ({(double)size["low"]!:G3} to {(double)size["high"]!:G3})");

    internal static string Root()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Afterburner.sln")))
                return directory.FullName;
        }

        throw new EnvironmentFailureException("run this from a checkout of the project");
    }
}
