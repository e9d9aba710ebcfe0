using Afterburner.Cli;
using Afterburner.Changes;
using Afterburner.Functions;
using Afterburner.Gates;
using Afterburner.GitHub;
using Afterburner.Proposers;
using Afterburner.Reviews;
using Afterburner.Runs;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Verdicts;
using Afterburner.Worker.Inbox;

namespace Afterburner.Worker.Reviews;

/// <summary>Fetches a pull request, and reviews and gates it as the command line does, with the configuration and the recipes of the default branch.</summary>
internal sealed class Engine(Mirrors mirrors, WorkerSandbox sandboxes, WorkerSettings settings, TimeProvider time) : IEngine
{
    private const int MostCandidates = 4, MostFunctions = 100;

    public async Task<EngineRun> RunAsync(
        Delivery delivery, PullRequestState pull, Secret token, Func<string, Task> tell, CancellationToken cancellationToken)
    {
        // The budgets of review and gate are looked at between steps; a step that does not end is ended here.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(3 * settings.MostTime);
        try
        {
            return await DoAsync(delivery, pull, token, tell, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new UsageException($"it took longer than {3 * settings.MostTime.TotalMinutes} minutes (AFTERBURNER_MOST_TIME, three times).");
        }
    }

    private async Task<EngineRun> DoAsync(
        Delivery delivery, PullRequestState pull, Secret token, Func<string, Task> tell, CancellationToken cancellationToken)
    {
        if (pull.BaseRef.Length == 0 || pull.DefaultBranch.Length == 0)
            throw new EnvironmentFailureException("GitHub does not say which branch the pull request is to be merged into.");
        await tell("fetching").ConfigureAwait(false);
        var mirror = await mirrors.FetchAsync(delivery.RepositoryId!.Value, pull, [pull.DefaultBranch, pull.BaseRef], token, cancellationToken).ConfigureAwait(false);
        var repository = await GitRepository.OpenAsync(mirror, cancellationToken).ConfigureAwait(false);
        var trusted = await repository.ResolveAsync(Mirrors.RefOf(pull.DefaultBranch), cancellationToken).ConfigureAwait(false);
        var configuration = Bounded(
            await repository.TryReadFileAsync(trusted, Configuration.Path, cancellationToken).ConfigureAwait(false) is { } yaml
                ? Configuration.Load(yaml, $"{Configuration.Path} of {pull.DefaultBranch}") : Configuration.Default);
        var sandbox = await sandboxes.OpenAsync(configuration, cancellationToken).ConfigureAwait(false);
        var own = await OwnRecipes.ReadAsync(repository, trusted, AstGrep.Find(sandbox), cancellationToken).ConfigureAwait(false);

        var runs = Path.Combine(settings.Runs, delivery.RunName);
        var from = Mirrors.RefOf(pull.BaseRef);
        var (finished, problems) = (new List<string>(), new List<string>());
        using var proposers = new ProposerSet(
            configuration, settings.ApiKey, record: null, new LlamaChoice(null, 0, null, "/"), own, settings.Data);
        await DoneAsync("review", run => new Review(sandbox, proposers.For, new Telling(tell), time).RunAsync(
            new ReviewRequest(mirror, run, configuration)
            {
                Base = from, Head = pull.HeadSha, RecipesAt = trusted, OwnRecipes = own, Secrets = [token.Reveal(), .. settings.ApiKey is { } key ? [key.Reveal()] : Array.Empty<string>()],
            },
            cancellationToken)).ConfigureAwait(false);
        await DoneAsync("gate", run => new Gate(sandbox, what => _ = tell(what), time).RunAsync(
            new GateRequest(mirror, run, configuration) { Base = from, Head = pull.HeadSha }, cancellationToken)).ConfigureAwait(false);
        return new EngineRun(configuration, finished, problems.Count == 0 ? null : string.Join("; ", problems));

        // What the repository is not fit for is said, and is no outage: trying again would not help.
        async Task DoneAsync(string part, Func<string, Task> work)
        {
            var run = Path.Combine(runs, part);
            try
            {
                await work(run).ConfigureAwait(false);
                finished.Add(run);
            }
            catch (Exception e) when (e is EnvironmentFailureException or UsageException)
            {
                problems.Add($"{part}: {e.Message}");
            }
        }
    }

    /// <summary>
    /// A repository does not choose what of the worker's machine is used: the model and its address, files to replay, interpreters of the machine,
    /// the sandbox and its limits are the administrator's.
    /// </summary>
    internal Configuration Bounded(Configuration asked)
    {
        var languages = asked.Languages.ToDictionary(l => l.Key, l => l.Value with { Interpreter = null });
        List<string> named = [.. (asked.Proposers ?? ["recipes", "chat"]).Where(p => p == "recipes" || (p == "chat" && settings.ModelUrl is not null))];
        return asked with
        {
            Languages = languages,
            Proposers = named.Count > 0 ? named : ["recipes"],
            ModelUrl = settings.ModelUrl,
            Model = settings.Model,
            Sandbox = Sandboxes.SandboxKind.Auto,
            DockerImage = null,
            MemoryLimit = Math.Min(asked.MemoryLimit, settings.MostMemory),
            Budget = Shorter(asked.Budget),
            Tests = asked.Tests with { Timeout = Shorter(asked.Tests.Timeout) },
            Iterations = Math.Min(asked.Iterations, Configuration.Default.Iterations),
            Candidates = Math.Min(asked.Candidates, MostCandidates),
            MaxFunctions = Math.Min(asked.MaxFunctions, MostFunctions),
        };
    }

    private TimeSpan Shorter(TimeSpan asked) => asked < settings.MostTime ? asked : settings.MostTime;

    /// <summary>Makes one line of what a review is at.</summary>
    private sealed class Telling(Func<string, Task> tell) : IReviewObserver
    {
        private int _functions, _finished;

        public void Stage(string what) => _ = tell(what);

        public void FunctionsFound(IReadOnlyList<Function> functions) => _functions = functions.Count;

        public void Step(Function function, string what) => _ = tell($"{_finished} of {_functions} functions done; {function.Name}: {what}");

        public void CandidateJudged(Function function, Candidate candidate, Verdict verdict)
        {
            // The next step says more.
        }

        public void FunctionFinished(FunctionReport report) => _finished++;
    }
}
