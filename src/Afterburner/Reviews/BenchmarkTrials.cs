using Afterburner.Sandboxes;
using Afterburner.Trials;
using Afterburner.Workloads;

namespace Afterburner.Reviews;

/// <summary>
/// For functions whose calls cannot be looked at (<see cref="WorkloadKind.Benchmark"/>): a benchmark of the repository, run with one version
/// in place and with the other. Nothing is claimed of it: that tests pass proves less than equal answers do.
/// </summary>
/// <param name="path">Of the function's file, and <paramref name="file"/> its bytes with the candidate in place.</param>
internal sealed class BenchmarkTrials(Harness harness, Workspace workspace, string path, byte[] file, Limits limits) : ITrials
{
    private const string OnlyBenchmarked = "a whole benchmark was timed, and that tests pass does not prove that it answers the same";

    /// <value>Ends a trial after the pair during which it comes true. Defaults to never.</value>
    public Func<bool> BudgetSpent { get; init; } = () => false;

    public IReadOnlyList<CallSize> Sizes => [CallSize.Captured];

    public Task<Trial> ConfirmAsync(Trial claim, long seed, Func<Pair, bool> enough, CancellationToken cancellationToken) =>
        MeasureAsync(CallSize.Captured, seed, enough, cancellationToken);

    public async Task<Trial> MeasureAsync(CallSize size, long seed, Func<Pair, bool> enough, CancellationToken cancellationToken)
    {
        var copy = await workspace.WithAsync(path, file, cancellationToken).ConfigureAwait(false);
        try
        {
            var (benchmark, tools) = (harness.Program.Benchmark!, CommandTools.Of([harness.Program]));
            using var built = await BuiltTrees.MakeAsync(
                harness.Sandbox, tools, benchmark.Build, workspace.Head, copy, limits, cancellationToken).ConfigureAwait(false);
            if (built.Broken is { } broken)
                return broken;
            var trials = new CommandTrials(
                harness.Sandbox, workspace.Head, copy, benchmark.Command, tools, limits)
            { Built = built, BudgetSpent = BudgetSpent };
            var trial = await trials.MeasureAsync(size, seed, enough, cancellationToken).ConfigureAwait(false);
            return trial with { Reservation = new Reservation(OnlyBenchmarked, Rejects: false) };
        }
        finally
        {
            workspace.Drop(copy);
        }
    }
}
