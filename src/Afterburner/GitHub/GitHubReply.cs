namespace Afterburner.GitHub;

/// <summary>How GitHub answered a request that may be refused.</summary>
internal enum GitHubReplyKind
{
    Answered,

    /// <summary>422 and the like: the request itself is not acceptable.</summary>
    Refused,

    /// <summary>403 or 404: the token may not do this, or may not even see it.</summary>
    NotAllowed,

    /// <summary>The connection broke or the server failed: it may have been carried out, or not.</summary>
    Unknown,
}

/// <param name="Reason">In GitHub's words, tokens masked; empty for an answer.</param>
internal sealed record GitHubReply<T>(GitHubReplyKind Kind, T? Value, string Reason)
{
    public bool IsAnswered => Kind == GitHubReplyKind.Answered;
}
