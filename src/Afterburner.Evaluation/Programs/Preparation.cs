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

    private const string Generate = "\nimport random as _random\n_random.seed(SEED)\ntry:\n    import numpy as _numpy\n    _numpy.random.seed(SEED)\nexcept ImportError:\n    pass\nimport sys as _sys\n_made = generate_input()\n_sys.stdout.write(_made if isinstance(_made, str) else ''.join(map(str, _made)))\n";

    private ProgramOptions Options => runner.Options;

    /// <exception cref="UnusableTaskException">No program passes, or no test has an answer.</exception>
    public async Task<PreparedTask> PrepareAsync(EvaluationTask task, CancellationToken cancellationToken)
    {
        var people = Drawn(task);
        var known = task.Tests.Where(t => t.Expected.Count > 0 && !t.IsExpression).ToList();
        if (known.Count == 0)
            throw new UnusableTaskException("none of its tests has an answer");
        var passing = await PassingAsync(task, people, Spread(known, Options.MostChecked / 2), cancellationToken).ConfigureAwait(false);
        if (passing.Count == 0)
            throw new UnusableTaskException($"none of {people.Count} programs of people passes its tests");
        var asked = task.Tests.Where(t => t.Expected.Count == 0).Concat(await GeneratedAsync(task, cancellationToken).ConfigureAwait(false)).ToList();
        var answered = await VotedAsync(task, asked, [.. passing.Take(Voters)], cancellationToken).ConfigureAwait(false);
        var tests = await measuring.AloneAsync(() => ChosenAsync(task, [.. Spread(known, MostLookedAt), .. answered], [.. passing.Take(Tried)], cancellationToken), cancellationToken).ConfigureAwait(false);

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
                if (ends.Zip(tests).All(t => t.First.Failure is null && Answers.AreRight(task.Comparison, t.Second.Expected, t.First.Answer)))
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
        var made = new List<TaskTest>();
        for (var i = 0; i < task.Generators.Count; i++)
        {
            var program = task.Generators[i] + Generate.Replace("SEED", $"{Options.Seed + i}", StringComparison.Ordinal);
            try
            {
                var generator = new EvaluationTask($"{task.Id}-generator", "");
                if (await runner.AnswersAsync(generator, program, [new TaskTest("", [])], cancellationToken).ConfigureAwait(false) is [{ Failure: null, Answer.Length: > 0 } end])
                    made.Add(new TaskTest(end.Answer, []));
            }
            catch (ProgramFailedException)
            {
                // Some are broken.
            }
        }

        return made;
    }

    /// <summary>The answer of most programs, where more than half of them agree.</summary>
    private async Task<IReadOnlyList<TaskTest>> VotedAsync(EvaluationTask task, List<TaskTest> tests, IReadOnlyList<string> voters, CancellationToken cancellationToken)
    {
        if (tests.Count == 0)
            return [];
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

        return [.. tests.Zip(votes, (test, answers) => (test, Most: answers.CountBy(a => a).OrderByDescending(c => c.Value).FirstOrDefault(), answers.Count))
            .Where(v => v.Most.Key is not null && 2 * v.Most.Value > voters.Count)
            .Select(v => v.test with { Expected = [v.Most.Key] })];
    }

    /// <summary>What is compared and what is timed: by the time that the quickest of a few good programs takes for each.</summary>
    private async Task<TestSet> ChosenAsync(EvaluationTask task, List<TaskTest> tests, IReadOnlyList<string> good, CancellationToken cancellationToken)
    {
        IReadOnlyList<double?>? quickest = null;
        var reference = good[0];
        foreach (var program in good)
        {
            var times = await runner.TimesAsync(task, program, tests, cancellationToken).ConfigureAwait(false);
            if (quickest is null || (times.All(t => t is not null) && times.Sum() < quickest.Sum()))
                (quickest, reference) = (times, program);
        }

        var byTime = Enumerable.Range(0, tests.Count).Where(i => quickest![i] is not null).OrderByDescending(i => quickest![i]).ToList();
        if (byTime.Count == 0)
            throw new UnusableTaskException("a program that passes fails when it is run alone");
        var timed = new List<int>();
        var room = Options.ShortEnough.TotalSeconds;
        foreach (var place in byTime.Where(i => quickest![i] <= room))
        {
            if (timed.Count == MostTimed || quickest![place]!.Value > room)
                continue;
            timed.Add(place);
            room -= quickest![place]!.Value;
        }

        // Where each of them takes longer, the shortest.
        timed = [.. timed.DefaultIfEmpty(byTime[^1]).Order()];
        var others = Spread([.. Enumerable.Range(0, tests.Count).Except(timed)], Math.Max(0, Options.MostChecked - timed.Count));
        var places = timed.Concat(others).Order().ToList();
        var chosen = places.Select(i => tests[i]).ToList();
        var empty = await runner.EmptyAsync(task, [.. timed.Select(i => tests[i])], cancellationToken).ConfigureAwait(false);
        var takes = Math.Max(1e-6, timed.Sum(i => quickest![i]!.Value) - empty.Seconds);
        var repeats = (int)Math.Clamp(Math.Ceiling(Options.LongEnough.TotalSeconds / takes), 1, MostRepeats);
        return new TestSet(
            chosen, [.. timed.Select(i => places.IndexOf(i))], repeats, reference, 0,
            repeats == 1 ? empty : new Cost(empty.Seconds * repeats, empty.PeakBytes, empty.ByteSeconds * repeats));
    }

    /// <summary>Some of a list, from all over it.</summary>
    private static List<T> Spread<T>(List<T> all, int most) =>
        all.Count <= most ? all : [.. Enumerable.Range(0, most).Select(i => all[(int)((long)i * all.Count / most)])];

    private static double Middle(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
