using System.Text.Json.Serialization;

namespace Afterburner.Suggestions;

/// <summary>A proven better version of a function: the smallest edit that makes it, and the evidence.</summary>
public sealed record Suggestion
{
    /// <summary>1-based first line at head that the edit replaces.</summary>
    public required int StartLine { get; init; }

    /// <summary>1-based last line at head that the edit replaces, inclusive.</summary>
    public required int EndLine { get; init; }

    /// <summary>Text that takes the place of these whole lines, line ends included exactly as they belong in the file; empty deletes them.</summary>
    public required string Replacement { get; init; }

    /// <summary>Baseline over suggestion in terms of the objective, median of pairs: 2 means half the cost.</summary>
    public required double Speedup { get; init; }

    /// <summary>Lower bound of the 99 % interval of the speedup.</summary>
    public required double Low { get; init; }

    /// <summary>Upper bound of the 99 % interval of the speedup; null when the samples give none.</summary>
    public required double? High { get; init; }

    /// <summary>Baseline over suggestion in peak memory: 2 means half. Null when it was not measured.</summary>
    public double? MemoryRatio { get; init; }

    /// <summary>Both versions timed over growing inputs, the smallest first.</summary>
    public IReadOnlyList<GrowthPoint> Growth { get; init; } = [];

    /// <summary>What was done, in a few words.</summary>
    public string Title { get; init; } = "";

    /// <summary>Why it is better, as its proposer says; may be empty.</summary>
    public string Rationale { get; init; } = "";

    /// <summary>Who proposed it.</summary>
    public string Proposer { get; init; } = "";

    /// <summary>Interleaved pairs behind the speedup.</summary>
    public int Pairs { get; init; }

    /// <summary>The speedup at the sizes the repository's tests use, where that was measured apart from larger ones.</summary>
    public double? CapturedRatio { get; init; }

    /// <summary>
    /// The test whose calls are the kind on which it is better: on the function's other calls no gain is proven, and no loss that matters. Null: on all of them.
    /// </summary>
    public string? OnlyLike { get; init; }

    /// <summary>Whether all replaced lines lie in one hunk of the change, so that a review comment may be placed on them.</summary>
    public bool Hunk { get; init; }

    /// <summary>Text of the replaced lines at head. Who applies the edit compares first.</summary>
    public required string Original { get; init; }

    /// <summary>What the edit needs elsewhere in the file, in order of its lines: imports, constants, helpers. Defaults to nothing.</summary>
    public IReadOnlyList<Edit> Elsewhere { get; init; } = [];

    /// <summary>Up to three lines of head before the edit.</summary>
    public string ContextBefore { get; init; } = "";

    /// <summary>Up to three lines of head after the edit.</summary>
    public string ContextAfter { get; init; } = "";

    /// <summary>What it saves where it matters, and what it adds to the code, by which suggestions stand in order; null when it was not weighed.</summary>
    public Worth? Worth { get; init; }

    /// <summary>The measured values behind the speedup, or null.</summary>
    public MeasuredSamples? Samples { get; init; }

    [JsonIgnore]
    public Edit Edit => new(StartLine, EndLine, Original, Replacement, ContextBefore, ContextAfter);

    /// <summary>All edits, in order of their lines.</summary>
    [JsonIgnore]
    public IReadOnlyList<Edit> Edits => [.. Elsewhere.Append(Edit).OrderBy(e => e.StartLine)];

    /// <summary>An edit with the verdict that proved it; the rest of the evidence is added with <c>with</c>.</summary>
    /// <exception cref="ArgumentException">The verdict proves nothing.</exception>
    public static Suggestion Of(Edit edit, Verdicts.Verdict verdict) =>
        verdict is { Kind: Verdicts.VerdictKind.Improved, Ratio: { } ratio, Low: { } low }
            ? new Suggestion
            {
                StartLine = edit.StartLine,
                EndLine = edit.EndLine,
                Replacement = edit.Replacement,
                Original = edit.Original,
                ContextBefore = edit.ContextBefore,
                ContextAfter = edit.ContextAfter,
                Speedup = ratio,
                Low = low,
                High = verdict.High is { } high && double.IsFinite(high) ? high : null,
                Pairs = verdict.Pairs,
                OnlyLike = verdict.OnlyLike,
            }
            : throw new ArgumentException("only a measured improvement becomes a suggestion", nameof(verdict));
}

/// <summary>Both versions on inputs of one size.</summary>
public sealed record GrowthPoint
{
    /// <summary>How large the inputs are: elements, characters, or a multiple of the captured call.</summary>
    public required double Size { get; init; }

    /// <summary>CPU seconds of one call at the baseline.</summary>
    public required double BaselineSeconds { get; init; }

    /// <summary>CPU seconds of one call of the suggestion.</summary>
    public required double CandidateSeconds { get; init; }
}

/// <summary>Measured values of both sides; those with the same index were measured together.</summary>
public sealed record MeasuredSamples
{
    /// <summary><c>seconds</c>, <c>bytes</c> or <c>byte-seconds</c>.</summary>
    public required string Unit { get; init; }

    /// <summary>Values of the function as the change has it.</summary>
    public required IReadOnlyList<double> Baseline { get; init; }

    /// <summary>Values of the suggestion.</summary>
    public required IReadOnlyList<double> Candidate { get; init; }

    public static MeasuredSamples Of(IEnumerable<Trials.Pair> pairs, ObjectiveKind objective)
    {
        var all = pairs.ToList();
        return new MeasuredSamples
        {
            Unit = objective switch
            {
                ObjectiveKind.Time => "seconds",
                ObjectiveKind.Memory => "bytes",
                ObjectiveKind.Integral => "byte-seconds",
            },
            Baseline = [.. all.Select(p => p.Baseline.Of(objective))],
            Candidate = [.. all.Select(p => p.Candidate.Of(objective))],
        };
    }
}
