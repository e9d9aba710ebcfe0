namespace Afterburner.Proposers.Llama;

/// <summary>
/// A language model loaded into this process: what llama.cpp does and nothing more. Prompts, budgets and stopping are
/// <see cref="LlamaChatClient"/>'s. Implemented by <c>Afterburner.LLamaSharp</c>, which is built only where its packages are.
/// </summary>
public interface ILocalModel : IDisposable
{
    /// <value>Tokens of prompt and reply together that the model is used with here.</value>
    int ContextTokens { get; }

    /// <value>Tokens that it was made for.</value>
    int TrainedContextTokens { get; }

    /// <summary>Applies the model's own chat template, up to where the assistant begins to speak.</summary>
    /// <exception cref="EnvironmentFailureException">The model has no template, or one that llama.cpp does not know.</exception>
    string Format(IReadOnlyList<TemplateMessage> messages);

    /// <param name="control">Whether text like <c>&lt;|im_end|&gt;</c> stands for the control token of that name; if not, it is plain text.</param>
    /// <param name="start">Whether the prompt begins here: models that want a token there get it.</param>
    IReadOnlyList<int> Tokenize(string text, bool control, bool start);

    /// <summary>Text of one token after the other (some have none), until the model ends its reply or the limit is reached.</summary>
    IAsyncEnumerable<string> GenerateAsync(IReadOnlyList<int> prompt, Sampling sampling, CancellationToken cancellationToken);
}

/// <param name="Role"><c>system</c>, <c>user</c> or <c>assistant</c>.</param>
public sealed record TemplateMessage(string Role, string Text);

/// <summary>How the next token is chosen.</summary>
/// <param name="MaxTokens">Of the reply.</param>
/// <param name="Temperature">0 for the likeliest token always.</param>
/// <param name="Seed">Of every random choice; replies to equal prompts with equal seeds are equal on one machine.</param>
public sealed record Sampling(int MaxTokens, float Temperature, uint Seed);
