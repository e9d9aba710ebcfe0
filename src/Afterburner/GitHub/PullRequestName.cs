using System.Globalization;
using System.Text.RegularExpressions;

namespace Afterburner.GitHub;

/// <summary>A pull request as people write it: <c>OWNER/REPO#N</c>.</summary>
public sealed partial record PullRequestName(string Owner, string Repository, int Number)
{
    /// <exception cref="UsageException">It reads otherwise.</exception>
    public static PullRequestName Parse(string text)
    {
        var match = Form().Match(text);
        return match.Success && int.TryParse(match.Groups[3].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? new PullRequestName(match.Groups[1].Value, match.Groups[2].Value, number)
            : throw new UsageException("--pr: write the pull request as OWNER/REPO#N, for example octo-org/shop#42");
    }

    /// <summary>The repository it belongs to.</summary>
    public RepositoryName InRepository => new(Owner, Repository);

    /// <summary>Below the address of the API.</summary>
    internal string RepositoryPath => $"repos/{Owner}/{Repository}";

    /// <summary>Below the address of the API.</summary>
    internal string Path => string.Create(CultureInfo.InvariantCulture, $"{RepositoryPath}/pulls/{Number}");

    public override string ToString() => $"{Owner}/{Repository}#{Number}";

    [GeneratedRegex(@"^([A-Za-z0-9](?:[A-Za-z0-9_-]{0,99}))/((?!\.\.?#)[A-Za-z0-9._-]{1,100})#([0-9]{1,9})\z")]
    private static partial Regex Form();
}
