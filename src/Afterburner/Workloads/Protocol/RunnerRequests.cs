using System.Text.Json.Serialization;

namespace Afterburner.Workloads.Protocol;

/// <summary>The first frame to a runner: the version it loads. With <see cref="Picks"/> it runs tests instead and stops at those calls.</summary>
/// <param name="Entry">The function that is called.</param>
/// <param name="File">Text of the target's file; null for the one of the workspace.</param>
public sealed record RunnerSetup(Target Target, Target Entry, string? File)
{
    /// <summary>A call like those to come: its blob tells what has to be imported. Null: none.</summary>
    public string? Like { get; init; }

    /// <summary>Whether it can be asked which lines and arms run.</summary>
    public bool Trace { get; init; }

    /// <summary>Blobs of calls that warm it up.</summary>
    public IReadOnlyList<string> Warmup { get; init; } = [];

    /// <summary>Tests to run; left out where it makes stored calls.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyCollection<string>? Tests { get; init; }

    /// <summary>Calls inside those tests to stop at, best first.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<PickedCall>? Picks { get; init; }
}

/// <summary>What a runner is asked to do with the next child.</summary>
/// <param name="Do"><c>probe</c>, <c>decodable</c>, <c>encode</c>, <c>observe</c>, <c>trace</c>, <c>sample</c>, or <c>next</c>: go on to the next stop.</param>
public sealed record RunnerOrder(string Do)
{
    /// <summary>For a sample: how its answers are written.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Encoder { get; init; }

    /// <summary>For a sample: whether arguments are written along with answers, since calls change them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool? Arguments { get; init; }

    /// <summary>For a sample: the core to run on; null for any.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Cpu { get; init; }

    /// <summary>For a sample: whether the answers are made before the clock runs and given in its span, which is what a call of no cost takes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Stored { get; init; }

    /// <summary>For a sample: whether garbage is collected in its span.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Collect { get; init; }

    /// <summary>For a sample: bytes of memory that are there before it begins, for what its calls will make.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Room { get; init; }

    /// <summary>For a sample: whether the child, once it is ready, waits for a frame <c>N</c>, warms up in short, and is ready again: right before it is asked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Again { get; init; }
}

/// <summary>What a runner says instead of doing what it was asked to: one of these, or none.</summary>
/// <param name="Unfit">Why the version cannot be executed at all.</param>
/// <param name="Failed">Why it could not be loaded.</param>
/// <param name="Failure">What a call did instead of answering: "ended the process".</param>
/// <param name="Unencodable">Why its answers cannot be written down.</param>
/// <param name="Status">Wait status of a child that ended, as POSIX has it.</param>
public sealed record RunnerRefusal(
    string? Unfit = null, string? Failed = null, string? Failure = null, string? Unencodable = null, int? Status = null);

/// <summary>A version is loaded.</summary>
public sealed record LoadedReply(bool Loaded);

/// <summary>How answers can be written.</summary>
/// <param name="Arguments">Whether calls change their arguments.</param>
public sealed record ProbedReply(string Encoder, bool Arguments);

/// <param name="Decodable">Numbers of the calls that this version can make.</param>
public sealed record DecodableReply(IReadOnlyList<int> Decodable);

/// <param name="Blobs">Calls with the given arguments.</param>
public sealed record EncodedReply(IReadOnlyList<string> Blobs);

/// <summary>The runner stands at a call inside a test.</summary>
public sealed record StoppedReply(StoppedAt At);

/// <param name="Ordinal">From 0, among the calls of the function in that test.</param>
/// <param name="Rank">Its place among the picks.</param>
public sealed record StoppedAt(string Test, long Ordinal, int Rank);

/// <summary>What ran in calls that were made one after the other.</summary>
/// <param name="Calls">Of each call, in their order.</param>
public sealed record TracedReply(IReadOnlyList<TracedCall> Calls);

/// <summary>What ran in a call, and what the call left behind.</summary>
/// <param name="Lines">Lines of the file that ran.</param>
public sealed record TracedCall(IReadOnlyList<int> Lines)
{
    /// <summary>Numbers of the arms that were taken.</summary>
    public IReadOnlyList<int> Arms { get; init; } = [];

    /// <summary>What the call changed outside of its arguments.</summary>
    public IReadOnlyList<string> Changed { get; init; } = [];

    /// <summary>Digests of what it left, by name.</summary>
    public IReadOnlyDictionary<string, string?> Left { get; init; } = new Dictionary<string, string?>();

    /// <summary>Whether a second, equal call took another way.</summary>
    public bool Learns { get; init; }
}
