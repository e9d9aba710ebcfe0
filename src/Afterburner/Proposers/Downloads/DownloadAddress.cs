namespace Afterburner.Proposers.Downloads;

/// <summary>
/// Where a file comes from. Only https is taken; plain http only from this machine itself. The file's name comes from
/// the address alone: what a server calls it is never looked at.
/// </summary>
internal sealed class DownloadAddress
{
    /// <exception cref="UsageException">The address is not one a file of that kind may come from; the message says why.</exception>
    public DownloadAddress(Uri url, DownloadKind kind)
    {
        if (!IsSafe(url))
            throw new UsageException($"'{Shown(url)}': {kind.Noun}s are fetched over https only (http from this machine itself).");
        if (url.UserInfo.Length > 0)
            throw new UsageException("the address holds a user name or password: give a token in HF_TOKEN instead.");
        Url = url;
        File = Uri.UnescapeDataString(url.AbsolutePath[(url.AbsolutePath.LastIndexOf('/') + 1)..]);
        if (!kind.IsFileName(File))
            throw new UsageException(
                $"'{Shown(url)}' does not end in the name of {kind.Of}: letters, digits, '.', '_', '+' and '-', then {string.Join(" or ", kind.Endings.Select(e => $".{e}"))}.");
    }

    public Uri Url { get; }

    /// <value>Plain file name that ends as files of the kind do.</value>
    public string File { get; }

    /// <summary>Reads an absolute address; null when the text is none (a name, for example).</summary>
    /// <exception cref="UsageException">See the constructor.</exception>
    public static DownloadAddress? TryRead(string text, DownloadKind kind) =>
        text.Contains("://", StringComparison.Ordinal) && Uri.TryCreate(text, UriKind.Absolute, out var url) ? new DownloadAddress(url, kind) : null;

    /// <summary>Whether a request to <paramref name="from"/> may be sent on to <paramref name="to"/>: never from https to http.</summary>
    public static bool MayRedirect(Uri from, Uri to) =>
        IsSafe(to) && (to.Scheme == Uri.UriSchemeHttps || from.Scheme == Uri.UriSchemeHttp);

    /// <summary>Whether a host may see the token of Hugging Face.</summary>
    public static bool TakesHuggingFaceToken(Uri url) =>
        url.Scheme == Uri.UriSchemeHttps
        && (url.IdnHost.Equals("huggingface.co", StringComparison.OrdinalIgnoreCase)
            || url.IdnHost.EndsWith(".huggingface.co", StringComparison.OrdinalIgnoreCase));

    /// <summary>The address without its query, which may be a signature.</summary>
    public static string Shown(Uri url) => $"{url.Scheme}://{url.Authority}{url.AbsolutePath}";

    private static bool IsSafe(Uri url) =>
        url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback);
}
