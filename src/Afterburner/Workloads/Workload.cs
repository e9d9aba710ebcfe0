namespace Afterburner.Workloads;

/// <summary>How baseline and candidate are executed.</summary>
public enum WorkloadKind
{
    /// <summary>Calls recorded while the tests ran are replayed in fresh processes.</summary>
    Replay,

    /// <summary>Arguments cannot be stored: the process forks at the call, inside the covering test.</summary>
    Fork,

    /// <summary>The call cannot be forked either: the covering tests run with one version, then the other.</summary>
    Swap,

    /// <summary>Recorded calls of the function that calls the target are replayed.</summary>
    Caller,

    /// <summary>Calls are not looked at: a benchmark of the repository is run with one version, then with the other.</summary>
    Benchmark,
}

/// <summary>One call that can be made again.</summary>
/// <param name="Id">Unique within the workload.</param>
/// <param name="Test">Test that made it (for an amplified call: the test of the call it was made from).</param>
/// <param name="Seconds">Duration at the baseline when it was captured or amplified.</param>
/// <param name="Shape">For a person: <c>items: list[1000] of int, key: str[4]</c>.</param>
/// <param name="Scale">1 for a captured call; how many times larger an amplified one is.</param>
/// <param name="Blob">
/// Arguments by parameter name, serialised inside the sandbox, base64. Never deserialised outside one. Empty where they
/// cannot be stored: <see cref="WorkloadKind.Fork"/> knows a call by its place in its test, <see cref="WorkloadKind.Swap"/>
/// executes whole tests.
/// </param>
public sealed record RecordedCall(string Id, string Test, double Seconds, string Shape, double Scale, string Blob)
{
    /// <value>A name for the way that the call takes through the function: the same for calls that take the same branches. Defaults to empty: not known.</value>
    public string Way { get; init; } = "";

    /// <value>Id of the captured call that an amplified one was made from. Defaults to empty: it is a captured one.</value>
    public string Base { get; init; } = "";

    /// <value>Number of the way in which an amplified call was made larger, among the ways of its base. Defaults to null: not known.</value>
    public int? Plan { get; init; }
}

/// <summary>What is executed to compare two versions of one function.</summary>
/// <param name="Target">The function under comparison.</param>
/// <param name="Entry">The function that is called: the target itself, or its caller.</param>
/// <param name="Captured">Calls of <paramref name="Entry"/> made by the repository's tests, deterministic at the baseline.</param>
/// <param name="Amplified">Larger versions of them, where the baseline is deterministic and slower.</param>
/// <param name="CoveringTests">Tests that reach the target, slowest reach first.</param>
/// <param name="Observed">Types and lengths of arguments and locals of the target.</param>
public sealed record Workload(
    WorkloadKind Kind,
    Target Target,
    Target Entry,
    IReadOnlyList<RecordedCall> Captured,
    IReadOnlyList<RecordedCall> Amplified,
    IReadOnlyList<string> CoveringTests,
    IReadOnlyDictionary<string, ObservedValue> Observed)
{
    /// <value>The part of the tests' time that is spent in the target, 0 to 1, what it calls included; null when it is not known.</value>
    public double? ShareOfTests { get; init; }

    /// <value>Seconds that all tests together take; null when it is not known.</value>
    public double? TestSeconds { get; init; }

    /// <value>Functions of the repository that call the target while tests run, most frequent first, tests among them. Defaults to none.</value>
    public IReadOnlyList<Caller> Callers { get; init; } = [];

    /// <summary>Whether calls are made again in processes of their own; else they are looked at where they happen, or not at all.</summary>
    public bool IsReplayed => Kind is WorkloadKind.Replay or WorkloadKind.Caller;

    /// <summary>Whether calls are looked at where tests make them, of the size that they have there.</summary>
    internal bool IsInTests => Kind is WorkloadKind.Fork or WorkloadKind.Swap;

    /// <summary>Whether there is anything to execute.</summary>
    public bool IsOfCalls => Kind == WorkloadKind.Benchmark || Captured.Count > 0;

    /// <summary>The calls that tests made.</summary>
    public CallsOf Recorded => new(Target, Entry, Captured);

    /// <summary>Nothing to execute.</summary>
    public static Workload None(Target target) => new(WorkloadKind.Replay, target, target, [], [], [], new Dictionary<string, ObservedValue>());

    /// <summary>Slowest single call at the baseline, in seconds; 0 when there is none.</summary>
    public double SlowestCall => Captured.Concat(Amplified).Select(c => c.Seconds).DefaultIfEmpty().Max();
}
