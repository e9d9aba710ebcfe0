using System.Text;
using Afterburner.Changes;
using Xunit;

namespace Afterburner.Tests.Changes;

public sealed class GitRepositoryTests
{
    [Fact]
    public async Task A_change_is_what_head_did_since_it_left_the_base()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("a.py", Numbers(20));
        var fork = await repository.CommitAsync();
        await repository.GitAsync("checkout", "-q", "-b", "topic");
        repository.Write("a.py", Numbers(20).Replace("line 3\n", "LINE 3\n", StringComparison.Ordinal).Replace("line 18\n", "line 18\nmore\n", StringComparison.Ordinal));
        var head = await repository.CommitAsync();
        await repository.GitAsync("checkout", "-q", "main");
        repository.Write("b.py", "other work\n");
        await repository.CommitAsync();

        var change = await ReadAsync(repository, "main", "topic");

        Assert.Equal((fork, head), (change.Base, change.Head));
        var file = Assert.Single(change.Files);
        Assert.Equal(("a.py", "a.py", FileStatus.Modified, true), (file.Path, file.OldPath, file.Status, file.IsText));
        Assert.Equal([(1, 6), (16, 6)], file.Hunks.Select(h => (h.NewStart, h.NewCount)));
        Assert.True(file.Touches(3, 3));
        Assert.False(file.Touches(4, 18));
        Assert.True(file.Touches(19, 19));
        Assert.NotNull(file.HunkHolding(16, 21));
        Assert.Null(file.HunkHolding(6, 16));
    }

    [Fact]
    public async Task Git_has_a_part_in_what_it_tracks_and_in_what_lies_below_or_behind_it()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("committed/bin/python", "x");
        repository.Write("links/target/x", "x");
        File.CreateSymbolicLink(Path.Combine(repository.Path, "links/link"), "target");
        var module = await repository.CommitAsync();
        await repository.GitAsync("update-index", "--add", "--cacheinfo", $"160000,{module},module");
        await repository.GitAsync("rm", "-r", "--cached", "--quiet", "committed");
        repository.Write("staged/x", "x");
        repository.Write(".ven[v]/x", "x");
        repository.Write("links/own/x", "x");
        await repository.GitAsync("add", "staged", ":(literal).ven[v]");
        repository.Write(".venv/x", "x");
        var opened = await GitRepository.OpenAsync(repository.Path, TestContext.Current.CancellationToken);

        string[] asked =
        [
            "committed", "committed/bin", "staged", "staged/x", ".ven[v]", "links", "links/target", "links/link", "links/link/env", "module", "module/env",
            ".venv", "links/own", "links/tar", "stage", "staged/y", "new/env",
        ];
        var tracked = new List<string>();
        foreach (var path in asked)
        {
            if (await opened.TracksAsync(path, TestContext.Current.CancellationToken))
                tracked.Add(path);
        }

        Assert.Equal(asked[..11], tracked);
    }

    [Fact]
    public async Task Before_the_first_commit_git_has_a_part_only_in_what_is_in_the_index()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("a/x", "x");
        repository.Write("b/x", "x");
        await repository.GitAsync("add", "a");
        var opened = await GitRepository.OpenAsync(repository.Path, TestContext.Current.CancellationToken);

        Assert.True(await opened.TracksAsync("a", TestContext.Current.CancellationToken));
        Assert.False(await opened.TracksAsync("b", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Every_kind_of_file_is_told_apart()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("old name.py", Numbers(20));
        repository.Write("source.py", "unlike " + Numbers(20, "first"));
        repository.Write("gone.py", "gone\n");
        repository.Write("picture.png", [0, 1, 2, 3]);
        repository.Write("script.sh", "echo\n");
        repository.Write("becomes-link.py", "text\n");
        repository.Write("becomes-binary.py", "text\n");
        var fork = await repository.CommitAsync();
        File.Move(Path.Combine(repository.Path, "old name.py"), Path.Combine(repository.Path, "new name.py"));
        repository.Write("source.py", "unlike " + Numbers(20, "first") + "last\n");
        repository.Write("copy.py", "unlike " + Numbers(20, "first") + "of the copy\n");
        repository.Delete("gone.py");
        repository.Write("picture.png", [0, 9, 2, 3]);
        repository.Write("empty.py", "");
        repository.Write("new\nline.py", "x\n");
        repository.Write("becomes-binary.py", [0, 1]);
        repository.Delete("becomes-link.py");
        File.CreateSymbolicLink(Path.Combine(repository.Path, "becomes-link.py"), "source.py");
        File.CreateSymbolicLink(Path.Combine(repository.Path, "link.py"), "source.py");
        await repository.GitAsync("update-index", "--add", "--cacheinfo", $"160000,{fork},module");
        Directory.CreateDirectory(Path.Combine(repository.Path, "module"));
        await TestRepository.RunAsync(repository.Path, "chmod", "+x", "script.sh");
        await repository.CommitAsync();

        var change = await ReadAsync(repository, fork, null);

        Assert.Equal(
            [
                "Added empty.py text 0", "Added link.py other 0", "Added module other 0", "Added new\nline.py text 1",
                "Copied copy.py<source.py text 1", "Deleted gone.py text 1", "Modified becomes-binary.py other 0",
                "Modified picture.png other 0", "Modified script.sh text 0", "Modified source.py text 1",
                "Renamed new name.py<old name.py text 0", "TypeChanged becomes-link.py other 0",
            ],
            change.Files.Select(Describe).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_path_that_is_not_utf8_is_quoted_and_never_reviewed()
    {
        using var repository = await TestRepository.CreateAsync();
        var fork = await repository.CommitAsync();
        var blob = await repository.GitAsync(["hash-object", "-w", "--stdin"], "x\n"u8.ToArray());
        var head = await repository.CommitTreeAsync(("100644", "café.py"u8.ToArray(), blob), ("100644", [(byte)'d', 0xe9, (byte)'"'], blob));
        await repository.GitAsync("update-ref", "refs/heads/odd", await repository.GitAsync("commit-tree", $"{head}^{{tree}}", "-p", fork, "-m", "odd"));

        var change = await ReadAsync(repository, fork, "odd");

        Assert.Equal([("café.py", true), ("\"d\\351\\\"\"", false)], change.Files.Select(f => (f.Path, f.IsText)));
    }

    [Fact]
    public async Task Carriage_returns_and_bytes_that_are_not_utf8_shift_no_line()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("a.py", Encoding.Latin1.GetBytes("a\r\nb\rb\r\n\xff\r\nc\r\n"));
        var fork = await repository.CommitAsync();
        repository.Write("a.py", Encoding.Latin1.GetBytes("a\r\nb\rb\r\n\xfe\r\nc\r\n"));
        await repository.CommitAsync();

        var file = Assert.Single((await ReadAsync(repository, fork, null)).Files);

        Assert.True(file.IsText);
        Assert.Equal([3, 3], Assert.Single(file.Hunks).Lines.Where(l => l.Kind != HunkLineKind.Context).Select(l => l.NewLine ?? l.OldLine));
    }

    [Fact]
    public async Task An_empty_change_has_no_files()
    {
        using var repository = await TestRepository.CreateAsync();
        var head = await repository.CommitAsync();

        var change = await ReadAsync(repository, null, null);

        Assert.Equal((head, head, 0), (change.Base, change.Head, change.Files.Count));
    }

    [Fact]
    public async Task The_base_defaults_to_where_origin_points_and_a_branch_of_origin_needs_no_prefix()
    {
        using var origin = await TestRepository.CreateAsync();
        await origin.GitAsync("checkout", "-q", "-b", "trunk");
        origin.Write("a.py", "1\n");
        var fork = await origin.CommitAsync();
        await origin.GitAsync("branch", "release");
        using var clone = await TestRepository.CreateAsync();
        await clone.GitAsync("clone", "-q", origin.Path, "clone");
        var path = Path.Combine(clone.Path, "clone");
        await TestRepository.RunAsync(path, "git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "mine");
        var repository = await GitRepository.OpenAsync(path, Token);

        Assert.Equal(fork, (await repository.ReadChangeAsync(null, null, Token)).Base);
        Assert.Equal(fork, (await repository.ReadChangeAsync("release", null, Token)).Base);
        await TestRepository.RunAsync(path, "git", "remote", "set-head", "origin", "--delete");
        Assert.Equal(fork, (await repository.ReadChangeAsync(null, null, Token)).Base); // the upstream
    }

    [Fact]
    public async Task A_repository_is_found_from_a_folder_inside_it_and_from_a_linked_work_tree()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("a/b.py", "1\n");
        var head = await repository.CommitAsync();
        await repository.GitAsync("worktree", "add", "-q", "-b", "side", "linked");

        var inside = await GitRepository.OpenAsync(Path.Combine(repository.Path, "a"), Token);
        var linked = await GitRepository.OpenAsync(Path.Combine(repository.Path, "linked"), Token);

        Assert.Equal(repository.Path, inside.Root);
        Assert.Equal(Path.Combine(repository.Path, "linked"), linked.Root);
        Assert.Equal(head, await linked.ResolveAsync("side", Token));
    }

    [Fact]
    public async Task A_file_is_read_with_its_exact_bytes()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write(".gitattributes", "* text eol=crlf ident\n");
        repository.Write("sub/ä b.py", Encoding.Latin1.GetBytes("$Id$\n\xff\n"));
        var commit = await repository.CommitAsync();
        var opened = await GitRepository.OpenAsync(repository.Path, Token);

        Assert.Equal(Encoding.Latin1.GetBytes("$Id$\n\xff\n"), await opened.ReadFileAsync(commit, "sub/ä b.py", Token));
        var failure = await Assert.ThrowsAsync<UsageException>(() => opened.ReadFileAsync(commit, "sub", Token));
        Assert.Contains("'sub'", failure.Message, StringComparison.Ordinal);
    }

    internal static async Task<Change> ReadAsync(TestRepository repository, string? baseRef, string? headRef) =>
        await (await GitRepository.OpenAsync(repository.Path, Token)).ReadChangeAsync(baseRef, headRef, Token);

    private static string Describe(FileDiff file) =>
        $"{file.Status} {file.Path}{(file.OldPath is null || file.OldPath == file.Path ? "" : "<" + file.OldPath)} {(file.IsText ? "text" : "other")} {file.Hunks.Count}";

    private static string Numbers(int count, string word = "line")
    {
        var text = new StringBuilder();
        for (var i = 1; i <= count; i++)
            text.Append(word).Append(' ').Append(i).Append('\n');
        return text.ToString();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
