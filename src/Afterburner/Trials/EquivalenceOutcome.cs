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

    /// <summary>Every call that could be compared agrees, under two hash seeds, and every changed line and arm was executed.</summary>
    /// <param name="Calls">Calls compared.</param>
    /// <param name="Excluded">Calls left out, because the baseline itself does not do the same twice.</param>
    public sealed record Equal(int Calls, int Excluded) : EquivalenceOutcome
    {
        /// <value>
        /// Seconds of calls, by their ids, as the two versions' own processes saw them: where to look, and nothing to believe.
        /// </value>
        public IReadOnlyDictionary<string, (double Baseline, double Candidate)> Seconds { get; init; } = new Dictionary<string, (double, double)>();

        public override string Reason => $"{Calls} calls agree.";

        public bool Equals(Equal? other) => other is not null && (Calls, Excluded) == (other.Calls, other.Excluded);

        public override int GetHashCode() => HashCode.Combine(Calls, Excluded);
    }

    /// <param name="Call">Id of the recorded call.</param>
    /// <param name="Input">The call as a person would write it, shortened.</param>
    /// <param name="Difference">Where and how: <c>return[3].name: 1 != 2</c>.</param>
    public sealed record Differs(string Call, string Input, string Difference) : EquivalenceOutcome
    {
        /// <value>Whether the call was made like recorded ones, and no test makes it. Defaults to false.</value>
        public bool IsMade { get; init; }

        public override string Reason => $"The candidate behaves differently on {Input}: {Difference}.";
    }

    /// <summary>Lines and arms that no compared call reaches: a mistake on them would not have been seen.</summary>
    /// <param name="Lines">1-based lines of the candidate's file.</param>
    /// <param name="RemovedLines">1-based lines of the baseline's file that the candidate drops or replaces.</param>
    /// <param name="Arms">What of the candidate's branches no call took, as clauses: see <see cref="Workloads.Arm.Unrun"/>.</param>
    /// <param name="RemovedArms">The same of what the candidate drops or replaces.</param>
    public sealed record NotExercised(
        IReadOnlyList<int> Lines, IReadOnlyList<int> RemovedLines, IReadOnlyList<string> Arms, IReadOnlyList<string> RemovedArms) : EquivalenceOutcome
    {
        private const int MostArms = 3;

        /// <value>What the candidate does there, where a call made for it shows that it is wrong. Null: no such call is known.</value>
        public string? Shown { get; init; }

        /// <value>What became of that call; null: no such call is known.</value>
        internal EquivalenceOutcome? ShownBy { get; init; }

        /// <summary>The most telling of what is missing: the candidate's before the baseline's, lines before the arms on others.</summary>
        public override string Reason => Shown is null ? Missing : $"{Missing} {Shown}";

        private string Missing => (Lines, Arms, RemovedLines, RemovedArms) switch
        {
            ({ Count: > 0 }, _, _, _) => $"Not exercised: no recorded call reaches {Numbers(Lines)} of the candidate's file{Also(Arms)}.",
            (_, { Count: > 0 }, _, _) => $"Not exercised: in no recorded call does the candidate go every way it can: {Clauses(Arms)}.",
            (_, _, { Count: > 0 }, _) =>
                $"Not exercised: the candidate replaces {Numbers(RemovedLines)} of the baseline's file, which no recorded call reaches{Also(RemovedArms)}.",
            (_, _, _, { Count: > 0 }) => $"Not exercised: the candidate replaces branches of the baseline that no recorded call takes: {Clauses(RemovedArms)}.",
            _ => "Not exercised: no line of the candidate is known to have run.",
        };

        private static string Also(IReadOnlyList<string> arms) => arms.Count > 0 ? $", and {Clauses(arms)}" : "";

        private static string Clauses(IReadOnlyList<string> arms) =>
            string.Join("; ", arms.Take(MostArms)) + (arms.Count > MostArms ? $"; and {arms.Count - MostArms} more" : "");

        private static string Numbers(IReadOnlyList<int> lines) => (lines.Count == 1 ? "line " : "lines ")
            + string.Join(", ", lines.Select(l => l.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>Calls agree, but none could be made with a value that the candidate names: what it does there is not known.</summary>
    /// <param name="What">For a person: <c>7777 elements</c>.</param>
    public sealed record NotTried(string What) : EquivalenceOutcome
    {
        public override string Reason => $"The candidate is unproven: it names a number or text that could not be tried, because the original takes too long on a call with {What}.";
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
        /// <inheritdoc cref="Differs.IsMade"/>
        public bool IsMade { get; init; }

        public override string Reason => $"On {Input}, {How}.";
    }

    /// <param name="Input">The call, or what was being done.</param>
    public sealed record TimedOut(string Input, string How) : EquivalenceOutcome
    {
        /// <inheritdoc cref="Differs.IsMade"/>
        public bool IsMade { get; init; }

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
