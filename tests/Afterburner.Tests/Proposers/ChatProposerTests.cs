using Afterburner.Proposers;
using Xunit;

namespace Afterburner.Tests.Proposers;

public sealed class ChatProposerTests
{
    private const string Key = "sk-very-secret-0123456789";

    private const string File = "def scale(a, k):\n    return [x * k for x in a]\n";

    private static readonly ChatProposerOptions Quick = new()
    {
        RetryDelay = TimeSpan.FromMilliseconds(1),
        Attempts = 3,
    };

    private static async Task<IReadOnlyList<Candidate>> AskAsync(
        ScriptedServer server, ChatProposerOptions? options = null, ProposalRequest? request = null, TimeProvider? time = null)
    {
        using var proposer = ChatProposer.Connect(server.Url, "tiny", new Secret(Key), options ?? Quick, time);
        return await proposer.ProposeAsync(request ?? PythonSources.Request(File), TestContext.Current.CancellationToken);
    }

    private static async Task<string> FailureAsync(ScriptedServer server, ChatProposerOptions? options = null, TimeProvider? time = null)
    {
        var failure = await Assert.ThrowsAsync<EnvironmentFailureException>(() => AskAsync(server, options, time: time));
        for (Exception? e = failure; e is not null; e = e.InnerException)
            Assert.DoesNotContain("secret", e.ToString(), StringComparison.Ordinal);
        return failure.Message;
    }

    [Fact]
    public async Task A_good_reply_becomes_a_candidate_with_its_title_and_cost()
    {
        await using var server = new ScriptedServer(ScriptedServer.Code("def scale(a, k):\n    return a"));
        var candidate = Assert.Single(await AskAsync(server));

        Assert.Equal("def scale(a, k):\n    return a", candidate.Source);
        Assert.Equal("Fewer steps.", candidate.Title);
        Assert.Equal("chat:tiny", candidate.Proposer);
        Assert.Equal(new TokenUsage(120, 34), candidate.Usage);
        Assert.Equal(Prompt.For(PythonSources.Request(File)).Hash, candidate.PromptHash);
    }

