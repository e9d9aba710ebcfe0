using Afterburner.Evaluation.Programs;
using Afterburner.Evaluation.Solvers;
using Afterburner.Evaluation.Tasks;

namespace Afterburner.Evaluation.Loop;

/// <summary>
/// Algorithm 1 of the paper (arXiv 2505.23387) over the tasks of a data set: from a program of a person, or from nothing, a solver writes another one, it is
/// tested and measured, and takes the place of the best where it is better. What is known after each iteration is kept, so that a run that was ended goes on.
/// Solvers write while others' programs are measured; programs are measured one at a time for two cores.
/// </summary>
public sealed class EvaluationRun(ProgramRunner runner, ISolver solver, EvaluationOptions options, EvaluationFolder folder, PeopleCache people, IEvaluationObserver observer, TimeProvider time)
{
    /// <summary>Tasks at a time for each that is measured: a solver writes for the others meanwhile.</summary>
    private const int TasksForOneMeasured = 2;

    /// <returns>What became of each task, in the order of the data set.</returns>
    /// <exception cref="EnvironmentFailureException">There is no sandbox, or the model cannot be reached.</exception>
    public async Task<IReadOnlyList<TaskRun>> RunAsync(DataSet data, CancellationToken cancellationToken)
    {
        var tasks = data.Tasks.Take(options.MostTasks).ToList();
        var done = new TaskRun[tasks.Count];
        using var measuring = new SemaphoreSlim(options.Measuring);
        observer.Started(tasks.Count);
        await Parallel.ForAsync(
            0, tasks.Count, new ParallelOptions { MaxDegreeOfParallelism = options.Measuring * TasksForOneMeasured, CancellationToken = cancellationToken },
            async (i, token) =>
            {
                done[i] = await TaskAsync(tasks[i], measuring, token).ConfigureAwait(false);
                observer.Finished(done[i]);
            }).ConfigureAwait(false);
        return done;
    }

    private async Task<TaskRun> TaskAsync(EvaluationTask task, SemaphoreSlim measuring, CancellationToken cancellationToken)
    {
        var run = folder.Read(task.Id) ?? new TaskRun(task.Id);
        if (run.Unusable is not null || run.Steps.Count > options.Iterations)
            return run;
        PreparedTask prepared;
        try
        {
            prepared = await people.GetAsync(task, runner.Options, () => new Preparation(runner, measuring).PrepareAsync(task, cancellationToken)).ConfigureAwait(false);
        }
        catch (UnusableTaskException e)
        {
            return folder.Keep(run with { Unusable = e.Message });
        }

        if (run.Steps.Count == 0)
        {
            var start = Start(prepared);
            run = run with { People = [.. prepared.People.Select(p => p.Measured)], Start = start?.Measured, Noise = TestSet.Noise * prepared.Tests.Empty.Seconds, IsTooSmall = prepared.Tests.IsTooSmall && runner.Options.LongEnough > TimeSpan.Zero };
            if (start is { } began)
                run = folder.Keep(run with { Steps = [new Step(0, began.Program, began.Measured, IsNew: false)] });
        }

        while (run.Steps.Count <= options.Iterations)
        {
            try
            {
                run = folder.Keep(run with { Steps = [.. run.Steps, await StepAsync(prepared, run.Steps, measuring, cancellationToken).ConfigureAwait(false)] });
            }
            catch (UnusableTaskException e)
            {
                people.Drop(task, runner.Options);
                return folder.Keep(run with { Unusable = e.Message });
            }

            observer.Step(run);
        }

        return run;
    }

    private async Task<Step> StepAsync(PreparedTask prepared, IReadOnlyList<Step> before, SemaphoreSlim measuring, CancellationToken cancellationToken)
    {
        var best = before.Count > 0 ? before[^1] : null;
        var request = new SolverRequest(prepared.Task, options.Objective, before.Count, prepared.People)
        {
            Program = options.ShowsOriginal ? best?.Program : null,
            Measured = options.ShowsFeedback ? best?.Measured : null,
            Seed = options.Seed,
        };
        if (await solver.ProposeAsync(request, cancellationToken).ConfigureAwait(false) is not { } proposal)
            return new Step(before.Count, best?.Program ?? "", best?.Measured ?? Measurement.Failed("nothing was proposed", 0), IsNew: false);

        var started = time.GetTimestamp();
        var measured = await measuring.AloneAsync(() => runner.MeasureAsync(prepared.Task, prepared.Tests, proposal.Program, cancellationToken), cancellationToken).ConfigureAwait(false);
        var isBetter = best is null || measured.IsBetterThan(best.Measured, options.Objective, TestSet.Noise * prepared.Tests.Empty.Of(options.Objective));
        return new Step(before.Count, isBetter ? proposal.Program : best!.Program, isBetter ? measured : best!.Measured, isBetter)
        {
            Proposed = measured, HasForm = proposal.HasForm, Usage = proposal.Usage, ModelSeconds = proposal.ModelSeconds, MeasuringSeconds = time.GetElapsedTime(started).TotalSeconds,
        };
    }

    private (string Program, Measurement Measured)? Start(PreparedTask prepared) =>
        options.Start is { } share ? prepared.People[(int)Math.Round(share * (prepared.People.Count - 1))] : null;
}

/// <summary>Who is told how far an evaluation is.</summary>
public interface IEvaluationObserver
{
    void Started(int tasks);

    /// <summary>An iteration of a task is over.</summary>
    void Step(TaskRun run);

    /// <summary>A task is over.</summary>
    void Finished(TaskRun run);
}
