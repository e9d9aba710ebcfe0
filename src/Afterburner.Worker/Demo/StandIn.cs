using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Afterburner.GitHub;
using Afterburner.Proposers;
using Afterburner.Worker.Webhooks;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Afterburner.Worker.Demo;

/// <summary>
/// A stand-in for GitHub on loopback, as far as a worker speaks to it: an installed app and its tokens, repositories to fetch from, pull requests
/// that can be pushed to and closed, what is posted on them, and deliveries that it signs and, unlike the real one, can be told to send at any time.
/// </summary>
internal sealed partial class StandIn : IAsyncDisposable
{
    public const long Installation = 7_001;

    /// <summary>The one person who may write to the repositories.</summary>
    public const string Maintainer = "maintainer";

    /// <summary>Login of the app as GitHub writes it.</summary>
    private const string Bot = "afterburner[bot]";

    private readonly WebApplication _app;
    private readonly RSA _key = RSA.Create(2048);
    private readonly ConcurrentDictionary<string, (string Repository, DateTimeOffset Until)> _tokens = new();
    private readonly ConcurrentDictionary<string, StandInRepository> _repositories = new(StringComparer.OrdinalIgnoreCase);
    private readonly TimeProvider _time;
    private long _nextId = 1_000;

    private StandIn(WebApplication app, TimeProvider time) => (_app, _time) = (app, time);

    /// <summary>Client id of the app that is installed here.</summary>
    public const string AppId = "Iv23standin";

    public Secret WebhookSecret { get; } = new(RandomNumberGenerator.GetHexString(32, lowercase: true));

    /// <summary>The private key that an administrator would have downloaded.</summary>
    public string PrivateKeyPem => _key.ExportRSAPrivateKeyPem();

    public Uri Url { get; private set; } = null!;

    public GitHubAddress Address => GitHubAddress.Of(Url.ToString(), null);

    /// <summary>Reactions on comments: number of the comment, and GitHub's word.</summary>
    public ConcurrentQueue<(string Comment, string Content)> Reactions { get; } = new();

    /// <summary>What GitHub remembers of deliveries: all, oldest first.</summary>
    public ConcurrentQueue<StandInDelivery> Deliveries { get; } = new();

    /// <summary>Where the app's webhook is; a delivery that is asked for again is sent there.</summary>
    public Uri? Webhook { get; set; }

    /// <summary>Called before a pull request is told of, which may change meanwhile.</summary>
    public Action<StandInPull>? OnPullRead { get; set; }

