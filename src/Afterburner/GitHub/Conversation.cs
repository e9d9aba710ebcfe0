namespace Afterburner.GitHub;

/// <summary>The shape of what <c>Queries/conversation.graphql</c> asks for.</summary>
internal sealed record Conversation(ConversationViewer Viewer, ConversationRepository? Repository);

internal sealed record ConversationViewer(string Login);

internal sealed record ConversationRepository(ConversationPullRequest? PullRequest);

internal sealed record ConversationPullRequest(Page<ThreadNode>? ReviewThreads, Page<CommentNode>? Comments);

internal sealed record Page<T>(PageEnd? PageInfo, IReadOnlyList<T> Nodes);

internal sealed record PageEnd(bool HasNextPage, string? EndCursor);

internal sealed record ThreadNode(string Id, bool IsResolved, string Path, Page<CommentNode> Comments);

/// <param name="DatabaseId">Only of comments that belong to no thread.</param>
/// <param name="MinimizedReason">Only of comments in threads; not in lower case everywhere.</param>
internal sealed record CommentNode(
    string Id, long? DatabaseId, string Body, bool ViewerDidAuthor, bool IsMinimized, string? MinimizedReason, Account? Author,
    Page<Reaction>? Reactions)
{
    /// <summary>
    /// Ours. GraphQL gives the login of an app without the suffix <c>[bot]</c> that the viewer's has.
    /// </summary>
    public bool IsOwn(string viewer) =>
        ViewerDidAuthor || (Author is { TypeName: "Bot" } bot && $"{bot.Login}[bot]" == viewer);
}

internal sealed record Account(string Login, [property: System.Text.Json.Serialization.JsonPropertyName("__typename")] string? TypeName);

internal sealed record Reaction(Account? User);
