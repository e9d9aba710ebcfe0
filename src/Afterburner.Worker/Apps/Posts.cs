using Afterburner.GitHub;
using Afterburner.Proposers;
using Afterburner.Worker.Queue;

namespace Afterburner.Worker.Apps;

/// <summary>GitHub in the name of the app, for one attempt: every post passes the fence.</summary>
internal sealed class Posts : IDisposable
{
    private Posts(GitHubApi api, Secret token) => (Api, Token) = (api, token);

    public GitHubApi Api { get; }

    public Secret Token { get; }

    /// <param name="stop">Cancelled when a post is refused, because the attempt is not the newest any more.</param>
    /// <exception cref="EnvironmentFailureException">GitHub cannot be reached, or does not accept the app's key.</exception>
    /// <exception cref="UsageException">The app is not installed there any more.</exception>
    public static async Task<Posts> OpenAsync(AppTokens tokens, WorkerSettings settings, Attempt attempt, TimeProvider time, CancellationTokenSource stop)
    {
        var delivery = attempt.Delivery;
        var token = await tokens.ForAsync(delivery.Installation!.Value, delivery.RepositoryId!.Value, stop.Token).ConfigureAwait(false);
        var fence = new Fence(attempt, stop, new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        return new Posts(new GitHubApi(settings.GitHub, token, time, stop.Token, handler: fence, credential: "that the app is installed in the repository"), token);
    }

    public void Dispose() => Api.Dispose();
}
