using System.Globalization;
using System.Text.Json;
using Afterburner.Evaluation.Tasks;

namespace Afterburner.Evaluation.Programs;

/// <summary>A task whose tests are frozen, and the people's programs that pass them, measured on this machine.</summary>
/// <param name="People">Their programs with what they cost, quickest first.</param>
public sealed record PreparedTask(EvaluationTask Task, TestSet Tests, IReadOnlyList<(string Program, Measurement Measured)> People);

/// <summary>Why nothing can be measured of a task.</summary>
public sealed class UnusableTaskException(string reason) : Exception(reason);

/// <summary>
/// Makes a task measurable: freezes its inputs (generated ones by a seed), takes the answers that the data set lacks from a vote of people's programs, chooses what
/// is timed, and measures the people.
/// </summary>
/// <param name="measuring">Held while something is measured. Null where nobody else measures.</param>
public sealed class Preparation(ProgramRunner runner, SemaphoreSlim? measuring = null)
{
    /// <summary>Tests of the data set that are timed to choose from.</summary>
    private const int MostLookedAt = 60;

    /// <summary>Inputs that are timed at most, those that take a good program longest.</summary>
    private const int MostTimed = 10;

    /// <summary>People whose programs are asked for an answer that the data set lacks, and times that one sample may be repeated.</summary>
    private const int Voters = 7, MostRepeats = 20;

    /// <summary>Of programs that pass, so many are tried to find a quick one, which says what is timed.</summary>
    private const int Tried = 3;

    /// <summary>Runs the generator whose number it reads, and writes what that makes: a text, or the arguments of a call as an expression.</summary>
    private const string Generate = """
        import base64, json, random, sys
        _number = int(input())
        _names = {"__name__": "generator"}
        exec(compile(json.loads(base64.b64decode("SOURCES"))[_number], "generator.py", "exec"), _names)
        random.seed(SEED + _number)
        try:
            import numpy
            numpy.random.seed(SEED + _number)
        except ImportError:
            pass
        _made = _names["generate_input"]()
        sys.stdout.write(repr(list(_made)) if ARGUMENTS else _made if isinstance(_made, str) else "".join(map(str, _made)))

        """;

    private ProgramOptions Options => runner.Options;

    /// <exception cref="UnusableTaskException">No program passes, or no test has an answer.</exception>
    public async Task<PreparedTask> PrepareAsync(EvaluationTask task, CancellationToken cancellationToken)
    {
        var people = Drawn(task);
        var known = task.Tests.Where(t => t.Expected.Count > 0 && !t.IsExpression).ToList();
        // A data set without an answer has programs that are right by its word.
        var passing = known.Count == 0 ? people : await PassingAsync(task, people, Spread(known, Options.MostChecked / 2), cancellationToken).ConfigureAwait(false);
        if (passing.Count == 0)
            throw new UnusableTaskException(people.Count == 0 ? "it has no program of a person" : $"none of {people.Count} programs of people passes its tests");
        var asked = task.Tests.Where(t => t.Expected.Count == 0).Concat(await GeneratedAsync(task, cancellationToken).ConfigureAwait(false)).ToList();
        var looked = Spread(known, MostLookedAt).Concat(asked).ToList();
        if (looked.Count == 0)
            throw new UnusableTaskException("it has no test");
        var quickest = await measuring.AloneAsync(() => QuickestAsync(task, looked, [.. passing.Take(Tried)], cancellationToken), cancellationToken).ConfigureAwait(false);
        // What takes a good program long takes others a hundred times as long: it is not asked of them.
        var longest = Math.Max(Options.LongestInput.TotalSeconds, quickest.Seconds.Min() ?? 0);
        var useful = looked.Where((_, i) => quickest.Seconds[i] <= longest).ToList();
        var answers = await VotedAsync(task, [.. useful.Where(t => t.Expected.Count == 0)], [.. passing.Take(Voters)], cancellationToken).ConfigureAwait(false);
        var answered = useful.Select(t => t.Expected.Count > 0 ? t : answers.GetValueOrDefault(t)).Zip(useful, (test, was) => (test, Seconds: quickest.Seconds[looked.IndexOf(was)])).Where(t => t.test is not null).ToList();
        if (answered.Count == 0)
            throw new UnusableTaskException("none of its tests has an answer");
        var tests = await measuring.AloneAsync(
            () => ChosenAsync(task, [.. answered.Select(a => a.test!)], [.. answered.Select(a => a.Seconds)], quickest.Program, cancellationToken), cancellationToken).ConfigureAwait(false);

        var measured = new List<(string, Measurement)>();
        var references = new List<double>();
        await using var beside = await runner.StartAsync(task, tests.Reference, tests.Checked, cancellationToken).ConfigureAwait(false);
        foreach (var program in passing)
        {
            var (person, reference) = await measuring.AloneAsync(() => runner.BesideAsync(task, tests, program, beside, cancellationToken), cancellationToken).ConfigureAwait(false);
            if (!person.Passed)
                continue;
            measured.Add((program, person));
            references.Add(reference);
        }

        if (measured.Count == 0)
            throw new UnusableTaskException("no program of a person passes what is timed");
        // Each was measured beside the same program; what that took says what the machine was like, and is taken out of each.
        var usual = Middle(references);
        return new PreparedTask(
            task, tests with { ReferenceSeconds = usual },
            [.. measured.Zip(references, (m, r) => (m.Item1, ProgramRunner.At(m.Item2, usual, r))).OrderBy(p => p.Item2.Seconds)]);
    }

