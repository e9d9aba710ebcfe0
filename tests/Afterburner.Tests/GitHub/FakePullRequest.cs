using System.Text;
using Afterburner.Changes;
using Afterburner.Tests.Changes;

namespace Afterburner.Tests.GitHub;

/// <summary>A pull request of a real git repository, with what people and we said about it.</summary>
internal sealed class FakePullRequest(TestRepository repository, string baseSha)
{
    public int Number { get; init; } = 7;

    public string Title { get; init; } = "Reports for the shop";

    public string Author { get; init; } = "octocat";

    public string Body { get; set; } = "";

    public List<string> Labels { get; } = [];

    public string HeadRef { get; init; } = "reports";

    public string BaseRef { get; set; } = "main";

    public string BaseSha { get; } = baseSha;

    /// <summary>OWNER/REPO of the branch.</summary>
    public string HeadRepository { get; set; } = "octo-org/shop";

    public bool IsOpen { get; set; } = true;

    public bool IsMerged { get; set; }

    public required string HeadSha { get; set; }

    /// <summary>Paths that GitHub takes no comment on, for reasons nobody can foresee.</summary>
    public HashSet<string> Refused { get; } = [];

    public List<FakeComment> Comments { get; } = [];

    public List<FakeThread> Threads { get; } = [];

    public List<string> Reviews { get; } = [];

    /// <summary>Paths with status and patch as GitHub gives it: git's hunks without the file header.</summary>
    public async Task<List<(string Path, string Status, string Patch)>> FilesAsync()
    {
        var names = await repository.GitAsync("diff", "--name-status", "--no-renames", $"{BaseSha}...{HeadSha}");
        var files = new List<(string, string, string)>();
        foreach (var line in names.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var (status, path) = (line[0], line[2..]);
            var diff = await repository.GitAsync("diff", "--no-color", $"{BaseSha}...{HeadSha}", "--", path);
            var hunks = diff.IndexOf("\n@@ ", StringComparison.Ordinal);
            files.Add((path, status switch { 'A' => "added", 'D' => "removed", _ => "modified" }, hunks < 0 ? "" : diff[(hunks + 1)..]));
        }

        return files;
    }

    /// <summary>GitHub's words when a comment is not on lines of one hunk; null when it is.</summary>
    public async Task<string?> RefusalAsync(string path, int? startLine, int line, string side)
    {
        var file = (await FilesAsync()).FirstOrDefault(f => f.Path == path);
        if (file.Patch is null or "" || Refused.Contains(path))
            return "Path could not be resolved";
        var hunks = UnifiedDiff.Parse(Encoding.UTF8.GetBytes($"diff --git a b\n{file.Patch}\n"))[0].Hunks;
        Hunk? At(int at) => hunks.FirstOrDefault(h => h.Lines.Any(l => (side == "LEFT" ? l.OldLine : l.NewLine) == at));
        if (At(line) is not { } hunk)
            return "Pull request review thread line must be part of the diff";
        return startLine is not { } start ? null
            : start >= line ? "Pull request review thread start line must precede the end line."
            : At(start) != hunk ? "Pull request review thread start line must be part of the same hunk as the line."
            : null;
    }

    public async Task<(byte[] Bytes, string Oid)?> FileAsync(string expression)
    {
        try
        {
            var oid = await repository.GitAsync("rev-parse", "--verify", "--quiet", expression);
            if (await repository.GitAsync("cat-file", "-t", oid) != "blob")
                return null;
            return (await BlobAsync(oid), oid);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    public async Task<byte[]> BlobAsync(string oid)
    {
        var run = await Processes.RunAsync(new ProcessStart("git", "cat-file", "blob", oid) { WorkingDirectory = repository.Path });
        return run.Succeeded ? run.Output : throw new InvalidOperationException(run.ErrorText);
    }
}

/// <param name="Id">Node id is <c>C_id</c>.</param>
internal sealed record FakeComment(long Id, string Author, bool IsBot)
{
    public string Body { get; set; } = "";

    public string CreatedAt { get; init; } = "2026-01-05T12:00:00Z";

    public string? MinimizedReason { get; set; }

    public int Edits { get; set; }

    public List<string> ThumbsDown { get; } = [];
}

internal sealed record FakeThread(string Id, string Path, int? StartLine, int Line)
{
    public List<FakeComment> Comments { get; } = [];

    public bool IsResolved { get; set; }
}
