using System.ClientModel;
using System.ClientModel.Primitives;
using Microsoft.Extensions.AI;
using OpenAI;

namespace Afterburner.Proposers;

/// <summary>Asks a chat model: any server that speaks OpenAI's protocol, or any other <see cref="IChatClient"/>.</summary>
/// <param name="client">Asked for one reply at a time.</param>
/// <param name="model">Shown in reports.</param>
public sealed class ChatProposer(IChatClient client, string model, ChatProposerOptions options, TimeProvider time) : IProposer, IDisposable
{
    /// <summary>Characters of a reply of the wrong form that are sent back with what was wrong.</summary>
    private const int MostOfUselessReply = 4_000;

    private readonly ReplyStream _stream = new(client, options);
    private Secret? _key;
    private string _where = "the model";
    private bool _isLent;

    public string Name { get; private init; } = $"chat:{model}";

    /// <summary>Connects to an OpenAI-compatible server; nothing is sent before the first proposal.</summary>
    /// <param name="url">Base address up to the version, e.g. <c>http://localhost:8080/v1</c>.</param>
    /// <param name="apiKey">Null for servers that need none.</param>
    /// <exception cref="UsageException">The address is not http or https, or holds a user name or password.</exception>
    public static ChatProposer Connect(string url, string model, Secret? apiKey, ChatProposerOptions? options = null, TimeProvider? time = null)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https"))
            throw new UsageException("The model's address must start with http:// or https://, for example http://localhost:8080/v1.");
        if (endpoint.UserInfo.Length > 0)
            throw new UsageException("The model's address holds a user name or password: give the key in AFTERBURNER_API_KEY instead.");

