using System.Text;
using Afterburner.Changes;
using Afterburner.Suggestions;

namespace Afterburner.GitHub;

/// <summary>Reads a pull request: its head, its files and hunks, and what was said about earlier suggestions.</summary>
public sealed class PullRequestSource(GitHubApi api, PullRequestName name)
{
    /// <summary>Pages of 100 threads or comments that are read; beyond, a pull request is no place for more comments.</summary>
    private const int MostPages = 20;

    /// <summary>People whose permission is asked; the thumbs of a crowd are not worth more requests.</summary>
    private const int MostPeople = 20;

    private readonly Dictionary<string, bool> _mayWrite = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The pull request itself, without files and conversation.</summary>
    /// <exception cref="UsageException">There is none, or the token may not see it.</exception>
    public async Task<PullRequestState> ReadAsync()
    {
        var reply = await api.GetAsync<PullRequestReply>(name.Path).ConfigureAwait(false);
        if (reply.Kind == GitHubReplyKind.NotAllowed)
            throw new UsageException($"there is no pull request {name}, or the token may not see it ({reply.Reason}).");
        var read = GitHubApi.Required(reply, $"pull request {name}");
        return new PullRequestState(
            name, read.State == "open", read.Head.Sha, read.Head.Ref, read.Head.Repo?.FullName, read.User?.Login ?? "")
        {
            BaseRef = read.Base?.Ref ?? "",
            DefaultBranch = read.Base?.Repo?.DefaultBranch ?? "",
            Labels = [.. read.Labels?.Select(l => l.Name).OfType<string>() ?? []],
        };
    }

    /// <summary>The pull request with everything that decides about posting.</summary>
    public async Task<PullRequestState> WithContextAsync(PullRequestState state)
    {
        var files = GitHubApi.Required(
            await api.GetAllAsync<FileReply>($"{name.Path}/files").ConfigureAwait(false),
            "the files of the pull request");
        return await WithConversationAsync(state with { Files = [.. files.Select(Diff)] }).ConfigureAwait(false);
    }

    /// <summary>Reads threads and comments anew, to see what arrived.</summary>
    public async Task<PullRequestState> WithConversationAsync(PullRequestState state)
    {
        var threads = new List<ThreadNode>();
        var comments = new List<CommentNode>();
        var viewer = "";
        PageEnd? threadsEnd = new(true, null), commentsEnd = new(true, null);
        for (var page = 0; page < MostPages && (threadsEnd is not null || commentsEnd is not null); page++)
        {
            var reply = GitHubApi.Required(await api.QueryAsync<Conversation>(Resources.Text("GitHub/Queries/conversation.graphql"), new
            {
                owner = name.Owner,
                name = name.Repository,
                number = name.Number,
                threads = threadsEnd?.EndCursor,
                comments = commentsEnd?.EndCursor,
                moreThreads = threadsEnd is not null,
                moreComments = commentsEnd is not null,
            }).ConfigureAwait(false), "the conversation of the pull request");
            var pull = reply.Data!.Repository?.PullRequest
                ?? throw new EnvironmentFailureException($"GitHub did not give the conversation of {name}: {string.Join("; ", reply.Errors?.Select(e => api.Redaction.Mask(e.Message)) ?? [])}");
            viewer = reply.Data.Viewer.Login;
            threads.AddRange(pull.ReviewThreads?.Nodes ?? []);
            comments.AddRange(pull.Comments?.Nodes ?? []);
            threadsEnd = pull.ReviewThreads?.PageInfo is { HasNextPage: true } t ? t : null;
            commentsEnd = pull.Comments?.PageInfo is { HasNextPage: true } c ? c : null;
        }

        var own = threads.Select(t => Thread(t, viewer)).OfType<ReviewThread>().ToList();
        var summary = comments.FirstOrDefault(c => c.IsOwn(viewer) && !c.IsMinimized && SummarySections.IsSummary(c.Body));
        return state with
        {
            Threads = own,
            Summary = summary is { DatabaseId: { } id } ? new SummaryComment(id, summary.Body) : null,
            Dismissals = await DismissalsAsync(own, state.Author).ConfigureAwait(false),
        };
    }

    /// <summary>The hunks of GitHub's patch, which has no file header; one that was cut short has none.</summary>
    private static FileDiff Diff(FileReply file)
    {
        IReadOnlyList<Hunk> hunks = [];
        try
        {
            if (!string.IsNullOrEmpty(file.Patch))
                hunks = UnifiedDiff.Parse(Encoding.UTF8.GetBytes($"diff --git a b\n{file.Patch}\n"))[0].Hunks;
        }
        catch (FormatException)
        {
            // Comments on this file go to the summary.
        }

        var status = file.Status switch
        {
            "added" => FileStatus.Added,
            "removed" => FileStatus.Deleted,
            "renamed" => FileStatus.Renamed,
            "copied" => FileStatus.Copied,
            _ => FileStatus.Modified,
        };
        return new FileDiff(file.Filename, file.PreviousFilename, status, hunks.Count > 0, hunks);
    }

    private static ReviewThread? Thread(ThreadNode thread, string viewer)
    {
        if (thread.Comments.Nodes is not [var first, ..] || !first.IsOwn(viewer) || SuggestionKeys.Read(first.Body) is not { } keys)
            return null;
        return new ReviewThread(
            thread.Id, first.Id, keys, thread.IsResolved,
            first.IsMinimized ? first.MinimizedReason?.ToLowerInvariant() ?? "hidden" : null,
            [.. first.Reactions?.Nodes.Select(r => r.User?.Login).OfType<string>() ?? []],
            [.. thread.Comments.Nodes.Skip(1).Where(c => !c.IsOwn(viewer)).Select(c => new ThreadReply(c.Author?.Login ?? "", c.Body))])
        {
            Body = first.Body,
            Path = thread.Path,
        };
    }

    /// <summary>
    /// A thumbs-down and <c>/afterburner ignore</c> count from who may write to the repository and from the author of the
    /// pull request, whose code it is. Nobody else can silence a review.
    /// </summary>
    private async Task<Dismissals> DismissalsAsync(List<ReviewThread> threads, string author)
    {
        var functions = new HashSet<string>();
        var dismissed = new List<ReviewThread>();
        foreach (var thread in threads.Where(t => !t.IsRetired))
        {
            if (await AnyMayAsync(thread.Replies.Where(r => r.IsIgnore).Select(r => r.Author), author).ConfigureAwait(false))
                functions.Add(thread.Keys.Function);
            else if (thread.IsClosedByPeople || await AnyMayAsync(thread.Rejecters, author).ConfigureAwait(false))
                dismissed.Add(thread);
        }

        return new Dismissals(functions, dismissed);
    }

    private async Task<bool> AnyMayAsync(IEnumerable<string> people, string author)
    {
        foreach (var person in people.Where(p => p.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            if (string.Equals(person, author, StringComparison.OrdinalIgnoreCase) || await MayWriteAsync(person).ConfigureAwait(false))
                return true;
        }

        return false;
    }

    /// <summary>Whether a person may write to the repository; no when the token may not ask.</summary>
    public async Task<bool> MayWriteAsync(string login)
    {
        if (_mayWrite.TryGetValue(login, out var known))
            return known;
        if (_mayWrite.Count >= MostPeople)
            return false;
        var reply = await api.GetAsync<PermissionReply>($"{name.RepositoryPath}/collaborators/{Uri.EscapeDataString(login)}/permission").ConfigureAwait(false);
        return _mayWrite[login] = reply.Value?.Permission is "admin" or "write" or "maintain";
    }
}
