namespace Afterburner.Workloads.Protocol;

/// <summary>Asks for the static rules.</summary>
/// <param name="File">Text of the target's file at the baseline; empty where <see cref="Head"/> has no counterpart there, so that all of it is new.</param>
/// <param name="CandidateFile">The same with the candidate in place.</param>
public sealed record CheckRequest(Target Target, string File, string CandidateFile) : HarnessRequest(HarnessCommand.Check)
{
    /// <summary>The function in the other file, of which only the changed lines are asked for, by no rule; null for a candidate.</summary>
    public Target? Head { get; init; }
}

/// <summary>Asks for what somebody has to see who is to rewrite a function.</summary>
/// <param name="Entry">The function that is called.</param>
/// <param name="Calls">Any of which may be the example, the first ones rather.</param>
/// <param name="Callers">Functions whose code is wanted.</param>
/// <param name="Types">Names of the types seen, by name.</param>
public sealed record ContextRequest(
    Target Target, Target Entry, IReadOnlyList<RecordedCall> Calls, IReadOnlyList<Target> Callers, IReadOnlyDictionary<string, IReadOnlyList<string>> Types)
    : HarnessRequest(HarnessCommand.Context);

/// <summary>Asks what the imports that a version of a file adds take each process that loads it.</summary>
/// <param name="Path">Where it lies in the workspace.</param>
/// <param name="File">Text of the file at the baseline.</param>
/// <param name="CandidateFile">The same with the candidate in place.</param>
public sealed record ImportsRequest(string Path, string File, string CandidateFile) : HarnessRequest(HarnessCommand.Imports);

/// <summary>A function as text.</summary>
/// <param name="Source">Of its span.</param>
/// <param name="Indent">White space before its first line.</param>
/// <param name="File">The whole file around it.</param>
/// <param name="Observed">Types and lengths seen, by name.</param>
public sealed record DetectRequest(string Source, string Indent, string File, IReadOnlyDictionary<string, ObservedValue> Observed)
    : HarnessRequest(HarnessCommand.Detect);

/// <summary>Asks for rewrites: each recipe alone, and all together.</summary>
/// <param name="Patterns">What pattern recipes would change.</param>
public sealed record FlowRequest(
    string Source, string Indent, string File, IReadOnlyDictionary<string, ObservedValue> Observed, IReadOnlyList<FlowPattern> Patterns)
    : HarnessRequest(HarnessCommand.Flow);

/// <summary>The places that one pattern recipe would change.</summary>
/// <param name="Builtins">Names that must be the builtins.</param>
/// <param name="Imports">Imports that the result needs.</param>
/// <param name="Edits">Start and end within the source, in UTF-8 bytes, and the new text.</param>
public sealed record FlowPattern(string Id, IReadOnlyList<string> Builtins, IReadOnlyList<string> Imports, IReadOnlyList<IReadOnlyList<object>> Edits);