        options ??= new ChatProposerOptions();
        // Time-outs and retries are this class's: the client must neither add its own nor give up earlier.
        var settings = new OpenAIClientOptions
        {
            Endpoint = endpoint,
            RetryPolicy = new ClientRetryPolicy(0),
            NetworkTimeout = options.Timeout + TimeSpan.FromMinutes(1),
        };
        settings.AddPolicy(new ReplyLimit(), PipelinePosition.BeforeTransport);
        var client = new OpenAIClient(new ApiKeyCredential(apiKey is { } key && key.Reveal().Length > 0 ? key.Reveal() : "none"), settings);
        return new ChatProposer(client.GetChatClient(model).AsIChatClient(), model, options, time ?? TimeProvider.System)
        {
            _key = apiKey,
            _where = $"{endpoint.Scheme}://{endpoint.Authority}{endpoint.AbsolutePath}",
        };
    }

    /// <summary>Asks a model that runs in this process.</summary>
    /// <param name="client">Stays open when this is closed: others may ask it.</param>
    internal static ChatProposer Local(IChatClient client, string model, ChatProposerOptions options, TimeProvider time) =>
        new(client, model, options, time) { Name = $"llama:{model}", _where = "this machine", _isLent = true };

    public bool ReadsPrompt => true;

    public async Task<IReadOnlyList<Candidate>> ProposeAsync(ProposalRequest request, CancellationToken cancellationToken)
    {
        var prompt = Prompt.For(request, options.MaxPromptTokens);
        var samples = request.Repair is null ? Math.Max(1, request.Samples) : 1;
        var candidates = new List<Candidate>();
        Turn? useless = null;
        for (var sample = 0; sample < samples; sample++)
        {
            var (candidate, again) = await AskAsync(prompt, null, request, sample, samples, cancellationToken).ConfigureAwait(false);
            if (candidate is null && again is null)
                return candidates;
            if (candidate is not null && candidates.TrueForAll(c => c.Source != candidate.Source))
                candidates.Add(candidate);
            useless = again is { IsWorthIt: true } ? again : useless;
        }

        // Where no reply was of use, one more turn says what was wrong with the last one.
        if (candidates.Count == 0 && useless is not null
            && await AskAsync(prompt, useless, request, samples, samples, cancellationToken).ConfigureAwait(false) is { Candidate: { } mended })
            candidates.Add(mended);
        return candidates;
    }

    /// <summary>Asks something else than for a function, with the time-outs and retries of this proposer.</summary>
    /// <param name="system">Empty for none.</param>
    /// <param name="temperature">0 to 2.</param>
    /// <param name="seed">Of the reply, where the server takes one.</param>
    /// <exception cref="EnvironmentFailureException">There was no reply.</exception>
    public async Task<ModelReply> AskAsync(string system, string user, float temperature, long seed, CancellationToken cancellationToken)
    {
        using var place = options.Places is { } places ? await places.EnterAsync(cancellationToken).ConfigureAwait(false) : null;
        var started = time.GetTimestamp();
        var (text, usage, unread) = await RepliedAsync(
            system.Length > 0 ? [new(ChatRole.System, system), new(ChatRole.User, user)] : [new(ChatRole.User, user)],
            new ChatOptions { Temperature = temperature, MaxOutputTokens = options.MaxOutputTokens, Seed = seed }, cancellationToken).ConfigureAwait(false);
        var repeatsKey = _key is not null && _key.IsIn(text);
        return new ModelReply(repeatsKey ? "" : text, usage, time.GetElapsedTime(started)) { Unread = repeatsKey ? "the reply repeats the API key" : unread };
    }

    public void Dispose()
    {
        if (!_isLent)
            client.Dispose();
    }

    /// <summary>A reply that was of no use, and what is said to it.</summary>
    /// <param name="IsWorthIt">Whether another reply may have the form this one lacks.</param>
    private sealed record Turn(string Reply, string Again, bool IsWorthIt);

    /// <returns>What is proposed; or, where the reply is of no use, the turn that may mend it; neither where nothing can be read of the model.</returns>
    private async Task<(Candidate? Candidate, Turn? Again)> AskAsync(
        Prompt prompt, Turn? turn, ProposalRequest request, int sample, int samples, CancellationToken cancellationToken)
    {
        using var place = options.Places is { } places ? await places.EnterAsync(cancellationToken).ConfigureAwait(false) : null;
        var started = time.GetTimestamp();
        var shown = turn is null ? prompt : prompt with { User = $"{prompt.User}\n\n{turn.Again}" };
        var (text, usage, unread) = await ReplyAsync(prompt, turn, request, sample, samples, cancellationToken).ConfigureAwait(false);
        var reply = unread is null ? Read(ref text, request) : new Reply(null, unread, "", "");
        options.OnExchange?.Invoke(new Exchange(
            request.Function.Id, request.Iteration, request.Repair is not null, shown, text, usage, reply.Reason)
        {
            Proposer = Name,
            Duration = time.GetElapsedTime(started),
        });
        if (unread is not null)
            return (null, null);
        if (reply.Source is not { } source)
            return (null, new Turn(text[..Math.Min(text.Length, MostOfUselessReply)], Prompt.AboutForm(reply.Reason!, request.Function), reply.IsWorthAnother));
        return (new Candidate(Name, request.Iteration, source, reply.Title.Length > 0 ? reply.Title : $"Rewrite by {model}")
        {
            Rationale = reply.Rationale,
            Usage = usage,
            Reply = text,
            PromptHash = shown.Hash,
        }, null);
    }

    /// <summary>A reply that repeats the key gives no candidate: it would end up in reports and transcripts.</summary>
    private Reply Read(ref string text, ProposalRequest request)
    {
        if (_key is null || !_key.IsIn(text))
            return ReplyReader.Read(text, request.Function, request.FileSource, request.Text);
        text = _key.Mask(text);
        return new Reply(null, "the reply repeats the API key", "", "") { IsWorthAnother = false };
    }

    /// <returns>Or why there is nothing to read: the prompt does not fit into the model's context, or the reply has no end.</returns>
    private async Task<(string Text, TokenUsage? Usage, string? Unread)> ReplyAsync(
        Prompt prompt, Turn? turn, ProposalRequest request, int sample, int samples, CancellationToken cancellationToken)
    {
        var settings = new ChatOptions
        {
            Temperature = options.Temperature ?? (samples == 1 && request.IdleRounds == 0 ? 0f : 0.8f),
            MaxOutputTokens = options.MaxOutputTokens,
            Seed = request.Seed + (request.Iteration * 1000L) + sample,
        };
        List<ChatMessage> messages = [new(ChatRole.System, prompt.System), new(ChatRole.User, prompt.User)];
        if (turn is not null)
            messages.AddRange([new(ChatRole.Assistant, turn.Reply), new(ChatRole.User, turn.Again)]);
        return await RepliedAsync(messages, settings, cancellationToken).ConfigureAwait(false);
    }

    private async Task<(string Text, TokenUsage? Usage, string? Unread)> RepliedAsync(List<ChatMessage> messages, ChatOptions settings, CancellationToken cancellationToken)
    {
        var attempts = new ChatAttempts(options, time, model, _where, _key);
        try
        {
            var response = await attempts
                .RunAsync((patience, token) => _stream.ReadAsync(messages, settings, patience, token), cancellationToken)
                .ConfigureAwait(false);
            var usage = response.Usage is { } u ? new TokenUsage(u.InputTokenCount ?? 0, u.OutputTokenCount ?? 0) : null;
            return (ReplyStream.TextOf(response), usage, null);
        }
        catch (Exception e) when (e is PromptTooLongException or ReplyTooLongException)
        {
            return ("", null, e.Message);
        }
    }
}

/// <summary>What a model said.</summary>
/// <param name="Usage">Null where the server does not count tokens.</param>
/// <param name="Duration">From the first request to the last byte of the reply, with the pauses between attempts, and without the wait for a place.</param>
public sealed record ModelReply(string Text, TokenUsage? Usage, TimeSpan Duration)
{
    /// <value>Why there is nothing to read: the prompt does not fit into the model's context, or the reply has no end. Null where there is.</value>
    public string? Unread { get; init; }
}
