using Afterburner.Changes;
using Afterburner.Functions;
using Afterburner.Proposers;
using Afterburner.Runs;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Verdicts;
using Afterburner.Workloads;

namespace Afterburner.Reviews;

/// <summary>What every function of one review shares.</summary>
internal sealed record ReviewContext
{
    private readonly Dictionary<string, AskedProposers> _asked = new(StringComparer.Ordinal);

    public required Configuration Configuration { get; init; }

    public required Objective Objective { get; init; }

    /// <summary>Null when functions are optimised without a change.</summary>
    public required Change? Change { get; init; }

    public required Workspace Workspace { get; init; }

    public required Harness Harness { get; init; }

    /// <summary>The code under review.</summary>
    public Tree Tree => new(Harness, Workspace.Head, Limits);

    public required ILanguageText Text { get; init; }

    /// <summary>The repository's tests on the code under review.</summary>
    public required TestRun Baseline { get; init; }

    /// <summary>Which of its tests reach the functions under review; null where that was not asked for yet.</summary>
    public Survey? Survey { get; init; }

    public required IReadOnlyList<IProposer> Proposers { get; init; }

    public required Detectors Detectors { get; init; }

    public required Journal Journal { get; init; }

    public required IReviewObserver Observer { get; init; }

    public required TimeBook Book { get; init; }

    public required Limits Limits { get; init; }

    /// <summary>True once the time budget of the review is spent: what is running ends, nothing new begins.</summary>
    public required Func<bool> BudgetSpent { get; init; }

    public required Tally Tally { get; init; }

    /// <summary>The proposers while they are asked about a function.</summary>
    public AskedProposers Asked(Function function) =>
        _asked.TryGetValue(function.Id, out var asked) ? asked : _asked[function.Id] = new AskedProposers(this, function);

    /// <summary>
    /// Whether the review goes on when a proposer fails: it has answered before (one that never did is missing, and ends
    /// the review), and another is left.
    /// </summary>
    public bool GoesOnWithout(IProposer proposer) =>
        Tally.HasAnswered(proposer.Name) && Proposers.Any(p => p.Name != proposer.Name && !Tally.HasFailed(p.Name));

    /// <summary>What counts as better on the calls of a workload.</summary>
    public Objective ObjectiveOf(Workload workload) => workload.Kind == WorkloadKind.Caller ? Objective.ThroughCaller : Objective;

    /// <summary>
    /// Why a function is too small to matter, or null: a call that takes no longer than what must be saved cannot save it.
    /// Decided before anybody is asked.
    /// </summary>
    /// <param name="secondsPerCall">Of the slowest calls there are; null when they could not be timed.</param>
    public string? TooSmall(double? secondsPerCall, Workload workload)
    {
        var floor = Objective.MinimumSaving;
        return Objective.Kind != ObjectiveKind.Time || secondsPerCall is not { } seconds || seconds >= floor ? null
            : FormattableString.Invariant(
                $"too small to matter: its slowest {(workload.Amplified.Count > 0 ? "calls, amplified," : "calls")} take {seconds * 1e6:0.##} us, less than a suggestion must save ({floor * 1e6:0} us, materiality.saving): a test with a larger input, or a lower floor, has it measured");
    }
}
