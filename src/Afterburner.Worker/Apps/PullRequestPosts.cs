using Afterburner.Functions;
using Afterburner.GitHub;
using Afterburner.Proposers;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Worker.Queue;

namespace Afterburner.Worker.Apps;

/// <summary>GitHub in the name of the app, for one review: every post passes the fence.</summary>
internal sealed class PullRequestPosts : IDisposable
{
    private readonly TimeProvider _time;

    private PullRequestPosts(GitHubApi api, Secret token, PullRequestName name, TimeProvider time) =>
        (Api, Token, Name, _time) = (api, token, name, time);

    public GitHubApi Api { get; }

    public Secret Token { get; }

    public PullRequestName Name { get; }

    public static async Task<PullRequestPosts> OpenAsync(
        AppTokens tokens, WorkerSettings settings, Attempt attempt, TimeProvider time, CancellationTokenSource stop)
    {
        var delivery = attempt.Delivery;
        var token = await tokens.ForAsync(delivery.Installation!.Value, delivery.RepositoryId!.Value, stop.Token).ConfigureAwait(false);
        var fence = new Fence(attempt, stop, new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        var name = PullRequestName.Parse($"{delivery.Repository}#{delivery.Number}");
        return new PullRequestPosts(
            new GitHubApi(settings.GitHub, token, time, stop.Token, handler: fence, credential: "that the app is installed in the repository"), token, name, time);
    }

    public Task<PullRequestState> ReadAsync() => new PullRequestSource(Api, Name).ReadAsync();

    /// <summary>Posts what finished runs say. It posts nothing twice, so that one which was broken off can be done again.</summary>
    public Task<PublishOutcome> PublishAsync(
        ISandbox sandbox, Configuration configuration, IReadOnlyList<string> runs, CancellationToken cancellationToken)
    {
        var astGrep = AstGrep.Find(sandbox);
        var publish = new Publish(Api, new SuggestionCheck(new FunctionFinder(astGrep), astGrep), _time);
        return publish.RunAsync(new PublishRequest(runs, Name, configuration, Sarif: false, DryRun: false, StepSummary: null), cancellationToken);
    }

    public void Dispose() => Api.Dispose();
}
