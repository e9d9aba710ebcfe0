using System.Text.Json.Nodes;

namespace Afterburner.Workloads.Protocol;

/// <summary>The <c>"type"</c> of a line that a harness writes.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class MessageAttribute(string type) : Attribute
{
    public string Type => type;
}

/// <summary>A test begins.</summary>
/// <param name="Id">In the words of the test runner.</param>
[Message("started")]
public sealed record StartedMessage(string Id);

/// <summary>A test is over. One that is told twice counts as the worse.</summary>
/// <param name="Outcome"><c>passed</c>, <c>failed</c>, <c>error</c>, <c>skipped</c>, <c>xfailed</c> or <c>xpassed</c>.</param>
/// <param name="Seconds">Set-up and tear-down included.</param>
/// <param name="Text">What a failing test printed, shortened.</param>
[Message("outcome")]
public sealed record OutcomeMessage(string Id, string Outcome, double? Seconds = null, string? Text = null)
{
    /// <summary>The same as <see cref="Text"/>, for a harness that cannot write texts as JSON.</summary>
    public byte[]? Printed { get; init; }
}

/// <summary>A file in which a test runner says how its tests ended, by JUnit's form.</summary>
[Message("junit")]
public sealed record JUnitMessage(byte[] Report);

/// <summary>The command came to its end: the last line.</summary>
/// <param name="Problem">Why tests could not be run, all the same.</param>
/// <param name="Recipes">For rewrites: what each recipe does, by id.</param>
[Message("done")]
public sealed record DoneMessage(string? Problem = null, IReadOnlyDictionary<string, RecipeWords>? Recipes = null);

/// <param name="Title">What a recipe does.</param>
/// <param name="Why">Why that is faster.</param>
public sealed record RecipeWords(string Title, string Why);

/// <summary>The harness itself failed.</summary>
[Message("error")]
public sealed record ErrorMessage(string Message);

/// <summary>Survey: what is known of one function.</summary>
/// <param name="Target">Its <see cref="Target.Id"/>.</param>
/// <param name="Problem">Why it cannot be reached at all.</param>
/// <param name="Calls">Number of calls, those outside tests included.</param>
[Message("reach")]
public sealed record ReachMessage(string Target, string? Problem = null, long Calls = 0)
{
    /// <summary>Why there are no calls, where more is known than that no test makes one: its module is not imported, or tests start other processes.</summary>
    public string? Unreached { get; init; }

    /// <summary>Tests that reach it, slowest reach first.</summary>
    public IReadOnlyList<ReachingTest> Tests { get; init; } = [];

    /// <summary>Calls worth storing, best first.</summary>
    public IReadOnlyList<SurveyedCall> Picks { get; init; } = [];

    /// <summary>Functions of the repository that call it, most frequent first.</summary>
    public IReadOnlyList<SurveyedCaller> Callers { get; init; } = [];

    /// <summary>Functions of the repository from which it is called by way of others, in many of its calls; outermost first.</summary>
    public IReadOnlyList<SurveyedCaller> Outer { get; init; } = [];

    /// <summary>Types and lengths, by name.</summary>
    public IReadOnlyDictionary<string, SurveyedValue> Observed { get; init; } = new Dictionary<string, SurveyedValue>();
}

/// <param name="Path">'/'-separated, relative to the repository's root.</param>
/// <param name="Name">Qualified.</param>
/// <param name="Line">1-based first line, decorators included.</param>
/// <param name="Calls">That it makes while tests run; where there are very many, about.</param>
public sealed record SurveyedCaller(string Path, string Name, int Line, long Calls = 0);

/// <param name="Seconds">Spent in the function during the test, all its calls together.</param>
public sealed record ReachingTest(string Id, double Seconds = 0);

/// <param name="Call">From 0, among the calls of the function in that test.</param>
/// <param name="Raised">Whether it ended in an exception; null where that is not known (generators, coroutines).</param>
public sealed record SurveyedCall(string Test, long Call, double Seconds = 0, bool? Raised = null)
{
    /// <summary>A name for the way that it takes through the function.</summary>
    public string Way { get; init; } = "";
}