    private List<string> Drawn(EvaluationTask task)
    {
        var all = task.Solutions.ToArray();
        new Random(Options.Seed).Shuffle(all);
        // Not all of them pass.
        return [.. all.Take(2 * Options.MostPeople)];
    }

    private async Task<List<string>> PassingAsync(EvaluationTask task, IReadOnlyList<string> people, IReadOnlyList<TaskTest> tests, CancellationToken cancellationToken)
    {
        var passing = new List<string>();
        foreach (var program in people)
        {
            if (passing.Count == Options.MostPeople)
                break;
            try
            {
                var ends = await runner.AnswersAsync(task, program, tests, cancellationToken).ConfigureAwait(false);
                if (ends.All(e => e.Failure is null) && await runner.WrongAsync(task, tests, [.. ends.Select(e => e.Answer)], cancellationToken).ConfigureAwait(false) is null)
                    passing.Add(program);
            }
            catch (ProgramFailedException)
            {
                // It does not pass.
            }
        }

        return passing;
    }

    /// <summary>What the generators make. One that fails, or takes too long, makes nothing.</summary>
    private async Task<IReadOnlyList<TaskTest>> GeneratedAsync(EvaluationTask task, CancellationToken cancellationToken)
    {
        if (task.Generators.Count == 0)
            return [];
        var program = Generate
            .Replace("SOURCES", Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(task.Generators)), StringComparison.Ordinal)
            .Replace("SEED", Options.Seed.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("ARGUMENTS", task.Entry is null ? "False" : "True", StringComparison.Ordinal);
        try
        {
            var ends = await runner.AnswersAsync(
                new EvaluationTask($"{task.Id}-generator", ""), program, [.. Enumerable.Range(0, task.Generators.Count).Select(i => new TaskTest($"{i}\n", []))], cancellationToken).ConfigureAwait(false);
            return [.. ends.Where(e => e.Failure is null && e.Answer.Length > 0).Select(e => new TaskTest(e.Answer, []) { IsExpression = task.Entry is not null })];
        }
        catch (ProgramFailedException)
        {
            // Some are broken.
            return [];
        }
    }

