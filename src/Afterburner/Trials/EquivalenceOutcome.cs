using System.Globalization;

namespace Afterburner.Trials;

/// <summary>Whether a candidate behaves as the baseline does on a workload. Anything but <see cref="Equal"/> means: not proven.</summary>
public abstract record EquivalenceOutcome
{
    private EquivalenceOutcome()
    {
    }

    /// <summary>One sentence for a person.</summary>
    public abstract string Reason { get; }

    /// <summary>Every call that could be compared agrees, under two hash seeds, and every changed line was executed.</summary>
    /// <param name="Calls">Calls compared.</param>
    /// <param name="Excluded">Calls left out, because the baseline itself does not do the same twice.</param>
    public sealed record Equal(int Calls, int Excluded) : EquivalenceOutcome
    {
        public override string Reason => $"{Calls} calls agree.";
    }

    /// <param name="Call">Id of the recorded call.</param>
    /// <param name="Input">The call as a person would write it, shortened.</param>
    /// <param name="Difference">Where and how: <c>return[3].name: 1 != 2</c>.</param>
    public sealed record Differs(string Call, string Input, string Difference) : EquivalenceOutcome
    {
        public override string Reason => $"The candidate behaves differently on {Input}: {Difference}.";
    }

    /// <summary>Lines that no compared call reaches: a mistake on them would not have been seen.</summary>
    /// <param name="Lines">1-based lines of the candidate's file.</param>
    /// <param name="RemovedLines">1-based lines of the baseline's file that the candidate drops or replaces.</param>
    public sealed record NotExercised(IReadOnlyList<int> Lines, IReadOnlyList<int> RemovedLines) : EquivalenceOutcome
    {
        public override string Reason => Lines.Count > 0
            ? $"Not exercised: no recorded call reaches {Numbers(Lines)} of the candidate's file."
            : $"Not exercised: the candidate replaces {Numbers(RemovedLines)} of the baseline's file, which no recorded call reaches.";

        private static string Numbers(IReadOnlyList<int> lines) => (lines.Count == 1 ? "line " : "lines ")
            + string.Join(", ", lines.Select(l => l.ToString(CultureInfo.InvariantCulture)));
    }

    /// <param name="What">Where: <c>module pkg.shapes: _CACHE</c>.</param>
    public sealed record KeepsState(string What) : EquivalenceOutcome
    {
        public override string Reason => $"The candidate keeps state between calls: {What}.";
    }

    /// <param name="Input">The call, or what was being done.</param>
    /// <param name="How">Signal, exit code or limit.</param>
    public sealed record Crashed(string Input, string How) : EquivalenceOutcome
    {
        public override string Reason => $"On {Input}, {How}.";
    }

    /// <param name="Input">The call, or what was being done.</param>
    public sealed record TimedOut(string Input, string How) : EquivalenceOutcome
    {
        public override string Reason => $"On {Input}, {How}.";
    }

    /// <summary>The candidate's code cannot stand in for the function: other arguments, other kind, other closure.</summary>
    public sealed record Unfit(string Why) : EquivalenceOutcome
    {
        public override string Reason => $"The candidate cannot replace the function: {Why}.";
    }

    /// <summary>No evidence either way: no call was sent, none could be compared, or the answer is incomplete.</summary>
    public sealed record NotCompared(string Why) : EquivalenceOutcome
    {
        public override string Reason => $"The behaviour could not be compared: {Why}.";
    }

    /// <summary>The sandbox broke; says nothing about the candidate.</summary>
    public sealed record SandboxFailed(string Why) : EquivalenceOutcome
    {
        public override string Reason => $"The sandbox failed: {Why}.";
    }
}
