using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Afterburner.GitHub;
using Afterburner.Proposers;

namespace Afterburner.Worker.Apps;

/// <summary>
/// The app's way into a repository: a token that is good for an hour, for that repository alone and with no right that a review does not need.
/// Tokens are kept until shortly before they expire, in memory only.
/// </summary>
internal sealed class AppTokens(WorkerSettings settings, TimeProvider time)
{
    /// <summary>A review should not outlive its token's last minutes.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<(long Installation, long Repository), (Secret Token, DateTimeOffset Until)> _kept = new();

    /// <exception cref="EnvironmentFailureException">GitHub cannot be reached, or does not accept the app's key.</exception>
    /// <exception cref="UsageException">The app is not installed there any more.</exception>
    public async Task<Secret> ForAsync(long installation, long repository, CancellationToken cancellationToken)
    {
        var key = (installation, repository);
        if (_kept.TryGetValue(key, out var kept) && kept.Until - Margin > time.GetUtcNow())
            return kept.Token;
        foreach (var (old, _) in _kept.Where(k => k.Value.Until < time.GetUtcNow()))
            _kept.TryRemove(old, out _);
        using var api = OpenApp(cancellationToken);
        var (token, until) = await new AppApi(api).TokenAsync(installation, repository).ConfigureAwait(false);
        _kept[key] = (token, until);
        return token;
    }

    /// <summary>Whether the app may still do its work, as GitHub says now.</summary>
    /// <param name="repository">Null for the installation as a whole.</param>
    /// <exception cref="EnvironmentFailureException">GitHub cannot be reached, or does not accept the app's key.</exception>
    public async Task<bool> MayWorkAsync(long installation, long? repository, CancellationToken cancellationToken)
    {
        using var api = OpenApp(cancellationToken);
        var app = new AppApi(api);
        if (repository is not { } one)
            return await app.IsInstalledAsync(installation).ConfigureAwait(false);
        try
        {
            await app.TokenAsync(installation, one).ConfigureAwait(false);
            return true;
        }
        catch (UsageException)
        {
            _kept.TryRemove((installation, one), out _);
            return false;
        }
    }

    /// <summary>GitHub in the app's own name.</summary>
    public GitHubApi OpenApp(CancellationToken cancellationToken) => new(
        settings.GitHub, new Secret(Jwt()), time, cancellationToken, credential: "AFTERBURNER_APP_ID and AFTERBURNER_PRIVATE_KEY, and this machine's clock");

    /// <summary>
    /// The app's own token (RFC 7519, RS256), good for nine minutes: GitHub allows ten. It begins a minute ago, as clocks differ.
    /// </summary>
    internal string Jwt()
    {
        var now = time.GetUtcNow();
        var head = Base64(JsonSerializer.SerializeToUtf8Bytes(new { alg = "RS256", typ = "JWT" }));
        var body = Base64(JsonSerializer.SerializeToUtf8Bytes(new
        {
            iat = now.AddSeconds(-60).ToUnixTimeSeconds(),
            exp = now.AddMinutes(9).ToUnixTimeSeconds(),
            iss = settings.AppId,
        }));
        using var rsa = RSA.Create();
        rsa.ImportFromPem(settings.PrivateKey.Reveal());
        var signature = rsa.SignData(Encoding.ASCII.GetBytes($"{head}.{body}"), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{head}.{body}.{Base64(signature)}";
    }

    private static string Base64(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
