using Afterburner.Sandboxes;
using Afterburner.Workloads;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Trials;

/// <summary>Baseline and candidate executed inside the covering tests: see <see cref="ForkTrial"/> and <see cref="SwapTrial"/>.</summary>
/// <param name="Trial">The pairs, and how the trial ended.</param>
/// <param name="Difference">How the candidate's behaviour differs, for a person; null when it was equal wherever it was compared.</param>
/// <param name="Compared">Number of calls (tests, for a swap) on which both were compared and equal.</param>
internal sealed record InTestTrial(Trial Trial, string? Difference, int Compared)
{
    /// <value>What ran in compared calls; nothing where that is not known.</value>
    public Exercised Exercised { get; init; } = Exercised.Nothing;

    public IReadOnlyList<Pair> Pairs => Trial.Pairs;

    /// <summary>The candidate was compared at least once, was equal every time, and neither side broke.</summary>
    public bool Equal => Difference is null && Compared > 0 && Trial.End == TrialEnd.Completed;
}

/// <summary>The processes of an in-test trial, one after the other.</summary>
internal sealed class InTestRuns(Harness harness, string workspace, TestRun baseline, Limits limits, TimeProvider clock)
{
    private readonly Limits _limits = limits.ForLonger(3 * baseline.Wall + TimeSpan.FromMinutes(2));

    /// <param name="request">The request of the n-th process.</param>
    /// <param name="processes">How many processes there are, unless <paramref name="enough"/> says so earlier.</param>
    public async Task<InTestTrial> RunAsync(
        Func<int, TestsRequest> request, int processes, int calls, Func<Pair, bool> enough, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        var pairs = new List<Pair>();
        var (end, failure, difference, compared) = (TrialEnd.Completed, (string?)null, (string?)null, 0);
        for (var process = 0; process < processes && end == TrialEnd.Completed && difference is null; process++)
        {
            var asked = request(process);
            var run = await harness.RunAsync(
                asked, workspace, _limits, writable: true, process % 2, cancellationToken: cancellationToken).ConfigureAwait(false);
            var told = run.Of<ComparedMessage>().ToList();
            compared += told.Count(m => m.Difference is null && m.Reason is null);
            difference = told.Where(m => m.Difference is not null).Select(m => $"{m.Test}: {m.Difference}").FirstOrDefault();
            (end, failure, difference) = Judge(run, asked.Tests ?? [], difference);
            if (Collect(run, process, pairs, enough))
                break;
        }

        return new InTestTrial(
            new Trial(end, failure, pairs, calls, 1, 1) { Duration = clock.GetElapsedTime(start) }, difference, compared);
    }

    private static bool Collect(HarnessRun run, int process, List<Pair> pairs, Func<Pair, bool> enough)
    {
        foreach (var message in run.Of<PairMessage>())
        {
            var pair = new Pair(Of(message.Baseline), Of(message.Candidate), process);
            if (pair.Baseline.Cpu <= 0 || pair.Candidate.Cpu <= 0)
                continue;
            pairs.Add(pair);
            if (enough(pair))
                return true;
        }

        return false;
    }

    private static Sample Of(SampleWords words) => new(words.Cpu, words.Wall, 0, 0);

    private (TrialEnd, string?, string?) Judge(HarnessRun run, IReadOnlyCollection<string> tests, string? difference)
    {
        if (run.Sandbox.End == SandboxEnd.Failed)
            return (TrialEnd.SandboxFailed, run.Sandbox.Failure ?? "the sandbox failed", difference);
        if (run.Of<BrokenMessage>().FirstOrDefault() is { } broken)
            return (Side(broken.Side), broken.Reason ?? "it broke", difference);
        var outcomes = TestMessages.Read(run, tests, _limits);
        if (outcomes.Incomplete is { } reason)
            return (Side(run.Of<BeginMessage>().LastOrDefault()?.Side), reason, difference);
        // The same was done with the baseline on both sides when the workload was captured, and changed nothing.
        return (TrialEnd.Completed, null, difference ?? outcomes.DifferenceFrom(baseline));
    }

    private static TrialEnd Side(string? side) => side == "candidate" ? TrialEnd.CandidateBroke : TrialEnd.BaselineBroke;
}