/// <param name="Shortest">Length, or null.</param>
/// <param name="Longest">Length, or null.</param>
/// <param name="Hashable">Whether every element looked at can be a key; null where there were none.</param>
public sealed record SurveyedValue(IReadOnlyList<string> Types, int? Shortest = null, int? Longest = null, bool? Hashable = null);

/// <summary>Recording: a stored call.</summary>
/// <param name="Rank">Its place among the picks.</param>
/// <param name="Blob">See <see cref="RecordedCall.Blob"/>.</param>
[Message("call")]
public sealed record StoredMessage(string Target, string Test, long Ordinal, string Blob, long? Rank = null, string? Shape = null);

/// <summary>Recording of one function is over.</summary>
[Message("recorded")]
public sealed record RecordedMessage(string Target)
{
    /// <summary>Why calls were not stored.</summary>
    public IReadOnlyList<UnstoredReason> Reasons { get; init; } = [];
}

public sealed record UnstoredReason(string Reason);

/// <summary>Confirmation: what a stored call does, made again.</summary>
/// <param name="Digest">Of all that a user could see of it; null where <paramref name="Reason"/> says why there is none.</param>
/// <param name="Raised">The exception it ended in; null for none.</param>
[Message("confirmed")]
public sealed record ConfirmedMessage(string Target, long Index, double Seconds = 0, string? Digest = null, string? Reason = null, string? Raised = null)
{
    /// <summary>The call to use in the place of the stored one: of its iterator, which has no end, only the first items are read. Null for the stored one.</summary>
    public string? Blob { get; init; }
}

/// <summary>In tests: a call (a whole test, for a swap) was looked at.</summary>
/// <param name="Difference">How it differs from itself; null where it does not.</param>
/// <param name="Reason">Why it could not be compared; null where it could.</param>
[Message("compared")]
public sealed record ComparedMessage(string Test, string? Difference = null, string? Reason = null, double Seconds = 0)
{
    /// <summary>From 0, among the calls of the function in that test.</summary>
    public long Ordinal { get; init; } = -1;

    /// <summary>Calls of the function in that test.</summary>
    public long Calls { get; init; } = 1;

    /// <summary>Whether it could not be compared because it does not give one answer.</summary>
    public bool Chance { get; init; }

    /// <summary>Types and lengths of the arguments, for a person.</summary>
    public string? Shape { get; init; }
}

/// <summary>In tests: a call could not be compared where it happened.</summary>
[Message("unforked")]
public sealed record UnforkedMessage(string Reason);

/// <summary>Swap: a test cannot be run twice.</summary>
[Message("unrepeatable")]
public sealed record UnrepeatableMessage(string Reason);

/// <summary>Swap: which version runs now.</summary>
/// <param name="Side"><c>baseline</c> or <c>candidate</c>.</param>
[Message("begin")]
public sealed record BeginMessage(string Side);

/// <summary>Swap: a version cannot go on.</summary>
[Message("broken")]
public sealed record BrokenMessage(string Side, string? Reason = null);

/// <summary>Swap: a pair of samples.</summary>
[Message("pair")]
public sealed record PairMessage(SampleWords Baseline, SampleWords Candidate);

/// <param name="Cpu">Seconds.</param>
/// <param name="Wall">Seconds.</param>
public sealed record SampleWords(double Cpu, double Wall);

/// <summary>Amplification: a call of another size.</summary>
/// <param name="Digest">Of all that a user could see of it.</param>
/// <param name="Size">Length of the largest argument, or the number that grew.</param>
/// <param name="Base">Id of the call it was made from.</param>
[Message("call")]
public sealed record AmplifiedMessage(
    string Id, string Test, double Seconds, string Shape, double Scale, string Blob, string? Digest = null, long Size = 0, string? Base = null)
{
    /// <summary>Number of the way in which the call was made larger, among the ways of its base; left out where it was made otherwise.</summary>
    public int? PlanIndex { get; init; }

    public RecordedCall Call => new(Id, Test, Seconds, Shape, Scale, Blob) { Base = Base ?? "", Plan = PlanIndex };
}

