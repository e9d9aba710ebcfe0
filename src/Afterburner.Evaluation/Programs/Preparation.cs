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
    /// <summary>Tests of the data set that are timed to choose from, and of those the ones that a program of a person has to pass to be measured.</summary>
    private const int MostLookedAt = 40, MostAtFirst = 20, AtFirstTogether = 5;

    /// <summary>Inputs that are timed at most, those that take a good program longest.</summary>
    private const int MostTimed = 10;

    /// <summary>People whose programs are asked for an answer that the data set lacks, and runs of one sample at most: more of what takes as long as starting tells nothing.</summary>
    private const int Voters = 5, MostRuns = 30, MostTimesTooLong = 3;

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
        if (await runner.MissingAsync(task.Language, cancellationToken).ConfigureAwait(false) is { } missing)
            throw new UnusableTaskException(missing);
        var people = Drawn(task);
        var known = task.Tests.Where(t => t.Expected.Count > 0 && !t.IsExpression).ToList();
        // A data set without an answer has programs that are right by its word.
        var looked = Spread(known, MostLookedAt).Concat(task.Tests.Where(t => t.Expected.Count == 0)).Concat(await GeneratedAsync(task, cancellationToken).ConfigureAwait(false)).ToList();
        if (looked.Count == 0)
            throw new UnusableTaskException("it has no test");
        var passing = new List<Entrant>();
        try
        {
            await AddPassingAsync(passing, task, people, Spread([.. looked.Where(t => t.Expected.Count > 0)], MostAtFirst), looked, cancellationToken).ConfigureAwait(false);
            if (passing.Count == 0)
                throw new UnusableTaskException(people.Count == 0 ? "it has no program of a person" : $"none of {people.Count} programs of people passes its tests");
            var tests = await ChosenAsync(task, looked, passing, cancellationToken).ConfigureAwait(false);
            return await MeasuredAsync(task, tests, passing, cancellationToken).ConfigureAwait(false);
        }
        catch (ProgramFailedException e)
        {
            // Of a program that passes its tests; another task is not concerned.
            throw new UnusableTaskException($"a program of a person that passes does not run alone: {e.Message}");
        }
        finally
        {
            foreach (var entrant in passing)
                await entrant.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>What people's programs cost, each beside the same one.</summary>
    private async Task<PreparedTask> MeasuredAsync(EvaluationTask task, TestSet tests, IReadOnlyList<Entrant> passing, CancellationToken cancellationToken)
    {
        var measured = new List<(string, Measurement)>();
        var references = new List<double>();
        await using var beside = await runner.StartAsync(task, tests.Reference, tests.Checked, cancellationToken).ConfigureAwait(false);
        foreach (var entrant in passing)
        {
            // They passed enough: what is timed has to be right.
            var (person, reference) = await measuring.AloneAsync(() => runner.SampledAsync(task, tests, entrant, beside, cancellationToken), cancellationToken).ConfigureAwait(false);
            if (!person.Passed)
                continue;
            measured.Add((entrant.Program, person));
            references.Add(reference);
        }

        if (measured.Count == 0)
            throw new UnusableTaskException("no program of a person passes what is timed");
        // Each was measured beside the same program, also the one that does nothing; what that took says what the machine was like, and is taken out of each.
        var usual = Middle(references);
        var drift = ProgramRunner.Drift(usual, tests.ReferenceSeconds);
        tests = tests with { ReferenceSeconds = usual, Empty = tests.Empty with { Seconds = tests.Empty.Seconds * drift, ByteSeconds = tests.Empty.ByteSeconds * drift } };
        return new PreparedTask(task, tests, [.. measured.Zip(references, (m, r) => (m.Item1, ProgramRunner.Net(m.Item2, tests, r))).OrderBy(p => p.Item2.Seconds)]);
    }

    private List<string> Drawn(EvaluationTask task)
    {
        var all = task.Solutions.ToArray();
        new Random(Options.Seed).Shuffle(all);
        // Not all of them pass.
        return [.. all.Take(2 * Options.MostPeople)];
    }

    /// <summary>Programs that pass some tests, as many as are measured, in their sandboxes.</summary>
    /// <param name="passing">Takes them; whoever gives it closes them.</param>
    /// <param name="all">Tests that they may be asked about later.</param>
    private async Task AddPassingAsync(
        List<Entrant> passing, EvaluationTask task, IReadOnlyList<string> people, IReadOnlyList<TaskTest> tests, IReadOnlyList<TaskTest> all, CancellationToken cancellationToken)
    {
        foreach (var program in people)
        {
            if (passing.Count == Options.MostPeople)
                break;
            Entrant? entrant = null;
            try
            {
                entrant = await runner.StartAsync(task, program, all, cancellationToken).ConfigureAwait(false);
                // Most of those that fail do so at once.
                var passes = true;
                foreach (var some in tests.Chunk(AtFirstTogether))
                    passes = passes && await runner.WrongAsync(task, some, await entrant.AnswersAsync(some, cancellationToken).ConfigureAwait(false), entrant, cancellationToken).ConfigureAwait(false) is null;
                if (passes)
                {
                    passing.Add(entrant);
                    entrant = null;
                }
            }
            catch (ProgramFailedException)
            {
                // It does not pass.
            }
            finally
            {
                if (entrant is not null)
                    await entrant.DisposeAsync().ConfigureAwait(false);
            }
        }
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
    private async Task<(string Program, IReadOnlyList<double?> Seconds)> QuickestAsync(List<TaskTest> tests, IEnumerable<Entrant> good, CancellationToken cancellationToken)
    {
        (string Program, IReadOnlyList<double?> Seconds)? quickest = null;
        foreach (var entrant in good)
        {
            try
            {
                // What takes one of them far too long is not asked of the next.
                var asked = tests.Select((t, i) => quickest is not { } known || known.Seconds[i] <= MostTimesTooLong * Options.ShortEnough.TotalSeconds ? t : null).ToList();
                var times = await entrant.TimesAsync(asked, cancellationToken).ConfigureAwait(false);
                // One that answers more inputs is better than one that is quick on the others.
                if (quickest is not { } best || (Failures(times), times.Sum() ?? 0).CompareTo((Failures(best.Seconds), best.Seconds.Sum() ?? 0)) < 0)
                    quickest = (entrant.Program, times);
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
    private static async Task<IReadOnlyList<TaskTest?>> VotedAsync(EvaluationTask task, IReadOnlyList<TaskTest> tests, IReadOnlyList<Entrant> voters, CancellationToken cancellationToken)
    {
        if (tests.Count == 0)
            return [];
        var votes = tests.Select(_ => new List<string>()).ToList();
        foreach (var voter in voters)
        {
            try
            {
                var ends = await voter.AnswersAsync(tests, cancellationToken).ConfigureAwait(false);
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

        return [.. tests.Zip(votes, (test, answers) => answers.CountBy(a => a).OrderByDescending(c => c.Value).FirstOrDefault() is { Key: { } most, Value: var count } && 2 * count > voters.Count ? test with { Expected = [most] } : null)];
    }

    /// <summary>What is compared and what is timed.</summary>
    private async Task<TestSet> ChosenAsync(EvaluationTask task, List<TaskTest> looked, IReadOnlyList<Entrant> passing, CancellationToken cancellationToken)
    {
        var (reference, all) = await measuring.AloneAsync(() => QuickestAsync(looked, passing.Take(Tried), cancellationToken), cancellationToken).ConfigureAwait(false);
        // What starting takes is part of each, and is as large as what many programs take.
        var starting = await measuring.AloneAsync(() => runner.EmptyAsync(task, [looked[0]], reference, cancellationToken), cancellationToken).ConfigureAwait(false);
        var useful = Useful([.. looked.Zip(all).Where(t => t.Second is not null).Select(t => (t.First, t.Second!.Value))], starting.Empty.Seconds);
        var asked = useful.Where(t => t.Test.Expected.Count == 0).ToList();
        var answers = await VotedAsync(task, [.. asked.Select(t => t.Test)], [.. passing.Take(Voters)], cancellationToken).ConfigureAwait(false);
        List<(TaskTest Test, double Seconds)> tests =
            [.. useful.Where(t => t.Test.Expected.Count > 0), .. asked.Zip(answers).Where(a => a.Second is not null).Select(a => (a.Second!, a.First.Seconds))];
        if (tests.Count == 0)
            throw new UnusableTaskException("none of its tests has an answer");

        var timed = new List<int>();
        var room = Options.ShortEnough.TotalSeconds;
        var byTime = Enumerable.Range(0, tests.Count).OrderByDescending(i => tests[i].Seconds).ToList();
        if (tests[byTime[0]].Seconds > room)
            byTime = byTime[..1];
        foreach (var place in byTime)
        {
            if (timed.Count == MostTimed || tests[place].Seconds > room)
                continue;
            timed.Add(place);
            room -= tests[place].Seconds;
        }

        timed = [.. timed.DefaultIfEmpty(byTime[0]).Order()];
        var others = Spread([.. Enumerable.Range(0, tests.Count).Except(timed)], Math.Max(0, Options.MostChecked - timed.Count));
        var places = timed.Concat(others).Order().ToList();
        var takes = Math.Max(1e-6, timed.Sum(i => tests[i].Seconds - starting.Empty.Seconds));
        var repeats = (int)Math.Clamp(Math.Ceiling(Options.LongEnough.TotalSeconds / takes), 1, Math.Max(1, MostRuns / timed.Count));
        var sample = Enumerable.Repeat(timed, repeats).SelectMany(t => t).Select(i => tests[i].Test).ToList();
        var (empty, beside) = await measuring.AloneAsync(() => runner.EmptyAsync(task, sample, reference, cancellationToken), cancellationToken).ConfigureAwait(false);
        return new TestSet([.. places.Select(i => tests[i].Test)], [.. timed.Select(i => places.IndexOf(i))], repeats, reference, beside, empty);
    }

    /// <summary>
    /// What a good program does in a short sample; and where all that is too little to be told from noise, the shortest of what takes it longer. What takes a good
    /// program long takes others a hundred times as long: it is not asked of them.
    /// </summary>
    private List<(TaskTest Test, double Seconds)> Useful(IReadOnlyList<(TaskTest Test, double Seconds)> tests, double starting)
    {
        var small = tests.Where(t => t.Seconds <= Options.ShortEnough.TotalSeconds).ToList();
        var takes = small.Select(t => t.Seconds - starting).OrderDescending().Take(MostTimed).Sum();
        return takes >= Options.LongEnough.TotalSeconds ? small : [.. small, .. tests.Except(small).OrderBy(t => t.Seconds).Take(1)];
    }

    /// <summary>Some of a list, from all over it.</summary>
    private static List<T> Spread<T>(List<T> all, int most) =>
        all.Count <= most ? all : [.. Enumerable.Range(0, most).Select(i => all[(int)((long)i * all.Count / most)])];

    private static double Middle(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
