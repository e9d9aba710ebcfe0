using System.Text.Json.Serialization;
using Afterburner.Proposers;
using Afterburner.Suggestions;
using Afterburner.Trials;
using Afterburner.Verdicts;
using Afterburner.Workloads;

namespace Afterburner.Runs;

/// <summary>Something that happened in a run: one line of its journal.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(RunStarted), "run-started")]
[JsonDerivedType(typeof(FunctionStarted), "function-started")]
[JsonDerivedType(typeof(BaselineTested), "baseline")]
[JsonDerivedType(typeof(WorkloadChosen), "workload")]
[JsonDerivedType(typeof(HintsFound), "hints")]
[JsonDerivedType(typeof(ProposalReceived), "proposal")]
[JsonDerivedType(typeof(ProposerFailed), "proposer-failed")]
[JsonDerivedType(typeof(CandidateProposed), "candidate")]
[JsonDerivedType(typeof(EquivalenceChecked), "equivalence")]
[JsonDerivedType(typeof(TrialMeasured), "trial")]
[JsonDerivedType(typeof(VerdictReached), "verdict")]
[JsonDerivedType(typeof(SuggestionMade), "suggestion")]
[JsonDerivedType(typeof(FunctionFinished), "function-finished")]
[JsonDerivedType(typeof(FunctionGated), "gate")]
[JsonDerivedType(typeof(FunctionChecked), "check")]
[JsonDerivedType(typeof(RunFinished), "run-finished")]
[JsonDerivedType(typeof(RunFailed), "error")]
public abstract record JournalEvent
{
    /// <value>When it was written; the journal sets it.</value>
    public DateTimeOffset Time { get; init; }

    /// <value>The function concerned, by <see cref="Functions.Function.Id"/>; null for events of the whole run.</value>
    public string? Function { get; init; }
}

/// <param name="Options">Every option that changes what a run does, as text. A resumed run must have the same.</param>
/// <param name="Environment">Versions and machine: what somebody needs who wants to repeat the run.</param>
public sealed record RunStarted(
    string Base,
    string Head,
    ObjectiveKind Objective,
    long Seed,
    string Sandbox,
    IReadOnlyDictionary<string, string> Options,
    IReadOnlyDictionary<string, string> Environment) : JournalEvent;

/// <param name="SourceHash">See <see cref="Journal.SourceHash"/>.</param>
public sealed record FunctionStarted(string SourceHash) : JournalEvent
{
    /// <value>Text of the function under review; null in journals of earlier versions.</value>
    public string? Source { get; init; }

    /// <value>Name of its language; null in journals of earlier versions.</value>
    public string? Language { get; init; }
}

/// <summary>The repository's tests ran on the code under review, twice, with the same outcomes.</summary>
/// <param name="Outcomes">Number of tests by outcome: <c>passed</c>, <c>failed</c>, <c>skipped</c>.</param>
public sealed record BaselineTested(IReadOnlyDictionary<string, int> Outcomes, double Seconds) : JournalEvent;

/// <param name="Calls">What is replayed, without the arguments themselves: they may hold anything and are large.</param>
public sealed record WorkloadChosen(
    WorkloadKind Kind, IReadOnlyList<string> CoveringTests, IReadOnlyList<JournalCall> Calls, double Seconds) : JournalEvent;

/// <summary>See <see cref="RecordedCall"/>.</summary>
public sealed record JournalCall(string Id, string Test, double Seconds, string Shape, double Scale);

/// <summary>What detectors found in the best source so far; models are told, nothing is suggested because of it.</summary>
/// <param name="Iteration">1-based; the iteration from which on the source is the best.</param>
public sealed record HintsFound(int Iteration, IReadOnlyList<Hint> Hints) : JournalEvent;

/// <summary>One exchange with a model, whether or not a candidate came of it.</summary>
/// <param name="InputTokens">As the server counts; 0 where it does not.</param>
/// <param name="OutputTokens">As the server counts; 0 where it does not.</param>
/// <param name="Seconds">Wall time of the exchange, with the pauses between attempts.</param>
public sealed record ProposalReceived(
    string Proposer, int Iteration, string Prompt, string Reply, long InputTokens, long OutputTokens, double Seconds) : JournalEvent
{
    /// <value>Tokens of the prompt as they were estimated when it was cut to size; 0 in journals that do not say. Compare <see cref="InputTokens"/>.</value>
    public int EstimatedTokens { get; init; }

    /// <value>Why the reply gave no candidate; null when it gave one.</value>
    public string? Refused { get; init; }
}

/// <summary>A proposer that had answered before could not be asked any more; the review goes on with the others.</summary>
public sealed record ProposerFailed(string Proposer, string Message) : JournalEvent;

/// <param name="Candidate">1-based number of the candidate within its function.</param>
public sealed record CandidateProposed(int Candidate, string Proposer, int Iteration, string Title, string Source) : JournalEvent;

/// <param name="Reason">The first difference found; null when there is none.</param>
/// <param name="Checks">How much was compared, by what: <c>tests</c>, <c>capturedCalls</c>, <c>amplifiedCalls</c>.</param>
public sealed record EquivalenceChecked(
    int Candidate, bool Equal, string? Reason, IReadOnlyDictionary<string, int> Checks, double Seconds) : JournalEvent;

/// <param name="Stage"><c>captured</c>, <c>amplified</c>, <c>confirmation</c> or <c>growth</c>.</param>
/// <param name="Pairs">Every measured pair, in order.</param>
public sealed record TrialMeasured(int Candidate, string Stage, IReadOnlyList<Pair> Pairs, double Seconds) : JournalEvent
{
    /// <value>CPU time outside of what was timed.</value>
    public Unasked Unasked { get; init; }

    /// <value>What was taken off every sample: a pass of no cost.</value>
    public Sample Empty { get; init; }

    /// <summary>All that was measured, in order; the rules a verdict follows from can be applied to it again.</summary>
    public static IEnumerable<JournalEvent> Of(int candidate, Evidence evidence) => evidence.Trials.Select(
        t => new TrialMeasured(candidate, t.Stage, t.Trial.Pairs, t.Trial.Duration.TotalSeconds)
        {
            Unasked = t.Trial.Unasked, Empty = t.Trial.Empty,
        });
}

public sealed record VerdictReached(int Candidate, Verdict Verdict) : JournalEvent;

public sealed record SuggestionMade(Suggestion Suggestion) : JournalEvent;

/// <summary>The review of a function came to its end; a resumed run takes the report as it is.</summary>
/// <param name="SourceHash">See <see cref="Journal.SourceHash"/>.</param>
public sealed record FunctionFinished(string SourceHash, FunctionReport Report) : JournalEvent;

/// <summary>The gate's answer about a function.</summary>
public sealed record FunctionGated(GateFunctionReport Report) : JournalEvent;

/// <summary>The answer of a check about a function.</summary>
public sealed record FunctionChecked(CheckFunctionReport Report) : JournalEvent;

/// <param name="ExitCode">The code the program ends with.</param>
public sealed record RunFinished(double DurationSeconds, int ExitCode) : JournalEvent;

/// <param name="Message">What a person is told.</param>
/// <param name="Detail">Type and stack of the exception, or null.</param>
public sealed record RunFailed(string Message, string? Detail) : JournalEvent;
