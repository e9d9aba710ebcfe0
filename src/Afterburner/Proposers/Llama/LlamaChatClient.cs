using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Afterburner.Proposers.Llama;

/// <summary>
/// Chats with a model in this process. It is loaded at the first question and kept for all further ones, which wait for
/// each other: one reply has all cores.
/// </summary>
/// <param name="load">Loads the model; called once, again only after it failed.</param>
/// <param name="name">Shown in messages.</param>
internal sealed class LlamaChatClient(Func<CancellationToken, Task<ILocalModel>> load, string name) : IChatClient
{
    /// <value>Tokens that must be left for a reply: a shorter one holds no function.</value>
    public const int LeastReply = 256;

    private const int UsualReply = 2_048;

    /// <value>The end of what a reply is read for; what a small model goes on to say costs time only.</value>
    private static readonly IReadOnlyList<string> Stops = ["</solution>"];

    private readonly SemaphoreSlim _one = new(1, 1);
    private ILocalModel? _model;

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <exception cref="EnvironmentFailureException">The model cannot be loaded.</exception>
    /// <exception cref="PromptTooLongException">The prompt and the shortest reply do not fit into its context.</exception>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var model = _model ??= await load(cancellationToken).ConfigureAwait(false);
            var prompt = LlamaPrompt.Tokens(model, messages);
            var sampling = SamplingFor(options, Room(model, prompt.Count));
            var stop = new StopText([.. Stops, .. options?.StopSequences?.Where(s => s.Length > 0) ?? []]);
            var tokens = 0;
            await foreach (var piece in model.GenerateAsync(prompt, sampling, cancellationToken).ConfigureAwait(false))
            {
                tokens++;
                if (stop.Take(piece) is { Length: > 0 } text)
                    yield return new ChatResponseUpdate(ChatRole.Assistant, text) { ModelId = name };
                if (stop.Reached)
                    break;
            }

            cancellationToken.ThrowIfCancellationRequested();
            yield return new ChatResponseUpdate(ChatRole.Assistant, [Usage(prompt.Count, tokens)])
            {
                ModelId = name,
                FinishReason = stop.Reached || tokens < sampling.MaxTokens ? ChatFinishReason.Stop : ChatFinishReason.Length,
            };
        }
        finally
        {
            _one.Release();
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
        _model?.Dispose();
        _one.Dispose();
    }

    private int Room(ILocalModel model, int prompt) => model.ContextTokens - prompt is var room && room >= LeastReply
        ? room
        : throw new PromptTooLongException(
            $"the prompt has {prompt} tokens, and the context of {name} is {model.ContextTokens}, which must hold the reply as well: "
            + (prompt + UsualReply <= model.TrainedContextTokens
                ? $"give --context {prompt + UsualReply} or more (up to {model.TrainedContextTokens}), or exclude the function's file."
                : "choose a model with a longer context, or exclude the function's file."));

    private static Sampling SamplingFor(ChatOptions? options, int room) => new(
        Math.Min(options?.MaxOutputTokens ?? UsualReply, room),
        Math.Max(0, options?.Temperature ?? 0),
        Seed(options?.Seed ?? 0));

    /// <summary>llama.cpp takes 32 bits, and its highest number for "draw one": that one must not come out.</summary>
    private static uint Seed(long seed) => (uint)((ulong)seed % uint.MaxValue);

    private static UsageContent Usage(int input, int output) =>
        new(new UsageDetails { InputTokenCount = input, OutputTokenCount = output, TotalTokenCount = input + output });
}
