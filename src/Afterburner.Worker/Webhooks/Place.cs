using Afterburner.GitHub;

namespace Afterburner.Worker.Webhooks;

/// <summary>A pull request or a branch of a repository.</summary>
/// <param name="Repository">OWNER/REPO.</param>
/// <param name="RepositoryId">What GitHub knows it by, whatever it is called.</param>
/// <param name="Number">Of the pull request; null for a branch.</param>
/// <param name="Branch">Its name; null for a pull request.</param>
internal sealed record Place(string Repository, long RepositoryId, long Installation, int? Number, string? Branch)
{
    private const int LongestBranch = 250;

    /// <exception cref="UsageException">It is none that GitHub would give.</exception>
    public static Place OfPullRequest(string repository, long repositoryId, long installation, int number)
    {
        _ = PullRequestName.Parse($"{repository}#{number}");
        return new Place(repository, repositoryId, installation, number, null);
    }

    /// <exception cref="UsageException">It is none that GitHub would give.</exception>
    public static Place OfBranch(string repository, long repositoryId, long installation, string branch)
    {
        _ = RepositoryName.Parse(repository);
        return IsBranch(branch) ? new Place(repository, repositoryId, installation, null, branch) : throw new UsageException("no branch has such a name");
    }

    /// <summary>What git allows as the name of a branch (<c>git check-ref-format</c>), as far as it could be taken for something else.</summary>
    private static bool IsBranch(string name) =>
        name is { Length: > 0 and <= LongestBranch } && name[0] is not ('-' or '/')
        && name.Split('/').All(part => part is [not '.', ..] && !part.EndsWith(".lock", StringComparison.Ordinal)) && name[^1] is not ('/' or '.')
        && !name.Contains("..", StringComparison.Ordinal) && !name.Contains("@{", StringComparison.Ordinal) && !name.Contains("//", StringComparison.Ordinal)
        && name.All(c => c is > ' ' and not ('~' or '^' or ':' or '?' or '*' or '[' or '\\' or (char)127));
}
