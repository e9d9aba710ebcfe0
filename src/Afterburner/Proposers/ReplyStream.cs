using System.ClientModel;
using Microsoft.Extensions.AI;
using OpenAI.Chat;

namespace Afterburner.Proposers;

/// <summary>
/// One attempt at a reply. Replies are streamed: a slow model may take its time as long as it goes on writing, no proxy's
/// idle limit is met, and an endless reply is left early, which stops the server's work too. A server that cannot stream
/// is found out at the first reply and asked plainly from then on.
/// </summary>
internal sealed class ReplyStream(IChatClient client, ChatProposerOptions options)
{
    private volatile bool _plain;

    /// <param name="patience">Is told again and again how long the next sign of life may take.</param>
    /// <returns>A reply without a finish reason was cut off.</returns>
    public async Task<ChatResponse> ReadAsync(
        IReadOnlyList<Microsoft.Extensions.AI.ChatMessage> messages, ChatOptions settings, Action<TimeSpan> patience, CancellationToken cancellationToken)
    {
        if (!_plain && await StreamedAsync(messages, settings, patience, cancellationToken).ConfigureAwait(false) is { } streamed)
            return streamed;
        patience(options.Timeout);
        return await client.GetResponseAsync(messages, settings, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What the model wrote; what it says of its refusal when it wrote nothing else.</summary>
    public static string TextOf(ChatResponse response) => response.Text is { Length: > 0 } text
        ? text
        : string.Concat(response.Messages.SelectMany(m => m.Contents).OfType<ErrorContent>().Select(e => e.Message));

    /// <returns>Null when the server does not stream.</returns>
    private async Task<ChatResponse?> StreamedAsync(
        IReadOnlyList<Microsoft.Extensions.AI.ChatMessage> messages, ChatOptions settings, Action<TimeSpan> patience, CancellationToken cancellationToken)
    {
        var updates = new List<ChatResponseUpdate>();
        var length = 0;
        try
        {
            await foreach (var update in client.GetStreamingResponseAsync(messages, settings, cancellationToken).ConfigureAwait(false))
            {
                patience(options.IdleTimeout);
                // The client leaves refusals of streams in the server's own form.
                if (update.RawRepresentation is StreamingChatCompletionUpdate { RefusalUpdate: { Length: > 0 } refusal })
                    update.Contents.Add(new ErrorContent(refusal));
                updates.Add(update);
                length += update.Text.Length;
                if (length <= ReplyReader.Limit)
                    continue;
                var cut = updates.ToChatResponse();
                cut.FinishReason = Microsoft.Extensions.AI.ChatFinishReason.Length;
                return cut;
            }
        }
        catch (ClientResultException e) when (e.Status is 400 or 422 && e.Message.Contains("stream", StringComparison.OrdinalIgnoreCase))
        {
            _plain = true;
            return null;
        }

        if (updates.Count > 0)
            return updates.ToChatResponse();
        _plain = true;
        return null;
    }
}
