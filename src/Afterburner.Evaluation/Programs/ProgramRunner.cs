using System.Text.Json;
using System.Text.Json.Nodes;
using Afterburner.Evaluation.Tasks;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Evaluation.Programs;

/// <summary>Runs programs for tasks: checks their answers, and takes what they cost.</summary>
/// <param name="harness">Whose sandbox programs run in.</param>
public sealed class ProgramRunner(Harness harness, ProgramOptions options)
{
    /// <summary>Inputs that are sent at a time: one that hangs costs no more than its own time of those behind it.</summary>
    private const int Together = 20;

    /// <summary>How much quicker or slower a machine may become; more than that is no drift.</summary>
    private const double MostDrift = 2;

    /// <summary>Asks a task's checker about many answers at a time.</summary>
    private const string CheckAll = "\n\ndef _are_right(answers):\n    return [bool(is_right(*answer)) for answer in answers]\n";

    private static readonly TimeSpan Spare = TimeSpan.FromMinutes(2);

    public ProgramOptions Options => options;

    /// <summary>What becomes of a program on the tests of its task. What it costs is put to the time at which people were measured, by a program that is measured both times.</summary>
    public async Task<Measurement> MeasureAsync(EvaluationTask task, TestSet tests, string program, CancellationToken cancellationToken)
    {
        await using var beside = await StartAsync(task, tests.Reference, tests.Checked, cancellationToken).ConfigureAwait(false);
        var (measured, reference) = await BesideAsync(task, tests, program, beside, cancellationToken).ConfigureAwait(false);
        return measured.Passed ? At(measured, tests.ReferenceSeconds, reference) : measured;
    }

    /// <summary>What a program would have cost when the reference took another time: one that does the same again may take a little longer, as all others do then.</summary>
    internal static Measurement At(Measurement measured, double then, double now)
    {
        var drift = now > 0 && then > 0 ? Math.Clamp(then / now, 1 / MostDrift, MostDrift) : 1;
        return measured with { Seconds = measured.Seconds * drift, ByteSeconds = measured.ByteSeconds * drift };
    }

    /// <summary>A program, and CPU seconds of the reference beside it, sample by sample, with what starting takes: enough to tell how quick the machine is.</summary>
    internal async Task<(Measurement Program, double ReferenceSeconds)> BesideAsync(
        EvaluationTask task, TestSet tests, string program, ProgramProcess reference, CancellationToken cancellationToken)
    {
        try
        {
            await using var process = await StartAsync(task, program, tests.Checked, cancellationToken).ConfigureAwait(false);
            var accepted = new Dictionary<int, string>();
            if (await CheckAsync(process, task, tests, accepted, cancellationToken).ConfigureAwait(false) is { } failed)
                return (failed, 0);
            var inputs = tests.Sample.Select(i => tests.Checked[i].Input).ToList();
            var (costs, beside) = (new List<Cost>(), new List<Cost>());
            for (var sample = 0; sample < options.Samples; sample++)
            {
                var runs = await process.RunAsync(inputs, follows: true, cancellationToken).ConfigureAwait(false);
                // Answers count whenever they are given: a program may not take another way when it is timed.
                if (await WrongAsync(task, tests, tests.Sample, runs.Ends, accepted, cancellationToken).ConfigureAwait(false) is { } wrong)
                    return (Measurement.Failed(wrong, tests.Checked.Count - 1), 0);
                costs.Add(Cost.Of(runs));
                beside.Add(Cost.Of(await reference.RunAsync(inputs, follows: false, cancellationToken).ConfigureAwait(false)));
                if (runs.Seconds > options.OneIsEnough.TotalSeconds)
                    break;
            }

            var cost = Cost.Median(costs);
            return (
                new Measurement(true, Above(cost.Seconds, tests.Empty.Seconds), Above(cost.PeakBytes, tests.Empty.PeakBytes), Above(cost.ByteSeconds, tests.Empty.ByteSeconds)) { TestsPassed = tests.Checked.Count },
                Cost.Median(beside).Seconds);
        }
        catch (ProgramFailedException e)
        {
            return (Measurement.Failed(e.Message, 0), 0);
        }
    }

    /// <summary>Answers of a program to some inputs.</summary>
    /// <exception cref="ProgramFailedException">It does not compile, or is gone.</exception>
    public async Task<IReadOnlyList<ProgramEnd>> AnswersAsync(EvaluationTask task, string program, IReadOnlyList<TaskTest> tests, CancellationToken cancellationToken)
    {
        await using var process = await StartAsync(task, program, tests, cancellationToken).ConfigureAwait(false);
        var ends = new List<ProgramEnd>();
        foreach (var some in tests.Select(t => t.Input).Chunk(Together))
            ends.AddRange((await process.RunAsync(some, follows: false, cancellationToken).ConfigureAwait(false)).Ends);
        return ends;
    }

