namespace Afterburner.GitHub;

// What is read of GitHub's replies. Octokit's own models fail on values that its version does not know and on dates that
// are null; these take what is needed and nothing else.

internal sealed record PullRequestReply(int Number, string State, AccountReply? User, BranchReply Head, BranchReply? Base, IReadOnlyList<LabelReply>? Labels);

internal sealed record LabelReply(string? Name);

/// <summary>A pull request in a list.</summary>
internal sealed record ListedPullReply(int Number, string State, DateTimeOffset CreatedAt, DateTimeOffset? MergedAt, string? Body, BranchReply Head, AccountReply? User);

/// <param name="Status"><c>identical</c>, <c>behind</c> (the second is part of the first), <c>ahead</c> or <c>diverged</c>.</param>
internal sealed record CompareReply(string Status);

internal sealed record AccountReply(string Login);

internal sealed record BranchReply(string Ref, string Sha, RepositoryReply? Repo);

internal sealed record RepositoryReply(string FullName, string? DefaultBranch);

/// <param name="Patch">Missing for binary and very large files.</param>
internal sealed record FileReply(string Filename, string Status, string? PreviousFilename, string? Patch);

/// <param name="Permission"><c>admin</c>, <c>write</c>, <c>read</c> or <c>none</c>.</param>
internal sealed record PermissionReply(string Permission);

internal sealed record BlobReply(string Content);

internal sealed record CheckRunsReply(IReadOnlyList<CheckRunReply> CheckRuns);

/// <param name="Status"><c>queued</c>, <c>in_progress</c>, <c>completed</c>.</param>
internal sealed record CheckRunReply(long Id, string? ExternalId, string? Status);

/// <summary>An answer of which only the arrival matters.</summary>
internal sealed record AnyReply;
