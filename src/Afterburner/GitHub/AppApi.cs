using Afterburner.Proposers;

namespace Afterburner.GitHub;

/// <summary>What a GitHub App asks for in its own name: its installations' tokens, and the deliveries that did not arrive.</summary>
/// <param name="api">With the app's own token (JWT).</param>
public sealed class AppApi(GitHubApi api)
{
    private const int MostPages = 50;

    /// <summary>A token for one repository of an installation, with no right that a review does not need.</summary>
    /// <exception cref="UsageException">The app is not installed there (any more), or may not have these rights.</exception>
    /// <exception cref="EnvironmentFailureException">GitHub cannot be reached, or does not accept the app's key.</exception>
    public async Task<InstallationToken> TokenAsync(long installation, long repository)
    {
        var reply = await api.PostAsync<TokenReply>($"app/installations/{installation}/access_tokens", new
        {
            repository_ids = new[] { repository },
            permissions = new { contents = "read", pull_requests = "write", checks = "write", metadata = "read" },
        }).ConfigureAwait(false);
        if (reply.Kind is GitHubReplyKind.NotAllowed or GitHubReplyKind.Refused)
            throw new UsageException($"the app has no token for this repository: it is not installed there, or without the permissions it needs ({reply.Reason}).");
        var read = GitHubApi.Required(reply, "a token of the installation");
        return new InstallationToken(new Secret(read.Token), read.ExpiresAt);
    }

    /// <summary>Whether the app is installed and not suspended there.</summary>
    /// <exception cref="EnvironmentFailureException">GitHub cannot be reached, or does not accept the app's key.</exception>
    public async Task<bool> IsInstalledAsync(long installation)
    {
        var reply = await api.GetAsync<InstallationReply>(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"app/installations/{installation}")).ConfigureAwait(false);
        return reply.Kind != GitHubReplyKind.NotAllowed && GitHubApi.Required(reply, "the installation").SuspendedAt is null;
    }

    /// <summary>The newest deliveries to the app's webhook, as GitHub remembers them, newest first, 5,000 at most.</summary>
    /// <exception cref="EnvironmentFailureException">GitHub cannot be reached, or does not accept the app's key.</exception>
    public async Task<IReadOnlyList<SentDelivery>> DeliveriesAsync()
    {
        var sent = GitHubApi.Required(await api.GetAllAsync<SentReply>("app/hook/deliveries", MostPages).ConfigureAwait(false), "the deliveries to the app");
        return [.. sent.Select(d => new SentDelivery(d.Id, d.Guid, d.DeliveredAt, d.StatusCode is >= 200 and < 300))];
    }

    /// <summary>Asks GitHub to send a delivery again, under the same id.</summary>
    /// <exception cref="EnvironmentFailureException">GitHub cannot be reached, or does not accept the app's key.</exception>
    public Task AgainAsync(SentDelivery delivery) =>
        api.PostAsync<AnyReply>(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"app/hook/deliveries/{delivery.Id}/attempts"), new { });

    private sealed record InstallationReply(DateTimeOffset? SuspendedAt);

    private sealed record SentReply(long Id, string Guid, DateTimeOffset DeliveredAt, int StatusCode);

    private sealed record TokenReply(string Token, DateTimeOffset ExpiresAt);
}

/// <param name="ExpiresAt">An hour after it was made.</param>
public sealed record InstallationToken(Secret Token, DateTimeOffset ExpiresAt);

/// <param name="Id">Of this attempt; each has its own.</param>
/// <param name="Event">GitHub's id of the event: all its attempts have the same.</param>
/// <param name="IsAccepted">Whether it was answered with a status of 200 to 299.</param>
public sealed record SentDelivery(long Id, string Event, DateTimeOffset DeliveredAt, bool IsAccepted);
