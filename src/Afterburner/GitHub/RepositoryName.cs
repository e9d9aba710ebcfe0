using System.Text.RegularExpressions;

namespace Afterburner.GitHub;

/// <summary>A repository as people write it: <c>OWNER/REPO</c>.</summary>
public sealed partial record RepositoryName(string Owner, string Repository)
{
    /// <exception cref="UsageException">It reads otherwise.</exception>
    public static RepositoryName Parse(string text) => Form().Match(text) is { Success: true } match
        ? new RepositoryName(match.Groups[1].Value, match.Groups[2].Value)
        : throw new UsageException("write the repository as OWNER/REPO, for example octo-org/shop");

    /// <summary>Below the address of the API.</summary>
    internal string Path => $"repos/{Owner}/{Repository}";

    public override string ToString() => $"{Owner}/{Repository}";

    [GeneratedRegex(@"^([A-Za-z0-9](?:[A-Za-z0-9_-]{0,99}))/((?!\.\.?\z)[A-Za-z0-9._-]{1,100})\z")]
    private static partial Regex Form();
}
