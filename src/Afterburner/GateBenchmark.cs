using Afterburner.Sandboxes;
using Afterburner.Suggestions;
using Afterburner.Trials;
using Afterburner.Verdicts;
using Afterburner.Workloads;

namespace Afterburner;

/// <summary>One benchmark of the repository, run as a whole at head and at base until it is known which is slower.</summary>
internal sealed class GateBenchmark(
    ISandbox sandbox, PythonProject project, string head, string earlier, Configuration configuration, Journal journal, TimeBook book)
{
    private readonly Objective objective = configuration.ToGateObjective();

    public async Task<GateBenchmarkReport> CompareAsync(string command, CancellationToken cancellationToken)
    {
        var interpreter = Path.GetDirectoryName(project.Interpreter);
        var path = $"{interpreter}:/usr/local/bin:/usr/bin:/bin";
        var trials = new CommandTrial(sandbox, head, earlier, project.Mounts, path, configuration.ToLimits());

        // CPU time by the sandbox's clock, and wall time as if it were CPU time: waiting is a regression as well.
        var judge = new GateJudge(objective, configuration.Gate.MaxSlowdown);
        var first = await MeasureAsync(configuration.Seed).ConfigureAwait(false);
        var verdicts = new List<GateVerdict>();
        Trial? second = null;
        foreach (var view in new Func<Trial, Trial>[] { t => t, Wall })
        {
            var evidence = new GateEvidence { Captured = view(first) };
            var judgement = judge.Decide(evidence);
            if (judgement.Confirm is not null)
            {
                second ??= await MeasureAsync(configuration.Seed + 1).ConfigureAwait(false);
                judgement = judge.Decide(evidence with { Confirmation = view(second) });
            }

            verdicts.Add(judgement.Verdict);
        }

        var (about, what) = verdicts[1].Answer == GateAnswer.Slower && verdicts[0].Answer != GateAnswer.Slower
            ? (verdicts[1], "wall time")
            : (verdicts[0], "CPU time");
        var known = second ?? first;
        return new GateBenchmarkReport
        {
            Command = command,
            Status = GateFunctions.Status(about.Answer),
            Reason = $"{what}: {about.Reason}",
            Slowdown = about.Slowdown,
            Low = about.Low,
            High = about.High,
            Pairs = about.Pairs,
            LostPerCall = about.LostPerCall,
            BaseCpuSeconds = known.Candidate.Cpu,
            HeadCpuSeconds = known.Baseline.Cpu,
            BaseWallSeconds = known.Candidate.Wall,
            HeadWallSeconds = known.Baseline.Wall,
        };

        async Task<Trial> MeasureAsync(long seed)
        {
            var (cpu, wall) = (judge.NewTest(), judge.NewTest());
            var trial = await book.BookAsync(Part.Measure, () => trials.RunAsync(command, seed, Enough, cancellationToken)).ConfigureAwait(false);
            journal.Write(new TrialMeasured(0, "benchmark", trial.Pairs, trial.Duration.TotalSeconds) { Function = command });
            return trial;

            bool Enough(Pair pair)
            {
                var decided = cpu(pair) != TestState.Undecided & wall(Wall(pair)) != TestState.Undecided;
                return decided || book.Total > configuration.Budget;
            }
        }
    }

    private static Trial Wall(Trial trial) => trial with { Pairs = [.. trial.Pairs.Select(Wall)] };

    private static Pair Wall(Pair pair) =>
        pair with { Baseline = pair.Baseline with { Cpu = pair.Baseline.Wall }, Candidate = pair.Candidate with { Cpu = pair.Candidate.Wall } };
}
