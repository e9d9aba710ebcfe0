using Afterburner.Proposers;
using Xunit;

namespace Afterburner.Tests.Proposers;

/// <summary>
/// What becomes of what a server may do. "No candidate" is journalled with its reason and the review goes on; "tried again"
/// ends, when nothing helps, as exit 3 with what to do. Replies that reach the sandbox are in <c>HostileReplyTests</c>.
/// <code>
/// good reply                                        candidate
/// wrong code, syntax error, obeyed injection        Rejected, with one repair turn
/// no or empty or unclosed block, prose, refusal     no candidate
/// several blocks                                    the last one in solution
/// more than 100 KiB, endless                        no candidate, left early
/// a line or a body without an end                   no candidate, left after 32 MiB
/// another function as well                          the function asked for alone
/// another function only, renamed                    no candidate
/// the key in the reply                              no candidate
/// stream cut off, error in it, broken, invalid JSON tried again
/// 429, 408, 5xx                                     tried again after Retry-After, or a growing pause
/// silence                                           tried again after the idle time-out
/// slow drip beyond the whole time-out               exit 3 at once
/// 401, 403, 404, other 4xx, redirect                exit 3 at once
/// no streaming                                      asked plainly
/// a prompt longer than the model's context          no candidate; the next function is asked for
/// </code>
/// </summary>
public sealed class ChatRobustnessTests
{
    private const string Key = "sk-very-secret-0123456789";

    private const string File = "def scale(a, k):\n    return [x * k for x in a]\n";

    private const string Good = "<solution>\n```python\ndef scale(a, k):\n    return a\n```\n</solution>";

    private readonly List<Exchange> _exchanges = [];

    private async Task<IReadOnlyList<Candidate>> AskAsync(ScriptedServer server, int samples = 1)
    {
        var options = new ChatProposerOptions
        {
            RetryDelay = TimeSpan.FromMilliseconds(1),
            Attempts = 3,
            OnExchange = _exchanges.Add,
        };
        using var proposer = ChatProposer.Connect(server.Url, "tiny", new Secret(Key), options);
        return await proposer.ProposeAsync(PythonSources.Request(File) with { Samples = samples }, TestContext.Current.CancellationToken);
    }

    private async Task<string> FailureAsync(ScriptedServer server)
    {
        var failure = await Assert.ThrowsAsync<EnvironmentFailureException>(() => AskAsync(server));
        for (Exception? e = failure; e is not null; e = e.InnerException)
            Assert.DoesNotContain("secret", e.ToString(), StringComparison.Ordinal);
        return failure.Message;
    }

    [Fact]
    public async Task Replies_are_streamed_and_their_tokens_counted()
    {
        await using var server = new ScriptedServer(ScriptedServer.Reply(Good));
        Assert.Single(await AskAsync(server));

        Assert.True((bool?)server.Requests[0]["stream"]);
        Assert.True((bool?)server.Requests[0]["stream_options"]!["include_usage"]);
        Assert.Equal(new TokenUsage(120, 34), Assert.Single(_exchanges).Usage);
    }

    [Fact]
    public async Task A_server_that_answers_in_one_piece_is_asked_plainly_from_then_on()
    {
        await using var server = new ScriptedServer(ScriptedServer.Plain(Good));
        Assert.Single(await AskAsync(server, samples: 2));

        Assert.Equal([true, null, null], server.Requests.Select(r => (bool?)r["stream"]));
        Assert.All(_exchanges, e => Assert.Equal(new TokenUsage(120, 34), e.Usage));
    }

    [Fact]
    public async Task A_server_that_refuses_to_stream_is_asked_plainly()
    {
        await using var server = new ScriptedServer((_, request) => (bool?)request["stream"] == true
            ? ScriptedServer.Json(400, """{"error":{"message":"Unsupported value: 'stream' does not support true"}}""")
            : ScriptedServer.Plain(Good));
        Assert.Single(await AskAsync(server));
    }

