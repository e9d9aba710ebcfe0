using System.Runtime.CompilerServices;
using Afterburner.Proposers;
using Afterburner.Proposers.Llama;
using Afterburner.Tests.Proposers.Llama;
using Microsoft.Extensions.AI;
using Xunit;

namespace Afterburner.Tests.Proposers;

/// <summary>A model that several reviews ask.</summary>
public sealed class ModelPlacesTests
{
    private const string Function = "def scale(a, k):\n    return [x * k for x in a]\n";
    private const string Reply = "<thinking>\nFewer steps.\n</thinking>\n<solution>\n```python\ndef scale(a, k):\n    return a\n```\n</solution>";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_more_questions_are_asked_at_a_time_than_there_are_places_and_all_are_answered()
    {
        var places = new ModelPlaces(2);
        var model = new Counting();
        var proposers = Enumerable.Range(0, 6).Select(_ => new ChatProposer(model, "m", new ChatProposerOptions { Places = places }, TimeProvider.System)).ToList();

        var asked = proposers.Select(p => p.ProposeAsync(PythonSources.Request(Function), Cancel)).ToList();
        while (model.Now < 2 || places.Waiting < 4)
            await Task.Delay(5, Cancel);
        Assert.Equal((2, 4), (places.Asked, places.Waiting));
        model.Answer.SetResult();
        var proposed = await Task.WhenAll(asked);

        Assert.Equal(2, model.Most);
        Assert.All(proposed, p => Assert.Single(p));
        Assert.Equal((0, 0), (places.Asked, places.Waiting));
        proposers.ForEach(p => p.Dispose());
    }

    [Fact]
    public async Task Waiting_for_a_place_is_neither_counted_as_the_models_time_nor_as_its_silence()
    {
        var places = new ModelPlaces(1);
        var clock = new Clock();
        var model = new Counting();
        model.Answer.SetResult();
        var exchanges = new List<Exchange>();
        using var proposer = new ChatProposer(
            model, "m", new ChatProposerOptions { Places = places, OnExchange = exchanges.Add, Timeout = TimeSpan.FromMinutes(2), IdleTimeout = TimeSpan.FromMinutes(1) }, clock);
        var place = await places.EnterAsync(Cancel);

        var asked = proposer.ProposeAsync(PythonSources.Request(Function), Cancel);
        while (places.Waiting == 0)
            await Task.Delay(5, Cancel);
        Assert.Equal(0, clock.Timers);
        clock.Now = TimeSpan.FromHours(1);
        place.Dispose();

        Assert.Single(await asked);
        Assert.Equal(TimeSpan.Zero, Assert.Single(exchanges).Duration);
    }

    [Fact]
    public async Task Whose_review_is_over_waits_no_longer_and_takes_nobodys_place()
    {
        var places = new ModelPlaces(1);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var place = await places.EnterAsync(Cancel);

        var waiting = places.EnterAsync(over.Token);
        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        place.Dispose();
        place.Dispose();

        using var next = await places.EnterAsync(Cancel);
        Assert.Equal((1, 0), (places.Asked, places.Waiting));
    }

    [Fact]
    public async Task A_model_in_this_process_is_loaded_once_for_all_reviews_and_outlives_each()
    {
        using var folder = new TemporaryFolder();
        var (loaded, model) = (0, new ScriptedModel(Reply) { ContextTokens = 16_384 });
        var shared = new LlamaModel(new LlamaOptions(folder.Write("tiny.gguf", "GGUF and so on")), (_, _) =>
        {
            loaded++;
            return Task.FromResult<ILocalModel>(model);
        });

        foreach (var review in Enumerable.Range(0, 3))
        {
            var exchanges = new List<Exchange>();
            using var proposer = shared.Proposer(exchanges.Add, TimeProvider.System);
            Assert.Single(await proposer.ProposeAsync(PythonSources.Request(Function), Cancel));
            Assert.Single(exchanges);
        }

        Assert.Equal((1, false), (loaded, model.Disposed));
        shared.Dispose();
        Assert.True(model.Disposed);
    }

    /// <summary>Stands until it is set; how long something takes is asked of it, and time-outs are counted.</summary>
    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public int Timers { get; private set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Timers++;
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }

    /// <summary>Answers when it is told to, and counts who waits for that.</summary>
    private sealed class Counting : IChatClient
    {
        private int _now;

        public TaskCompletionSource Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Now => Volatile.Read(ref _now);

        public int Most { get; private set; }

        public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            var now = Interlocked.Increment(ref _now);
            lock (Answer)
                Most = Math.Max(Most, now);
            await Answer.Task.WaitAsync(cancellationToken);
            Interlocked.Decrement(ref _now);
            yield return new ChatResponseUpdate(ChatRole.Assistant, Reply) { FinishReason = ChatFinishReason.Stop };
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
            // It holds nothing.
        }
    }
}
