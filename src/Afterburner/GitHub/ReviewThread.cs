namespace Afterburner.GitHub;

/// <summary>A conversation on lines of the pull request that we started with a suggestion.</summary>
/// <param name="Id">GraphQL id of the thread.</param>
/// <param name="CommentId">GraphQL id of our comment.</param>
/// <param name="IsResolved">Somebody closed the conversation, or we did when the suggestion no longer held.</param>
/// <param name="MinimizedAs">Why our comment is hidden, in lower case; null when it is not.</param>
/// <param name="Rejecters">Who put a thumbs-down on our comment.</param>
/// <param name="Replies">What others wrote below it.</param>
public sealed record ReviewThread(
    string Id, string CommentId, SuggestionKeys Keys, bool IsResolved, string? MinimizedAs,
    IReadOnlyList<string> Rejecters, IReadOnlyList<ThreadReply> Replies)
{
    /// <value>Text of our comment. Defaults to empty.</value>
    public string Body { get; init; } = "";

    /// <value>File that it is about, with forward slashes. Defaults to empty.</value>
    public string Path { get; init; } = "";

    /// <summary>How we hide what no longer holds; so it tells our own doing from a person's.</summary>
    public const string Outdated = "outdated";

    /// <summary>We took it back ourselves: neither a dismissal nor a reason not to say it again should it hold again.</summary>
    public bool IsRetired => MinimizedAs == Outdated;

    /// <summary>A person resolved it or hid it, which GitHub lets only those do who may write, or whose pull request it is.</summary>
    public bool IsClosedByPeople => !IsRetired && (IsResolved || MinimizedAs is not null);

    /// <summary>Somebody answered, so the conversation is theirs as well and is left as it is.</summary>
    public bool IsAnswered => Replies.Count > 0;
}

/// <param name="Author">Login; empty for a deleted account.</param>
public sealed record ThreadReply(string Author, string Body)
{
    /// <summary>The command that silences a function for the whole pull request, alone on the first line.</summary>
    public const string IgnoreCommand = "/afterburner ignore";

    public bool IsIgnore => string.Equals(Body.TrimStart().Split('\n', 2)[0].Trim(), IgnoreCommand, StringComparison.OrdinalIgnoreCase);
}
