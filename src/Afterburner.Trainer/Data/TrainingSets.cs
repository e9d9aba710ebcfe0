using Afterburner.Evaluation.Programs;
using Afterburner.Evaluation.Solvers;
using Afterburner.Evaluation.Tasks;

namespace Afterburner.Trainer.Data;

/// <summary>How many examples a task gives.</summary>
public sealed record TrainingSetOptions
{
    /// <value>Examples of each kind that a task gives for an objective, at most. Defaults to 20, as in the paper's set for SFT (58,833 of 984 tasks and three objectives).</value>
    public int Most { get; init; } = 20;

    /// <value>What is to become better. Defaults to all three.</value>
    public IReadOnlyList<ObjectiveKind> Objectives { get; init; } = [ObjectiveKind.Time, ObjectiveKind.Memory, ObjectiveKind.Integral];

    /// <value>How much less the better program needs at least, as a share. Defaults to 0.1: below that it may be chance.</value>
    public double LeastGain { get; init; } = 0.1;

    /// <value>What a model is asked. Defaults to the paper's prompt.</value>
    public PromptKind Prompt { get; init; } = PromptKind.Paper;

    /// <value>Rewarded prompts that a task gives for an objective. Defaults to 1, as in the paper.</value>
    public int Rewarded { get; init; } = 1;

    /// <value>Decides on what is drawn. Defaults to 0.</value>
    public int Seed { get; init; }
}

/// <summary>The sets that the paper trains with (arXiv 2505.23387, section 4), made of people's programs as they were measured on this machine.</summary>
public sealed class TrainingSets(TrainingSetOptions options)
{
    private const int MostTries = 200;

    private readonly Random _random = new(options.Seed);

    /// <summary>From a program of a person to one that needs less: the better one is the reply.</summary>
    public IEnumerable<SupervisedExample> Supervised(PreparedTask task) =>
        from objective in options.Objectives
        from pair in Drawn(Pairs(task, objective), options.Most)
        let asked = Prompt(task, objective, pair.Worse)
        select new SupervisedExample(task.Task.Id, Name(objective), asked.User, Reply(task.Task, pair.Better.Program)) { System = asked.System };

    /// <summary>
    /// Any program of a person behind a prompt from nothing or with any other one: they teach the form of a reply, and nothing of what is efficient. (The paper takes replies of another
    /// model that have the form.)
    /// </summary>
    public IEnumerable<SupervisedExample> Cold(PreparedTask task)
    {
        for (var i = 0; i < options.Most; i++)
        {
            var (original, reply) = (i % 2 == 0 ? default((string Program, Measurement Measured)?) : task.People[_random.Next(task.People.Count)], task.People[_random.Next(task.People.Count)].Program);
            var objective = options.Objectives[_random.Next(options.Objectives.Count)];
            var asked = Prompt(task, objective, original);
            yield return new SupervisedExample(task.Task.Id, Name(objective), asked.User, Reply(task.Task, reply)) { System = asked.System };
        }
    }

    /// <summary>Of three programs the best is chosen, the worst is rejected, and the one between them is the one to be made better.</summary>
    public IEnumerable<PreferenceExample> Preferences(PreparedTask task)
    {
        foreach (var objective in options.Objectives)
        {
            var ordered = task.People.OrderBy(p => p.Measured.Of(objective)).ToList();
            var drawn = new HashSet<(int, int, int)>();
            // Many triples are none: two of the three are too near each other.
            for (var tries = 0; tries < MostTries * options.Most && drawn.Count < options.Most && ordered.Count >= 3; tries++)
            {
                int[] places = [.. Enumerable.Range(0, ordered.Count).OrderBy(_ => _random.Next()).Take(3).Order()];
                var (best, middle, worst) = (ordered[places[0]], ordered[places[1]], ordered[places[2]]);
                if (!IsBetter(task, best.Measured, middle.Measured, objective) || !IsBetter(task, middle.Measured, worst.Measured, objective) || !drawn.Add((places[0], places[1], places[2])))
                    continue;
                var asked = Prompt(task, objective, middle);
                yield return new PreferenceExample(task.Task.Id, Name(objective), asked.User, Reply(task.Task, best.Program), Reply(task.Task, worst.Program)) { System = asked.System };
            }
        }
    }

    /// <summary>A program of a person, whoever it is and whether it passes or not, to be made better: what comes of it is seen while a model is trained.</summary>
    /// <param name="failing">Programs that do not pass, with what became of them.</param>
    public IEnumerable<RewardedExample> Rewarded(PreparedTask task, params IReadOnlyList<(string Program, Measurement Measured)> failing)
    {
        List<(string Program, Measurement Measured)> all = [.. task.People, .. failing];
        foreach (var objective in options.Objectives)
        {
            foreach (var original in Drawn(all, options.Rewarded))
            {
                var asked = Prompt(task, objective, original);
                yield return new RewardedExample(task.Task.Id, Name(objective), asked.User, original.Program) { System = asked.System };
            }
        }
    }

    /// <summary>What a model is asked, with a program of a person and what it costs here.</summary>
    private (string System, string User) Prompt(PreparedTask task, ObjectiveKind objective, (string Program, Measurement Measured)? original) =>
        SolverPrompt.For(options.Prompt, new SolverRequest(task.Task, objective, Iteration: original is null ? 0 : 1, task.People) { Program = original?.Program, Measured = original?.Measured });

    /// <summary>A program in the form that is asked for. People leave no thoughts: what stands for them says what the program is.</summary>
    public static string Reply(EvaluationTask task, string program) =>
        $"<thinking>\nThe same answers with less work.\n</thinking>\n<solution>\n```{task.Language}\n{program.Trim('\n')}\n```\n</solution>";

    private IEnumerable<((string Program, Measurement Measured) Worse, (string Program, Measurement Measured) Better)> Pairs(PreparedTask task, ObjectiveKind objective) =>
        from worse in task.People
        from better in task.People
        where IsBetter(task, better.Measured, worse.Measured, objective)
        select (worse, better);

    // What starting takes is taken out of both, and known no better than by a tenth.
    private bool IsBetter(PreparedTask task, Measurement better, Measurement worse, ObjectiveKind objective) =>
        better.Of(objective) < (1 - options.LeastGain) * worse.Of(objective) && worse.Of(objective) - better.Of(objective) > TestSet.Noise * task.Tests.Empty.Of(objective);

    private List<T> Drawn<T>(IEnumerable<T> all, int most) => [.. all.OrderBy(_ => _random.Next()).Take(most)];

    private static string Name(ObjectiveKind objective) => objective.ToString().ToLowerInvariant();
}
