
namespace Afterburner.Workloads;

/// <summary>
/// Captures calls of functions while the repository's tests make them. Three passes, each in sandbox runs of its own:
/// a survey of all targets at once (which tests, how often, how long); then, of those that are wanted, the recording of the chosen calls under the
/// tests that make them, and a confirmation that the baseline answers each call the same under two hash seeds. A pass
/// under which any test's outcome is not that of the plain run counts for nothing; targets are then tried one by one.
/// A target none of whose calls can be stored gets another kind of workload, where one works: see <see cref="WorkloadKind"/>.
/// </summary>
public static class CallCapture
{
    /// <summary>Seconds that the calls of one test take together, above which they may matter though none of them does.</summary>
    private const double MattersTogether = 0.001;

    /// <param name="workspace">The baseline.</param>
    /// <param name="baseline">The plain run of all tests, from <see cref="RepositoryTests.EstablishBaselineAsync"/>.</param>
    /// <returns>One outcome for each target, in order.</returns>
    /// <exception cref="EnvironmentFailureException">The sandbox itself failed, after its retries.</exception>
    public static Task<IReadOnlyList<CaptureOutcome>> CaptureAsync(
        Harness harness, string workspace, IReadOnlyList<Target> targets, TestRun baseline,
        CaptureOptions options, CancellationToken cancellationToken = default) =>
        CaptureAsync(harness, workspace, targets, baseline, null, options, cancellationToken);

    /// <param name="survey">Of the different targets, where they were asked for; null where they were not.</param>
    /// <inheritdoc cref="CaptureAsync(Harness, string, IReadOnlyList{Target}, TestRun, CaptureOptions, CancellationToken)"/>
    internal static async Task<IReadOnlyList<CaptureOutcome>> CaptureAsync(
        Harness harness, string workspace, IReadOnlyList<Target> targets, TestRun baseline, Survey? survey,
        CaptureOptions options, CancellationToken cancellationToken)
    {
        if (!harness.Program.Can(Abilities.Replay))
            return [.. targets.Select((t, i) => i < options.MaxTargets ? OfBenchmark(t, harness.Program) : new CaptureOutcome(t, null, Skip.BeyondCap))];
        var outcomes = new Dictionary<Target, CaptureOutcome>();
        var surveys = new CallSurvey(harness, workspace, baseline, options);
        var recordings = new CallRecording(harness, workspace, baseline, options);
        var surveyed = await surveys.RunAsync(targets.Distinct().ToList(), survey, cancellationToken).ConfigureAwait(false);
        foreach (var (target, (_, problem)) in surveyed)
        {
            if (problem is not null)
                outcomes[target] = new CaptureOutcome(target, null, problem);
        }

        var reached = targets.Distinct().Select(t => surveyed[t].Reach).OfType<Reach>().Where(r => !outcomes.ContainsKey(r.Target)).ToList();
        var (wanted, asked) = (new List<Reach>(), 0);
        foreach (var reach in reached)
        {
            if ((options.CapsWanted ? wanted.Count : asked) >= options.MaxTargets)
            {
                outcomes[reach.Target] = new CaptureOutcome(reach.Target, null, Skip.BeyondCap);
                continue;
            }

            asked++;
            if (await options.IsWanted(reach.Target, reach.Observed).ConfigureAwait(false))
                wanted.Add(reach);
            else
                outcomes[reach.Target] = new CaptureOutcome(reach.Target, Workload.None(reach.Target) with { CoveringTests = reach.Tests, Observed = reach.Observed }, null);
        }

        reached = wanted;

        foreach (var batch in reached.Chunk(options.TargetsPerRun))
        {
            if (options.IsOver())
            {
                foreach (var reach in batch)
                    outcomes[reach.Target] = new CaptureOutcome(reach.Target, null, Skip.OutOfTime);
                continue;
            }

            var stored = await recordings.RunAsync(batch, cancellationToken).ConfigureAwait(false);
            var storable = stored.Where(s => s.Value.Calls.Count > 0).ToDictionary();
            var confirmed = storable.Count == 0 ? []
                : await CallConfirmation.RunAsync(harness, workspace, storable, options, through: null, cancellationToken).ConfigureAwait(false);
            foreach (var reach in batch)
            {
                var outcome = Outcome(reach, stored[reach.Target], confirmed);
                outcomes[reach.Target] = outcome with
                {
                    MattersTogether = reach.MostSeconds >= MattersTogether,
                    ThroughCallers = ThroughCallers(reach),
                };
            }
        }

        foreach (var reach in reached.Where(r => options.Fallbacks && outcomes[r.Target].Workload is null && !options.IsOver()))
        {
            var other = await Fallback().RunAsync(reach, outcomes[reach.Target], cancellationToken).ConfigureAwait(false);
            outcomes[reach.Target] = other.Workload is { IsReplayed: false } ? other with { ThroughCallers = ThroughCallers(reach) } : other;
        }

        return targets.Select(t => outcomes[t] is { Workload: { } workload } o && surveyed[t].Reach is { } reach
            ? o with { Workload = With(workload, reach, baseline) } : outcomes[t]).ToList();

        CallFallback Fallback() => new(harness, workspace, baseline, options);

        IReadOnlyList<CallerCapture> ThroughCallers(Reach reach) =>
        [
            async token => Known(await Fallback().ThroughCallerAsync(reach, token).ConfigureAwait(false), reach),
            async token => Known(await Fallback().ThroughOuterAsync(reach, token).ConfigureAwait(false), reach),
        ];

        Workload? Known(Workload? workload, Reach reach) => workload is null ? null : With(workload, reach, baseline);
    }

    private static Workload With(Workload workload, Reach reach, TestRun baseline) =>
        workload with { ShareOfTests = ShareOf(reach, baseline), TestSeconds = baseline.Durations.Values.Sum() is > 0 and var all ? all : null, Callers = reach.Callers };

    /// <summary>Time in calls is measured while they are watched, so that it may come out longer than the tests took without.</summary>
    private static double? ShareOf(Reach reach, TestRun baseline) =>
        baseline.Durations.Values.Sum() is > 0 and var all ? Math.Min(1, reach.TestSeconds / all) : null;

    private static CaptureOutcome OfBenchmark(Target target, HarnessProgram program) => program.Benchmark is null
        ? new CaptureOutcome(target, null, Skip.Because("its calls cannot be stored, and there is no benchmark"))
        : new CaptureOutcome(target, Workload.None(target) with { Kind = WorkloadKind.Benchmark }, null);

    internal static CaptureOutcome Outcome(
        Reach reach, StoredCalls stored, Dictionary<Target, ConfirmedCalls> confirmed)
    {
        if (stored.Calls.Count == 0)
            return new CaptureOutcome(reach.Target, null, Skip.Because($"none of its calls can be stored: {stored.Why}"));
        var (calls, why, byChance) = confirmed[reach.Target];
        if (calls.Count == 0)
            return new CaptureOutcome(reach.Target, null, new Skip(byChance ? SkipKind.ByChance : SkipKind.NotCaptured, $"none of its calls can be made again: {why}"));
        var workload = new Workload(WorkloadKind.Replay, reach.Target, reach.Target, calls, [], reach.Tests, reach.Observed);
        return new CaptureOutcome(reach.Target, workload, null) { Notes = [.. new[] { stored.Why, why }.Where(w => w.Length > 0)] };
    }
}