    public static async Task<StandIn> StartAsync(TimeProvider time)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var standIn = new StandIn(app, time);
        app.MapPost("/app/installations/{id:long}/access_tokens", standIn.TokenAsync);
        app.MapGet("/app/installations/{id:long}", standIn.InstallationAsync);
        app.MapGet("/app/hook/deliveries", standIn.SentAsync);
        app.MapPost("/app/hook/deliveries/{id:long}/attempts", standIn.AgainAsync);
        standIn.MapRepository();
        standIn.MapGit();
        standIn.MapSignIn();
        app.MapPost("/graphql", standIn.GraphQlAsync);
        await app.StartAsync().ConfigureAwait(false);
        standIn.Url = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return standIn;
    }

    public StandInRepository Add(string fullName, string? directory = null) =>
        _repositories[fullName] = new StandInRepository(fullName, Interlocked.Increment(ref _nextId), directory);

    /// <summary>Takes the app away from a repository.</summary>
    public void Remove(StandInRepository repository) => _repositories.TryRemove(repository.FullName, out _);

    /// <summary>Whether the app is installed.</summary>
    public bool IsInstalled { get; set; } = true;

    /// <summary>The payload of a pull request's event, with the members that GitHub documents and a worker reads.</summary>
    public static byte[] PullRequestEvent(StandInRepository repository, StandInPull pull, string action) => JsonSerializer.SerializeToUtf8Bytes(new JsonObject
    {
        ["action"] = action,
        ["number"] = pull.Number,
        ["pull_request"] = new JsonObject
        {
            ["number"] = pull.Number,
            ["state"] = pull.IsOpen ? "open" : "closed",
            ["draft"] = false,
            ["user"] = new JsonObject { ["login"] = "someone", ["type"] = "User" },
            ["head"] = new JsonObject { ["ref"] = pull.Branch, ["sha"] = pull.Head },
            ["base"] = new JsonObject { ["ref"] = pull.Base },
        },
        ["repository"] = RepositoryJson(repository),
        ["installation"] = new JsonObject { ["id"] = Installation },
        ["sender"] = new JsonObject { ["login"] = "someone", ["type"] = "User" },
    });

    /// <summary>The payload of a comment on a pull request.</summary>
    public static byte[] CommentEvent(StandInRepository repository, int number, string login, string body, long id, string type = "User") =>
        JsonSerializer.SerializeToUtf8Bytes(new JsonObject
        {
            ["action"] = "created",
            ["issue"] = new JsonObject { ["number"] = number, ["pull_request"] = new JsonObject { ["url"] = "" } },
            ["comment"] = new JsonObject { ["id"] = id, ["body"] = body, ["user"] = new JsonObject { ["login"] = login, ["type"] = type } },
            ["repository"] = RepositoryJson(repository),
            ["installation"] = new JsonObject { ["id"] = Installation },
            ["sender"] = new JsonObject { ["login"] = login, ["type"] = type },
        });

    /// <summary>Sends a delivery to a worker, as GitHub does.</summary>
    /// <returns>The status it answered with.</returns>
    public async Task<int> DeliverAsync(HttpClient client, Uri worker, string kind, byte[] payload, string guid, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(worker, "/webhooks")) { Content = new ByteArrayContent(payload) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("X-GitHub-Event", kind);
        request.Headers.Add("X-GitHub-Delivery", guid);
        request.Headers.Add("X-GitHub-Hook-ID", "1");
        request.Headers.Add("X-Hub-Signature-256", WebhookSignature.Of(payload, WebhookSecret));
        using var response = await client.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return (int)response.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync().ConfigureAwait(false);
        _key.Dispose();
    }

    private async Task SentAsync(HttpContext context)
    {
        if (!IsSignedByApp(Bearer(context)))
        {
            await RefuseAsync(context, 401, "A JSON web token could not be decoded").ConfigureAwait(false);
            return;
        }

        await WriteAsync(context, new JsonArray([.. Deliveries.Reverse().Take(100).Select(d => new JsonObject
        {
            ["id"] = d.Id, ["guid"] = d.Guid, ["delivered_at"] = "2026-01-05T10:00:00Z", ["redelivery"] = false, ["event"] = d.Event,
            ["status"] = d.Status is >= 200 and < 300 ? "OK" : "failed to connect to host", ["status_code"] = d.Status,
        })])).ConfigureAwait(false);
    }

    private async Task AgainAsync(HttpContext context)
    {
        if (!IsSignedByApp(Bearer(context)) || Deliveries.FirstOrDefault(d => Text(d.Id) == (string)context.Request.RouteValues["id"]!) is not { } delivery)
        {
            await RefuseAsync(context, 404, "Not Found").ConfigureAwait(false);
            return;
        }

        context.Response.StatusCode = 202;
        await WriteAsync(context, new JsonObject()).ConfigureAwait(false);
        using var client = new HttpClient();
        var status = await DeliverAsync(client, Webhook!, delivery.Event, delivery.Payload, delivery.Guid, CancellationToken.None).ConfigureAwait(false);
        Deliveries.Enqueue(delivery with { Id = Interlocked.Increment(ref _nextId), Status = status });
    }

    private Task InstallationAsync(HttpContext context) => IsInstalled && IsSignedByApp(Bearer(context))
        ? WriteAsync(context, new JsonObject { ["id"] = Installation, ["suspended_at"] = null }) : RefuseAsync(context, 404, "Not Found");

    private async Task TokenAsync(HttpContext context)
    {
        if (!IsSignedByApp(Bearer(context)))
        {
            await RefuseAsync(context, 401, "A JSON web token could not be decoded").ConfigureAwait(false);
            return;
        }

        var asked = await BodyAsync(context).ConfigureAwait(false);
        var id = (long?)asked["repository_ids"]?.AsArray().FirstOrDefault();
        if ((string?)context.Request.RouteValues["id"] != Text(Installation) || _repositories.Values.FirstOrDefault(r => r.Id == id) is not { } repository)
        {
            await RefuseAsync(context, 404, "Not Found").ConfigureAwait(false);
            return;
        }

        var token = $"ghs_{RandomNumberGenerator.GetHexString(36)}";
        var until = _time.GetUtcNow().AddHours(1);
        _tokens[token] = (repository.FullName, until);
        context.Response.StatusCode = 201;
        await WriteAsync(context, new JsonObject
        {
            ["token"] = token,
            ["expires_at"] = until.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            ["permissions"] = asked["permissions"]?.DeepClone(),
        }).ConfigureAwait(false);
    }

    /// <summary>As GitHub looks at it: the signature, who, and no more than ten minutes.</summary>
    private bool IsSignedByApp(string token)
    {
        try
        {
            if (token.Split('.') is not [var head, var body, var signature]
                || !_key.VerifyData(Encoding.ASCII.GetBytes($"{head}.{body}"), Bytes(signature), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
                return false;
            var claims = JsonNode.Parse(Bytes(body))!;
            var now = _time.GetUtcNow().ToUnixTimeSeconds();
            return (string?)claims["iss"] == AppId && (long)claims["iat"]! <= now && (long)claims["exp"]! > now && (long)claims["exp"]! <= now + 600;
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            return false;
        }

        static byte[] Bytes(string text) => System.Buffers.Text.Base64Url.DecodeFromChars(text);
    }

    private static string Bearer(HttpContext context) => context.Request.Headers.Authorization.ToString() switch
    {
        ['B', 'e', 'a', 'r', 'e', 'r', ' ', .. var token] => token,
        ['B', 'a', 's', 'i', 'c', ' ', .. var pair] => Encoding.UTF8.GetString(Convert.FromBase64String(pair)).Split(':', 2)[^1],
        _ => "",
    };

    /// <summary>Whether a token is good for a repository.</summary>
    private bool MayUse(HttpContext context, string repository) =>
        _tokens.TryGetValue(Bearer(context), out var token) && token.Until > _time.GetUtcNow()
        && string.Equals(token.Repository, repository, StringComparison.OrdinalIgnoreCase);

    private static JsonObject RepositoryJson(StandInRepository repository) => new()
    {
        ["id"] = repository.Id, ["full_name"] = repository.FullName, ["default_branch"] = "main", ["private"] = false,
    };

    private static Task RefuseAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        return WriteAsync(context, new JsonObject { ["message"] = message, ["documentation_url"] = "https://docs.github.com/rest" });
    }

    private static Task WriteAsync(HttpContext context, JsonNode body)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response.WriteAsync(body.ToJsonString());
    }

    private static async Task<JsonObject> BodyAsync(HttpContext context) =>
        (await JsonSerializer.DeserializeAsync<JsonObject>(context.Request.Body).ConfigureAwait(false))!;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <param name="Directory">The git repository that is fetched from; null where nothing is.</param>
