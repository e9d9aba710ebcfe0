using System.Text;
using Afterburner.Changes;
using Xunit;

namespace Afterburner.Tests.Changes;

public sealed class TreeExportTests
{
    [Fact]
    public async Task The_copy_holds_the_exact_bytes_and_nothing_of_git()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write(".gitattributes", "tests export-ignore\n*.py export-subst ident eol=crlf\n*.bin filter=lfs\n");
        repository.Write("tests/test_a.py", "$Format:%H$ $Id$\n");
        repository.Write("data.bin", [0, 255, 10, 13]);
        repository.Write("empty", "");
        repository.Write("run.sh", "#!/bin/sh\n");
        await TestRepository.RunAsync(repository.Path, "chmod", "+x", "run.sh");
        File.CreateSymbolicLink(Path.Combine(repository.Path, "tests/link"), "../run.sh");
        var commit = await repository.CommitAsync();
        repository.Write("run.sh", "not committed\n");
        using var copy = new TemporaryFolder();

        var leftOut = await ExportAsync(repository, commit, copy);

        Assert.Empty(leftOut);
        Assert.Equal(
            [".gitattributes", "data.bin", "empty", "run.sh", "tests/link", "tests/test_a.py"],
            Directory.EnumerateFiles(copy.Path, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(copy.Path, f)).Order(StringComparer.Ordinal));
        Assert.Equal("$Format:%H$ $Id$\n", await File.ReadAllTextAsync(Path.Combine(copy.Path, "tests/test_a.py"), Token));
        Assert.Equal([0, 255, 10, 13], await File.ReadAllBytesAsync(Path.Combine(copy.Path, "data.bin"), Token));
        Assert.Equal("#!/bin/sh\n", await File.ReadAllTextAsync(Path.Combine(copy.Path, "run.sh"), Token));
        Assert.Equal("../run.sh", new FileInfo(Path.Combine(copy.Path, "tests/link")).LinkTarget);
        Assert.Equal("755 644", await TestRepository.RunAsync(copy.Path, "sh", "-c", "echo $(stat -c %a run.sh empty)"));
    }

    [Fact]
    public async Task One_file_under_many_names_that_would_fill_the_disk_is_not_copied()
    {
        using var repository = await TestRepository.CreateAsync();
        var blob = await BlobAsync(repository, new string('x', 1 << 20));
        var commit = await repository.CommitTreeAsync([.. Enumerable.Range(10, 40).Select(i => ("100644", Encoding.UTF8.GetBytes($"f{i}"), blob))]);
        using var copy = new TemporaryFolder();
        var place = Path.Combine(copy.Path, "tree");
        var opened = await GitRepository.OpenAsync(repository.Path, Token);

        var refused = await Assert.ThrowsAsync<UsageException>(() => opened.ExportAsync(commit, place, 39L << 20, Token));

        Assert.Contains("in 0 folders, take 40 MiB together, and a copy of them may take 39 MiB", refused.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(place));
        await opened.ExportAsync(commit, place, 40L << 20, Token);
        Assert.Equal(40, Directory.GetFiles(place).Length);
    }

    [Fact]
    public async Task Folders_take_room_too_and_many_empty_files_in_many_of_them_are_not_copied()
    {
        using var repository = await TestRepository.CreateAsync();
        foreach (var i in Enumerable.Range(0, 30))
            repository.Write($"a{i}/b/c/d{i % 2}/e", "");
        var commit = await repository.CommitAsync();
        using var copy = new TemporaryFolder();
        var opened = await GitRepository.OpenAsync(repository.Path, Token);

        // 30 times four folders, of 4 KiB each.
        var refused = await Assert.ThrowsAsync<UsageException>(() => opened.ExportAsync(commit, Path.Combine(copy.Path, "tree"), (120 * 4096) - 1, Token));

        Assert.Contains("the 30 files", refused.Message, StringComparison.Ordinal);
        Assert.Contains("in 120 folders", refused.Message, StringComparison.Ordinal);
        await opened.ExportAsync(commit, Path.Combine(copy.Path, "tree"), 120 * 4096, Token);
    }

    [LongForm]
    [Fact]
    public async Task A_commit_that_lists_millions_of_files_ends_before_they_are_read()
    {
        using var repository = await TestRepository.CreateAsync();
        var tree = "";
        // A hundred names of one tree, three times over.
        var entries = Enumerable.Range(100, 110).Select(i => ("100644", Encoding.UTF8.GetBytes($"f{i}"))).ToArray();
        var commit = await repository.CommitTreeAsync([.. await FilesAsync(entries)]);
        for (var level = 0; level < 2; level++)
        {
            tree = (await TestRepository.RunAsync(repository.Path, "git", "rev-parse", $"{commit}^{{tree}}")).Trim();
            commit = await repository.CommitTreeAsync([.. entries.Select(e => ("40000", e.Item2, tree))]);
        }

        using var copy = new TemporaryFolder();
        var opened = await GitRepository.OpenAsync(repository.Path, Token);

        var refused = await Assert.ThrowsAsync<UsageException>(() => opened.ExportAsync(commit, Path.Combine(copy.Path, "tree"), cancellationToken: Token));

        Assert.Contains("more than 1000000 files", refused.Message, StringComparison.Ordinal);

        async Task<IEnumerable<(string, byte[], string)>> FilesAsync(IEnumerable<(string, byte[])> all)
        {
            var blob = await BlobAsync(repository, "");
            return all.Select(e => (e.Item1, e.Item2, blob));
        }
    }

    [Fact]
    public async Task What_a_copy_cannot_hold_is_left_out_with_a_reason()
    {
        using var repository = await TestRepository.CreateAsync();
        var blob = await BlobAsync(repository, "x");
        var first = await repository.CommitAsync();
        var commit = await repository.CommitTreeAsync(
            ("120000", "absolute"u8.ToArray(), await BlobAsync(repository, "/etc/passwd")),
            ("100644", [(byte)'b', 0xe9], blob),
            ("120000", "climbing"u8.ToArray(), await BlobAsync(repository, "a/../../b")),
            ("100644", "kept"u8.ToArray(), blob),
            ("160000", "module"u8.ToArray(), first));
        using var copy = new TemporaryFolder();

        var leftOut = await ExportAsync(repository, commit, copy);

        Assert.Equal(
            [
                new LeftOut("\"b\\351\"", "its path is not UTF-8"),
                new LeftOut("absolute", "a link that leaves the repository"),
                new LeftOut("climbing", "a link that leaves the repository"),
                new LeftOut("module", "submodule"),
            ],
            leftOut.OrderBy(l => l.Path, StringComparer.Ordinal));
        Assert.Equal(["kept"], Directory.EnumerateFileSystemEntries(copy.Path).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("d/../../b")]
    [InlineData("d/../b")]
    [InlineData("../../b")]
    [InlineData("./..//../b")]
    public async Task A_link_that_goes_up_after_another_link_is_not_written(string target)
    {
        // By its text d/.. is the folder that d lies in; the kernel goes to where d leads, and up from there.
        using var repository = await TestRepository.CreateAsync();
        repository.Write("b/kept", "x");
        Directory.CreateDirectory(Path.Combine(repository.Path, "deep"));
        File.CreateSymbolicLink(Path.Combine(repository.Path, "deep/d"), "../b");
        File.CreateSymbolicLink(Path.Combine(repository.Path, "deep/trick"), target);
        var commit = await repository.CommitAsync();
        using var copy = new TemporaryFolder();

        var leftOut = await ExportAsync(repository, commit, copy);

        Assert.Equal([new LeftOut("deep/trick", "a link that leaves the repository")], leftOut);
        Assert.Equal("../b", new FileInfo(Path.Combine(copy.Path, "deep/d")).LinkTarget);
    }

    [Fact]
    public async Task A_malformed_tree_cannot_write_a_link_through_a_link()
    {
        using var repository = await TestRepository.CreateAsync();
        var link = await BlobAsync(repository, "real");
        var real = await repository.GitAsync("rev-parse", await repository.CommitTreeAsync(("100644", "kept"u8.ToArray(), link)) + "^{tree}");
        var links = await repository.GitAsync("rev-parse", await repository.CommitTreeAsync(("120000", "evil"u8.ToArray(), link)) + "^{tree}");
        var commit = await repository.CommitTreeAsync(
            ("120000", "d"u8.ToArray(), link), ("40000", "d"u8.ToArray(), links), ("40000", "real"u8.ToArray(), real));
        using var copy = new TemporaryFolder();

        await ExportAsync(repository, commit, copy);

        Assert.Equal(["kept"], Directory.EnumerateFileSystemEntries(Path.Combine(copy.Path, "real")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_malformed_tree_cannot_write_through_a_link_or_outside_the_copy()
    {
        using var repository = await TestRepository.CreateAsync();
        using var outside = new TemporaryFolder();
        var blob = await BlobAsync(repository, "evil");
        var subtree = await repository.GitAsync("rev-parse", await repository.CommitTreeAsync(("100644", "evil"u8.ToArray(), blob)) + "^{tree}");
        var link = await BlobAsync(repository, "sub");
        var through = await repository.CommitTreeAsync(("120000", "d"u8.ToArray(), link), ("40000", "d"u8.ToArray(), subtree));
        var climbing = await repository.CommitTreeAsync(("40000", ".."u8.ToArray(), subtree));
        var dotGit = await repository.CommitTreeAsync(("40000", ".GIT"u8.ToArray(), subtree));
        var absolute = await repository.CommitTreeAsync(("100644", Encoding.UTF8.GetBytes(outside.Path + "/evil"), blob));

        foreach (var commit in new[] { through, climbing, dotGit, absolute })
        {
            using var copy = new TemporaryFolder();
            var failure = await Record.ExceptionAsync(() => ExportAsync(repository, commit, new TemporaryFolderIn(copy, "tree")));
            Assert.True(failure is UsageException or EnvironmentFailureException, failure?.ToString() ?? "nothing was refused");
            Assert.False(File.Exists(Path.Combine(copy.Path, "evil")));
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(outside.Path));
    }

    [LongForm]
    [Fact]
    public async Task Many_files_are_all_written()
    {
        using var repository = await TestRepository.CreateAsync();
        for (var i = 0; i < 3000; i++)
            repository.Write($"d{i % 7}/f{i}", $"{i}\n");
        var commit = await repository.CommitAsync();
        using var copy = new TemporaryFolder();

        await ExportAsync(repository, commit, copy);

        for (var i = 0; i < 3000; i++)
            Assert.Equal($"{i}\n", await File.ReadAllTextAsync(Path.Combine(copy.Path, $"d{i % 7}/f{i}"), Token));
    }

    private static Task<string> BlobAsync(TestRepository repository, string text) =>
        repository.GitAsync(["hash-object", "-w", "--stdin"], Encoding.UTF8.GetBytes(text));

    private static async Task<IReadOnlyList<LeftOut>> ExportAsync(TestRepository repository, string commit, TemporaryFolder copy) =>
        await ExportAsync(repository, commit, new TemporaryFolderIn(copy, "."));

    private static async Task<IReadOnlyList<LeftOut>> ExportAsync(TestRepository repository, string commit, TemporaryFolderIn copy) =>
        await (await GitRepository.OpenAsync(repository.Path, Token)).ExportAsync(commit, Path.Combine(copy.Folder.Path, copy.Name), cancellationToken: Token);

    private sealed record TemporaryFolderIn(TemporaryFolder Folder, string Name);

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
