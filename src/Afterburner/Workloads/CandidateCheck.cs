using System.Text.Json.Nodes;
using Afterburner.Sandboxes;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Workloads;

/// <summary>
/// Static rules for a candidate, applied by the language's own parser inside the sandbox: it parses, changes the one function
/// only, keeps its header, and names only what the function names already or what is known to be pure. Anything else is
/// unproven, because what a candidate answers is encoded in the process that runs it.
/// </summary>
public static class CandidateCheck
{
    public static async Task<CandidateCheckOutcome> CheckAsync(
        Harness harness,
        string workspace,
        Target target,
        string headFile,
        string candidateFile,
        Limits limits,
        CancellationToken cancellationToken)
    {
        var run = await harness.RunAsync(new CheckRequest(target, headFile, candidateFile), workspace, limits, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (run.Sandbox.End == SandboxEnd.Failed)
            return new CandidateCheckOutcome.SandboxFailed(run.Sandbox.Failure ?? "no reason given");
        var answer = run.Of<CheckedMessage>().FirstOrDefault();
        if (run.Done is null || answer is null)
            return new CandidateCheckOutcome.Refused($"The candidate could not be checked: {run.Error ?? run.Sandbox.End.ToString()}.");

        return answer.Ok
            ? new CandidateCheckOutcome.Accepted(
                answer.ChangedLines.ToHashSet(), answer.RemovedLines.ToHashSet(), answer.ChangedArms, answer.RemovedArms)
            {
                Constants = answer.Constants,
                Unread = answer.Unread,
                Placed = answer.Placed,
            }
            : new CandidateCheckOutcome.Refused(answer.Reason ?? "The candidate was refused without a reason.");
    }
}

/// <summary>One way through a branch: an operand of <c>and</c> that is false, the <c>else</c> of a conditional expression.</summary>
/// <param name="Number">Of the arm within its version of the function.</param>
/// <param name="Unrun">What a person is told when no call took it; a clause.</param>
public sealed record Arm(int Number, string Unrun)
{
    /// <value>The number of an arm that has to have run for this one to count: a call that never gave false has a truth only where it gave true. Null: it counts.</value>
    public int? Beside { get; init; }

    /// <summary>Whether no call took it, though one should have.</summary>
    /// <param name="ran">Numbers of the arms that ran.</param>
    public bool IsMissing(IReadOnlySet<int> ran) => !ran.Contains(Number) && (Beside is not { } other || ran.Contains(other));
}

/// <summary>A function, and what of it stands elsewhere in its file: imports at the top, constants and helpers before it.</summary>
/// <param name="Source">As <see cref="Proposers.Candidate.Source"/>, without what stands elsewhere.</param>
/// <param name="Elsewhere">In the file as it is, all before the function.</param>
public sealed record PlacedCode(string Source, IReadOnlyList<LineEdit> Elsewhere);

/// <summary>Lines that are put into a file.</summary>
/// <param name="Line">1-based; the text comes before it, or takes its place.</param>
/// <param name="Count">How many lines are replaced, 0 or 1.</param>
/// <param name="Text">Whole lines, with their line ends.</param>
public sealed record LineEdit(int Line, int Count, string Text);

/// <summary>What the static rules say about a candidate.</summary>
public abstract record CandidateCheckOutcome
{
    private CandidateCheckOutcome()
    {
    }

    /// <param name="ChangedLines">Executable lines of the candidate's file that are new or changed.</param>
    /// <param name="RemovedLines">Executable lines of the baseline's file that are gone or replaced.</param>
    /// <param name="ChangedArms">Arms of the statements that are new or changed.</param>
    /// <param name="RemovedArms">Arms of the baseline's statements that are gone or replaced.</param>
    public sealed record Accepted(
        IReadOnlySet<int> ChangedLines, IReadOnlySet<int> RemovedLines, IReadOnlyList<Arm> ChangedArms, IReadOnlyList<Arm> RemovedArms)
        : CandidateCheckOutcome
    {
        /// <value>Numbers and texts that only the candidate names: values on which it may do otherwise.</value>
        public JsonArray Constants { get; init; } = [];

        /// <value>Parameters and attributes that only the original reads: calls may differ in them.</value>
        public JsonArray Unread { get; init; } = [];

        /// <value>The same with imports, constants and helpers where people put them. Null where nothing may stand outside of the function.</value>
        public PlacedCode? Placed { get; init; }
    }

    /// <param name="Reason">One sentence for a person.</param>
    public sealed record Refused(string Reason) : CandidateCheckOutcome;

    /// <summary>The sandbox broke; says nothing about the candidate.</summary>
    public sealed record SandboxFailed(string Reason) : CandidateCheckOutcome;
}
