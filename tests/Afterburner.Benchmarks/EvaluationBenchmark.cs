using System.Diagnostics;
using System.Globalization;
using Afterburner.Evaluation.Loop;
using Afterburner.Evaluation.Programs;
using Afterburner.Evaluation.Reports;
using Afterburner.Evaluation.Solvers;
using Afterburner.Evaluation.Tasks;
using Afterburner.Languages.Python;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Benchmarks;

/// <summary>
/// Whether an evaluation comes out the same twice, and what its sandbox costs. Arguments: a data set, and how many of its tasks are taken (4). Goals: two runs
/// with one seed, each with people measured anew, agree on PASS@1 exactly and on BEYOND-T within 2 points; programs that take 50 ms or more take less than 1.3
/// times as long in it as bare.
/// </summary>
public static class EvaluationBenchmark
{
    private const double LongEnough = 0.05;

    private const int Rounds = 5;

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is not [var file, ..])
        {
            await Console.Error.WriteLineAsync("usage: -- evaluation FILE [TASKS]");
            return 2;
        }

        var tasks = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 4;
        var data = await DataSet.ReadAsync(Path.GetFullPath(file), CancellationToken.None);
        await using var sandbox = await SandboxChoice.OpenAsync(SandboxKind.Auto, new SandboxOptions(), TimeProvider.System, CancellationToken.None);
        var python = await new PythonProject("/usr/bin/python3", new Dictionary<string, MachineDirectory>(), ["."], TestRunner.Unittest).CompiledAsync(sandbox, CancellationToken.None);
        var runner = new ProgramRunner(new Harness(sandbox, python.Program), new ProgramOptions());
        await BesideBareAsync(sandbox, runner, data.Tasks.Take(tasks));
        await TwiceAsync(runner, data, tasks);
        return 0;
    }

    /// <summary>Proposes one person's program for each task, the same one in each run: by its text, whatever it costs.</summary>
    private sealed class SamePerson : ISolver
    {
        public string Name => "the same person";

        public Task<Proposal?> ProposeAsync(SolverRequest request, CancellationToken cancellationToken) =>
            Task.FromResult<Proposal?>(new Proposal(request.People.Select(p => p.Program).Order(StringComparer.Ordinal).ElementAt(request.People.Count / 2), HasForm: true));

        public void Dispose()
        {
            // It holds nothing.
        }
    }

    private static async Task TwiceAsync(ProgramRunner runner, DataSet data, int tasks)
    {
        var reports = new List<EvaluationReport>();
        for (var i = 0; i < 2; i++)
        {
            var folder = Directory.CreateTempSubdirectory("afterburner-evaluation-");
            var watch = Stopwatch.StartNew();
            using var solver = new SamePerson();
            var runs = await new EvaluationRun(
                runner, solver, new EvaluationOptions { Iterations = 0, Start = null, MostTasks = tasks }, EvaluationFolder.Open(folder.FullName, new Dictionary<string, string>()), new PeopleCache(null), new Nobody(),
                TimeProvider.System).RunAsync(data, CancellationToken.None);
            reports.Add(EvaluationReport.Of(new Dictionary<string, string>(), [], runs, ObjectiveKind.Time, seed: 0));
            var last = reports[^1].Rows[^1];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"run {i + 1}: {reports[^1].Tasks.Count} tasks, PASS@1 {100 * last.Pass.Value:0.0}, BEYOND-T {100 * last.Time.Value:0.0}, -M {100 * last.Memory.Value:0.0}, -I {100 * last.Integral.Value:0.0}; {watch.Elapsed.TotalSeconds:0} s"));
            folder.Delete(recursive: true);
        }

        var (one, other) = (reports[0].Rows[^1], reports[1].Rows[^1]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"PASS@1 differs by {100 * Math.Abs(one.Pass.Value - other.Pass.Value):0.0} points, BEYOND-T by {100 * Math.Abs(one.Time.Value - other.Time.Value):0.0}"));
    }

    /// <summary>The same program on the same inputs, here and there in turn.</summary>
    private static async Task BesideBareAsync(ISandbox sandbox, ProgramRunner runner, IEnumerable<EvaluationTask> tasks)
    {
        var ratios = new List<double>();
        foreach (var task in tasks)
        {
            var prepared = await new Preparation(runner).PrepareAsync(task, CancellationToken.None);
            var program = prepared.People[^1].Program;
            var inputs = new List<TaskTest>();
            foreach (var test in prepared.Tests.Checked)
            {
                if (await BareAsync(sandbox, program, [test]) >= LongEnough)
                    inputs.Add(test);
            }

            if (inputs.Count == 0)
                continue;
            var mine = new List<double>();
            for (var round = 0; round < Rounds; round++)
            {
                var bare = await BareAsync(sandbox, program, inputs);
                var watch = Stopwatch.StartNew();
                await runner.AnswersAsync(task, program, inputs, CancellationToken.None);
                mine.Add(watch.Elapsed.TotalSeconds / bare);
            }

            ratios.Add(mine.Order().ElementAt(Rounds / 2));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{task.Id}: {inputs.Count} inputs of {LongEnough * 1000:0} ms or more, in the sandbox {ratios[^1]:0.00}x as long as bare ({mine.Min():0.00} to {mine.Max():0.00})"));
        }

        Console.WriteLine(ratios.Count == 0 ? "no program of these tasks takes so long"
            : string.Create(CultureInfo.InvariantCulture, $"geometric mean of {ratios.Count}: {Math.Exp(ratios.Average(Math.Log)):0.00}x, the sandbox's start and end counted"));
    }

    /// <summary>Wall seconds of an interpreter for each input, as a contest's judge starts it: in a sandbox too, whose start and end do not count.</summary>
    private static async Task<double> BareAsync(ISandbox sandbox, string program, List<TaskTest> tests)
    {
        const string Driver = """
            import subprocess, sys, time
            started = time.perf_counter()
            for number in range(int(sys.argv[1])):
                with open(f"/work/{number}") as file:
                    subprocess.run(["/usr/bin/python3", "-I", "-B", "/work/program.py"], stdin=file, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            print(time.perf_counter() - started)
            """;
        var folder = SharedFolder.Create("afterburner-bare-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "program.py"), program);
            for (var i = 0; i < tests.Count; i++)
                await File.WriteAllTextAsync(Path.Combine(folder, i.ToString(CultureInfo.InvariantCulture)), tests[i].Input);
            var run = await sandbox.RunAsync(new SandboxCommand(["/usr/bin/python3", "-I", "-B", "-c", Driver, tests.Count.ToString(CultureInfo.InvariantCulture)], folder), new Limits(), CancellationToken.None);
            return run.Succeeded ? double.Parse(run.Text, CultureInfo.InvariantCulture) : throw new InvalidOperationException($"{run.End}: {run.Failure}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class Nobody : IEvaluationObserver
    {
        public void Started(int tasks)
        {
            // Nobody looks on.
        }

        public void Step(TaskRun run)
        {
            // Nobody looks on.
        }

        public void Finished(TaskRun run)
        {
            // Nobody looks on.
        }
    }
}
