using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Afterburner.Proposers;
using Octokit;
using Octokit.Internal;

namespace Afterburner.GitHub;

/// <summary>Octokit over our transport, with its exceptions turned into replies, and GraphQL, which it lacks.</summary>
public sealed class GitHubApi : IDisposable
{
    /// <summary>Time spent waiting for limits and outages to pass, over a whole publishing.</summary>
    public static readonly TimeSpan DefaultPatience = TimeSpan.FromMinutes(5);

    private const string Json = "application/json";

    private static readonly JsonSerializerOptions CamelCase = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
    };

    private static readonly JsonSerializerOptions SnakeCase = new(CamelCase) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly GitHubAddress _address;
    private readonly Connection _connection;
    private readonly ApiConnection _pages;
    private readonly GitHubTransport _transport;
    private readonly CancellationToken _stop;
    private readonly string _credential;

    /// <param name="handler">What sends the requests. The default follows no redirects and uses no cookies.</param>
    /// <param name="credential">What is to be looked at when GitHub does not accept the token.</param>
    public GitHubApi(
        GitHubAddress address, Secret token, TimeProvider time, CancellationToken stop,
        TimeSpan? patience = null, HttpMessageHandler? handler = null, string credential = "GITHUB_TOKEN and its expiry")
    {
        (_address, _stop, _credential) = (address, stop, credential);
        Redaction = new Redaction(token);
        _transport = new GitHubTransport(
            handler ?? new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }, address, patience ?? DefaultPatience, time, stop);
        _connection = new Connection(
            new ProductHeaderValue("afterburner"), address.Api, new InMemoryCredentialStore(new Credentials(token.Reveal(), AuthenticationType.Bearer)),
            new HttpClientAdapter(() => _transport), new Serializer());
        // Waiting for a limit to pass happens inside a request.
        _connection.SetRequestTimeout(Timeout.InfiniteTimeSpan);
        _pages = new ApiConnection(_connection);
    }

    public Redaction Redaction { get; }

    /// <summary>Requests sent so far.</summary>
    public int Requests => _transport.Sent;

    public void Dispose() => _transport.Dispose();

    /// <param name="path">Relative to the API.</param>
    internal Task<GitHubReply<T>> GetAsync<T>(string path) =>
        AskAsync(async () => (await _connection.Get<T>(Relative(path), null).ConfigureAwait(false)).Body);

    /// <summary>All pages, or the first of them, a hundred elements each.</summary>
    internal Task<GitHubReply<IReadOnlyList<T>>> GetAllAsync<T>(string path, int? most = null) =>
        AskAsync(() => _pages.GetAll<T>(Relative(path), null, null, new ApiOptions { PageSize = 100, PageCount = most }));

    internal Task<GitHubReply<T>> PostAsync<T>(string path, object body) =>
        AskAsync(async () => (await _connection.Post<T>(Relative(path), JsonSerializer.Serialize(body, SnakeCase), Json, Json).ConfigureAwait(false)).Body);

    internal Task<GitHubReply<T>> PatchAsync<T>(string path, object body) =>
        AskAsync(async () => (await _connection.Patch<T>(Relative(path), JsonSerializer.Serialize(body, SnakeCase)).ConfigureAwait(false)).Body);

    private async Task<GitHubReply<T>> AskAsync<T>(Func<Task<T>> request)
    {
        try
        {
            return new GitHubReply<T>(GitHubReplyKind.Answered, await request().ConfigureAwait(false), "");
        }
        catch (ApiException e)
        {
            return new GitHubReply<T>(KindOf(e), default, Redaction.Mask(Words(e)));
        }
        catch (JsonException e)
        {
            throw new EnvironmentFailureException($"GitHub's answer could not be read: {Redaction.Mask(e.Message)} Check GITHUB_API_URL.", e);
        }
        catch (HttpRequestException e)
        {
            return new GitHubReply<T>(GitHubReplyKind.Unknown, default, Redaction.Mask(e.Message));
        }
        catch (OperationCanceledException e) when (!_stop.IsCancellationRequested)
        {
            // Octokit's own time, 100 s, ran out meanwhile: any failure then looks as if somebody had cancelled.
            return new GitHubReply<T>(GitHubReplyKind.Unknown, default, Redaction.Mask((e.InnerException ?? e).Message));
        }
    }

    /// <summary>Answers that nothing can be done without.</summary>
    /// <exception cref="EnvironmentFailureException">There is none.</exception>
    internal static T Required<T>(GitHubReply<T> reply, string what) => reply.IsAnswered
        ? reply.Value!
        : throw new EnvironmentFailureException($"GitHub did not give {what}: {reply.Reason}");

    /// <summary>GraphQL. The reply may hold data and errors together.</summary>
    internal async Task<GitHubReply<GraphQlReply<T>>> QueryAsync<T>(string query, object variables)
    {
        var reply = await AskAsync(async () => (await _connection.Post<GraphQlReply<T>>(
            Relative(""), JsonSerializer.Serialize(new { query, variables }, CamelCase), Json, Json, _address.GraphQl, default).ConfigureAwait(false)).Body)
            .ConfigureAwait(false);
        return reply.Value is not { } answer ? reply : new GitHubReply<GraphQlReply<T>>(
            answer.Data is null ? GitHubReplyKind.Refused : GitHubReplyKind.Answered, answer,
            Redaction.Mask(string.Join("; ", answer.Errors?.Select(e => e.Message) ?? [])));
    }

    private GitHubReplyKind KindOf(ApiException e) => e switch
    {
        AuthorizationException => throw new EnvironmentFailureException($"GitHub did not accept the token: check {_credential}."),
        RateLimitExceededException or SecondaryRateLimitExceededException or AbuseException => throw Limit(e),
        { StatusCode: HttpStatusCode.TooManyRequests } => throw Limit(e),
        { StatusCode: HttpStatusCode.Forbidden or HttpStatusCode.NotFound } => GitHubReplyKind.NotAllowed,
        { StatusCode: >= HttpStatusCode.InternalServerError } => GitHubReplyKind.Unknown,
        _ => GitHubReplyKind.Refused,
    };

    private EnvironmentFailureException Limit(ApiException e) =>
        new($"GitHub's rate limit lasts longer than a run can wait: {Redaction.Mask(e.Message)} Run publish again later; it posts nothing twice.", e);

    /// <summary>The message with the details of a 422, which say which comment is wrong and why.</summary>
    private static string Words(ApiException e)
    {
        var details = e.ApiError?.Errors?.Select(d => d.Message).Where(m => !string.IsNullOrEmpty(m)) ?? [];
        return string.Join("; ", details.Prepend($"{(int)e.StatusCode} {e.Message}").Distinct());
    }

    private static Uri Relative(string path) => new(path, UriKind.Relative);

    /// <summary>Ours for what we ask; Octokit's for its own errors. GraphQL has camel case, the rest snake case.</summary>
    private sealed class Serializer : IJsonSerializer
    {
        private readonly SimpleJsonSerializer _octokit = new();

        public string Serialize(object item) => _octokit.Serialize(item);

        public T Deserialize<T>(string json) =>
            typeof(T).Namespace == typeof(Octokit.Connection).Namespace ? _octokit.Deserialize<T>(json)
            : JsonSerializer.Deserialize<T>(json, typeof(T).IsGenericType && typeof(T).GetGenericTypeDefinition() == typeof(GraphQlReply<>) ? CamelCase : SnakeCase)!;
    }
}

/// <param name="Data">Null when nothing could be answered.</param>
internal sealed record GraphQlReply<T>(T? Data, IReadOnlyList<GraphQlError>? Errors);

internal sealed record GraphQlError(string Message);
