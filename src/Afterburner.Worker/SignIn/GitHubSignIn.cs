using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Json;
using Afterburner.Worker.Reviews;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OAuth;

namespace Afterburner.Worker.SignIn;

/// <summary>
/// Signing in through GitHub (the app's own user authorization, OAuth with PKCE): whoever GitHub lets see a repository that the app is installed in sees its
/// reviews. What that person may see is asked for once; the token is not kept, and the session ends after an hour.
/// </summary>
internal static class GitHubSignIn
{
    public const string Scheme = "GitHub", Callback = "/sign-in/github/back";

    private const int MostPages = 50, PageSize = 100;

    /// <summary>How long what GitHub said a person may see counts.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromHours(1);

    public static void AddTo(AuthenticationBuilder authentication, WorkerSettings settings)
    {
        if (settings.ClientSecret is not { } secret)
            return;
        var web = Mirrors.WebAddress(settings.GitHub);
        authentication.AddOAuth(Scheme, o =>
        {
            o.SignInScheme = CookieAuthenticationDefaults.AuthenticationScheme;
            o.ClientId = settings.AppId;
            o.ClientSecret = secret.Reveal();
            o.CallbackPath = Callback;
            o.AuthorizationEndpoint = new Uri(web, "login/oauth/authorize").ToString();
            o.TokenEndpoint = new Uri(web, "login/oauth/access_token").ToString();
            o.UsePkce = true;
            o.SaveTokens = false;
            o.CorrelationCookie.Name = "afterburner-github.";
            o.CorrelationCookie.SameSite = SameSiteMode.Lax;
            o.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            o.Events = new OAuthEvents
            {
                OnCreatingTicket = context => FillAsync(context, settings.GitHub.Api),
                OnRemoteFailure = context =>
                {
                    context.Response.Redirect("/sign-in?Refused=true");
                    context.HandleResponse();
                    return Task.CompletedTask;
                },
            };
        });
    }

    private static async Task FillAsync(OAuthCreatingTicketContext context, Uri api)
    {
        var stop = context.HttpContext.RequestAborted;
        using var user = await AskAsync("user").ConfigureAwait(false);
        var (seen, written) = (new SortedSet<long>(), new SortedSet<long>());
        foreach (var installation in await AllAsync("user/installations", "installations").ConfigureAwait(false))
        {
            var id = installation.GetProperty("id").GetInt64().ToString(CultureInfo.InvariantCulture);
            foreach (var repository in await OfInstallationAsync(id).ConfigureAwait(false))
            {
                var number = repository.GetProperty("id").GetInt64();
                seen.Add(number);
                if (repository.TryGetProperty("permissions", out var may) && may.TryGetProperty("push", out var push) && push.ValueKind == JsonValueKind.True)
                    written.Add(number);
            }
        }

        // Whoever has an account there could come in otherwise.
        if (seen.Count == 0)
            throw new AuthenticationFailureException("GitHub shows this person no repository that the app is installed in");

        context.Identity!.AddClaim(new Claim(ClaimTypes.Name, user.RootElement.GetProperty("login").GetString()!));
        context.Identity.AddClaim(new Claim(Viewer.SeenClaim, string.Join(' ', seen)));
        context.Identity.AddClaim(new Claim(Viewer.WrittenClaim, string.Join(' ', written)));
        context.Properties.ExpiresUtc = context.HttpContext.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow() + Lasts;
        context.Properties.AllowRefresh = false;

        async Task<JsonDocument> AskAsync(string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(api, path));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", context.AccessToken);
            request.Headers.Accept.ParseAdd("application/vnd.github+json");
            request.Headers.UserAgent.ParseAdd("afterburner");
            request.Headers.Add("X-GitHub-Api-Version", "2022-11-28");
            using var response = await context.Backchannel.SendAsync(request, stop).ConfigureAwait(false);
            response.EnsureSuccessStatusCode();
            return await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(stop).ConfigureAwait(false), cancellationToken: stop).ConfigureAwait(false);
        }

        // One that is suspended, or asks for more, takes nothing away from the others.
        async Task<List<JsonElement>> OfInstallationAsync(string id)
        {
            try
            {
                return await AllAsync($"user/installations/{id}/repositories", "repositories").ConfigureAwait(false);
            }
            catch (HttpRequestException)
            {
                return [];
            }
        }

        async Task<List<JsonElement>> AllAsync(string path, string member)
        {
            var all = new List<JsonElement>();
            for (var page = 1; page <= MostPages; page++)
            {
                using var answer = await AskAsync(string.Create(CultureInfo.InvariantCulture, $"{path}?per_page={PageSize}&page={page}")).ConfigureAwait(false);
                var part = answer.RootElement.GetProperty(member).EnumerateArray().Select(e => e.Clone()).ToList();
                all.AddRange(part);
                if (part.Count < PageSize)
                    break;
            }

            return all;
        }
    }
}
