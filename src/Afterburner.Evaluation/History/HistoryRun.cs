using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Afterburner.Changes;
using Afterburner.Evaluation.Loop;
using Afterburner.Functions;
using Afterburner.Gates;
using Afterburner.Proposers;
using Afterburner.Reviews;
using Afterburner.Runs;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Verdicts;
using Afterburner.Workloads;

namespace Afterburner.Evaluation.History;

/// <summary>
/// Runs tasks of histories through the review's own engine and the gate: the maintainer's version as the only proposal for the parent, a proposer that is to be measured,
/// and the way back. What is finished is kept, so that a run that was ended goes on.
/// </summary>
/// <param name="proposers">Those to be measured; null for none.</param>
/// <param name="configuration">Of every run: the repositories' own are not asked.</param>
/// <param name="folder">Of the results, and of every run.</param>
/// <param name="how">What results depend on beside the task, in any words: the proposers with their model, the interpreter. What was run otherwise is run anew.</param>
public sealed class HistoryRun(
    ISandbox sandbox, Configuration configuration, Func<Harness, Action<JournalEvent>, IReadOnlyList<IProposer>>? proposers, string how, string folder, IReviewObserver observer, Action<string> progress, TimeProvider time)
{
    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <param name="open">The repository of a task on this machine.</param>
    public async Task<HistoryReport> RunAsync(IReadOnlyList<HistoryTask> tasks, Func<HistoryTask, CancellationToken, Task<string>> open, CancellationToken cancellationToken)
    {
        var results = new List<HistoryResult>();
        foreach (var task in tasks)
        {
            var place = Path.Combine(folder, Digest(task));
            var file = Path.Combine(place, "result.json");
            if (Read(file) is not { } result)
            {
                progress($"{results.Count + 1}/{tasks.Count} {task.Function} before {task.Commit[..9]}: {task.Subject}");
                Directory.CreateDirectory(place);
                try
                {
                    result = await OneAsync(task, await open(task, cancellationToken).ConfigureAwait(false), place, cancellationToken).ConfigureAwait(false);
                    // What could not be run may be the next time, with what it lacked.
                    if (result.Failure is null)
                        EvaluationFolder.Write(file, JsonSerializer.Serialize(result, Form));
                }
                catch (Exception e) when (e is EnvironmentFailureException or UsageException)
                {
                    // A repository that cannot be had: the others are run.
                    result = new HistoryResult(task with { Expert = "" }) { Failure = e.Message };
                }
            }

            results.Add(result);
        }

        return new HistoryReport(results);
    }

    private async Task<HistoryResult> OneAsync(HistoryTask task, string repository, string place, CancellationToken cancellationToken)
    {
        var result = new HistoryResult(task with { Expert = "" });
        var transcript = Path.Combine(place, "expert.jsonl");
        await File.WriteAllTextAsync(transcript, Transcript.Line(new TranscriptEntry(task.Function, 1) { Source = task.Expert, Title = task.Subject }) + "\n", cancellationToken).ConfigureAwait(false);
        var own = task.Command?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var testRunner, .. var arguments]
            ? configuration with { Tests = configuration.Tests with { Runner = testRunner, Arguments = arguments } } : configuration;
        var (tests, head) = (repository, task.Parent);
        try
        {
            if (own.Tests.Runner is { } named && !Language.All.SelectMany(l => l.Runners).Contains(named))
                throw new UsageException($"'{named}' runs no tests that are known: {string.Join(", ", Language.All.SelectMany(l => l.Runners))} do");
            var git = await GitRepository.OpenAsync(repository, cancellationToken).ConfigureAwait(false);
            result = result with { Expert = await ReviewAsync("expert", own with { Iterations = 1 }, (_, _) => [new ReplayProposer(transcript)]).ConfigureAwait(false) };
            // A commit often brings the test that shows its gain.
            if (result.Expert.Status != FunctionStatus.Improved && await WithTestsAsync(git).ConfigureAwait(false) is { } with)
            {
                try
                {
                    (tests, head) = with;
                    result = result with { Expert = (await ReviewAsync("expert-tests", own with { Iterations = 1 }, (_, _) => [new ReplayProposer(transcript)]).ConfigureAwait(false)) with { HasTestsOfCommit = true } };
                }
                catch (EnvironmentFailureException)
                {
                    // They ask for what the parent does not have.
                    (tests, head) = (repository, task.Parent);
                }
            }

            if (proposers is not null)
                result = result with { Proposer = await ReviewAsync("proposer", own, proposers).ConfigureAwait(false) };
            result = result with { Gate = await StepBackAsync(git).ConfigureAwait(false) };
        }
        catch (Exception e) when (e is EnvironmentFailureException or UsageException)
        {
            result = result with { Failure = e.Message };
        }

        return result;

        async Task<ProposedResult> ReviewAsync(string name, Configuration of, Func<Harness, Action<JournalEvent>, IReadOnlyList<IProposer>> by) => ProposedResult.Of(
            await new Review(sandbox, by, observer, time).RunAsync(
                new ReviewRequest(tests, Fresh(name), of) { Function = task.Function, Head = head }, cancellationToken).ConfigureAwait(false));

        // The parent with the tests of the commit; null where it changes none.
        async Task<(string Repository, string Head)?> WithTestsAsync(GitRepository git)
        {
            var changed = (await git.ReadChangeAsync(task.Parent, task.Commit, cancellationToken).ConfigureAwait(false)).Files.Select(f => f.Path).Where(p => p != task.Path && Language.All.Any(l => l.IsTestFile(p)));
            var paths = new List<string>();
            foreach (var path in changed)
            {
                if (await git.TryReadFileAsync(task.Commit, path, cancellationToken).ConfigureAwait(false) is not null)
                    paths.Add(path);
            }

            if (paths.Count == 0)
                return null;
            var place = Fresh("tests.git");
            return (place, await git.StepBackAsync(task.Parent, task.Commit, paths, place, cancellationToken).ConfigureAwait(false));
        }

        async Task<StepBack> StepBackAsync(GitRepository git)
        {
            var back = Fresh("back.git");
            var undone = await git.StepBackAsync(task.Commit, task.Parent, [task.Path], back, cancellationToken).ConfigureAwait(false);
            try
            {
                return StepBack.Of(await new Gate(sandbox, progress, time).RunAsync(new GateRequest(back, Fresh("gate"), own) { Base = task.Commit, Head = undone }, cancellationToken).ConfigureAwait(false), task.Function);
            }
            catch (EnvironmentFailureException e)
            {
                // The commit's tests ask for what the file had not yet: the review's word stands.
                return new StepBack(GateStatus.Skipped, null, e.Message, 0);
            }
        }

        // What a run that was ended left there.
        string Fresh(string name)
        {
            var path = Path.Combine(place, name);
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
            return path;
        }
    }

    private static HistoryResult? Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<HistoryResult>(File.ReadAllText(file), Form);
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }

    private string Digest(HistoryTask task) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{task.Repository}\n{task.Commit}\n{task.Function}\n{task.Command}\n{task.Expert}\n{how}")))[..16];
}