    [Fact]
    public async Task A_stream_that_ends_early_is_tried_again()
    {
        await using var server = new ScriptedServer(ScriptedServer.Stream(ScriptedServer.Delta(Good)), ScriptedServer.Reply(Good));
        Assert.Single(await AskAsync(server));
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task A_server_that_always_ends_its_streams_early_is_an_environment_failure()
    {
        await using var server = new ScriptedServer(ScriptedServer.Stream(ScriptedServer.Delta("<solution>\n```python\ndef sc")));
        Assert.Contains("the reply was cut off, after 3 attempts", await FailureAsync(server), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"error":{"message":"out of memory for sk-very-secret-0123456789","code":500}}""")]
    [InlineData("{\"id\":")]
    [InlineData("[1, 2]")]
    public async Task An_error_or_garbage_in_the_stream_is_tried_again(string garbage)
    {
        await using var server = new ScriptedServer(ScriptedServer.Stream(ScriptedServer.Delta("I think"), garbage), ScriptedServer.Reply(Good));
        Assert.Single(await AskAsync(server));
        await using var always = new ScriptedServer(ScriptedServer.Stream(ScriptedServer.Delta("I think"), garbage));
        Assert.Contains("after 3 attempts", await FailureAsync(always), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reply_at_the_limit_of_its_tokens_gives_nothing_when_its_code_is_not_whole()
    {
        await using var server = new ScriptedServer(ScriptedServer.Stream(
            ScriptedServer.Delta("<solution>\n```python\ndef scale(a, k):\n    ret"), ScriptedServer.Finish("length"), ScriptedServer.Usage, "[DONE]"));
        Assert.Empty(await AskAsync(server));
        Assert.Contains("cut off", _exchanges[0].Refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endless_reply_is_left_early_and_gives_nothing()
    {
        await using var server = new ScriptedServer(ScriptedServer.Drip(TimeSpan.Zero, new string('x', 10_000)));
        Assert.Empty(await AskAsync(server));
        Assert.Equal("the reply is longer than 100 KiB", Assert.Single(_exchanges).Refused);
        Assert.InRange(_exchanges[0].Reply.Length, ReplyReader.Limit, ReplyReader.Limit + 10_000);
    }

    [Theory]
    [InlineData("text/event-stream", "data: {\"id\":\"")]
    [InlineData("text/event-stream", ": ")]
    [InlineData("application/json", "{\"id\":\"")]
    public async Task A_line_without_an_end_is_left_early_and_gives_nothing(string type, string start)
    {
        await using var server = new ScriptedServer(ScriptedServer.Endless(type, start));
        Assert.Empty(await AskAsync(server, samples: 2));
        Assert.Equal("the server sent more than 32 MiB for one reply", Assert.Single(_exchanges).Refused);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.")]
    [InlineData("the request exceeds the available context size, try increasing it")]
    public async Task A_prompt_that_does_not_fit_gives_nothing_and_the_next_function_is_asked_for(string message)
    {
        await using var server = new ScriptedServer(
            ScriptedServer.Json(400, $$$"""{"error":{"message":"{{{message}}}","code":"context_length_exceeded"}}"""), ScriptedServer.Reply(Good));
        Assert.Empty(await AskAsync(server));
        Assert.Contains("does not fit into the context of tiny", Assert.Single(_exchanges).Refused, StringComparison.Ordinal);
        Assert.Single(await AskAsync(server));
    }

    [Fact]
    public async Task A_refusal_gives_nothing_and_its_words_are_kept()
    {
        var refusal = ScriptedServer.Delta("").Replace("\"content\":\"\"", "\"refusal\":\"I may not read code.\"", StringComparison.Ordinal);
        await using var server = new ScriptedServer(ScriptedServer.Stream(refusal, ScriptedServer.Finish("stop"), ScriptedServer.Usage, "[DONE]"));
        Assert.Empty(await AskAsync(server));
        Assert.All(_exchanges, e => Assert.Equal("I may not read code.", e.Reply));
    }

    [Fact]
    public async Task An_unknown_model_is_told_with_the_servers_words_and_what_to_do()
    {
        await using var server = new ScriptedServer(ScriptedServer.Json(404, """{"error":{"message":"model 'tiny' not found, try pulling it\u001b[31m first"}}"""));
        var message = await FailureAsync(server);

        Assert.Contains("no model 'tiny'", message, StringComparison.Ordinal);
        Assert.Contains("try pulling it [31m first", message, StringComparison.Ordinal);
        Assert.Contains("Check the model's name", message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_not_followed_so_the_key_stays(int status)
    {
        await using var other = new ScriptedServer(ScriptedServer.Reply(Good));
        await using var server = new ScriptedServer(ScriptedServer.Json(status, "{}", $"Location: {other.Url}/chat/completions\r\n"));
        var message = await FailureAsync(server);

        Assert.Empty(other.Heads);
        Assert.Contains(other.Url, message, StringComparison.Ordinal);
        Assert.Contains("--model-url", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reply_that_repeats_the_key_gives_nothing_and_is_kept_without_it()
    {
        await using var server = new ScriptedServer(ScriptedServer.Code($"def scale(a, k):\n    return a  # {Key}"));
        Assert.Empty(await AskAsync(server));
        Assert.Equal("the reply repeats the API key", Assert.Single(_exchanges).Refused);
        Assert.DoesNotContain("secret", _exchanges[0].Reply, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(422)]
    public async Task A_key_that_is_cut_in_the_middle_of_an_error_does_not_show(int status)
    {
        // The message is shortened to 300 characters, somewhere in the key.
        for (var before = 240; before <= 300; before += 7)
        {
            await using var server = new ScriptedServer(ScriptedServer.Json(status, $"{{\"error\":{{\"message\":\"{new string('x', before)}{Key}\"}}}}"));
            Assert.DoesNotContain("sk-very", await FailureAsync(server), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_key_in_a_header_of_the_answer_does_not_show()
    {
        await using var server = new ScriptedServer(ScriptedServer.Json(307, "{}", $"Location: http://127.0.0.1:9/?{Key}\r\nX-Echo: {Key}\r\nRetry-After: {Key}\r\n"));
        Assert.Contains("127.0.0.1:9", await FailureAsync(server), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("NaN")]
    [InlineData("soon")]
    [InlineData("Thu, 01 Jan 1970 00:00:00 GMT")]
    public async Task A_retry_after_that_makes_no_sense_counts_as_none(string value)
    {
        await using var server = new ScriptedServer(ScriptedServer.Json(429, "{}", $"Retry-After: {value}\r\n"), ScriptedServer.Reply(Good));
        Assert.Single(await AskAsync(server));
    }

    [Fact]
    public async Task A_wait_of_more_than_a_day_is_given_up_at_once()
    {
        await using var server = new ScriptedServer(ScriptedServer.Json(503, "{}", "Retry-After: 1e300\r\n"));
        Assert.Contains("HTTP 503", await FailureAsync(server), StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }
}
