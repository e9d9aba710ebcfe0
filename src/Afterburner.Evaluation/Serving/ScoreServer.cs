using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using System.Threading.RateLimiting;
using Afterburner.Evaluation.Programs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.OpenApi;

namespace Afterburner.Evaluation.Serving;

/// <summary>Where rewards are served, and to whom.</summary>
/// <param name="Url">Address to listen on: <c>http://127.0.0.1:8790</c>.</param>
/// <param name="Token">What a client sends as <c>Authorization: Bearer</c>.</param>
public sealed record ScoreServerOptions(string Url, string Token)
{
    /// <value>Requests that are worked on at a time. Defaults to the number of cores.</value>
    public int AtOnce { get; init; } = Environment.ProcessorCount;

    /// <value>Requests that wait at most; who comes after them is told to come again (429). Defaults to 256.</value>
    public int MostWaiting { get; init; } = 256;
}

/// <summary>
/// The reward over HTTP, for trainers on other machines: <c>POST /score</c> with a token, <c>GET /openapi/v1.json</c> and <c>GET /health</c> without.
/// </summary>
public sealed class ScoreServer : IAsyncDisposable
{
    private const int MostCompletions = 256, LargestCompletion = 1 << 20;

    /// <summary>For those who are told to come again.</summary>
    private const int SpareConnections = 500;

    private const long LargestBody = 64L << 20;

    private static readonly TimeSpan ComeAgain = TimeSpan.FromSeconds(5), MostSilence = TimeSpan.FromSeconds(15);

    private readonly WebApplication _app;

    private ScoreServer(WebApplication app) => _app = app;

    /// <value>Where it listens, with the port that was given to it.</value>
    public Uri Address => new(_app.Urls.First());

