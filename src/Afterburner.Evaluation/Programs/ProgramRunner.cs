using System.Collections.Concurrent;
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
    /// <summary>How much quicker or slower a machine may become; more than that is no drift.</summary>
    private const double MostDrift = 2;

    /// <summary>How many times less a sample may take than the same runs when they were checked.</summary>
    private const double MostOftener = 2;

    /// <summary>Asks a task's checker about many answers at a time.</summary>
    private const string CheckAll = """


        def _is_right(answer):
            try:
                return bool(is_right(*answer))
            except Exception:
                return False


        def _are_right(answers):
            return [_is_right(answer) for answer in answers]

        """;

    /// <summary>Of a sandbox, whose programs wait for each other, and of what runs them there: a run itself has less.</summary>
    private static readonly TimeSpan LongestLife = TimeSpan.FromHours(2);

    private static readonly TimeSpan Spare = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<string, string?> _missing = new();

    public ProgramOptions Options => options;

    /// <summary>Why programs of a language cannot be run here; null where they can.</summary>
    internal async Task<string?> MissingAsync(string language, CancellationToken cancellationToken)
    {
        if (Toolchain.All.FirstOrDefault(t => t.Language == language) is not { } toolchain)
            return $"programs in {VisibleText.Line(language)} are not run: {string.Join(", ", Toolchain.All.Select(t => t.Language))} are";
        if (!_missing.TryGetValue(language, out var missing))
        {
            // One that does nothing shows whether what makes and runs them is there.
            try
            {
                var ends = await AnswersAsync(new EvaluationTask($"nothing in {language}", "") { Language = language }, toolchain.Nothing, [new TaskTest("", [])], cancellationToken).ConfigureAwait(false);
                missing = ends[0].Failure;
            }
            catch (ProgramFailedException e)
            {
                missing = e.Message;
            }

            if (missing is not null)
                missing = $"programs in {language} cannot be run in the sandbox, which sees what is below /usr: of one that does nothing it says '{missing}'";
            _missing[language] = missing;
        }

        return missing;
    }

    /// <summary>What becomes of a program on the tests of its task. What it costs is put to the time at which people were measured, by a program that is measured both times.</summary>
    public async Task<Measurement> MeasureAsync(EvaluationTask task, TestSet tests, string program, CancellationToken cancellationToken)
    {
        try
        {
            await using var entrant = await StartAsync(task, program, tests.Checked, cancellationToken).ConfigureAwait(false);
            var (failed, once) = await CheckAsync(entrant, task, tests, cancellationToken).ConfigureAwait(false);
            if (failed is not null)
                return failed;
            await using var beside = await ReferenceAsync(task, tests, cancellationToken).ConfigureAwait(false);
            var (measured, reference) = await SampledAsync(task, tests, entrant, beside, cancellationToken).ConfigureAwait(false);
            return measured.Passed ? Net(AtLeast(measured, once * tests.Repeats / MostOftener), tests, reference) : measured;
        }
        catch (ProgramFailedException e)
        {
            return Measurement.Failed(e.Message, 0);
        }
    }

    /// <exception cref="UnusableTaskException">It does not run any more.</exception>
    private async Task<Entrant> ReferenceAsync(EvaluationTask task, TestSet tests, CancellationToken cancellationToken)
    {
        try
        {
            return await StartAsync(task, tests.Reference, tests.Checked, cancellationToken).ConfigureAwait(false);
        }
        catch (ProgramFailedException e)
        {
            throw OfReference(e);
        }
    }

    /// <summary>That others cannot be measured beside it is nobody's failure.</summary>
    private static UnusableTaskException OfReference(ProgramFailedException e) => new($"the program of a person that others are measured beside does not run: {e.Message}");

    /// <summary>
    /// A program may keep what it found out while it was checked, where the next sandbox finds it: how long something of the machine takes is no secret. Then a sample takes far less than the
    /// same runs took before, and counts as half of those.
    /// </summary>
    private static Measurement AtLeast(Measurement measured, double seconds)
    {
        return measured.Seconds >= seconds ? measured : measured with
        {
            Seconds = seconds,
            ByteSeconds = Scaled(measured.Seconds, measured.ByteSeconds),
            Samples = [.. measured.Samples.Select(s => s with { Seconds = Math.Max(s.Seconds, seconds), ByteSeconds = Scaled(s.Seconds, s.ByteSeconds) })],
        };

        double Scaled(double was, double byteSeconds) => was > 0 && was < seconds ? byteSeconds * seconds / was : byteSeconds;
    }

    /// <summary>What a program costs without what starting takes, at the time when the people were measured.</summary>
    /// <param name="reference">What the reference took beside it.</param>
    internal static Measurement Net(Measurement measured, TestSet tests, double reference)
    {
        var drift = Drift(tests.ReferenceSeconds, reference);
        var net = Net(new Cost(measured.Seconds, measured.PeakBytes, measured.ByteSeconds));
        return measured with { Seconds = net.Seconds, PeakBytes = net.PeakBytes, ByteSeconds = net.ByteSeconds, Samples = [.. measured.Samples.Select(Net)] };

        Cost Net(Cost cost) => new(
            Above(cost.Seconds * drift, tests.Empty.Seconds), Above(cost.PeakBytes, tests.Empty.PeakBytes), Above(cost.ByteSeconds * drift, tests.Empty.ByteSeconds));
    }

    /// <summary>How much longer all takes at one time than at another: what does the same again says it.</summary>
    internal static double Drift(double then, double now) => now > 0 && then > 0 ? Math.Clamp(then / now, 1 / MostDrift, MostDrift) : 1;

    /// <summary>What a program that passes costs, and CPU seconds of the reference beside it, sample by sample; with what starting takes, both of them.</summary>
    internal async Task<(Measurement Program, double ReferenceSeconds)> SampledAsync(
        EvaluationTask task, TestSet tests, Entrant entrant, Entrant reference, CancellationToken cancellationToken)
    {
        try
        {
            var inputs = tests.Sample.Select(i => tests.Checked[i].Input).ToList();
            var (costs, beside) = (new List<Cost>(), new List<Cost>());
            for (var sample = 0; sample < options.Samples; sample++)
            {
                // Nothing that it left behind while it was checked, or in the sample before, is there: no memory, no process, no place in the kernel.
                await using var fresh = await StartAsync(task, entrant.Program, tests.Checked, cancellationToken).ConfigureAwait(false);
                var runs = await fresh.Process.RunAsync(inputs, follows: true, stops: true, cancellationToken).ConfigureAwait(false);
                // Answers count whenever they are given: a program may not take another way when it is timed.
                if (await WrongAsync(task, [.. tests.Sample.Select(i => tests.Checked[i])], runs.Ends, entrant, cancellationToken).ConfigureAwait(false) is { } wrong)
                    return (Measurement.Failed($"test {tests.Checked.TakeWhile(t => !ReferenceEquals(t, wrong.Test)).Count() + 1}: {wrong.Why}", tests.Checked.Count - 1), 0);
                costs.Add(Cost.Of(runs));
                beside.Add(await BesideAsync().ConfigureAwait(false));
                if (runs.Seconds > options.OneIsEnough.TotalSeconds)
                    break;
            }

            var cost = Cost.Median(costs);
            return (
                new Measurement(true, cost.Seconds, cost.PeakBytes, cost.ByteSeconds) { TestsPassed = tests.Checked.Count, Samples = costs },
                Cost.Median(beside).Seconds);
        }
        catch (ProgramFailedException e)
        {
            return (Measurement.Failed(e.Message, 0), 0);
        }

        async Task<Cost> BesideAsync()
        {
            try
            {
                return Cost.Of(await reference.Process.RunAsync([.. tests.Sample.Select(i => tests.Checked[i].Input)], follows: false, stops: false, cancellationToken).ConfigureAwait(false));
            }
            catch (ProgramFailedException e)
            {
                throw OfReference(e);
            }
        }
    }

    /// <summary>Answers of a program to some inputs.</summary>
    /// <exception cref="ProgramFailedException">It does not compile, or is gone.</exception>
    public async Task<IReadOnlyList<ProgramEnd>> AnswersAsync(EvaluationTask task, string program, IReadOnlyList<TaskTest> tests, CancellationToken cancellationToken)
    {
        await using var entrant = await StartAsync(task, program, tests, cancellationToken).ConfigureAwait(false);
        return await entrant.AnswersAsync(tests, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What a program that does nothing costs on inputs, and CPU seconds of the reference beside it.</summary>
    internal async Task<(Cost Empty, double ReferenceSeconds)> EmptyAsync(EvaluationTask task, IReadOnlyList<TaskTest> tests, string reference, CancellationToken cancellationToken)
    {
        var nothing = task.Entry is null ? Toolchain.Of(task.Language).Nothing : $"def {task.Entry}(*arguments):\n    return None\n";
        await using var entrant = await StartAsync(task with { Runner = null }, nothing, tests, cancellationToken).ConfigureAwait(false);
        await using var beside = await StartAsync(task, reference, tests, cancellationToken).ConfigureAwait(false);
        var (costs, references) = (new List<Cost>(), new List<Cost>());
        IReadOnlyList<string> inputs = [.. tests.Select(t => t.Input)];
        for (var i = 0; i < options.Samples; i++)
        {
            costs.Add(Cost.Of(await entrant.Process.RunAsync(inputs, follows: true, stops: false, cancellationToken).ConfigureAwait(false)));
            references.Add(Cost.Of(await beside.Process.RunAsync(inputs, follows: false, stops: false, cancellationToken).ConfigureAwait(false)));
        }

        return (Cost.Median(costs), Cost.Median(references).Seconds);
    }

    /// <summary>A program that is asked again and again.</summary>
    /// <param name="tests">Those that it may be asked about.</param>
    /// <exception cref="ProgramFailedException">It does not compile.</exception>
    internal async Task<Entrant> StartAsync(EvaluationTask task, string program, IReadOnlyList<TaskTest> tests, CancellationToken cancellationToken) => new(
        program,
        await ProgramProcess.StartAsync(
            harness, ProgramSource.Of(task, program, tests.Any(t => t.IsExpression)),
            new Limits { Cpu = LongestLife, Wall = LongestLife, Memory = options.MostMemory, Processes = 64 }, options.MostTime, (Entrant.Together * options.MostTime) + Spare, cancellationToken).ConfigureAwait(false));

    /// <summary>The first answer that is not right.</summary>
    /// <returns>Its place in the tests; null where all are right.</returns>
    internal async Task<int?> WrongAsync(EvaluationTask task, IReadOnlyList<TaskTest> tests, IReadOnlyList<string> answers, CancellationToken cancellationToken)
    {
        var others = Enumerable.Range(0, tests.Count).Where(i => !Answers.AreRight(task.Comparison, tests[i].Expected, answers[i])).ToList();
        if (others.Count == 0 || task.Checker is not { } checker)
            return others.Count == 0 ? null : others[0];
        var asked = new JsonArray(new JsonArray([.. others.Select(i => new JsonArray([tests[i].Input, .. tests[i].Expected.Take(1), answers[i]]))]));
        JsonArray? said = null;
        try
        {
            var ends = await AnswersAsync(
                new EvaluationTask($"{task.Id}-checker", "") { Entry = "_are_right" }, checker + CheckAll, [new TaskTest(asked.ToJsonString(), [])], cancellationToken).ConfigureAwait(false);
            said = ends[0].Failure is null ? JsonNode.Parse(ends[0].Answer) as JsonArray : null;
        }
        catch (ProgramFailedException e) when (e.DoesNotCompile)
        {
            throw new UnusableTaskException($"its checker cannot be run: {e.Message}");
        }
        catch (Exception e) when (e is ProgramFailedException or JsonException)
        {
            // A checker that fails finds nothing right.
        }

        for (var i = 0; i < others.Count; i++)
        {
            if (said?.ElementAtOrDefault(i)?.GetValueKind() != JsonValueKind.True)
                return others[i];
        }

        return null;
    }

    /// <summary>Asks about those tests that the program has not passed yet.</summary>
    /// <returns>Why it does not pass; null where it does; and what those took that are timed, once each.</returns>
    internal async Task<(Measurement? Failed, double TimedSeconds)> CheckAsync(Entrant entrant, EvaluationTask task, TestSet tests, CancellationToken cancellationToken)
    {
        List<TaskTest> timed = [.. tests.Timed.Select(i => tests.Checked[i])];
        var seconds = 0.0;
        foreach (var some in timed.Chunk(Entrant.Together).Concat(tests.Checked.Except(timed, ReferenceEqualityComparer.Instance).Cast<TaskTest>().Chunk(Entrant.Together)))
        {
            var runs = await entrant.Process.RunAsync([.. some.Select(t => t.Input)], follows: false, stops: true, cancellationToken).ConfigureAwait(false);
            if (ReferenceEquals(some[0], timed.ElementAtOrDefault(0)))
                seconds = runs.Seconds;
            if (await WrongAsync(task, some, runs.Ends, entrant, cancellationToken).ConfigureAwait(false) is { } wrong)
                return (Measurement.Failed($"test {tests.Checked.TakeWhile(t => !ReferenceEquals(t, wrong.Test)).Count() + 1}: {wrong.Why}", tests.Checked.Count(entrant.Accepted.ContainsKey)), seconds);
        }

        return (null, seconds);
    }

    /// <summary>The first test that does not come out right. What is found right is accepted: the same answer to it is right from then on.</summary>
    /// <returns>Null where all do.</returns>
    internal async Task<WrongEnd?> WrongAsync(EvaluationTask task, IReadOnlyList<TaskTest> tests, IReadOnlyList<ProgramEnd> ends, Entrant entrant, CancellationToken cancellationToken)
    {
        var answered = ends.TakeWhile(e => e.Failure is null).Count();
        var others = Enumerable.Range(0, answered).Where(i => entrant.Accepted.GetValueOrDefault(tests[i]) != ends[i].Answer).ToList();
        var wrong = await WrongAsync(task, [.. others.Select(i => tests[i])], [.. others.Select(i => ends[i].Answer)], cancellationToken).ConfigureAwait(false);
        foreach (var i in others.Take(wrong ?? others.Count))
            entrant.Accepted[tests[i]] = ends[i].Answer;
        return wrong is { } place ? new WrongEnd(tests[others[place]], "another answer than the right one")
            : answered < ends.Count ? new WrongEnd(tests[answered], ends[answered].Failure!)
            : null;
    }

    private static double Above(double value, double empty) => Math.Max(0, value - empty);
}

/// <summary>A program in its sandbox, and the answers of it that were found right.</summary>
internal sealed record Entrant(string Program, ProgramProcess Process) : IAsyncDisposable
{
    /// <summary>Inputs that are sent at a time: one that hangs costs no more than its own time of those behind it.</summary>
    public const int Together = 20;

    /// <value>By the test itself: two may look alike.</value>
    public Dictionary<TaskTest, string> Accepted { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>Answers to some inputs.</summary>
    /// <exception cref="ProgramFailedException">It is gone.</exception>
    public async Task<IReadOnlyList<ProgramEnd>> AnswersAsync(IReadOnlyList<TaskTest> tests, CancellationToken cancellationToken)
    {
        var ends = new List<ProgramEnd>();
        foreach (var some in tests.Select(t => t.Input).Chunk(Together))
            ends.AddRange((await Process.RunAsync(some, follows: false, stops: false, cancellationToken).ConfigureAwait(false)).Ends);
        return ends;
    }

    /// <summary>CPU seconds of single inputs, with what starting takes; null where one fails, or is not asked.</summary>
    /// <exception cref="ProgramFailedException">It is gone.</exception>
    public async Task<IReadOnlyList<double?>> TimesAsync(IReadOnlyList<TaskTest?> tests, CancellationToken cancellationToken)
    {
        var times = new List<double?>();
        foreach (var test in tests)
        {
            var runs = test is null ? null : await Process.RunAsync([test.Input], follows: false, stops: false, cancellationToken).ConfigureAwait(false);
            times.Add(runs?.Ends[0].Failure is null ? runs?.Seconds : null);
        }

        return times;
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}

/// <summary>A test that does not come out right, and why.</summary>
internal sealed record WrongEnd(TaskTest Test, string Why);
