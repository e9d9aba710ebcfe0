using System.Text.RegularExpressions;
using Afterburner.Functions;
using Afterburner.Gates;
using Afterburner.Suggestions;
using Afterburner.Verdicts;
using Afterburner.Workloads;

namespace Afterburner.Checks;

/// <summary>
/// Whether functions of a gate are faster, by the rules of a check: equal in every answer that is compared, every changed line and way run, every test as at base, and faster by
/// enough to matter. What a gate does not know (which tests come out otherwise, and what is new) is found out with the first function that is asked about.
/// </summary>
/// <param name="gate">Compared them.</param>
/// <param name="calls">Of both sides, recorded.</param>
/// <param name="added">Functions that base lacks.</param>
internal sealed class ProvenGains(Harness harness, GateRun run, GateFunctions gate, GateCalls calls, IReadOnlyList<Function> added)
{
    private IReadOnlyList<CheckTestReport>? _tests;
    private AddedFunctions? _added;

    /// <param name="found">What it can be compared on.</param>
    /// <param name="gated">What the gate says of it: not that it is slower.</param>
    public async Task<GateGainReport> OfAsync(FunctionPair pair, GateCallsOf found, GateFunctionReport gated, CancellationToken cancellationToken)
    {
        if (found.Workload is not { } workload)
            return CannotTell(gated.Reason);
        // What the gate cannot tell is not told by a check either, which needs more.
        if (gated.Status == GateStatus.CannotTell)
            return CannotTell(gated.Reason);
        if (calls.BaseFailure is { } failure)
            return CannotTell($"nothing shows that it is equal: at base {failure.Message.Split('\n', 2)[0]}");
        if (run.Book.Total > run.Configuration.Budget)
            return CannotTell("the time budget was spent before it was asked whether it is faster (budget)");
        run.Progress($"  {pair.Head.Id}: {(gated.SeemsFaster ? "it seems to be faster" : "it has to be faster")}: is that so, and is it equal?");
        _tests ??= calls.Tests is { Base: { } before, Head: { } after } ? await new CheckedTests(harness, run).CompareAsync(before, after, cancellationToken).ConfigureAwait(false) : [];
        var known = await NamedAsync(pair.Head, cancellationToken).ConfigureAwait(false);
        var judged = await new CheckedFunction(harness, run, gate, pair, found, known, testsDecide: false) { Gated = gated }.JudgeAsync(cancellationToken).ConfigureAwait(false);
        var report = CheckedFunctions.Tested(judged, workload, _tests);
        return new GateGainReport
        {
            Status = report.Status,
            Reason = CheckWords.OfHead(report.Reason),
            Speedup = report.Speedup,
            Low = report.Low,
            High = report.High,
            Pairs = report.Pairs,
            OnlyLike = report.OnlyLike,
        };
    }

    /// <summary>What is known of new functions, where the function may call one.</summary>
    private async Task<AddedFunctions> NamedAsync(Function function, CancellationToken cancellationToken)
    {
        if (_added is null && added.Any(a => Regex.IsMatch(function.Source, $@"\b{Regex.Escape(a.Name[(a.Name.LastIndexOf('.') + 1)..])}\b", RegexOptions.None, TimeSpan.FromSeconds(5))))
        {
            run.Progress("  looking at what is new");
            var captured = await calls.CaptureAddedAsync(added, cancellationToken).ConfigureAwait(false);
            _added = await AddedFunctions.LookAtAsync(harness, run, added, captured, cancellationToken).ConfigureAwait(false);
        }

        return _added ?? await AddedFunctions.LookAtAsync(harness, run, [], [], cancellationToken).ConfigureAwait(false);
    }

    private static GateGainReport CannotTell(string reason) => new() { Status = CheckStatus.CannotTell, Reason = reason };
}