    /// <exception cref="EnvironmentFailureException">The address is taken.</exception>
    public static async Task<ScoreServer> StartAsync(Scorer scorer, ScoreServerOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls(options.Url).ConfigureKestrel(o =>
        {
            (o.Limits.MaxRequestBodySize, o.Limits.MaxConcurrentConnections) = (LargestBody, SpareConnections + (2 * (options.AtOnce + options.MostWaiting)));
            // Who only holds a connection has it for a short time.
            (o.Limits.KeepAliveTimeout, o.Limits.RequestHeadersTimeout) = (MostSilence, MostSilence);
        });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        // What is wrong with a request is its sender's to read, and nobody else's.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Diagnostics", LogLevel.None).AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        builder.Services.AddProblemDetails(o => o.CustomizeProblemDetails = c => c.ProblemDetails.Detail ??= c.Exception is BadHttpRequestException e ? Said(e)
            : c.ProblemDetails.Status == StatusCodes.Status429TooManyRequests ? "all places are taken: come again after so many seconds as Retry-After says" : null);
        builder.Services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.Converters.Add(new JsonStringEnumConverter<ObjectiveKind>(System.Text.Json.JsonNamingPolicy.CamelCase)));
        builder.Services.AddOpenApi(o => o.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = "Afterburner rewards", Version = "1", Description = "Rewards replies of a model that makes programs more efficient (arXiv 2505.23387, equations 6 to 9)." };
            document.Servers = [];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme> { ["bearer"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" } };
            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("bearer", document)] = [] }];
            return Task.CompletedTask;
        }));
        builder.Services.AddRateLimiter(o =>
        {
            o.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            o.OnRejected = (rejected, _) =>
            {
                rejected.HttpContext.Response.Headers.RetryAfter = ComeAgain.TotalSeconds.ToString("0", System.Globalization.CultureInfo.InvariantCulture);
                return ValueTask.CompletedTask;
            };
            o.AddPolicy("score", _ => RateLimitPartition.GetConcurrencyLimiter(
                "all", _ => new ConcurrencyLimiterOptions { PermitLimit = options.AtOnce, QueueLimit = options.MostWaiting, QueueProcessingOrder = QueueProcessingOrder.OldestFirst }));
        });

        var app = builder.Build();
        // Before anything of a request is read: who has no token fills no queue.
        app.Use((context, next) => context.Request.Path.StartsWithSegments("/score") && !HasToken(context.Request, options.Token) ? Refuse(context) : next(context));
        app.UseExceptionHandler(new ExceptionHandlerOptions { StatusCodeSelector = e => e is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError });
        app.UseStatusCodePages();
        app.UseRateLimiter();
        app.MapOpenApi();
        app.MapGet("/health", () => "ready").ExcludeFromDescription();
        app.MapPost("/score", (ScoreRequest request, CancellationToken gone) => ScoreAsync(scorer, request, gone))
            .RequireRateLimiting("score").WithSummary("Rewards replies to one prompt")
            .ProducesProblem(400).ProducesProblem(401).ProducesProblem(404).ProducesProblem(422).ProducesProblem(429).ProducesProblem(503);
        try
        {
            await app.StartAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or UnauthorizedAccessException)
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw new EnvironmentFailureException($"{options.Url} cannot be listened on: {e.Message.TrimEnd('.')}. Give another --listen.", e);
        }

        return new ScoreServer(app);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<Results<Ok<ScoreReply>, ProblemHttpResult>> ScoreAsync(Scorer scorer, ScoreRequest request, CancellationToken gone)
    {
        if (Wrong(request) is { } wrong)
            return TypedResults.Problem(wrong, statusCode: StatusCodes.Status400BadRequest);
        if (!scorer.Has(request.Task))
            return TypedResults.Problem($"there is no task '{VisibleText.Line(request.Task)}' in the data set that is served", statusCode: StatusCodes.Status404NotFound);
        try
        {
            return TypedResults.Ok(await scorer.ScoreAsync(request, gone).ConfigureAwait(false));
        }
        catch (UnusableTaskException e)
        {
            return TypedResults.Problem($"nothing can be measured of task '{VisibleText.Line(request.Task)}': {e.Message}", statusCode: StatusCodes.Status422UnprocessableEntity);
        }
        catch (Exception e) when (e is UsageException or ProgramFailedException or System.Text.Json.JsonException)
        {
            return TypedResults.Problem($"task '{VisibleText.Line(request.Task)}' cannot be run: {VisibleText.Line(e.Message)}", statusCode: StatusCodes.Status422UnprocessableEntity);
        }
        catch (EnvironmentFailureException e)
        {
            return TypedResults.Problem(e.Message, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static string? Wrong(ScoreRequest request) =>
        request.Task is null or "" ? "'task' is missing"
        : request.Completions is not { Count: >= 1 and <= MostCompletions } ? $"'completions' is missing: 1 to {MostCompletions} replies are expected"
        : request.Completions.Any(c => c is null || c.Length > LargestCompletion) ? $"a reply is null, or has more than {LargestCompletion} characters"
        : Math.Max(request.Prompt?.Length ?? 0, request.Original?.Length ?? 0) > LargestCompletion ? $"'prompt' or 'original' has more than {LargestCompletion} characters"
        : request.Objective is { } objective && !Enum.IsDefined(objective) ? "'objective' is time, memory or integral"
        : null;

    /// <summary>What is wrong with a body, by the names that a client knows.</summary>
    private static string Said(BadHttpRequestException e)
    {
        const string Expected = "a JSON object was expected: 'task' and 'prompt' and 'original' are texts, 'completions' a list of texts, 'objective' is time, memory or integral";
        return e.InnerException is System.Text.Json.JsonException { Message: var message, Path: var path } ? $"{(message.StartsWith("The JSON property", StringComparison.Ordinal) ? $"there is no field {path} here; " : $"the body cannot be read at {path}; ")}{Expected}"
            : e.StatusCode == StatusCodes.Status413PayloadTooLarge ? e.Message : Expected;
    }

    private static bool HasToken(HttpRequest request, string token) =>
        request.Headers.Authorization is [{ } said] && said.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(said["Bearer ".Length..].Trim())), SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private static Task Refuse(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return TypedResults.Problem("a token is expected: Authorization: Bearer TOKEN", statusCode: StatusCodes.Status401Unauthorized).ExecuteAsync(context);
    }
}