    [Fact]
    public async Task The_request_names_model_limits_temperature_and_both_prompts()
    {
        await using var server = new ScriptedServer(ScriptedServer.Code("def scale(a, k):\n    return a"));
        await AskAsync(server, Quick with { MaxOutputTokens = 321 });

        var request = Assert.Single(server.Requests);
        Assert.Equal("tiny", (string?)request["model"]);
        Assert.Equal(321, (int?)(request["max_completion_tokens"] ?? request["max_tokens"]));
        Assert.Equal(0, (double?)request["temperature"]);
        Assert.Equal(["system", "user"], request["messages"]!.AsArray().Select(m => (string?)m!["role"]));
        Assert.Contains("def scale(a, k):", request["messages"]![1]!["content"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains($"Authorization: Bearer {Key}", server.Heads[0], StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Several_samples_are_warm_and_equal_ones_count_once()
    {
        await using var server = new ScriptedServer(
            ScriptedServer.Code("def scale(a, k):\n    return 1"), ScriptedServer.Code("def scale(a, k):\n    return 2"), ScriptedServer.Code("def scale(a, k):\n    return 1"));
        var candidates = await AskAsync(server, request: PythonSources.Request(File) with { Samples = 3 });

        Assert.Equal(2, candidates.Count);
        Assert.All(server.Requests, r => Assert.InRange((double)r["temperature"]!, 0.5, 1.5));
        Assert.Equal(3, server.Requests.Select(r => (long?)r["seed"]).Distinct().Count());
    }

    [Fact]
    public async Task A_repair_shows_the_attempt_and_asks_once()
    {
        await using var server = new ScriptedServer(ScriptedServer.Code("def scale(a, k):\n    return a"));
        var request = PythonSources.Request(File) with
        {
            Samples = 4,
            Repair = new FailedCandidate("def scale(a, k):\n    return None", "a call differs", "expected [2], got None"),
        };
        Assert.Single(await AskAsync(server, request: request));

        var user = (string?)Assert.Single(server.Requests)["messages"]![1]!["content"]!.AsValue();
        Assert.Contains("expected [2], got None", user, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reply_without_code_gives_no_candidate_but_is_kept_as_evidence()
    {
        await using var server = new ScriptedServer(ScriptedServer.Reply("I would rather not."));
        var exchanges = new List<Exchange>();

        Assert.Empty(await AskAsync(server, Quick with { OnExchange = exchanges.Add }));
        Assert.Equal(["I would rather not.", "I would rather not."], exchanges.Select(e => e.Reply));
        Assert.Equal("the reply has no fenced code block", exchanges[0].Refused);
        Assert.Equal(new TokenUsage(120, 34), exchanges[0].Usage);
        Assert.Equal("chat:tiny", exchanges[0].Proposer);
        Assert.True(exchanges[0].Duration > TimeSpan.Zero);
    }

    [Fact]
    public async Task A_reply_of_the_wrong_form_is_asked_for_again_once_with_what_was_wrong()
    {
        await using var server = new ScriptedServer(
            ScriptedServer.Reply("Use a set."), ScriptedServer.Code("def scale(a, k):\n    return a"));

        var candidate = Assert.Single(await AskAsync(server));

        Assert.Contains("return a", candidate.Source, StringComparison.Ordinal);
        var messages = server.Requests[1]["messages"]!.AsArray().Select(m => (Role: (string?)m!["role"], Content: (string?)m["content"])).ToArray();
        Assert.Equal(["system", "user", "assistant", "user"], messages.Select(m => m.Role));
        Assert.Equal("Use a set.", messages[2].Content);
        Assert.Contains("the reply has no fenced code block", messages[3].Content, StringComparison.Ordinal);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task Where_one_of_several_samples_is_of_use_the_others_are_not_asked_for_again()
    {
        await using var server = new ScriptedServer(
            ScriptedServer.Reply("Use a set."), ScriptedServer.Code("def scale(a, k):\n    return a"));

        Assert.Single(await AskAsync(server, request: PythonSources.Request(File) with { Samples = 2 }));
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task After_a_round_without_anything_new_the_same_question_is_asked_warmer()
    {
        await using var server = new ScriptedServer(ScriptedServer.Code("def scale(a, k):\n    return a"));
        await AskAsync(server, request: PythonSources.Request(File) with { IdleRounds = 1 });

        Assert.InRange((double)server.Requests[0]["temperature"]!, 0.5, 1.5);
    }

    [Fact]
    public async Task Too_many_requests_waits_as_long_as_the_server_asks()
    {
        await using var server = new ScriptedServer(
            ScriptedServer.Json(429, "{}", "Retry-After: 7\r\n"), ScriptedServer.Code("def scale(a, k):\n    return a"));
        var time = new WaitsAreInstant();
        using var proposer = ChatProposer.Connect(server.Url, "tiny", new Secret(Key), Quick, time);

        Assert.Single(await proposer.ProposeAsync(PythonSources.Request(File), TestContext.Current.CancellationToken));
        Assert.Contains(TimeSpan.FromSeconds(7), time.Waits);
    }

    [Fact]
    public async Task A_wait_beyond_the_budget_is_given_up_at_once()
    {
        await using var server = new ScriptedServer(ScriptedServer.Json(429, "{}", "Retry-After: 3600\r\n"));
        Assert.Contains("HTTP 429", await FailureAsync(server), StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Server_errors_and_broken_connections_are_tried_again()
    {
        await using var server = new ScriptedServer(
            ScriptedServer.Json(500, "oops"), ScriptedServer.Break(), ScriptedServer.Code("def scale(a, k):\n    return a"));
        Assert.Single(await AskAsync(server));
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_server_that_keeps_failing_is_an_environment_failure_without_the_key()
    {
        await using var server = new ScriptedServer(ScriptedServer.Json(503, $"{{\"error\":{{\"message\":\"no room for {Key}\"}}}}"));
        Assert.Contains("HTTP 503, after 3 attempts", await FailureAsync(server), StringComparison.Ordinal);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_server_that_falls_silent_is_asked_again_after_the_idle_time_out()
    {
        var clock = new HandClock(Quick.IdleTimeout);
        await using var server = new ScriptedServer(ScriptedServer.Then(clock.End, ScriptedServer.Hang()));
        var message = await FailureAsync(server, Quick with { Attempts = 2 }, clock);
        Assert.Contains("nothing came for 300 s, after 2 attempts", message, StringComparison.Ordinal);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task A_slow_drip_ends_at_the_time_out_of_the_whole_reply_and_is_not_asked_for_again()
    {
        var clock = new HandClock(Quick.Timeout);
        await using var server = new ScriptedServer(ScriptedServer.Then(clock.End, ScriptedServer.Drip(TimeSpan.FromMilliseconds(20))));
        var message = await FailureAsync(server, time: clock);
        Assert.Contains("no whole reply within 1200 s", message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("<html>hello</html>")]
    [InlineData("{\"choices\": 3}")]
    [InlineData("[]")]
    public async Task What_is_no_chat_reply_is_an_environment_failure(string body)
    {
        await using var server = new ScriptedServer(ScriptedServer.Json(200, body));
        Assert.Contains("OpenAI-compatible", await FailureAsync(server), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reply_without_choices_or_text_gives_nothing()
    {
        await using var server = new ScriptedServer(ScriptedServer.Reply(""));
        Assert.Empty(await AskAsync(server));
    }

    [Theory]
    [InlineData(401, "AFTERBURNER_API_KEY")]
    [InlineData(404, "no model 'tiny'")]
    [InlineData(400, "refused the request")]
    public async Task An_error_that_another_attempt_cannot_cure_is_told_at_once(int status, string told)
    {
        await using var server = new ScriptedServer(ScriptedServer.Json(status, $"{{\"error\":{{\"message\":\"bad {Key} or {Key[..10]}\"}}}}"));
        Assert.Contains(told, await FailureAsync(server), StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task An_unreachable_server_is_an_environment_failure_that_names_it()
    {
        string url;
        await using (var gone = new ScriptedServer(ScriptedServer.Hang()))
            url = gone.Url;
        using var proposer = ChatProposer.Connect(url, "tiny", null, Quick);
        var failure = await Assert.ThrowsAsync<EnvironmentFailureException>(
            () => proposer.ProposeAsync(PythonSources.Request(File), TestContext.Current.CancellationToken));
        Assert.Contains(url, failure.Message, StringComparison.Ordinal);
        Assert.Contains("Check that the server runs", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_is_no_failure()
    {
        await using var server = new ScriptedServer(ScriptedServer.Hang());
        using var proposer = ChatProposer.Connect(server.Url, "tiny", null, Quick);
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => proposer.ProposeAsync(PythonSources.Request(File), cancel.Token));
    }

    [Theory]
    [InlineData("localhost:8080")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://example.org/v1")]
    [InlineData("https://user:very-secret@example.org/v1")]
    public void Only_web_addresses_without_a_password_are_taken(string url)
    {
        var error = Assert.Throws<UsageException>(() => ChatProposer.Connect(url, "m", null));
        Assert.DoesNotContain("very-secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_never_prints_itself()
    {
        var secret = new Secret(Key);
        Assert.Equal("***", $"{secret}");
        Assert.Equal("{}", System.Text.Json.JsonSerializer.Serialize(secret));
        Assert.Equal("a *** b *** c", secret.Mask($"a {Key} b {Key[..8]} c"));
    }

    /// <summary>A clock on which every pause shorter than the time-outs is over at once, and noted.</summary>
    private sealed class WaitsAreInstant : TimeProvider
    {
        public List<TimeSpan> Waits { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime >= Quick.IdleTimeout)
                return base.CreateTimer(callback, state, dueTime, period);
            Waits.Add(dueTime);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
