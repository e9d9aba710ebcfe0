using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Afterburner.Tests.Changes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Afterburner.Tests.GitHub;

/// <summary>
/// GitHub on loopback, as far as Afterburner speaks to it, with the rules that no schema has: comments only inside
/// hunks, one bad comment refuses a whole review, pages with Link headers, tokens that may only read, limits and
/// outages when a test asks for them. What was asked is kept.
/// </summary>
internal sealed partial class FakeGitHub : IAsyncDisposable
{
    public const string Owner = "octo-org";
    public const string Name = "shop";

    /// <summary>The token of a workflow: it acts as an app.</summary>
    public const string Token = "ghs_aVerySecretTokenOfAWorkflowRun0123456789";

    public const string ReadOnlyToken = "ghs_aTokenThatMayOnlyReadOfAForkRun0123456789";

    private readonly WebApplication _app;
    private readonly List<FakeFault> _faults = [];
    private long _nextId = 100;

    private FakeGitHub(WebApplication app, TestRepository repository, FakePullRequest pull)
    {
        (_app, Repository, Pull) = (app, repository, pull);
    }

    public TestRepository Repository { get; }

    public FakePullRequest Pull { get; }

    public Uri Url { get; private set; } = null!;

    public List<FakeRequest> Requests { get; } = [];

    public List<JsonObject> Checks { get; } = [];

    public List<JsonObject> Sarif { get; } = [];

    public Dictionary<string, string> Branches { get; } = [];

    public Dictionary<string, Dictionary<string, string>> Commits { get; } = [];

    public List<JsonObject> OpenedPulls { get; } = [];

    /// <summary>What a commit is to the default branch.</summary>
    public string Compared { get; set; } = "behind";

    /// <summary>People with a say in the repository: login and permission.</summary>
    public Dictionary<string, string> Permissions { get; } = new() { ["maintainer"] = "write" };

    /// <summary>What the token may not write: <c>checks</c>, <c>contents</c>, <c>pull_requests</c>, <c>security_events</c>.</summary>
    public HashSet<string> Forbidden { get; } = [];

    /// <summary>Host that Link headers name, when it is not this server.</summary>
    public string? NextPageHost { get; set; }

    /// <summary>Elements of a page that a client does not ask a size for, and at most.</summary>
    public int LargestPage { get; set; } = 100;

    public static async Task<FakeGitHub> StartAsync(TestRepository repository, FakePullRequest pull)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(o => o.Limits.MaxRequestBodySize = 64 << 20);
        var app = builder.Build();
        var fake = new FakeGitHub(app, repository, pull);
        app.Use(fake.ObserveAsync);
        fake.MapRest();
        app.MapPost("/graphql", fake.GraphQlAsync);
        await app.StartAsync();
        fake.Url = new Uri(app.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>()
            .Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return fake;
    }

    /// <summary>The next requests that match are answered so instead, or after having been carried out.</summary>
    public void Fail(FakeFault fault) => _faults.Add(fault);

    public IEnumerable<FakeRequest> Writes => Requests.Where(r => r.Method != "GET" && !(r.Path == "/graphql" && !r.Body.Contains("\"mutation", StringComparison.Ordinal)));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ObserveAsync(HttpContext context, Func<Task> next)
    {
        context.Request.EnableBuffering();
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8, leaveOpen: true);
        var body = await reader.ReadToEndAsync();
        context.Request.Body.Position = 0;
        var request = new FakeRequest(
            context.Request.Method, context.Request.Path.Value!, context.Request.QueryString.Value ?? "", body,
            context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase));
        lock (Requests)
            Requests.Add(request);

        var token = request.Headers.GetValueOrDefault("Authorization", "").Split(' ')[^1];
        if (token is not (Token or ReadOnlyToken))
        {
            await RefuseAsync(context, 401, "Bad credentials");
            return;
        }

        var fault = _faults.FirstOrDefault(f => f.Times > 0 && f.Matches(request));
        if (fault is not null)
        {
            fault.Times--;
            if (fault.CarriedOut)
                await CarryOutAsync(context, next);
            if (fault.Status == 0)
            {
                context.Abort();
                return;
            }

            foreach (var (name, value) in fault.Headers)
                context.Response.Headers[name] = value;
            await RefuseAsync(context, fault.Status, fault.Message);
            return;
        }

        if (token == ReadOnlyToken && request.Method != "GET" && request.Path != "/graphql")
            await RefuseAsync(context, 403, "Resource not accessible by integration");
        else
            await next();
    }

    /// <summary>Does what was asked, and loses the answer.</summary>
    private static async Task CarryOutAsync(HttpContext context, Func<Task> next)
    {
        var stream = context.Response.Body;
        context.Response.Body = Stream.Null;
        await next();
        context.Response.Body = stream;
        if (!context.Response.HasStarted)
            context.Response.Clear();
    }

    private static Task RefuseAsync(HttpContext context, int status, string message, params string[] errors)
    {
        context.Response.StatusCode = status;
        var body = new JsonObject { ["message"] = message, ["documentation_url"] = "https://docs.github.com/rest" };
        if (errors.Length > 0)
            body["errors"] = new JsonArray([.. errors.Select(e => (JsonNode)e)]);
        return WriteAsync(context, body);
    }

    private static Task WriteAsync(HttpContext context, JsonNode? body)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response.WriteAsync(body?.ToJsonString() ?? "null");
    }

    private async Task<bool> MayAsync(HttpContext context, string area)
    {
        if (!Forbidden.Contains(area))
            return true;
        await RefuseAsync(context, 403, "Resource not accessible by integration");
        return false;
    }

    private static async Task<JsonObject> BodyAsync(HttpContext context) =>
        (await JsonSerializer.DeserializeAsync<JsonObject>(context.Request.Body))!;

    private long NextId() => Interlocked.Increment(ref _nextId);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

internal sealed record FakeRequest(string Method, string Path, string Query, string Body, IReadOnlyDictionary<string, string> Headers);

/// <param name="Status">0 breaks the connection.</param>
internal sealed record FakeFault(Func<FakeRequest, bool> Matches, int Status, string Message = "Server Error")
{
    public int Times { get; set; } = 1;

    /// <summary>Whether the request is carried out all the same.</summary>
    public bool CarriedOut { get; init; }

    public Dictionary<string, string> Headers { get; init; } = [];
}
