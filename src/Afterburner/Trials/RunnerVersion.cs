using Afterburner.Workloads;

namespace Afterburner.Trials;

/// <summary>One version of a function, as a runner loads it.</summary>
/// <param name="Workspace">Tree of this machine that appears as <c>/work</c>.</param>
/// <param name="Target">The function whose code is exchanged.</param>
/// <param name="Entry">The function that is called.</param>
/// <param name="File">Text of the target's file in this version; null: as it lies in the workspace.</param>
/// <param name="Like">A call that tells by which names modules are imported; it is never made.</param>
/// <param name="Warmup">Calls that warm every child up.</param>
internal sealed record RunnerVersion(
    string Workspace, Target Target, Target Entry, string? File, RecordedCall? Like, IReadOnlyList<RecordedCall> Warmup)
{
    /// <value>Whether its calls are compared, and which of its lines and arms run can be told (<see cref="Runner.TraceAsync(byte[], TimeSpan, CancellationToken)"/>). Defaults to false.</value>
    public bool Traces { get; init; }

    /// <value>Calls inside tests that it runs and stops at (<see cref="Runner.NextStopAsync"/>), best first. Defaults to none: it makes recorded calls.</value>
    public IReadOnlyList<RecordedCall> Stops { get; init; } = [];
}
