using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Trials;

/// <summary>Makes calls that neither side has seen, of the size of a claim. None: the calls of the claim are used again.</summary>
public delegate Task<IReadOnlyList<RecordedCall>> FreshCalls(Trial claim, CancellationToken cancellationToken);

/// <summary>
/// For workloads that replay calls (<see cref="WorkloadKind.Replay"/>, <see cref="WorkloadKind.Caller"/>): a candidate in the
/// place of the function, or the function as it is, beside <see cref="Earlier"/>, another version of the whole repository.
/// </summary>
/// <param name="workspace">Copy of the repository at head that appears as <c>/work</c>.</param>
/// <param name="limits">Of every run.</param>
/// <param name="files">The target's file; its baseline is not looked at with <see cref="Earlier"/>.</param>
public sealed class ReplayTrials(
    Harness harness, string workspace, Limits limits, Workload workload, FileVersions files, ObjectiveKind objective) : ITrials
{
    private readonly Dictionary<Trial, IReadOnlyList<RecordedCall>> _executed = new(ReferenceEqualityComparer.Instance);

    /// <value>Calls for a confirmation. Defaults to those of the claim.</value>
    public FreshCalls? Fresh { get; init; }

    /// <value>What takes the baseline's place. The answers may differ. Defaults to null.</value>
    public EarlierVersion? Earlier { get; init; }

    public TimeProvider? Clock { get; init; }

    public IReadOnlyList<CallSize> Sizes =>
        [.. Enum.GetValues<CallSize>().Where(s => CallsOf(s).Count > 0)];

    public Task<Trial> MeasureAsync(CallSize size, long seed, Func<Pair, bool> enough, CancellationToken cancellationToken) =>
        RunAsync(CallsOf(size), seed, confirming: false, fresh: false, enough, cancellationToken);

    public async Task<Trial> ConfirmAsync(Trial claim, long seed, Func<Pair, bool> enough, CancellationToken cancellationToken)
    {
        var calls = Fresh is null ? [] : await Fresh(claim, cancellationToken).ConfigureAwait(false);
        return await RunAsync(
            calls.Count > 0 ? calls : _executed[claim], seed, confirming: true, fresh: calls.Count > 0, enough, cancellationToken).ConfigureAwait(false);
    }

    private IReadOnlyList<RecordedCall> CallsOf(CallSize size) => size == CallSize.Captured ? workload.Captured : workload.Amplified;

    private async Task<Trial> RunAsync(
        IReadOnlyList<RecordedCall> calls, long seed, bool confirming, bool fresh, Func<Pair, bool> enough, CancellationToken cancellationToken)
    {
        var plan = TrialPlan.Of(workload, harness.Program.Pace, calls, files, objective, seed, fresh) with { Confirming = confirming };
        var trial = await new TrialRunner(harness, workspace, limits, Clock, Earlier).RunAsync(plan, enough, cancellationToken).ConfigureAwait(false);
        _executed[trial] = calls;
        return trial;
    }
}