    /// <summary>CPU seconds of single inputs, without what starting takes; null where one fails.</summary>
    internal async Task<IReadOnlyList<double?>> TimesAsync(EvaluationTask task, string program, IReadOnlyList<TaskTest> tests, CancellationToken cancellationToken)
    {
        await using var process = await StartAsync(task, program, tests, cancellationToken).ConfigureAwait(false);
        var times = new List<double?>();
        foreach (var test in tests)
        {
            var runs = await process.RunAsync([test.Input], follows: false, cancellationToken).ConfigureAwait(false);
            times.Add(runs.Ends[0].Failure is null ? runs.Seconds : null);
        }

        return times;
    }

    /// <summary>What a program that does nothing costs on inputs.</summary>
    internal async Task<Cost> EmptyAsync(EvaluationTask task, IReadOnlyList<TaskTest> tests, CancellationToken cancellationToken)
    {
        var nothing = task.Entry is null ? "" : $"def {task.Entry}(*arguments):\n    return None\n";
        await using var process = await StartAsync(task with { Runner = null }, nothing, tests, cancellationToken).ConfigureAwait(false);
        var costs = new List<Cost>();
        for (var i = 0; i < options.Samples; i++)
            costs.Add(Cost.Of(await process.RunAsync([.. tests.Select(t => t.Input)], follows: true, cancellationToken).ConfigureAwait(false)));
        return Cost.Median(costs);
    }

    /// <summary>A program that is asked again and again.</summary>
    internal Task<ProgramProcess> StartAsync(EvaluationTask task, string program, IReadOnlyList<TaskTest> tests, CancellationToken cancellationToken) => ProgramProcess.StartAsync(
        harness, ProgramSource.Of(task, program, tests.Any(t => t.IsExpression)),
        new Limits { Cpu = options.MostTime, Wall = (tests.Count * options.MostTime) + Spare, Memory = options.MostMemory, Processes = 64 }, cancellationToken);

    /// <summary>The first answer that is not right.</summary>
    /// <returns>Its place in the tests; null where all are right.</returns>
    internal async Task<int?> WrongAsync(EvaluationTask task, IReadOnlyList<TaskTest> tests, IReadOnlyList<string> answers, CancellationToken cancellationToken)
    {
        var others = Enumerable.Range(0, tests.Count).Where(i => !Answers.AreRight(task.Comparison, tests[i].Expected, answers[i])).ToList();
        if (others.Count == 0 || task.Checker is not { } checker)
            return others.Count == 0 ? null : others[0];
        var asked = new JsonArray(new JsonArray([.. others.Select(i => new JsonArray([tests[i].Input, .. tests[i].Expected.Take(1), answers[i]]))]));
        var ends = await AnswersAsync(
            new EvaluationTask($"{task.Id}-checker", "") { Entry = "_are_right" }, checker + CheckAll, [new TaskTest(asked.ToJsonString(), [])], cancellationToken).ConfigureAwait(false);
        // A checker that fails finds nothing right.
        var said = ends[0].Failure is null ? JsonNode.Parse(ends[0].Answer) as JsonArray : null;
        for (var i = 0; i < others.Count; i++)
        {
            if (said?.ElementAtOrDefault(i)?.GetValueKind() != JsonValueKind.True)
                return others[i];
        }

        return null;
    }

    /// <param name="accepted">Answers that turn out right, by their place.</param>
    /// <returns>Why it does not pass; null where it does.</returns>
    private async Task<Measurement?> CheckAsync(ProgramProcess process, EvaluationTask task, TestSet tests, Dictionary<int, string> accepted, CancellationToken cancellationToken)
    {
        foreach (var places in Enumerable.Range(0, tests.Checked.Count).Chunk(Together))
        {
            var runs = await process.RunAsync([.. places.Select(i => tests.Checked[i].Input)], follows: false, cancellationToken).ConfigureAwait(false);
            if (await WrongAsync(task, tests, places, runs.Ends, accepted, cancellationToken).ConfigureAwait(false) is { } wrong)
                return Measurement.Failed(wrong, accepted.Count);
        }

        return null;
    }

    /// <param name="accepted">Answers that were found right before, by their place; what is found right is added.</param>
    private async Task<string?> WrongAsync(
        EvaluationTask task, TestSet tests, IReadOnlyList<int> places, IReadOnlyList<ProgramEnd> ends, Dictionary<int, string> accepted, CancellationToken cancellationToken)
    {
        var failed = ends.TakeWhile(e => e.Failure is null).Count();
        var others = Enumerable.Range(0, failed).Where(i => accepted.GetValueOrDefault(places[i]) != ends[i].Answer).ToList();
        var wrong = await WrongAsync(task, [.. others.Select(i => tests.Checked[places[i]])], [.. others.Select(i => ends[i].Answer)], cancellationToken).ConfigureAwait(false);
        foreach (var i in others.Take(wrong ?? others.Count))
            accepted[places[i]] = ends[i].Answer;
        return wrong is { } place ? $"test {places[others[place]] + 1}: another answer than the right one"
            : failed < ends.Count ? $"test {places[failed] + 1}: {ends[failed].Failure}"
            : null;
    }

    private static double Above(double value, double empty) => Math.Max(0, value - empty);
}