    /// <summary>The quickest of a few good programs, and what each test takes it; null where it fails.</summary>
    private async Task<(string Program, IReadOnlyList<double?> Seconds)> QuickestAsync(EvaluationTask task, List<TaskTest> tests, IReadOnlyList<string> good, CancellationToken cancellationToken)
    {
        (string Program, IReadOnlyList<double?> Seconds)? quickest = null;
        foreach (var program in good)
        {
            try
            {
                var times = await runner.TimesAsync(task, program, tests, cancellationToken).ConfigureAwait(false);
                // One that answers more inputs is better than one that is quick on the others.
                if (quickest is not { } best || (Failures(times), times.Sum() ?? 0).CompareTo((Failures(best.Seconds), best.Seconds.Sum() ?? 0)) < 0)
                    quickest = (program, times);
            }
            catch (ProgramFailedException)
            {
                // Whoever is gone is not the quickest.
            }
        }

        return quickest ?? throw new UnusableTaskException("a program that passes fails when it is run alone");

        static int Failures(IReadOnlyList<double?> times) => times.Count(t => t is null);
    }

    /// <summary>Tests with the answer of most programs, where more than half of them agree.</summary>
    private async Task<IReadOnlyDictionary<TaskTest, TaskTest>> VotedAsync(EvaluationTask task, List<TaskTest> tests, IReadOnlyList<string> voters, CancellationToken cancellationToken)
    {
        if (tests.Count == 0)
            return new Dictionary<TaskTest, TaskTest>();
        var votes = tests.Select(_ => new List<string>()).ToList();
        foreach (var program in voters)
        {
            try
            {
                var ends = await runner.AnswersAsync(task, program, tests, cancellationToken).ConfigureAwait(false);
                for (var i = 0; i < tests.Count; i++)
                {
                    if (ends[i].Failure is null)
                        votes[i].Add(Answers.Normal(task.Comparison, ends[i].Answer));
                }
            }
            catch (ProgramFailedException)
            {
                // Who is not there has no vote.
            }
        }

        return tests.Zip(votes, (test, answers) => (test, Most: answers.CountBy(a => a).OrderByDescending(c => c.Value).FirstOrDefault()))
            .Where(v => v.Most.Key is not null && 2 * v.Most.Value > voters.Count)
            .DistinctBy(v => v.test).ToDictionary(v => v.test, v => v.test with { Expected = [v.Most.Key] });
    }

    /// <summary>What is compared and what is timed.</summary>
    /// <param name="seconds">What each test takes a good program.</param>
    /// <param name="reference">That program.</param>
    private async Task<TestSet> ChosenAsync(EvaluationTask task, List<TaskTest> tests, IReadOnlyList<double?> seconds, string reference, CancellationToken cancellationToken)
    {
        var byTime = Enumerable.Range(0, tests.Count).OrderByDescending(i => seconds[i]).ToList();
        var timed = new List<int>();
        var room = Options.ShortEnough.TotalSeconds;
        foreach (var place in byTime)
        {
            if (timed.Count == MostTimed || seconds[place]!.Value > room)
                continue;
            timed.Add(place);
            room -= seconds[place]!.Value;
        }

        // Where each of them takes longer, the shortest.
        timed = [.. timed.DefaultIfEmpty(byTime[^1]).Order()];
        var others = Spread([.. Enumerable.Range(0, tests.Count).Except(timed)], Math.Max(0, Options.MostChecked - timed.Count));
        var places = timed.Concat(others).Order().ToList();
        var empty = await runner.EmptyAsync(task, [.. timed.Select(i => tests[i])], cancellationToken).ConfigureAwait(false);
        var takes = Math.Max(1e-6, timed.Sum(i => seconds[i]!.Value) - empty.Seconds);
        var repeats = (int)Math.Clamp(Math.Ceiling(Options.LongEnough.TotalSeconds / takes), 1, MostRepeats);
        return new TestSet(
            [.. places.Select(i => tests[i])], [.. timed.Select(i => places.IndexOf(i))], repeats, reference, 0,
            repeats == 1 ? empty : new Cost(empty.Seconds * repeats, empty.PeakBytes, empty.ByteSeconds * repeats));
    }

    /// <summary>Some of a list, from all over it.</summary>
    private static List<T> Spread<T>(List<T> all, int most) =>
        all.Count <= most ? all : [.. Enumerable.Range(0, most).Select(i => all[(int)((long)i * all.Count / most)])];

    private static double Middle(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
