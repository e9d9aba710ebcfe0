using System.Globalization;
using Afterburner.Cli;
using Afterburner.Functions;
using Afterburner.Proposers;
using Afterburner.Reviews;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Spectre.Console;

namespace Afterburner.Benchmarks;

/// <summary>
/// Where the wall time of the sample review goes: <c>review</c>. Goals: under 60 s in all, under 10 % of it outside tests,
/// measurement and proposers.
/// </summary>
internal static class ReviewBenchmark
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    private const double LargestOverhead = 0.10;

    public static async Task<int> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("afterburner-benchmark-");
        try
        {
            var repository = Path.Combine(folder.FullName, "sample");
            await SampleRepository.CreateAsync(repository, CancellationToken.None);
            await using var sandbox = await SandboxChoice.OpenAsync(
                SandboxKind.Auto, new SandboxOptions(), TimeProvider.System, CancellationToken.None);
            var review = new Review(
                sandbox, (harness, _) => [new RecipeProposer(AstGrep.Find(harness.Sandbox), harness, RecipeCatalogue.BuiltIn())], new QuietObserver(), TimeProvider.System);
            var report = await review.RunAsync(
                new ReviewRequest(repository, Path.Combine(folder.FullName, "run"), Configuration.Default)
                {
                    Base = SampleRepository.BaseBranch,
                    Head = SampleRepository.ChangeBranch,
                },
                CancellationToken.None);
            return Print(report);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static int Print(Report report)
    {
        var split = report.Split!;
        var table = new Table().AddColumns("part", "seconds", "share");
        foreach (var (part, seconds) in new[]
        {
            ("tests", split.TestsSeconds), ("capture and amplification", split.CaptureSeconds), ("verification", split.VerifySeconds),
            ("measurement", split.MeasureSeconds), ("proposers", split.ModelSeconds), ("everything else", split.OverheadSeconds),
        })
            table.AddRow(part, Number(seconds, "0.0"), Number(seconds / report.DurationSeconds, "0%"));
        table.AddRow("in all", Number(report.DurationSeconds, "0.0"), "");
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine($"{report.Improved.Count()} proven suggestions of {report.Functions.Count} functions");
        return report.DurationSeconds <= Longest.TotalSeconds && split.OverheadSeconds <= LargestOverhead * report.DurationSeconds ? 0 : 1;
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
