using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Afterburner.Proposers;
using Afterburner.Worker.Demo;
using Afterburner.Worker.Inbox;
using Afterburner.Worker.Webhooks;
using Xunit;

namespace Afterburner.Tests.Worker;

/// <summary>What is taken in: who may say something, what is stored, and what is made of it.</summary>
public sealed class WebhookTests
{
    [Fact]
    public void A_signature_is_that_of_GitHubs_documentation()
    {
        // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
        var isOf = WebhookSignature.IsOf(
            "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17", "Hello, World!"u8, [new Secret("It's a Secret to Everybody")]);

        Assert.True(isOf);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("sha256=")]
    [InlineData("sha1=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")]
    [InlineData("sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e18")]
    [InlineData("sha256=zz7107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")]
    public void Anything_else_is_none(string? signature) =>
        Assert.False(WebhookSignature.IsOf(signature, "Hello, World!"u8, [new Secret("It's a Secret to Everybody")]));

    [Fact]
    public void While_a_secret_is_changed_both_sign()
    {
        Secret[] secrets = [new("new one"), new("the one before")];

        Assert.All(secrets, s => Assert.True(WebhookSignature.IsOf(WebhookSignature.Of("{}"u8, s), "{}"u8, secrets)));
        Assert.False(WebhookSignature.IsOf(WebhookSignature.Of("{}"u8, new Secret("another")), "{}"u8, secrets));
    }

    [Fact]
    public async Task Only_what_is_signed_is_stored_and_each_event_once()
    {
        await using var worker = await StubWorker.StartAsync(TimeSpan.Zero);
        using var unsigned = Request(worker, "{}"u8.ToArray(), signature: null);
        using var forged = Request(worker, "{}"u8.ToArray(), "sha256=" + new string('0', 64));
        using var nameless = Request(worker, "{}"u8.ToArray(), WebhookSignature.Of("{}"u8, worker.GitHub.WebhookSecret));
        nameless.Headers.Remove("X-GitHub-Delivery");

        Assert.Equal(401, (int)(await worker.SendAsync(unsigned)).StatusCode);
        Assert.Equal(401, (int)(await worker.SendAsync(forged)).StatusCode);
        Assert.Equal(400, (int)(await worker.SendAsync(nameless)).StatusCode);
        Assert.Empty(await worker.InboxAsync());

        Assert.Equal(202, await worker.DeliverAsync("ping", "{}"u8.ToArray(), "an event"[..2]));
        Assert.Equal(202, await worker.DeliverAsync("ping", "{}"u8.ToArray(), "an event"[..2]));
        Assert.Single(await worker.InboxAsync());
    }

    [Fact]
    public async Task What_is_larger_than_GitHub_sends_is_refused()
    {
        await using var worker = await StubWorker.StartAsync(TimeSpan.Zero);
        var body = new byte[WebhookEndpoint.LargestBody + 1];
        using var request = Request(worker, body, WebhookSignature.Of(body, worker.GitHub.WebhookSecret));
        request.Headers.ExpectContinue = true;

        Assert.Equal(413, (int)(await worker.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task What_cannot_be_read_is_kept_and_says_why()
    {
        await using var worker = await StubWorker.StartAsync(TimeSpan.Zero);
        byte[][] payloads = ["no JSON"u8.ToArray(), "[]"u8.ToArray(), "{\"action\":\"opened\"}"u8.ToArray(), "{\"action\":\"opened\",\"pull_request\":7}"u8.ToArray(), [0, 255, 1]];

        foreach (var payload in payloads)
            Assert.Equal(202, await worker.DeliverAsync("pull_request", payload));

        var rows = await worker.WhenAsync(r => r.Count == payloads.Length && r.All(d => d.State != DeliveryState.Received));
        Assert.All(rows, d => Assert.Equal((DeliveryState.Unreadable, true), (d.State, d.Reason is { Length: > 0 })));
        Assert.Equal(payloads, rows.Select(d => d.Payload));
    }

    [Theory]
    [InlineData("x/../../etc")]
    [InlineData("octo-org/shop#1;touch x")]
    [InlineData("-octo-org/shop")]
    [InlineData("octo-org/..")]
    public void A_repository_of_no_real_name_is_not_believed(string name)
    {
        var payload = Encoding.UTF8.GetString(StandIn.PullRequestEvent(new StandInRepository("octo-org/shop", 1, null), Pull(), "opened")).Replace("octo-org/shop", name, StringComparison.Ordinal);

        Assert.IsType<WebhookEvent.Unreadable>(WebhookEvent.Read("pull_request", Encoding.UTF8.GetBytes(payload)));
    }

    [Theory]
    [InlineData("opened", true)]
    [InlineData("synchronize", true)]
    [InlineData("reopened", true)]
    [InlineData("ready_for_review", true)]
    [InlineData("labeled", false)]
    [InlineData("edited", false)]
    public void A_new_head_is_reviewed_and_other_news_is_not(string action, bool isReviewed) =>
        Assert.Equal(isReviewed, WebhookEvent.Read("pull_request", StandIn.PullRequestEvent(new StandInRepository("octo-org/shop", 1, null), Pull(), action)) is WebhookEvent.Changed);

    /// <summary>
    /// Of npm's <c>@octokit/webhooks-examples</c>. Many were recorded at webhooks of repositories: an app's say of which installation they are.
    /// </summary>
    [Fact]
    public async Task Every_example_that_is_published_of_GitHubs_events_can_be_read()
    {
        var examples = Path.Combine(Repository.Root, "tests", "Tools", "github", "node_modules", "@octokit", "webhooks-examples", "api.github.com", "index.json");
        var events = JsonNode.Parse(await File.ReadAllTextAsync(examples, TestContext.Current.CancellationToken))!.AsArray();
        var read = events.SelectMany(e => e!["examples"]!.AsArray().Select(x => ((string)e["name"]!, Read((string)e["name"]!, x!.AsObject())))).ToList();

        Assert.True(read.Count > 300, $"{read.Count} examples");
        Assert.DoesNotContain(read, r => r.Item2 is WebhookEvent.Unreadable);
        var kinds = read.Where(r => r.Item2 is not WebhookEvent.Ignored).Select(r => r.Item1).Distinct().Order();
        Assert.Equal(["installation", "installation_repositories", "pull_request"], kinds);

        static WebhookEvent Read(string kind, JsonObject example)
        {
            if (!example.ContainsKey("installation"))
                example["installation"] = new JsonObject { ["id"] = 1 };
            return WebhookEvent.Read(kind, JsonSerializer.SerializeToUtf8Bytes(example));
        }
    }

    private static StandInPull Pull() => new(1, "change", "main") { Head = new string('a', 40) };

    private static HttpRequestMessage Request(StubWorker worker, byte[] body, string? signature)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(worker.Host.Url, "/webhooks")) { Content = new ByteArrayContent(body) };
        request.Headers.Add("X-GitHub-Event", "ping");
        request.Headers.Add("X-GitHub-Delivery", "some");
        if (signature is not null)
            request.Headers.Add("X-Hub-Signature-256", signature);
        return request;
    }
}
