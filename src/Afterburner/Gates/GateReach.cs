using Afterburner.Runs;
using Afterburner.Trials;
using Afterburner.Workloads;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Gates;

/// <summary>What of a change the calls of a gate do not run: nothing is known of its speed, so it is not cleared.</summary>
internal sealed class GateReach(Harness harness, GateRun run)
{
    private const int MostArms = 3;

    /// <summary>Which changed line no call of a workload runs, or which way through one no call takes; null where they run all.</summary>
    /// <param name="source">The file at head.</param>
    public async Task<string?> UnreachedAsync(
        FunctionPair pair, Workload workload, EarlierVersion version, string source, CancellationToken cancellationToken)
    {
        if (pair.IsSame)
            return null;
        var before = await File.ReadAllTextAsync(Path.Combine(run.Base, pair.Base.Path), cancellationToken).ConfigureAwait(false);
        var check = await harness.RunAsync(
            new CheckRequest(version.Target, before, source) { Head = workload.Target }, run.Head, run.Limits, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (check.Of<CheckedMessage>().FirstOrDefault() is not { Ok: true } changed)
            return "which of its lines changed could not be told";
        var calls = workload.Recorded.Calls;
        var head = await ReachedAsync(run.Head, workload.Target, workload.Entry).ConfigureAwait(false);
        var earlier = await ReachedAsync(run.Base, version.Target, version.Entry).ConfigureAwait(false);
        return Lines(changed.ChangedLines, head, "")
            ?? Arms(changed.ChangedArms, head, "")
            ?? Lines(changed.RemovedLines, earlier, " of base, which is gone")
            ?? Arms(changed.RemovedArms, earlier, " at base, where it is gone");

        Task<ReachedCode> ReachedAsync(string tree, Target target, Target entry) => run.Book.BookAsync(
            Part.Capture, () => ReachedCode.OfAsync(new Tree(harness, tree, run.Limits), new CallsOf(target, entry, calls), cancellationToken));
    }

    internal static string? Lines(IReadOnlyList<int> lines, ReachedCode reached, string where) =>
        lines.Where(l => !reached.Lines.Contains(l)).ToList() is { Count: > 0 } unreached
            ? $"no recorded call reaches line {unreached.Min()}{where}{(unreached.Count > 1 ? $" (nor {unreached.Count - 1} more)" : "")}"
            : null;

    internal static string? Arms(IReadOnlyList<Arm> arms, ReachedCode reached, string where) =>
        arms.Where(a => a.IsMissing(reached.Arms)).Select(a => a.Unrun).ToList() is { Count: > 0 } unrun
            ? $"no recorded call goes every way that changed{where}: {string.Join("; ", unrun.Take(MostArms))}{(unrun.Count > MostArms ? $"; and {unrun.Count - MostArms} more" : "")}"
            : null;
}
