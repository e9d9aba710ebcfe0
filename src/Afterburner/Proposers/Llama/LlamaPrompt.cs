using Microsoft.Extensions.AI;

namespace Afterburner.Proposers.Llama;

/// <summary>
/// The tokens of a conversation in the model's own chat template. The template's control tokens come from the template
/// alone: code under review that spells <c>&lt;|im_end|&gt;</c> is tokenized as the text it is, and cannot end its message
/// or open one in another's name.
/// </summary>
internal static class LlamaPrompt
{
    /// <exception cref="EnvironmentFailureException">The model's template has no place for a message.</exception>
    public static IReadOnlyList<int> Tokens(ILocalModel model, IEnumerable<ChatMessage> messages)
    {
        var texts = messages.Select(m => (Role: Role(m), m.Text)).ToList();
        // Formatted with a marker in place of each text, so that what was the template's can be told from what was not.
        var frame = model.Format([.. texts.Select((t, i) => new TemplateMessage(t.Role, Marker(i)))]);
        var tokens = new List<int>();
        var at = 0;
        for (var i = 0; i < texts.Count; i++)
        {
            var marker = Marker(i);
            var next = frame.IndexOf(marker, at, StringComparison.Ordinal);
            if (next < 0)
                throw new EnvironmentFailureException(
                    $"the chat template of this model has no place for the message of the {texts[i].Role}: choose another model (afterburner models list), or serve this one and use --proposer chat.");
            tokens.AddRange(model.Tokenize(frame[at..next], control: true, start: at == 0));
            tokens.AddRange(model.Tokenize(texts[i].Text, control: false, start: false));
            at = next + marker.Length;
        }

        tokens.AddRange(model.Tokenize(frame[at..], control: true, start: at == 0));
        return tokens;
    }

    private static string Marker(int message) => $"@@afterburner-message-{message}@@";

    private static string Role(ChatMessage message) =>
        message.Role == ChatRole.System ? "system" : message.Role == ChatRole.Assistant ? "assistant" : "user";
}
