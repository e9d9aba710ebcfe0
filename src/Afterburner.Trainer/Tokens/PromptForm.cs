namespace Afterburner.Trainer.Tokens;

/// <summary>
/// How a prompt and a reply are put together for a model: as ChatML where its tokenizer has the tokens of that (Qwen2's models that follow instructions), else one
/// behind the other.
/// </summary>
public sealed class PromptForm
{
    /// <summary>The same form for other programs, in the language of Hugging Face's templates.</summary>
    public const string ChatTemplate =
        "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{'<|im_start|>assistant\n'}}{% endif %}";

    private const string Start = "<|im_start|>", EndOfTurn = "<|im_end|>";

    private static readonly string[] Ends = [EndOfTurn, "<|endoftext|>", "<|end|>"];

    private readonly ByteLevelBpe _tokenizer;

    /// <summary>Null where the tokenizer has no token that ends a reply.</summary>
    public static PromptForm? TryOf(ByteLevelBpe tokenizer) => Ends.Any(e => tokenizer.Special.Any(id => tokenizer.Tokens[id] == e)) ? new PromptForm(tokenizer) : null;

    /// <exception cref="UsageException">The tokenizer has no token that ends a reply.</exception>
    public PromptForm(ByteLevelBpe tokenizer)
    {
        var special = tokenizer.Special.Select(id => tokenizer.Tokens[id]).ToHashSet(StringComparer.Ordinal);
        var end = Ends.FirstOrDefault(special.Contains) ?? throw new UsageException($"the tokenizer has no token that ends a reply: one of {string.Join(", ", Ends)} was expected");
        (_tokenizer, End, IsChat) = (tokenizer, tokenizer.IdOf(end), HasTurns(tokenizer));
    }

    /// <summary>Whether a tokenizer has the tokens that begin and end a turn of a chat.</summary>
    public static bool HasTurns(ByteLevelBpe tokenizer) => tokenizer.Special.Select(id => tokenizer.Tokens[id]).ToHashSet(StringComparer.Ordinal).IsSupersetOf([Start, EndOfTurn]);

    /// <value>Whether prompts are turns of a chat.</value>
    public bool IsChat { get; }

    /// <summary>Token that ends a reply.</summary>
    public int End { get; }

    /// <value>Tokens that have a text.</value>
    public int Known => _tokenizer.Tokens.Count;

    /// <param name="text">What the user says.</param>
    /// <param name="system">What stands before it in a turn of its own; empty for none.</param>
    public IReadOnlyList<int> Prompt(string text, string system = "") => IsChat
        ? [.. system.Length > 0 ? Turn("system", system) : [], .. Turn("user", text), _tokenizer.IdOf(Start), .. _tokenizer.Encode("assistant\n")]
        : _tokenizer.Encode(system.Length > 0 ? $"{system}\n\n{text}" : text);

    private IEnumerable<int> Turn(string role, string text) => [_tokenizer.IdOf(Start), .. _tokenizer.Encode($"{role}\n{text}"), End, .. _tokenizer.Encode("\n")];

    /// <summary>With the token that ends it.</summary>
    public IReadOnlyList<int> Reply(string text) => [.. _tokenizer.Encode(text), End];

    public string Text(IReadOnlyList<int> reply) => _tokenizer.Decode(reply);
}
