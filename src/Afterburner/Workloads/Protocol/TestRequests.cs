using System.Text.Json.Serialization;

namespace Afterburner.Workloads.Protocol;

/// <summary>Runs tests, and tells of each one.</summary>
public record TestsRequest(HarnessCommand Command = HarnessCommand.Tests) : HarnessRequest(Command)
{
    /// <summary>Ids of the tests to run; left out for all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyCollection<string>? Tests { get; init; }
}

/// <summary>Runs all tests and tells which of them reach which function, how often and how long.</summary>
public sealed record SurveyRequest(IReadOnlyList<Target> Targets, long Seed) : TestsRequest(HarnessCommand.Capture)
{
    /// <summary>Which of the passes of a capture it is.</summary>
    public string Pass { get; } = "survey";

    /// <summary>Whether calls are timed; without, less is done to the functions.</summary>
    public bool Timed { get; init; } = true;
}

/// <summary>Runs tests and stores chosen calls while they happen.</summary>
/// <param name="Picks">Calls worth storing, best first, by <see cref="Target.Id"/>.</param>
public sealed record RecordRequest(
    IReadOnlyList<Target> Targets, IReadOnlyDictionary<string, IReadOnlyList<PickedCall>> Picks, RecordLimits Limits) : TestsRequest(HarnessCommand.Capture)
{
    /// <summary>Which of the passes of a capture it is.</summary>
    public string Pass { get; } = "record";
}

/// <summary>A call in a test.</summary>
/// <param name="Call">From 0, among the calls of the function in that test.</param>
/// <param name="Raised">Whether it raises there; null where that is not known.</param>
public sealed record PickedCall(string Test, long Call, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Raised = null);

/// <summary>What storing calls may take.</summary>
/// <param name="Seconds">For one call.</param>
/// <param name="CallBytes">For one call, before base64.</param>
/// <param name="TargetBytes">For all calls of a function.</param>
public sealed record RecordLimits(double Seconds, long CallBytes, long TargetBytes);

/// <summary>Runs tests and tries whether chosen calls can be compared where they happen.</summary>
/// <param name="Picks">Best first.</param>
public sealed record ForkCompareRequest(Target Target, IReadOnlyList<PickedCall> Picks) : TestsRequest(HarnessCommand.ForkCompare);

/// <summary>Runs tests with one version and with the other. A file that is null is the one of the workspace.</summary>
/// <param name="Pairs">Timed pairs of each test.</param>
public sealed record SwapRequest(Target Target, string? BaselineFile, string? CandidateFile, int Pairs, long Seed) : TestsRequest(HarnessCommand.SwapTrial);
