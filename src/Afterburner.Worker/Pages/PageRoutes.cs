using System.Runtime.CompilerServices;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.RateLimiting;
using Afterburner.Worker.Inbox;
using Afterburner.Worker.Operations;
using Afterburner.Worker.Reviews;
using Afterburner.Worker.SignIn;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.EntityFrameworkCore;

namespace Afterburner.Worker.Pages;

/// <summary>What people see of a worker, after signing in with its token or through GitHub: nothing is readable without. Where neither is set up there are no pages.</summary>
internal static partial class PageRoutes
{
    /// <summary>The one cookie that says who somebody is.</summary>
    private const string Cookie = "afterburner";

    private static string Policy(string forms) =>
        $"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action {forms}; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Wrong tokens a minute that are answered.</summary>
    private const int MostGuesses = 20;

    private const string Watching = "events";

    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1);

    public static void AddTo(IServiceCollection services, WorkerSettings settings)
    {
        services.AddRazorComponents();
        services.AddAntiforgery(o =>
        {
            o.Cookie.Name = "afterburner-form";
            o.Cookie.SameSite = SameSiteMode.Strict;
        });
        services.AddDataProtection().SetApplicationName("afterburner-worker");
        services.AddSingleton<SharedKeys>().AddSingleton<Sessions>();
        services.AddOptions<KeyManagementOptions>().Configure<SharedKeys>((o, keys) => o.XmlRepository = keys);
        services.AddOptions<CookieAuthenticationOptions>(CookieAuthenticationDefaults.AuthenticationScheme).Configure<Sessions>((o, sessions) => o.SessionStore = sessions);
        var authentication = services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(o =>
        {
            o.Cookie.Name = Cookie;
            o.Cookie.HttpOnly = true;
            // GitHub sends people back here: a strict cookie would not come along. Forms have a cookie of their own, which is strict.
            o.Cookie.SameSite = SameSiteMode.Lax;
            o.LoginPath = "/sign-in";
            o.ExpireTimeSpan = TimeSpan.FromHours(12);
            // Who changes the token signs everybody out.
            o.Events.OnValidatePrincipal = context =>
            {
                var isAdministrator = settings.PagesToken is { } token && context.Principal?.FindFirst(ClaimTypes.Hash)?.Value == HashOf(token.Reveal());
                var isOfGitHub = settings.ClientSecret is not null && context.Principal?.HasClaim(c => c.Type == Viewer.SeenClaim) == true;
                if (!isAdministrator && !isOfGitHub)
                    context.RejectPrincipal();
                return Task.CompletedTask;
            };
        });
        GitHubSignIn.AddTo(authentication, settings);
        // A proxy on this machine that speaks https for us.
        services.Configure<ForwardedHeadersOptions>(o => o.ForwardedHeaders = ForwardedHeaders.XForwardedProto);
        services.AddAuthorization();
        services.AddRateLimiter(o =>
        {
            o.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            o.AddConcurrencyLimiter(Webhooks.WebhookEndpoint.Reading, w => (w.PermitLimit, w.QueueLimit) = (32, 2_000));
            // Each takes a connection, and asks the database every second.
            o.AddConcurrencyLimiter(Watching, w => (w.PermitLimit, w.QueueLimit) = (100, 0));
        });
    }

    public static void Map(WebApplication app, WorkerSettings settings)
    {
        // A form that ends at GitHub is let go there by the page that has it, and by no other.
        var signIn = Policy(settings.ClientSecret is null ? "'self'" : $"'self' {Mirrors.WebAddress(settings.GitHub).GetLeftPart(UriPartial.Authority)}");
        var others = Policy("'self'");
        app.Use((context, next) =>
        {
            context.Response.Headers.ContentSecurityPolicy = context.Request.Path == "/sign-in" ? signIn : others;
            // Who signs in becomes somebody new, whatever session the browser was given before, and by whom.
            if (context.Request.Path == GitHubSignIn.Callback || (context.Request.Path == "/sign-in" && HttpMethods.IsPost(context.Request.Method)))
                context.Request.Headers.Cookie = WithoutSession(context.Request.Headers.Cookie.ToString());
            context.Response.Headers.XContentTypeOptions = "nosniff";
            context.Response.Headers["Referrer-Policy"] = "no-referrer";
            context.Response.Headers.CacheControl = "no-cache, no-store";
            return next();
        });
        app.UseForwardedHeaders();
        app.UseRateLimiter();
        if (settings.PagesToken is null && settings.ClientSecret is null)
        {
            app.MapGet("/", () => Results.Text("This worker shows no pages: set AFTERBURNER_PAGES_TOKEN to a long random text, and sign in with it, or AFTERBURNER_CLIENT_SECRET, and sign in through GitHub.", statusCode: 404));
            return;
        }

        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.MapRazorComponents<Frame>().RequireAuthorization();
        app.MapGet("/page.css", () => Results.Text(Text("page.css"), "text/css"));
        app.MapGet("/live.js", () => Results.Text(Text("live.js"), "text/javascript"));
        var guesses = new FixedWindowRateLimiter(new() { PermitLimit = MostGuesses, Window = TimeSpan.FromMinutes(1), AutoReplenishment = true });
        if (settings.PagesToken is { } token)
            app.MapPost("/sign-in", (HttpContext context, [FromForm(Name = "token")] string? given, [FromForm] string? to) => SignInAsync(context, token.Reveal(), given, Own(to), guesses));
        if (settings.ClientSecret is not null)
        {
            app.MapPost("/sign-in/github", ([FromForm] string? to) =>
                Results.Challenge(new AuthenticationProperties { RedirectUri = Own(to) }, [GitHubSignIn.Scheme]));
        }

        app.MapPost("/sign-out", async (HttpContext context, [FromForm] string? _) =>
        {
            await context.SignOutAsync().ConfigureAwait(false);
            return Results.LocalRedirect("/sign-in");
        }).RequireAuthorization();
        app.MapPost("/reviews/{id:long}/retry", RetryAsync).RequireAuthorization();
        app.MapGet("/reviews/{id:long}/{part}", ReportAsync).RequireAuthorization();
        app.MapGet("/events", (HttpContext context, InboxDatabase database, TimeProvider time, IHostApplicationLifetime life, CancellationToken gone) =>
            TypedResults.ServerSentEvents(ChangesAsync(database, Viewer.Of(context.User), time, life.ApplicationStopping, gone), "changed")).RequireAuthorization().RequireRateLimiting(Watching);
    }

    /// <summary>A page of this worker that somebody wanted to see before signing in: what leads elsewhere, or to something that is no page, is the first one.</summary>
    internal static string Own(string? to) => to is not null && OwnPage().IsMatch(to) ? to : "/";

    [GeneratedRegex(@"\A/(?:reviews|repositories)/[0-9]{1,18}(?:/[a-z.]{1,40})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex OwnPage();

    private static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private static string WithoutSession(string cookies) =>
        string.Join("; ", cookies.Split(';', StringSplitOptions.TrimEntries).Where(c => !c.StartsWith($"{Cookie}=", StringComparison.OrdinalIgnoreCase)));

    /// <param name="guesses">Of all who guess together; whoever has the token is not kept out by them.</param>
    private static async Task<IResult> SignInAsync(HttpContext context, string token, string? given, string to, RateLimiter guesses)
    {
        if (!FixedTime.AreEqual(given ?? "", token))
        {
            using var lease = guesses.AttemptAcquire();
            return lease.IsAcquired ? Results.LocalRedirect($"/sign-in?Failed=true{(to == "/" ? "" : $"&ReturnUrl={Uri.EscapeDataString(to)}")}") : Results.StatusCode(StatusCodes.Status429TooManyRequests);
        }

        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, "administrator"), new Claim(ClaimTypes.Hash, HashOf(token))], CookieAuthenticationDefaults.AuthenticationScheme);
        await context.SignInAsync(new ClaimsPrincipal(identity)).ConfigureAwait(false);
        return Results.LocalRedirect(to);
    }

    private static async Task<IResult> RetryAsync(long id, HttpContext context, [FromForm] string? _, InboxDatabase database)
    {
        await using var inbox = database.Open();
        var viewer = Viewer.Of(context.User);
        var about = await viewer.Of(inbox.Deliveries).Where(d => d.Id == id).Select(d => new { d.RepositoryId }).FirstOrDefaultAsync().ConfigureAwait(false);
        if (about is null)
            return Results.NotFound();
        if (!viewer.MayTryAgain(about.RepositoryId))
            return Results.Text("Only who may write to the repository has its reviews tried again.", statusCode: 403);
        // What five workers died of, one person decides about who runs them.
        var isAdministrator = viewer.IsAdministrator;
        await inbox.Deliveries.Where(d => d.Id == id && d.Kind != null && (d.State == DeliveryState.Dead || d.State == DeliveryState.Failed)).ExecuteUpdateAsync(
            d => d.SetProperty(x => x.State, DeliveryState.Waiting).SetProperty(x => x.Reason, "tried again by hand").SetProperty(x => x.NotBefore, (DateTimeOffset?)null)
                .SetProperty(x => x.Failures, 0).SetProperty(x => x.Deaths, x => isAdministrator ? 0 : x.Deaths).SetProperty(x => x.EndedAt, (DateTimeOffset?)null)).ConfigureAwait(false);
        return Results.LocalRedirect($"/reviews/{id.ToString(System.Globalization.CultureInfo.InvariantCulture)}");
    }

    /// <summary>A report is made of what a pull request says: it is shown without any right of this site's.</summary>
    private static async Task<IResult> ReportAsync(long id, string part, HttpContext context, Reports reports, InboxDatabase database)
    {
        await using var inbox = database.Open();
        if (!await Viewer.Of(context.User).Of(inbox.Deliveries).AnyAsync(d => d.Id == id, context.RequestAborted).ConfigureAwait(false))
            return Results.NotFound();
        if (await reports.ShownAsync(id, part, context.RequestAborted).ConfigureAwait(false) is not var (text, isPage))
            return Results.NotFound();
        context.Response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        return Results.Text(text, isPage ? "text/html; charset=utf-8" : "text/plain; charset=utf-8");
    }

    /// <summary>Says that something has changed, never what: the page that is open is asked for again by whoever may see it.</summary>
    private static async IAsyncEnumerable<long> ChangesAsync(
        InboxDatabase database, Viewer viewer, TimeProvider time, CancellationToken stopping, [EnumeratorCancellation] CancellationToken gone)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stopping, gone);
        for (var (seen, number) = ("", 0L); !both.IsCancellationRequested;)
        {
            var now = await StateAsync(database, viewer, both.Token).ConfigureAwait(false);
            if (now is not null && now != seen)
                yield return ++number;
            seen = now ?? seen;
            await Task.Delay(Often, time, both.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<string?> StateAsync(InboxDatabase database, Viewer viewer, CancellationToken cancellationToken)
    {
        try
        {
            await using var inbox = database.Open();
            var newest = await viewer.Of(inbox.Deliveries.AsNoTracking()).OrderByDescending(d => d.Id).Take(200)
                .Select(d => new { d.Id, d.State, d.Progress, d.Attempt }).ToListAsync(cancellationToken).ConfigureAwait(false);
            return string.Join(';', newest.Select(d => $"{d.Id} {d.State} {d.Progress} {d.Attempt}"));
        }
        catch (Exception e) when (e is OperationCanceledException || InboxDatabase.IsOutage(e))
        {
            return null;
        }
    }

    private static string Text(string name)
    {
        using var reader = new StreamReader(typeof(PageRoutes).Assembly.GetManifestResourceStream($"Pages/{name}")!);
        return reader.ReadToEnd();
    }
}
