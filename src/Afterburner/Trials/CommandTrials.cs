using Afterburner.Sandboxes;

namespace Afterburner.Trials;

/// <summary>
/// Runs one command in two trees, in turn and in random order, each run in a fresh sandbox. A sample is the whole process
/// tree: CPU time and peak memory of its control group, wall time from start to end.
/// </summary>
/// <param name="baseline">Tree of the code as it was.</param>
/// <param name="candidate">Tree of the code under test.</param>
/// <param name="command">A line for <c>sh</c>.</param>
/// <param name="limits">Of each run.</param>
internal sealed class CommandTrials(
    ISandbox sandbox, string baseline, string candidate, string command, CommandTools tools, Limits limits,
    TimeProvider? clock = null) : ITrials
{
    /// <summary>Pairs after which a trial ends in any case.</summary>
    public const int MostPairs = 60;

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <value>Where each tree was built before. Defaults to null: there is nothing to build.</value>
    internal BuiltTrees? Built { get; init; }

    /// <value>Ends a trial after the pair during which it comes true. Defaults to never.</value>
    public Func<bool> BudgetSpent { get; init; } = () => false;

    public IReadOnlyList<CallSize> Sizes => [CallSize.Captured];

    public Task<Trial> ConfirmAsync(Trial claim, long seed, Func<Pair, bool> enough, CancellationToken cancellationToken) =>
        MeasureAsync(CallSize.Captured, seed, enough, cancellationToken);

    public async Task<Trial> MeasureAsync(CallSize size, long seed, Func<Pair, bool> enough, CancellationToken cancellationToken)
    {
        var start = _clock.GetTimestamp();
        var turns = new PairTurns(seed);
        var pairs = new List<Pair>();
        // One run of each that does not count: files come into the cache.
        foreach (var warming in new[] { true, false })
        {
            for (var number = 0; number < (warming ? 1 : MostPairs); number++)
            {
                var samples = new Dictionary<bool, Sample>();
                var first = turns.BaselineFirst();
                foreach (var isBaseline in new[] { first, !first })
                {
                    var run = await sandbox.RunAsync(Command(isBaseline, seed + number), limits, cancellationToken).ConfigureAwait(false);
                    if (run.End == SandboxEnd.Failed)
                        return Ended(TrialEnd.SandboxFailed, run.Failure);
                    if (!run.Succeeded)
                        return Ended(isBaseline ? TrialEnd.BaselineBroke : TrialEnd.CandidateBroke, Why(run));
                    if (run.Cpu is not { } cpu)
                        return Ended(TrialEnd.SandboxFailed, "the sandbox has no control group to read CPU time from");
                    samples[isBaseline] = new Sample(
                        cpu.TotalSeconds, run.Wall.TotalSeconds, run.PeakMemory ?? 0, cpu.TotalSeconds * (run.PeakMemory ?? 0));
                }

                if (warming)
                    continue;
                pairs.Add(new Pair(samples[true], samples[false], number));
                if (enough(pairs[^1]) || BudgetSpent())
                    return Ended(TrialEnd.Completed, null);
            }
        }

        return Ended(TrialEnd.Completed, null);

        Trial Ended(TrialEnd end, string? failure) => new(end, failure, pairs, 1, 1, 1) { Duration = _clock.GetElapsedTime(start) };
    }

    private SandboxCommand Command(bool isBaseline, long variation) =>
        new(["/bin/sh", "-c", Built?.Run(command) ?? command], isBaseline ? baseline : candidate)
        {
            Writable = true,
            Mounts = (isBaseline ? Built?.Baseline : Built?.Candidate) is { } built
                ? new Dictionary<string, MachineDirectory>(tools.Mounts) { ["/built"] = built }
                : tools.Mounts,
            Environment = tools.Variables((int)(variation & 0xFFFF)),
        };

    private static string Why(SandboxRun run)
    {
        var error = run.ErrorText.Trim();
        return run.End switch
        {
            SandboxEnd.TimedOut => "it used up the time limit",
            SandboxEnd.OutOfMemory => "it used up the memory limit",
            SandboxEnd.OutputLimit => "it used up the output limit",
            _ => $"exit code {run.ExitCode}{(error.Length == 0 ? "" : $": {(error.Length > 300 ? error[^300..] : error)}")}",
        };
    }
}
