using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Trials;

/// <summary>
/// For workloads of <see cref="WorkloadKind.Fork"/>: at each call, inside the covering test, forked children run baseline
/// and candidate on the live arguments and send what they did and what it cost. The first process compares all calls,
/// every process times the slowest; answers given while being timed are compared too.
/// </summary>
/// <param name="workspace">Copy of the repository at head.</param>
/// <param name="baseline">The plain run of all tests.</param>
/// <param name="limits">Of one run of the tests; each process may take longer, see <see cref="Limits.ForLonger"/>.</param>
public sealed class ForkTrial(PythonHarness harness, string workspace, TestRun baseline, Limits limits, TimeProvider? clock = null)
{
    private const int TimedCalls = 3;

    private readonly InTestRuns runs = new(harness, workspace, baseline, limits, clock ?? TimeProvider.System);

    /// <summary>Compares and times. Ends at the first difference.</summary>
    /// <param name="baselineFile">Text of the target's file at the baseline.</param>
    /// <param name="candidateFile">Text of the file with the candidate in place.</param>
    /// <param name="enough">Sees every pair once, in order; true ends the trial.</param>
    public Task<InTestTrial> RunAsync(
        Workload workload, string baselineFile, string candidateFile, long seed, Func<Pair, bool> enough, CancellationToken cancellationToken)
    {
        var calls = workload.Captured.OrderByDescending(c => c.Seconds).ToList();
        var timed = Math.Min(TimedCalls, calls.Count);
        return runs.RunAsync(
            "forkcompare",
            process => InTestRequests.Fork(
                harness.Project, workload.Target, process == 0 ? calls : calls[..timed], baselineFile, candidateFile,
                compare: process == 0, TrialRunner.PairsPerProcess, timed, Seeds.Of(seed, process)),
            TrialRunner.MostProcesses, calls: 1, enough, cancellationToken);
    }

    /// <summary>Compares all calls without timing any.</summary>
    public Task<InTestTrial> CompareAsync(Workload workload, string baselineFile, string candidateFile, long seed, CancellationToken cancellationToken)
    {
        var calls = workload.Captured;
        return runs.RunAsync(
            "forkcompare",
            _ => InTestRequests.Fork(
                harness.Project, workload.Target, calls, baselineFile, candidateFile, compare: true, pairs: 0, timed: 0, seed),
            processes: 1, calls: 1, _ => false, cancellationToken);
    }
}
