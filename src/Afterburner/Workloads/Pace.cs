namespace Afterburner.Workloads;

/// <summary>How samples are taken of the code of one language: what its runtime needs to become as quick as it is, and how long it stays alike.</summary>
public sealed record Pace
{
    /// <summary>Found with CPython, which needs next to no warm-up, and whose processes differ from each other by 1 to 3 %.</summary>
    public static Pace Default { get; } = new() { WarmsAgain = true };

    /// <value>Pairs that one process of each version serves. Defaults to 10.</value>
    public int PairsPerProcess { get; init; } = 10;

    /// <value>
    /// Whether a process is started for each sample, which shares no pages with another one. Then as many pairs of a confirmation as have calls of their own may be
    /// taken in one sandbox, and both samples of a pair are prepared at the same time. Defaults to false: they are forked from one that has loaded the version.
    /// </value>
    public bool StartsEachSample { get; init; }

    /// <value>Processes of one trial, of each version. Defaults to 30.</value>
    public int MostProcesses { get; init; } = 30;

    /// <value>Calls that warm a process up. Defaults to 2.</value>
    public int WarmupCalls { get; init; } = 2;

    /// <value>Whether a process warms up once more, in short, right before it is asked: what its partner did meanwhile has taken the core's caches. Defaults to false.</value>
    public bool WarmsAgain { get; init; }

    /// <value>CPU seconds of a call that warms up, where there is a choice. Defaults to 0.5 ms.</value>
    public double LongestWarmup { get; init; } = 0.0005;

    /// <value>CPU seconds of one pass beyond which calls are left out, the quickest first. Defaults to 0.1.</value>
    public double LongestPass { get; init; } = 0.1;

    /// <value>The same for amplified calls: they are alike, and one more of them tells little for its time. Defaults to 0.04.</value>
    public double LongestAmplifiedPass { get; init; } = 0.04;

    /// <value>CPU seconds of the shortest pass that is measured as it is; below, waking up for "go" drowns it. Defaults to 0.5 ms.</value>
    public double ShortestPass { get; init; } = 0.0005;

    /// <value>CPU seconds of a sample whose calls are repeated, and which those of a confirmation should have. Defaults to 6 ms.</value>
    public double Sample { get; init; } = 0.006;
}

/// <summary>What a harness can do beside running tests. What it cannot do is never claimed, and never skipped in silence.</summary>
[Flags]
public enum Abilities
{
    None = 0,

    /// <summary>Stores calls that tests make and makes them again (<c>capture</c>, <c>runner</c>), so that answers are compared and calls are timed.</summary>
    Replay = 1,

    /// <summary>Looks at calls where they happen, inside tests (<c>forkcompare</c>, <c>swaptrial</c>).</summary>
    InTests = 2,

    /// <summary>Makes larger calls of stored ones (<c>amplify</c>).</summary>
    Amplify = 4,

    /// <summary>Times lines (<c>lines</c>).</summary>
    Lines = 8,

    /// <summary>Knows the static rules for a candidate (<c>check</c>).</summary>
    Check = 16,

    /// <summary>Applies recipes (<c>flow</c>).</summary>
    Rewrite = 32,

    /// <summary>Finds what is often slow (<c>detect</c>).</summary>
    Detect = 64,

    /// <summary>Finds the code that a function uses (<c>context</c>).</summary>
    Context = 128,

    /// <summary>Times what a file's imports take (<c>imports</c>).</summary>
    Imports = 256,

    /// <summary>All of them.</summary>
    All = Replay | InTests | Amplify | Lines | Check | Rewrite | Detect | Context | Imports,
}
