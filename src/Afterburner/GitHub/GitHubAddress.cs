namespace Afterburner.GitHub;

/// <summary>Where GitHub answers. Nothing is ever sent anywhere else: a reply may name other addresses, in links or redirects.</summary>
/// <param name="Api">Ends with a slash: paths are relative to it.</param>
public sealed record GitHubAddress(Uri Api, Uri GraphQl)
{
    /// <param name="api">Value of <c>GITHUB_API_URL</c>; null for github.com.</param>
    /// <param name="graphQl">Value of <c>GITHUB_GRAPHQL_URL</c>; null to derive it, <c>/api/graphql</c> beside an <c>/api/v3</c>.</param>
    /// <exception cref="UsageException">No address, or one that would send the token unencrypted over a network.</exception>
    public static GitHubAddress Of(string? api, string? graphQl)
    {
        var text = string.IsNullOrEmpty(api) ? "https://api.github.com" : api.TrimEnd('/');
        var derived = text.EndsWith("/api/v3", StringComparison.Ordinal) ? $"{text[..^"/v3".Length]}/graphql" : $"{text}/graphql";
        return new GitHubAddress(
            Read("GITHUB_API_URL", text + "/"),
            Read("GITHUB_GRAPHQL_URL", string.IsNullOrEmpty(graphQl) ? derived : graphQl));
    }

    /// <summary>Whether a request may go there.</summary>
    public bool Allows(Uri? address) => address is { IsAbsoluteUri: true } && (SameHost(address, Api) || SameHost(address, GraphQl));

    private static bool SameHost(Uri a, Uri b) =>
        a.Scheme == b.Scheme && a.Port == b.Port && string.Equals(a.Host, b.Host, StringComparison.OrdinalIgnoreCase);

    private static Uri Read(string name, string text) =>
        !Uri.TryCreate(text, UriKind.Absolute, out var address) || address.UserInfo.Length > 0 || address.Query.Length > 0
            ? throw new UsageException($"{name} is no address: write for example https://api.github.com")
            : address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)
                ? address
                : throw new UsageException($"{name}: https is needed, so that the token is not sent in the clear");
}
