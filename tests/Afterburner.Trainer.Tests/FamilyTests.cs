using Afterburner.Evaluation.Tasks;
using Afterburner.Trainer.Data;
using Afterburner.Trainer.Miniature;
using Xunit;

namespace Afterburner.Trainer.Tests;

public sealed class FamilyTests : IDisposable
{
    /// <summary>Runs every program of a file of tasks on its tests, but for the large ones, and prints what is not right.</summary>
    private const string Check = """
        import json, sys
        count = 0
        for line in open(sys.argv[1]):
            task = json.loads(line)
            tests = task["input_output"]
            for solution in task["solutions"]:
                space = {}
                exec(solution, space)
                for given, answer in zip(tests["inputs"], tests["outputs"]):
                    if given[0] > 100:
                        continue
                    count += 1
                    if space[tests["fn_name"]](*given) != answer[0]:
                        print(task["problem_id"], given, answer, solution)
        print(count, "right")
        """;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_program_of_every_task_is_right()
    {
        var (trained, heldOut) = TaskFamily.Make(seed: 1);
        ExampleFile.Write(_folder.At("tasks.jsonl"), trained.Concat(heldOut).Select(t => t.ToApps()));
        await File.WriteAllTextAsync(_folder.At("check.py"), Check, Cancel);

        var run = await Processes.RunAsync(new ProcessStart("/usr/bin/python3", _folder.At("check.py"), _folder.At("tasks.jsonl")), cancellationToken: Cancel);

        Assert.Equal($"{trained.Concat(heldOut).Sum(t => t.Solutions.Count) * 10} right\n", run.Text + run.ErrorText);
    }

    [Fact]
    public async Task An_evaluation_reads_them_with_sixteen_people_at_least_each_written_otherwise()
    {
        ExampleFile.Write(_folder.At("tasks.jsonl"), TaskFamily.Make(seed: 1).Trained.Select(t => t.ToApps()));

        var data = await DataSet.ReadAsync(_folder.At("tasks.jsonl"), Cancel);

        Assert.Equal("APPS", data.Layout);
        Assert.Empty(data.Bad);
        Assert.All(data.Tasks, t => Assert.InRange(t.Solutions.Count, 16, 23));
    }

    [Fact]
    public void Tasks_that_are_held_out_have_other_combinations_names_and_wordings_and_a_seed_makes_the_same_ones()
    {
        var (one, again, other) = (TaskFamily.Make(1), TaskFamily.Make(1), TaskFamily.Make(2));

        Assert.Equal((261, 131), (one.Trained.Count, one.HeldOut.Count));
        Assert.Empty(one.Trained.Select(t => t.Id).Intersect(one.HeldOut.Select(t => t.Id)));
        Assert.Empty(one.Trained.Select(t => t.Function).Intersect(one.HeldOut.Select(t => t.Function)));
        Assert.Equal(one.Trained.Select(t => t.ToApps().ToJsonString()), again.Trained.Select(t => t.ToApps().ToJsonString()));
        Assert.NotEqual(one.Trained.Select(t => t.Statement), other.Trained.Select(t => t.Statement));
        // What is asked of those that are held out was met in training, each part of it with others.
        Assert.Equal([7, 7, 8], Enumerable.Range(0, 3).Select(part => one.Trained.Select(t => t.Id.Split('-')[part]).Distinct().Count()));
    }

    [Fact]
    public void What_a_cold_start_shows_are_combinations_that_are_trained_on_with_names_of_their_own()
    {
        var (trained, _) = TaskFamily.Make(1);

        List<FamilyTask> drawn = [.. TaskFamily.Draw(new Random(3)).Take(500)];

        Assert.Empty(drawn.Select(t => t.Id).Except(trained.Select(t => t.Id)));
        Assert.Equal(72, drawn.Select(t => t.Function).Distinct().Count());
        Assert.All(drawn, t => Assert.Contains(t.Function, t.Statement, StringComparison.Ordinal));
        Assert.All(drawn, t => Assert.NotEmpty(t.Wrong));
    }
}