/// <summary>A value that a candidate names, with which no call could be made in time.</summary>
/// <param name="Words">For a person: <c>7777 elements</c>.</param>
[Message("untried")]
public sealed record UntriedMessage(string Words);

/// <summary>Verification: what a call does in another variation.</summary>
/// <param name="Digest">Of all that a user could see of it.</param>
[Message("call")]
public sealed record VerifiedMessage(string Id, string? Digest = null);

/// <summary>Where a function's time goes.</summary>
[Message("lines")]
public sealed record LinesMessage(IReadOnlyList<HotLine> Lines);

/// <summary>Context: some lines of a file. Those that are needed most come first.</summary>
/// <param name="Kind"><c>import</c>, of the function's own file; <c>use</c>, code that it uses; or <c>caller</c>.</param>
/// <param name="Path">'/'-separated, relative to the repository's root.</param>
/// <param name="Line">1-based.</param>
/// <param name="Of">For a caller: its <see cref="Target.Id"/>.</param>
[Message("piece")]
public sealed record PieceMessage(string Kind, string Path, int Line, string Text, string? Of = null);

/// <summary>Context: a recorded call, made again.</summary>
/// <param name="Call">As its code would be.</param>
/// <param name="Answer"><c>returns 3</c>, <c>raises ValueError: x</c>.</param>
[Message("example")]
public sealed record ExampleMessage(string Call, string Answer)
{
    /// <summary>What the arguments are afterwards, where they have changed.</summary>
    public IReadOnlyList<string> Changed { get; init; } = [];
}

/// <summary>What the static rules say.</summary>
/// <param name="Reason">Why a candidate is refused, a sentence.</param>
[Message("checked")]
public sealed record CheckedMessage(bool Ok, string? Reason = null)
{
    /// <summary>Executable lines of the candidate's file that are new or changed.</summary>
    public IReadOnlyList<int> ChangedLines { get; init; } = [];

    /// <summary>Executable lines of the baseline's file that are gone or replaced.</summary>
    public IReadOnlyList<int> RemovedLines { get; init; } = [];

    /// <summary>Arms of the statements that are new or changed.</summary>
    public IReadOnlyList<Arm> ChangedArms { get; init; } = [];

    /// <summary>Arms of the statements that are gone or replaced.</summary>
    public IReadOnlyList<Arm> RemovedArms { get; init; } = [];

    /// <summary>The candidate with parts of it outside of the function, where that changes nothing; null: all of it stands in the function.</summary>
    public PlacedCode? Placed { get; init; }

    /// <summary>Numbers and texts that only the candidate names.</summary>
    public JsonArray Constants { get; init; } = [];

    /// <summary>Parameters and attributes that only the original reads.</summary>
    public JsonArray Unread { get; init; } = [];

    /// <summary>Whether it takes other parameters than the original: others by name, or others that may be left out. Only where the other file was named.</summary>
    public bool Parameters { get; init; }
}

/// <summary>A rewritten function.</summary>
/// <param name="Recipes">Ids of what was applied, in order.</param>
[Message("proposal")]
public sealed record ProposalMessage(IReadOnlyList<string> Recipes, string Source);

/// <summary>A place that is often slow.</summary>
/// <param name="Id">Of the detector.</param>
/// <param name="Line">1-based within the function.</param>
[Message("hint")]
public sealed record HintMessage(string Id, string Title, int Line);

/// <summary>What the imports that a version of a file adds take each process that loads it.</summary>
/// <param name="Seconds">CPU time beside what is imported already; 0 where it adds none, null where that cannot be told.</param>
[Message("imported")]
public sealed record ImportedMessage(double? Seconds);

/// <summary>How a pair of answers differs.</summary>
/// <param name="Difference">For a person; null when a user could not tell them apart.</param>
/// <param name="OrderOnly">The only difference is the order of keys.</param>
[Message("answer")]
public sealed record AnswerMessage(string? Difference = null, bool OrderOnly = false);
