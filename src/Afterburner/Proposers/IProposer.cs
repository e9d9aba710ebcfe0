using Afterburner.Functions;
using Afterburner.Workloads;

namespace Afterburner.Proposers;

/// <summary>Whoever suggests faster versions of one function.</summary>
public interface IProposer
{
    /// <summary>Shown in reports: <c>recipes</c>, <c>chat:MODEL</c>, <c>replay:FILE</c>, <c>command:LINE</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Whether it proposes by rules: it needs no measurement, and has nothing else when it is asked again about the same source. Defaults to false.
    /// </summary>
    bool IsRuleBased => false;

    /// <summary>
    /// Whether it reads what is known of a function beside its text: hot lines, types, the code around it. Finding that out takes time, so it is
    /// only done for who does. Defaults to false.
    /// </summary>
    bool ReadsPrompt => false;

    /// <summary>What a person should know where it has nothing for a function; null where that needs no word.</summary>
    string? WhyNothing(Function function) => null;

    /// <summary>
    /// Proposes up to <see cref="ProposalRequest.Samples"/> candidates (a catalogue may propose more). An empty list
    /// means there is nothing (more) to propose. What a proposer returns is hostile until it has been verified.
    /// </summary>
    /// <exception cref="EnvironmentFailureException">The model cannot be reached, after retries.</exception>
    Task<IReadOnlyList<Candidate>> ProposeAsync(ProposalRequest request, CancellationToken cancellationToken);
}

/// <summary>Everything a proposer may know. One request stands for one iteration of Algorithm 1 of the paper.</summary>
/// <param name="Function">The function as the pull request has it.</param>
/// <param name="Best">The best source so far (the baseline's at first) with its measurements.</param>
/// <param name="Iteration">1-based.</param>
public sealed record ProposalRequest(Function Function, MeasuredSource Best, ObjectiveKind Objective, int Iteration)
{
    /// <value>How many candidates a model is asked for. Defaults to 1.</value>
    public int Samples { get; init; } = 1;

    /// <value>Lines of <see cref="Best"/> by their share of the time, from a line profile of the captured calls. Defaults to none.</value>
    public IReadOnlyList<HotLine> HotLines { get; init; } = [];

    /// <value>Types and lengths seen while capturing, by argument or local name. Guards for recipes. Defaults to none.</value>
    public IReadOnlyDictionary<string, ObservedValue> Observed { get; init; } = new Dictionary<string, ObservedValue>();

    /// <value>What detectors found in <see cref="Best"/>, in order of its lines. Defaults to none.</value>
    public IReadOnlyList<Hint> Hints { get; init; } = [];

    /// <value>Calls that <see cref="HotLines"/> are about: where no line ran more often, no loop was entered. Defaults to 1.</value>
    public int ProfiledCalls { get; init; } = 1;

    /// <value>Calls that the measurements of <see cref="Best"/> are about. Defaults to none.</value>
    public IReadOnlyList<RecordedCall> Timed { get; init; } = [];

    /// <value>The function that those are calls of, by its name. Defaults to null: the one under review.</value>
    public string? Entry { get; init; }

    /// <value>The code that the function uses, its callers, and a call. Defaults to null: not known, and found nowhere but in its file.</value>
    public UsedCode? Used { get; init; }

    /// <value>A candidate that failed, to be repaired; null for a fresh proposal. Proposers that cannot repair return nothing.</value>
    public FailedCandidate? Repair { get; init; }

    /// <value>What became of earlier candidates for this function, in order. Defaults to none.</value>
    public IReadOnlyList<TriedCandidate> Tried { get; init; } = [];

    /// <value>Rounds just before this one in which nobody had anything new. Defaults to 0.</value>
    public int IdleRounds { get; init; }

    /// <value>The whole file at head, for context and for parsing. </value>
    public required string FileSource { get; init; }

    /// <value>The code under review, where it can be run. Defaults to null: it is not there.</value>
    public Tree? Tree { get; init; }

    /// <value>What is known of the text of its language. Defaults to what holds in any.</value>
    public ILanguageText Text { get; init; } = new PlainText();

    /// <value>Seed for whatever is random. Defaults to 0.</value>
    public long Seed { get; init; }
}

/// <summary>A source with what was measured of it; numbers are null before the first measurement.</summary>
/// <param name="Source">Replacement text of the function's span.</param>
/// <param name="Seconds">CPU seconds of one pass over the workload.</param>
/// <param name="PeakBytes">Peak memory of one pass.</param>
/// <param name="ByteSeconds">Memory integrated over CPU time.</param>
public sealed record MeasuredSource(string Source, bool Passed, double? Seconds = null, double? PeakBytes = null, double? ByteSeconds = null);

/// <param name="Title">What was done, in a few words.</param>
/// <param name="Outcome">Its verdict with the reason.</param>
public sealed record TriedCandidate(string Title, string Outcome);

/// <param name="Output">The failing test's output or the differing call, shortened.</param>
public sealed record FailedCandidate(string Source, string Reason, string Output);

/// <summary>One proposed replacement of one function.</summary>
/// <param name="Source">Text that replaces the function's span (decorators included), indented as in the file: the first line has no indentation, later lines carry the file's.</param>
/// <param name="Title">What was done, in a few words: the recipe's title, or the model's first sentence.</param>
public sealed record Candidate(string Proposer, int Iteration, string Source, string Title)
{
    /// <value>Why it should be faster, for the suggestion's text; may be empty.</value>
    public string Rationale { get; init; } = "";

    /// <value>The same with parts of it outside of the function; null while all of it is in <see cref="Source"/>.</value>
    public PlacedCode? Placed { get; init; }

    /// <value>Id of the recipe, or null.</value>
    public string? Recipe { get; init; }

    /// <value>Tokens the proposal cost; null where no model was asked.</value>
    public TokenUsage? Usage { get; init; }

    /// <value>The model's whole reply, for transcripts; null where no model was asked.</value>
    public string? Reply { get; init; }

    /// <value>Digest of the prompt; null where no model was asked.</value>
    public string? PromptHash { get; init; }
}

public sealed record TokenUsage(long Input, long Output);
