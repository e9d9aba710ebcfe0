using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Afterburner.Proposers;

namespace Afterburner.Worker.Demo;

internal sealed partial class StandIn
{
    private readonly ConcurrentDictionary<string, (string Challenge, string Back)> _codes = new();
    private readonly ConcurrentDictionary<string, bool> _people = new();

    /// <summary>The client secret of the app.</summary>
    public Secret ClientSecret { get; } = new(RandomNumberGenerator.GetHexString(40, lowercase: true));

    /// <summary>Who sits at the browser, and agrees to sign in; null: says no.</summary>
    public string? Person { get; set; } = Maintainer;

    /// <summary>Names of the repositories that this person may see, and whether he may write to them. Null: all, as the maintainer.</summary>
    public IReadOnlyDictionary<string, bool>? Seen { get; set; }

    /// <summary>Signing in by the app's user authorization (OAuth 2.0 with PKCE, RFC 7636), and what a person's token may ask for.</summary>
    private void MapSignIn()
    {
        _app.MapGet("/login/oauth/authorize", Authorize);
        _app.MapPost("/login/oauth/access_token", ExchangeAsync);
        _app.MapGet("/user", c => OfPersonAsync(c, () => new JsonObject { ["login"] = Person, ["id"] = 1 }));
        _app.MapGet("/user/installations", c => OfPersonAsync(c, () => new JsonObject { ["total_count"] = 1, ["installations"] = new JsonArray(new JsonObject { ["id"] = Installation }) }));
        _app.MapGet("/user/installations/{id:long}/repositories", c => OfPersonAsync(c, () => new JsonObject
        {
            ["repositories"] = new JsonArray([.. _repositories.Values.Where(r => Seen is null || Seen.ContainsKey(r.FullName)).Select(r =>
            {
                var repository = RepositoryJson(r);
                repository["permissions"] = new JsonObject { ["pull"] = true, ["push"] = Seen is null || Seen[r.FullName] };
                return repository;
            })]),
        }));
    }

    private IResult Authorize(HttpContext context)
    {
        var asked = context.Request.Query;
        var back = asked["redirect_uri"].ToString();
        if (asked["client_id"] != AppId || asked["code_challenge_method"] != "S256" || !Uri.IsWellFormedUriString(back, UriKind.Absolute))
            return Results.Text("The app is not known.", statusCode: 404);
        var state = Uri.EscapeDataString(asked["state"].ToString());
        if (Person is null)
            return Results.Redirect($"{back}?error=access_denied&state={state}");
        var code = RandomNumberGenerator.GetHexString(20, lowercase: true);
        _codes[code] = (asked["code_challenge"].ToString(), back);
        return Results.Redirect($"{back}?code={code}&state={state}");
    }

    private async Task ExchangeAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync().ConfigureAwait(false);
        var verified = System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString())));
        if (form["client_id"] != AppId || form["client_secret"] != ClientSecret.Reveal() || !_codes.TryRemove(form["code"].ToString(), out var code)
            || code.Challenge != verified || code.Back != form["redirect_uri"])
        {
            // GitHub says so with 200.
            await WriteAsync(context, new JsonObject { ["error"] = "bad_verification_code", ["error_description"] = "The code passed is incorrect or expired." }).ConfigureAwait(false);
            return;
        }

        var token = $"ghu_{RandomNumberGenerator.GetHexString(36)}";
        _people[token] = true;
        await WriteAsync(context, new JsonObject { ["access_token"] = token, ["token_type"] = "bearer", ["scope"] = "" }).ConfigureAwait(false);
    }

    private Task OfPersonAsync(HttpContext context, Func<JsonObject> answer) =>
        _people.ContainsKey(Bearer(context)) ? WriteAsync(context, answer()) : RefuseAsync(context, 401, "Bad credentials");
}
