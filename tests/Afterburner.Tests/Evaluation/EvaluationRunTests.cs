using Afterburner.Evaluation.Loop;
using Afterburner.Evaluation.Reports;
using Afterburner.Evaluation.Solvers;
using Afterburner.Evaluation.Tasks;
using Xunit;

namespace Afterburner.Tests.Evaluation;

/// <summary>The loop over a data set, with real programs.</summary>
public sealed class EvaluationRunTests : IDisposable
{
    private static readonly Dictionary<string, string> Settings = new() { ["data"] = "test" };

    private static readonly DataSet Data = new("test", [Programs.Sum, Programs.Sum with { Id = "unsolved", Solutions = ["print(0)"] }], []);

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_is_better_takes_the_place_of_the_best_and_what_fails_or_costs_more_does_not()
    {
        using var solver = new Scripted([Programs.Right, "print(0)", Programs.Slow]);

        var runs = await RunAsync(solver, 3);

        var run = runs[0];
        Assert.Equal([false, true, false, false], run.Steps.Select(s => s.IsNew));
        Assert.All(run.Steps.Skip(1), s => Assert.Equal(Programs.Right, s.Program));
        Assert.Equal((false, true), (run.Steps[2].Proposed!.Passed, run.Steps[3].Proposed!.Passed));
        // Each was shown the best so far, with what it costs.
        Assert.Equal([Programs.Slow, Programs.Right, Programs.Right], solver.Requests.Select(r => r.Program));
        Assert.All(solver.Requests, r => Assert.True(r.Measured!.Passed));
        Assert.Contains("none of 1 programs", runs[1].Unusable, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_was_ended_goes_on_where_it_was_and_measures_nobody_again()
    {
        using var ended = new Scripted([Programs.Right]) { EndsAfter = 1 };
        await Assert.ThrowsAsync<EnvironmentFailureException>(() => RunAsync(ended, 3));
        using var solver = new Scripted(["print(0)", "print(1)"]);

        var people = Directory.GetFiles(Path.Combine(_folder.Path, "people")).ToDictionary(f => f, File.GetLastWriteTimeUtc);

        var run = (await RunAsync(solver, 3))[0];

        Assert.NotEmpty(people);
        Assert.All(people, p => Assert.Equal(p.Value, File.GetLastWriteTimeUtc(p.Key)));

        Assert.Equal([2, 3], solver.Requests.Select(r => r.Iteration));
        Assert.Equal([false, true, false, false], run.Steps.Select(s => s.IsNew));
        var refused = Assert.Throws<UsageException>(() => EvaluationFolder.Open(Path.Combine(_folder.Path, "run"), new Dictionary<string, string> { ["data"] = "another" }));
        Assert.Contains("data was test and is another", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_start_nothing_counts_until_something_passes_and_what_is_not_shown_is_not_shown()
    {
        using var solver = new Scripted(["print(0)", Programs.Right]);

        var run = (await RunAsync(solver, 1, new EvaluationOptions { Iterations = 1, Start = null, ShowsFeedback = false, ShowsOriginal = false }))[0];

        Assert.Equal([false, true], run.Steps.Select(s => s.Measured.Passed));
        Assert.All(solver.Requests, r => Assert.Equal((null, null), (r.Program, r.Measured)));
    }

    [Fact]
    public async Task The_best_of_people_is_best_the_broken_one_is_worth_nothing_and_the_page_says_so()
    {
        using var best = new PeopleSolver("best-human", 0);
        using var broken = new BrokenSolver();
        // One that multiplies, and two that take tens of thousands of steps: no noise puts it behind them.
        string[] people = ["n = int(input())\nprint(n * (n - 1) // 2)\n", Programs.Slow, Programs.Slow.Replace("40", "80", StringComparison.Ordinal)];
        var data = new DataSet("test", [Programs.Sum with { Solutions = people }], []);
        var options = new EvaluationOptions { Iterations = 1, Start = null };

        var (up, down) = (Report(await RunAsync(best, 1, options, data, "best")), Report(await RunAsync(broken, 1, options, data, "broken")));

        Assert.Equal((1, 0), (up.Rows[^1].Pass.Value, down.Rows[^1].Pass.Value));
        // Measured again, so it may come out beside itself: of three people it beats two at least.
        Assert.InRange(up.Rows[^1].Time.Value, 0.66, 1);
        Assert.Equal(0, down.Rows[^1].Time.Value + down.Rows[^1].Memory.Value + down.Rows[^1].Integral.Value);
        var page = EvaluationPage.Render([("best <human>", up), ("broken", down)]);
        Assert.Contains("best &lt;human&gt;, iteration 1", page, StringComparison.Ordinal);
        Assert.Contains("published", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
    }

    private static EvaluationReport Report(IReadOnlyList<TaskRun> runs) => EvaluationReport.Of(Settings, [], runs, ObjectiveKind.Time, seed: 1);

    private async Task<IReadOnlyList<TaskRun>> RunAsync(
        ISolver solver, int iterations, EvaluationOptions? options = null, DataSet? data = null, string name = "run")
    {
        var runner = await Programs.RunnerAsync();
        return await new EvaluationRun(
            runner, solver, options ?? new EvaluationOptions { Iterations = iterations, Start = 1 }, EvaluationFolder.Open(Path.Combine(_folder.Path, name), Settings),
            new PeopleCache(Path.Combine(_folder.Path, "people")), new Quiet(), TimeProvider.System).RunAsync(data ?? Data, Cancel);
    }

    private sealed class Scripted(IReadOnlyList<string> programs) : ISolver
    {
        public string Name => "scripted";

        public List<SolverRequest> Requests { get; } = [];

        public int EndsAfter { get; init; } = int.MaxValue;

        public Task<Proposal?> ProposeAsync(SolverRequest request, CancellationToken cancellationToken)
        {
            if (Requests.Count >= EndsAfter)
                throw new EnvironmentFailureException("the model is gone");
            Requests.Add(request);
            return Task.FromResult<Proposal?>(new Proposal(programs[Requests.Count - 1], HasForm: true));
        }

        public void Dispose()
        {
            // It holds nothing.
        }
    }

    private sealed class Quiet : IEvaluationObserver
    {
        public void Started(int tasks)
        {
        }

        public void Step(TaskRun run)
        {
        }

        public void Finished(TaskRun run)
        {
        }
    }
}
