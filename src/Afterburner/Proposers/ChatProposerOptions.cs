namespace Afterburner.Proposers;

/// <summary>How a chat model is asked.</summary>
public sealed record ChatProposerOptions
{
    /// <value>
    /// Time for one whole reply, from the request to its last byte; what takes longer is not asked for again. Defaults to
    /// 20 minutes: a processor writes 8,192 tokens at 7 a second in that time.
    /// </value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(20);

    /// <value>Time without a sign of life: before the first token, when the prompt is read, and between two. Defaults to 5 minutes.</value>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <value>Attempts at one reply, the first one included. Defaults to 4.</value>
    public int Attempts { get; init; } = 4;

    /// <value>Pause before the second attempt; doubles with each further one. A server's Retry-After comes first. Defaults to 1 second.</value>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <value>Time for all pauses of one reply together; a longer wait is given up at once. Defaults to 2 minutes.</value>
    public TimeSpan RetryBudget { get; init; } = TimeSpan.FromMinutes(2);

    /// <value>Tokens a reply may have. Defaults to 8,192, as the paper's loop.</value>
    public int MaxOutputTokens { get; init; } = 8_192;

    /// <value>Tokens the prompt may have (estimated); the file's context is cut to fit. Defaults to 8,000.</value>
    public int MaxPromptTokens { get; init; } = 8_000;

    /// <value>0 to 2. Defaults to null: 0 for one sample (as the paper evaluates), 0.8 for several, which would else be equal.</value>
    public float? Temperature { get; init; }

    /// <value>Where a question waits for a place at a model that others ask, too. Defaults to null: it does not wait.</value>
    public ModelPlaces? Places { get; init; }

    /// <value>Called with every reply, also those without a usable function. Defaults to nothing.</value>
    public Action<Exchange>? OnExchange { get; init; }
}

/// <summary>One prompt with its reply: evidence for the journal.</summary>
/// <param name="Function">Id of the function.</param>
/// <param name="Usage">Null where the server does not count tokens.</param>
/// <param name="Refused">Why no candidate came of it, or null.</param>
public sealed record Exchange(string Function, int Iteration, bool Repair, Prompt Prompt, string Reply, TokenUsage? Usage, string? Refused)
{
    /// <value>Name of the proposer: <c>chat:MODEL</c>.</value>
    public required string Proposer { get; init; }

    /// <value>From the first request to the last byte of the reply, with the pauses between attempts, and without the wait for a place.</value>
    public required TimeSpan Duration { get; init; }
}
