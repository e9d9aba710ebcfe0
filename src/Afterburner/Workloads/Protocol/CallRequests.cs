using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Afterburner.Workloads.Protocol;

/// <summary>Makes stored calls again, and tells a digest of what each does.</summary>
public sealed record ConfirmRequest(IReadOnlyList<ConfirmedEntry> Entries) : HarnessRequest(HarnessCommand.Capture)
{
    /// <summary>Which of the passes of a capture it is.</summary>
    public string Pass { get; } = "confirm";
}

/// <summary>The stored calls of one function.</summary>
/// <param name="Wanted">Calls that suffice.</param>
/// <param name="Through">A function that calls have to reach to count; null: none.</param>
public sealed record ConfirmedEntry(Target Target, int Wanted, Target? Through, IReadOnlyList<NumberedCall> Calls);

/// <param name="Blob">See <see cref="RecordedCall.Blob"/>.</param>
public sealed record NumberedCall(int Index, string Blob);

/// <summary>Makes larger calls; or calls on chosen values (<see cref="Constants"/>), or unlike the recorded ones (<see cref="Atypical"/>); or verifies calls in another variation (<see cref="Verify"/>).</summary>
/// <param name="Entry">The function that is called.</param>
public sealed record AmplifyRequest(Target Target, Target Entry, IReadOnlyList<RecordedCall> Calls) : HarnessRequest(HarnessCommand.Amplify)
{
    /// <summary>Another seed gives other values of the same sizes.</summary>
    public long Seed { get; init; }

    /// <summary>Calls of different content at each call's largest scale.</summary>
    public int Count { get; init; } = 1;

    /// <summary>The scales wanted; left out: as far as the budget goes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int>? Scales { get; init; }

    /// <summary>How many calls are wanted altogether; left out: no limit.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Together { get; init; }

    /// <summary>Seconds of the largest call; left out: the harness's own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? BudgetSeconds { get; init; }

    /// <summary>Whether every scale is told, also where a call does not become slower.</summary>
    public bool Curve { get; init; }

    /// <summary>Whether calls of every way through the function are wanted, grown a little in every way there is, and not looked at.</summary>
    public bool Each { get; init; }

    /// <summary>Which calls to grow, and in which way; left out: those that take longest.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<GrownAs>? GrownAs { get; init; }

    /// <summary>Whether the calls are only made again, for their digests.</summary>
    public bool Verify { get; init; }

    /// <summary>Whether calls are made that lack what the recorded ones happen to have: an order, no element twice, none below zero.</summary>
    public bool Atypical { get; init; }

    /// <summary>Numbers and texts to make calls of; left out: none, calls are made larger.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonArray? Constants { get; init; }

    /// <summary>Parameters and attributes to vary, beside <see cref="Constants"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonArray? Unread { get; init; }
}

/// <summary>A way to make a stored call larger.</summary>
/// <param name="Base">Id of the call.</param>
/// <param name="Plan">Number of the way, as the harness told it: see <see cref="AmplifiedMessage"/>.</param>
public sealed record GrownAs(string Base, int Plan);

/// <summary>Times lines over stored calls.</summary>
/// <param name="Source">A version of the target's file; null for the one of the workspace.</param>
public sealed record LinesRequest(Target Target, Target Entry, IReadOnlyList<RecordedCall> Calls, string? Source) : HarnessRequest(HarnessCommand.Lines);

/// <summary>Compares pairs of stored answers.</summary>
public sealed record AnswersRequest(IReadOnlyList<AnswerPair> Answers) : HarnessRequest(HarnessCommand.Answers);

/// <summary>Two answers to one call.</summary>
/// <param name="Encoder">How they are written.</param>
/// <param name="Tolerance">Floats may differ by this much, relative to the larger one, or absolute below 1.</param>
/// <param name="Baseline">In base64.</param>
/// <param name="Candidate">In base64.</param>
public sealed record AnswerPair(string Encoder, double Tolerance, byte[] Baseline, byte[] Candidate)
{
    /// <summary>Whether no test makes the call: where the language fails in the middle of it, only the kind of the error counts.</summary>
    public bool Made { get; init; }
}
