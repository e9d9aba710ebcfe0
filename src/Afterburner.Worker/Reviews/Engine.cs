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
using Afterburner.Worker.Setup;

namespace Afterburner.Worker.Reviews;

/// <summary>Fetches what is to be looked at, and reviews and gates it as the command line does, with the configuration and the recipes of the default branch.</summary>
internal sealed class Engine(Mirrors mirrors, Dependencies dependencies, WorkerSandbox sandboxes, HostModels models, WorkerSettings settings, TimeProvider time) : IEngine
{
    /// <summary>
    /// What keeps the engine from its work may pass (no memory, no disk), or be the repository's (its tests fail): what is still there after so many
    /// tries is the repository's, and said instead of tried again.
    /// </summary>
    private const int OutageTries = 2;

    private const int MostCandidates = 4, MostFunctions = 100;

    public async Task<EngineRun> RunAsync(EngineRequest request, Secret token, Func<string, Task> tell, CancellationToken cancellationToken)
    {
        await tell("fetching").ConfigureAwait(false);
        var main = $"refs/heads/{request.DefaultBranch}";
        using var copy = await mirrors.FetchAsync(
            new Wanted(request.Delivery.RepositoryId!.Value, request.Repository, request.HeadRef, main, request.BaseBranch is { } branch ? $"refs/heads/{branch}" : main)
            {
                HeadCommit = request.Head, Since = request.Since,
            },
            token, cancellationToken).ConfigureAwait(false);

        // The budgets of review and gate are looked at between steps; a step that does not end is ended here.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(3 * settings.MostTime);
        try
        {
            return await DoAsync(request, copy, token, tell, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new UsageException($"it took longer than {3 * settings.MostTime.TotalMinutes} minutes (AFTERBURNER_MOST_TIME, three times).");
        }
    }

    private async Task<EngineRun> DoAsync(EngineRequest request, Copy copy, Secret token, Func<string, Task> tell, CancellationToken cancellationToken)
    {
        var repository = await GitRepository.OpenAsync(copy.Directory, cancellationToken).ConfigureAwait(false);
        var configuration = Bounded(
            await repository.TryReadFileAsync(copy.Main, Configuration.Path, cancellationToken).ConfigureAwait(false) is { } yaml
                ? Configuration.Load(yaml, $"{Configuration.Path} of {request.DefaultBranch}") : Configuration.Default);
        var sandbox = await sandboxes.OpenAsync(configuration, cancellationToken).ConfigureAwait(false);
        using var needed = await dependencies.PrepareAsync(
            sandbox, repository, copy.Main, request.Delivery.RepositoryId!.Value, configuration.Setup, () => tell("preparing what its tests need"), cancellationToken).ConfigureAwait(false);
        var own = await OwnRecipes.ReadAsync(repository, copy.Main, AstGrep.Find(sandbox), cancellationToken).ConfigureAwait(false);

        // Of a branch with itself a gate would say that all is well, whatever was found of it before.
        var gates = request.Function is null && copy.Base != copy.Head;
        if (gates)
            await request.GateBegins().ConfigureAwait(false);
        var runs = Path.Combine(settings.Runs, request.Delivery.RunName);
        var (finished, problems) = (new List<string>(), new List<string>());
        var reviewed = request.Since.Count > 0 ? null : await DoneAsync("review", async run =>
        {
            using var proposers = new ProposerSet(
                configuration, settings.ApiKey, record: null, new LlamaChoice(null, 0, null, "/"), own, settings.Data, models.Shared);
            return await new Review(sandbox, proposers.For, new Telling(tell), time).RunAsync(
                new ReviewRequest(copy.Directory, run, configuration)
                {
                    Base = copy.Base, Head = copy.Head, Function = request.Function, RecipesAt = copy.Main, OwnRecipes = own,
                    Dependencies = needed?.Directory,
                    Secrets = [token.Reveal(), .. settings.ApiKey is { } key ? [key.Reveal()] : Array.Empty<string>()],
                },
                cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
        var gated = !gates ? null : await DoneAsync("gate", run => new Gate(sandbox, what => _ = tell(what), time).RunAsync(
            new GateRequest(copy.Directory, run, configuration)
            {
                Base = copy.Base, Head = copy.Head, Dependencies = needed?.Directory, RequiredBy = PullRequestState.RequiredBy(request.Labels, configuration.Gate.FasterLabel),
            },
            cancellationToken)).ConfigureAwait(false);
        return new EngineRun(configuration, copy.Head, finished, problems.Count == 0 ? null : string.Join("; ", problems)) { Review = reviewed, Gate = gated };

        async Task<T?> DoneAsync<T>(string part, Func<string, Task<T>> work)
            where T : class
        {
            var run = Path.Combine(runs, part);
            try
            {
                var done = await work(run).ConfigureAwait(false);
                finished.Add(run);
                return done;
            }
            catch (EnvironmentFailureException) when (finished.Count == 0 && request.Delivery.Failures < OutageTries)
            {
                throw;
            }
            catch (Exception e) when (e is EnvironmentFailureException or UsageException)
            {
                var hint = e is EnvironmentFailureException && configuration.Setup.Commands.Count == 0
                    ? $" (Nothing is installed for a repository but by setup.commands in {Configuration.Path} of {request.DefaultBranch}.)" : "";
                problems.Add($"{part}: {e.Message}{hint}");
                return null;
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
        List<string> named =
        [
            .. (asked.Proposers ?? ["recipes", "chat", "llama"])
                .Where(p => p == "recipes" || (p == "chat" && settings.ModelUrl is not null) || (p == "llama" && settings.Gguf is not null)),
        ];
        return asked with
        {
            Languages = languages,
            Proposers = named.Count > 0 ? named : ["recipes"],
            ModelUrl = settings.ModelUrl,
            Model = settings.Model,
            Sandbox = Sandboxes.SandboxKind.Auto,
            DockerImage = null,
            Workspace = asked.Workspace with { MostBytes = settings.MostWorkspace },
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