internal sealed record StandInRepository(string FullName, long Id, string? Directory)
{
    public ConcurrentDictionary<int, StandInPull> Pulls { get; } = new();

    /// <summary>Checks of commits that are the head of no pull request.</summary>
    public ConcurrentQueue<JsonObject> Checks { get; } = new();

    public StandInPull Open(int number, string head, string branch = "change", string into = "main") =>
        Pulls[number] = new StandInPull(number, branch, into) { Head = head };
}

/// <summary>A pull request, and what was posted on it.</summary>
internal sealed record StandInPull(int Number, string Branch, string Base)
{
    public required string Head { get; set; }

    public bool IsOpen { get; set; } = true;

    public List<string> Labels { get; } = [];

    /// <summary>What was posted, newest last: <c>review</c>, <c>comment</c>, <c>edit</c> or <c>check</c>, and <c>said</c> by a person, with the head at that moment.</summary>
    public List<(string Kind, string Head, JsonObject Body)> Posts { get; } = [];

    /// <summary>A person comments.</summary>
    public void Say(string login, string body, long id)
    {
        lock (Posts)
        {
            Posts.Add(("said", Head, new JsonObject
            {
                ["id"] = id, ["body"] = body, ["created_at"] = "2026-01-05T10:00:00Z", ["user"] = new JsonObject { ["login"] = login, ["type"] = "User" },
            }));
        }
    }
}

/// <param name="Status">That it was answered with; 0 when nobody did.</param>
internal sealed record StandInDelivery(long Id, string Guid, string Event, byte[] Payload, int Status);
