using Afterburner.Sandboxes;
using Afterburner.Workloads;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Trials;

/// <summary>
/// For workloads of <see cref="WorkloadKind.Swap"/>: whole tests run with one version, then the other, in random order,
/// many times in one process and in several processes. The cost is the CPU time inside the target; equality is that of
/// the tests' outcomes, which proves less than comparing answers does.
/// </summary>
/// <param name="workspace">Copy of the repository at head.</param>
/// <param name="baseline">The plain run of all tests.</param>
/// <param name="limits">Of one run of the tests; each process may take longer, see <see cref="Limits.ForLonger"/>.</param>
internal sealed class SwapTrial(Harness harness, string workspace, TestRun baseline, Limits limits, TimeProvider? clock = null)
{
    private const int TimedTests = 3;

    private readonly InTestRuns _runs = new(harness, workspace, baseline, limits, clock ?? TimeProvider.System);

    /// <value>What is compared. Nothing is known of memory here: the trial ends with that. Defaults to time.</value>
    public ObjectiveKind Objective { get; init; }

    /// <summary>Compares and times. Ends at the first difference.</summary>
    /// <param name="enough">Sees every pair once, in order; true ends the trial.</param>
    public Task<InTestTrial> RunAsync(
        Workload workload, FileVersions files, long seed, Func<Pair, bool> enough, CancellationToken cancellationToken)
    {
        if (Objective != ObjectiveKind.Time)
            return Task.FromResult(new InTestTrial(new Trial(TrialEnd.SandboxFailed, "how much memory is in use is not known inside whole tests", [], 1, 1, 1), null, 0));
        var tests = workload.Captured.OrderByDescending(c => c.Seconds).Select(c => c.Test).Distinct().Take(TimedTests).ToList();
        var pairs = Math.Max(1, harness.Program.Pace.PairsPerProcess / Math.Max(1, tests.Count));
        return _runs.RunAsync(
            process => new SwapRequest(workload.Target, files.Baseline, files.Candidate, pairs, Seeds.Of(seed, process)) { Tests = tests },
            harness.Program.Pace.MostProcesses, calls: 1, enough, cancellationToken);
    }
}
