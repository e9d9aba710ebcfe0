using System.Text;
using Afterburner.Functions;
using Afterburner.Languages.Python;
using Afterburner.Proposers;
using Afterburner.Reviews;
using Afterburner.Runs;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Verdicts;
using Afterburner.Workloads;

namespace Afterburner.Benchmarks.Yield;

/// <summary>Takes what proposers make of one function through the product's own verification, measurement and judgement.</summary>
/// <param name="folder">The repository of all tasks.</param>
/// <param name="baseline">Its tests.</param>
internal sealed class YieldReview(Harness harness, string folder, TestRun baseline, Journal journal, long seed)
{
    /// <summary>Rounds in which a proposer goes on from what it won.</summary>
    private const int Rounds = 3;

    /// <summary>Larger calls of one size, where a task has none that end in time.</summary>
    private const int AmplifiedCalls = 2;

    /// <summary>The product's floor, and none: what is proven counts at any size.</summary>
    private static readonly Objective Floor = Configuration.Default.ToObjective();

    private static readonly Configuration NoFloor = Configuration.Default with
    {
        Materiality = new Materiality { Speedup = 1.03, Saving = TimeSpan.Zero },
    };

    /// <param name="recorded">The calls that the tests make, small and large.</param>
    /// <returns>A row for each proposer, empty where it proposed nothing.</returns>
    public async Task<IReadOnlyList<YieldRow>> RunAsync(
        IReadOnlyList<IProposer> proposers, Function function, Workload recorded, CancellationToken cancellationToken)
    {
        var head = await File.ReadAllBytesAsync(Path.Combine(folder, function.Path), cancellationToken);
        using var workspace = Workspace.Create();
        foreach (var file in new[] { function.Path, "test_" + function.Path, "inputs.py" })
            File.Copy(Path.Combine(folder, file), Path.Combine(workspace.Head, file));
        var context = Context(workspace, function);
        CandidateReview? judging = null;
        var rows = new List<YieldRow>();
        foreach (var proposer in proposers)
        {
            var candidates = new List<YieldCandidate>();
            var best = new MeasuredSource(function.Source, Passed: true);
            for (var round = 1; round <= Rounds; round++)
            {
                var request = new ProposalRequest(function, best, ObjectiveKind.Time, round)
                {
                    FileSource = Encoding.UTF8.GetString(head),
                    Observed = recorded.Observed,
                    Seed = seed,
                    Text = new PythonText(),
                };
                var proposed = await proposer.ProposeAsync(request, cancellationToken);
                if (proposed.Count == 0)
                    break;
                // Confirmed in fresh processes on the calls of the claim: fresh values of a task's large inputs are not to be had.
                judging ??= new CandidateReview(
                    context, function, await BySizeAsync(context, recorded, cancellationToken), head,
                    (_, _) => Task.FromResult<IReadOnlyList<RecordedCall>>([]));
                var (judged, kept) = await JudgeAsync(judging, context, proposed, candidates.Count, cancellationToken);
                candidates.AddRange(judged);
                if (kept is null)
                    break;
                best = kept;
            }

            rows.Add(new YieldRow(function.Id, proposer.Name, candidates));
        }

        return rows;
    }

    /// <returns>The candidates, and the one proven faster by most, if any.</returns>
    private static async Task<(IReadOnlyList<YieldCandidate> Judged, MeasuredSource? Best)> JudgeAsync(
        CandidateReview judging, ReviewContext context, IReadOnlyList<Candidate> proposed, int earlier, CancellationToken cancellationToken)
    {
        var candidates = new List<YieldCandidate>();
        (MeasuredSource Source, double Ratio)? best = null;
        foreach (var candidate in proposed)
        {
            var before = context.Book.Total;
            var judged = await Review.TryAsync(judging, candidate, earlier + candidates.Count + 1, cancellationToken);
            var (verdict, evidence) = (judged.Verdict, judged.Evidence);
            var material = verdict.Kind == VerdictKind.Improved && new Judge(Floor).Decide(evidence).Verdict.Kind == VerdictKind.Improved;
            candidates.Add(new YieldCandidate(
                candidate.Iteration, candidate.Title, candidate.Recipe, verdict.Kind, verdict.Reason, material, verdict.Ratio,
                YieldTrial.Of(evidence.Captured, context.Objective), YieldTrial.Of(evidence.Amplified, context.Objective),
                judging.Diff(candidate), (context.Book.Total - before).TotalSeconds));
            if (verdict is { Kind: VerdictKind.Improved, Ratio: { } ratio } && ratio > (best?.Ratio ?? 0))
                best = (judged.Measured, ratio);
        }

        return (candidates, best?.Source);
    }

    /// <summary>
    /// The recorded calls by the tests that made them: those with a task's large inputs stand where a review has calls it made
    /// larger itself. Where none of them ends in time, these are made as in a review.
    /// </summary>
    private async Task<Workload> BySizeAsync(ReviewContext context, Workload recorded, CancellationToken cancellationToken)
    {
        IReadOnlyList<RecordedCall> large = [.. recorded.Captured.Where(c => c.Test.Contains(YieldRepository.LargeTest, StringComparison.Ordinal))];
        IReadOnlyList<RecordedCall> small = [.. recorded.Captured.Except(large)];
        if (large.Count == 0)
        {
            var made = await Amplifier.AmplifyAsync(
                context.Tree, recorded.Recorded with { Calls = small }, new Amplification(seed, AmplifiedCalls), cancellationToken);
            large = made.Calls;
        }

        return recorded with { Captured = small, Amplified = large };
    }

    /// <summary>A repository of this function alone: its whole test suite is its own tests.</summary>
    private ReviewContext Context(Workspace workspace, Function function) => new()
    {
        Configuration = NoFloor with { Seed = seed },
        Objective = NoFloor.ToObjective(),
        Change = null,
        Workspace = workspace,
        Harness = harness,
        Text = new PythonText(),
        Baseline = baseline with
        {
            Outcomes = baseline.Outcomes.Where(o => o.Key.Contains("test_" + function.Path, StringComparison.Ordinal)).ToDictionary(),
        },
        Proposers = [],
        Detectors = new Detectors(AstGrep.Find(harness.Sandbox), harness),
        Journal = journal,
        Observer = new QuietObserver(),
        Book = new TimeBook(TimeProvider.System),
        Limits = NoFloor.ToLimits() with { Wall = TimeSpan.FromSeconds(60), Cpu = TimeSpan.FromSeconds(60) },
        BudgetSpent = () => false,
        Tally = new Tally(),
    };
}
