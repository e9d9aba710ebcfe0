using Afterburner.Sandboxes;

namespace Afterburner.Workloads;

/// <summary>A version of the repository that can be run.</summary>
/// <param name="Workspace">Its files on this machine; they appear as <c>/work</c>.</param>
/// <param name="Limits">Of each process.</param>
public sealed record Tree(Harness Harness, string Workspace, Limits Limits);

/// <summary>Recorded calls, and what they are calls of.</summary>
/// <param name="Target">The function under comparison.</param>
/// <param name="Entry">The function that is called: the target itself, or its caller.</param>
public sealed record CallsOf(Target Target, Target Entry, IReadOnlyList<RecordedCall> Calls);
