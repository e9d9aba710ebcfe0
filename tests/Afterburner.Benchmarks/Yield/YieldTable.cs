using System.Globalization;
using System.Text;
using Afterburner.Trials;
using Afterburner.Verdicts;

namespace Afterburner.Benchmarks.Yield;

/// <summary>The yield of each proposer, side by side, and every wrong rewrite by name.</summary>
internal static class YieldTable
{
    /// <summary>Smaller differences are no claim, whatever the test says: as in a review.</summary>
    private static readonly double LeastGain = new Objective(ObjectiveKind.Time).MinimumPairedMedian;

    public static string Write(IReadOnlyList<YieldRow> rows, int tasks, int executed)
    {
        var proposers = rows.Select(r => r.Proposer).Distinct().ToList();
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{tasks} functions, {executed} of them executed, {rows.Select(r => r.Function).Distinct().Count()} reviewed.\n\n");
        text.Append($"| | {string.Join(" | ", proposers)} |\n|:--|{string.Concat(proposers.Select(_ => "--:|"))}\n");
        Row("functions it changed", rs => Count(rs, r => r.Candidates.Count > 0));
        Row("candidates, all rounds", rs => Number(rs.Sum(r => r.Candidates.Count)));
        Row("functions with a verified candidate", rs => Count(rs, r => r.Candidates.Any(IsVerified)));
        Row("proven faster at the small size (functions)", rs => Count(rs, r => r.Candidates.Any(c => IsVerified(c) && Faster(c.Small))));
        Row("proven faster at the large size (functions)", rs => Count(rs, r => r.Candidates.Any(c => IsVerified(c) && Faster(c.Large))));
        Row("a claim at any size: confirmed, no loss at either size (functions)", rs => Count(rs, r => r.Best is not null));
        Row("a claim above the floor of 1.10x and 50 us (functions)", rs => Count(rs, r => r.Candidates.Any(c => c.Material)));
        Row("median speed-up of these claims: any size; above the floor", rs =>
            $"{Times(Median(rs.Select(r => r.Best?.Ratio)))}; {Times(Median(rs.Select(MaterialRatio)))}");
        Row("best speed-up", rs => Times(rs.Select(r => r.Best?.Ratio).Max()));
        Row("proven slower at the small size (functions)", rs => Count(rs, r => r.Candidates.Any(c => IsVerified(c) && Slower(c.Small))));
        Row("proven slower at the large size (functions)", rs => Count(rs, r => r.Candidates.Any(c => IsVerified(c) && Slower(c.Large))));
        Row("wrong rewrites caught by verification (candidates)", rs => Refused(rs, "wrong"));
        Row("turned down because a changed line never ran (candidates)", rs => Refused(rs, "not exercised"));
        Row("turned down as not admissible (candidates)", rs => Refused(rs, "not admissible"));
        text.Append("\nWrong rewrites:\n\n");
        foreach (var row in rows)
        {
            foreach (var wrong in row.Candidates.Where(c => c.Refusal == "wrong"))
                text.Append($"- `{row.Function}`, {row.Proposer}, `{wrong.Recipe}`: {wrong.Reason.Split('\n')[0]}\n");
        }

        return text.ToString();

        void Row(string name, Func<IReadOnlyList<YieldRow>, string> cell) => text.Append(
            $"| {name} | {string.Join(" | ", proposers.Select(p => cell([.. rows.Where(r => r.Proposer == p)])))} |\n");
    }

    private static bool IsVerified(YieldCandidate candidate) => candidate.Verdict != VerdictKind.Rejected;

    private static bool Faster(YieldTrial? trial) => trial is { State: TestState.Better } && trial.Ratio >= LeastGain;

    private static bool Slower(YieldTrial? trial) => trial is { State: TestState.Worse } && trial.Ratio <= 1 / LeastGain;

    private static double? MaterialRatio(YieldRow row) => row.Candidates.Where(c => c.Material).Select(c => c.Ratio).Max();

    private static string Refused(IReadOnlyList<YieldRow> rows, string why) => Number(rows.Sum(r => r.Candidates.Count(c => c.Refusal == why)));

    private static string Count(IReadOnlyList<YieldRow> rows, Func<YieldRow, bool> which) => Number(rows.Count(which));

    private static string Number(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static double? Median(IEnumerable<double?> ratios) =>
        ratios.OfType<double>().ToList() is { Count: > 0 } some ? Medians.Of(some) : null;

    private static string Times(double? ratio) => ratio is { } r ? r.ToString(r >= 100 ? "N0" : "G3", CultureInfo.InvariantCulture) + "x" : "-";
}
