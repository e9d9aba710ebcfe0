using System.Globalization;
using Afterburner.Cli;
using Afterburner.Proposers;
using Afterburner.Worker.Inbox;
using Microsoft.EntityFrameworkCore;

namespace Afterburner.Worker.Demo;

/// <summary><c>afterburner worker --demo</c>: a worker, a stand-in for GitHub with a sample repository, and one pull request that is reviewed.</summary>
internal static class WorkerDemo
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(500);

    private static readonly DeliveryState[] Ended = [DeliveryState.Done, DeliveryState.Failed, DeliveryState.Dead, DeliveryState.Ignored, DeliveryState.Superseded, DeliveryState.Unreadable];

    public static async Task RunAsync(TimeProvider time, TextWriter output, bool stays, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("afterburner-worker-demo-").FullName;
        try
        {
            await RunAsync(folder, time, output, stays, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task RunAsync(string folder, TimeProvider time, TextWriter output, bool stays, CancellationToken cancellationToken)
    {
        await using var gitHub = await StandIn.StartAsync(time).ConfigureAwait(false);
        var (repository, pull) = await PullRequestAsync(gitHub, Path.Combine(folder, "shop"), cancellationToken).ConfigureAwait(false);
        var token = new Secret(System.Security.Cryptography.RandomNumberGenerator.GetHexString(16, lowercase: true));
        await using var worker = await WorkerHost.StartAsync(
            new WorkerSettings
            {
                AppId = StandIn.AppId,
                PrivateKey = new Secret(gitHub.PrivateKeyPem),
                WebhookSecrets = [gitHub.WebhookSecret],
                Data = Path.Combine(folder, "worker"),
                Name = "demo",
                Urls = "http://127.0.0.1:0",
                GitHub = gitHub.Address,
                PagesToken = token,
            },
            time).ConfigureAwait(false);
        using var client = new HttpClient();
        var status = await gitHub.DeliverAsync(
            client, worker.Url, "pull_request", StandIn.PullRequestEvent(repository, pull, "opened"), Guid.NewGuid().ToString(), cancellationToken).ConfigureAwait(false);
        await output.WriteLineAsync($"A pull request was opened in a stand-in for GitHub; the worker answered {status.ToString(CultureInfo.InvariantCulture)}.\nWatch the review at {worker.Url}reviews/1 (token: {token.Reveal()}).").ConfigureAwait(false);
        await FollowAsync(worker.Services.GetRequiredService<InboxDatabase>(), output, cancellationToken).ConfigureAwait(false);
        foreach (var (kind, _, body) in pull.Posts)
            await output.WriteLineAsync($"\n--- {kind} posted on {repository.FullName}#{pull.Number.ToString(CultureInfo.InvariantCulture)}\n{Words(body)}").ConfigureAwait(false);
        if (stays)
            await worker.EndedAsync().ConfigureAwait(false);
    }

    /// <summary>The sample repository with its change as a pull request.</summary>
    internal static async Task<(StandInRepository Repository, StandInPull Pull)> PullRequestAsync(
        StandIn gitHub, string directory, CancellationToken cancellationToken)
    {
        await SampleRepository.CreateAsync(directory, cancellationToken).ConfigureAwait(false);
        var repository = gitHub.Add("octo-org/shop", directory);
        var head = await StandIn.HeadAsync(directory, SampleRepository.ChangeBranch, number: 1, cancellationToken).ConfigureAwait(false);
        return (repository, repository.Open(1, head, SampleRepository.ChangeBranch, SampleRepository.BaseBranch));
    }

    private static async Task FollowAsync(InboxDatabase database, TextWriter output, CancellationToken cancellationToken)
    {
        for (var said = ""; ; await Task.Delay(Often, cancellationToken).ConfigureAwait(false))
        {
            await using var inbox = database.Open();
            var delivery = await inbox.Deliveries.AsNoTracking().FirstAsync(cancellationToken).ConfigureAwait(false);
            var says = $"{delivery.State.ToString().ToLowerInvariant()}{((delivery.Progress ?? delivery.Reason) is { } more ? $": {more}" : "")}";
            if (says != said)
                await output.WriteLineAsync(says).ConfigureAwait(false);
            said = says;
            if (Ended.Contains(delivery.State))
                return;
        }
    }

    private static string Words(System.Text.Json.Nodes.JsonObject body) => string.Join(
        "\n", new[] { (string?)body["name"], (string?)body["output"]?["title"], (string?)body["body"] }
            .Concat(body["comments"]?.AsArray().Select(c => $"{c!["path"]}:{c["line"]}\n{c["body"]}") ?? []).Where(t => !string.IsNullOrEmpty(t)));
}
