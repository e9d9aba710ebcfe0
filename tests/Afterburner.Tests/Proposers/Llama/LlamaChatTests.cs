using System.Text.Json.Nodes;
using Afterburner.Proposers;
using Xunit;

namespace Afterburner.Tests.Proposers.Llama;

/// <summary>The chat proposer against a real llama.cpp, whose model writes noise.</summary>
public sealed class LlamaChatTests(LlamaChatTests.Noise noise) : IClassFixture<LlamaChatTests.Noise>
{
    private const string File = "def scale(a, k):\n    return [x * k for x in a]\n";

    private async Task<List<Exchange>> AskAsync(int samples, long seed)
    {
        var exchanges = new List<Exchange>();
        using var proposer = ChatProposer.Connect(noise.Server.Url, LlamaServer.Model, null, new ChatProposerOptions { MaxOutputTokens = 60, OnExchange = exchanges.Add });
        Assert.Empty(await proposer.ProposeAsync(
            PythonSources.Request(File) with { Samples = samples, Seed = seed }, TestContext.Current.CancellationToken));
        return exchanges[..samples]; // noise has not the form of a reply, so it is asked once more
    }

    private static JsonObject Question(int tokens) => new()
    {
        ["model"] = LlamaServer.Model,
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "Hello" }),
        ["max_tokens"] = tokens,
        ["temperature"] = 1,
        ["seed"] = 7,
    };

    [Fact]
    public async Task Real_tokens_flow_and_are_counted()
    {
        var exchange = Assert.Single(await AskAsync(1, seed: 1));

        Assert.InRange(exchange.Usage!.Input, exchange.Prompt.Tokens / 3, exchange.Prompt.Tokens * 4);
        Assert.InRange(exchange.Usage.Output, 1, 60);
        Assert.NotEmpty(exchange.Reply);
        Assert.NotNull(exchange.Refused);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_replies_and_another_seed_others()
    {
        var first = await AskAsync(3, seed: 1);
        var again = await AskAsync(3, seed: 1);
        var other = await AskAsync(3, seed: 100);

        Assert.Equal(first.Select(e => e.Reply), again.Select(e => e.Reply));
        Assert.Equal(6, first.Concat(other).Select(e => e.Reply).Distinct().Count());
    }

    [Fact]
    public async Task One_piece_and_stream_say_the_same()
    {
        var whole = await noise.Server.AskAsync(Question(20));
        using var http = new HttpClient();
        var streaming = Question(20);
        streaming["stream"] = true;
        using var response = await http.PostAsync(
            new Uri(noise.Server.Url + "/chat/completions"), new StringContent(streaming.ToJsonString()), TestContext.Current.CancellationToken);
        var events = (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal("data: [DONE]", events[^1]);
        var pieces = events[..^1].Select(e => JsonNode.Parse(e["data: ".Length..])!["choices"]![0]!).ToList();
        Assert.Equal((string?)whole["choices"]![0]!["message"]!["content"], string.Concat(pieces.Select(p => (string?)p["delta"]!["content"])));
        Assert.Equal("length", (string?)pieces[^1]["finish_reason"]);
        Assert.Equal(20, (int?)whole["usage"]!["completion_tokens"]);
    }

    [Fact]
    public async Task A_stop_word_ends_the_reply()
    {
        var whole = (string)(await noise.Server.AskAsync(Question(40)))["choices"]![0]!["message"]!["content"]!;
        // The model is noise: some of its bytes are no text, and what stands beside those is no word to stop at.
        var at = Enumerable.Range(5, whole.Length - 7).First(i => !whole[(i - 1)..(i + 2)].Contains('\uFFFD', StringComparison.Ordinal));
        var word = whole[at..(at + 2)];
        var question = Question(40);
        question["stop"] = word;
        var stopped = (await noise.Server.AskAsync(question))["choices"]![0]!;

        Assert.Equal(whole[..whole.IndexOf(word, StringComparison.Ordinal)], (string?)stopped["message"]!["content"]);
        Assert.Equal("stop", (string?)stopped["finish_reason"]);
    }

    [Fact]
    public async Task A_reply_that_takes_too_long_ends_on_the_server_too_and_the_next_one_is_answered()
    {
        var cancelled = await noise.Server.CountAsync("cancelled");
        var started = await noise.Server.CountAsync("started");
        var options = new ChatProposerOptions { Timeout = TimeSpan.FromMinutes(7) };
        var clock = new HandClock(options.Timeout);
        using var proposer = ChatProposer.Connect(noise.Server.Url, LlamaServer.Model, null, options, clock);
        var asking = proposer.ProposeAsync(PythonSources.Request(File), TestContext.Current.CancellationToken);
        await noise.Server.UntilAsync("started", started + 1);
        clock.End();

        var failure = await Assert.ThrowsAsync<EnvironmentFailureException>(() => asking);
        Assert.Contains("no whole reply within 420 s", failure.Message, StringComparison.Ordinal);
        await noise.Server.UntilAsync("cancelled", cancelled + 1);
        Assert.Single(await AskAsync(1, seed: 1));
    }

    [Fact]
    public async Task A_cancelled_review_ends_the_reply_on_the_server_and_the_next_one_is_answered()
    {
        var cancelled = await noise.Server.CountAsync("cancelled");
        var started = await noise.Server.CountAsync("started");
        using var proposer = ChatProposer.Connect(noise.Server.Url, LlamaServer.Model, null);
        using var cancel = new CancellationTokenSource();
        var asking = proposer.ProposeAsync(PythonSources.Request(File), cancel.Token);
        await noise.Server.UntilAsync("started", started + 1);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await noise.Server.UntilAsync("cancelled", cancelled + 1);
        Assert.Single(await AskAsync(1, seed: 1));
    }

    [Fact]
    public async Task A_model_the_server_does_not_have_is_told_in_its_own_words()
    {
        using var proposer = ChatProposer.Connect(noise.Server.Url, "large", null);
        var failure = await Assert.ThrowsAsync<EnvironmentFailureException>(
            () => proposer.ProposeAsync(PythonSources.Request(File), TestContext.Current.CancellationToken));
        Assert.Contains("there is no model 'large' here, only 'tiny'", failure.Message, StringComparison.Ordinal);
    }

    public sealed class Noise : IAsyncLifetime
    {
        internal LlamaServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await LlamaServer.StartAsync(TinyModel.Noise(seed: 1), replyTokens: 12_000);

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
