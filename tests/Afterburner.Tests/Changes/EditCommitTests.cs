using System.Text;
using Afterburner.Changes;
using Xunit;

namespace Afterburner.Tests.Changes;

/// <summary>How an edit that is no commit becomes one. A patch may be written by anybody.</summary>
public sealed class EditCommitTests
{
    [Fact]
    public async Task A_shallow_clone_is_edited_as_a_whole_one_is()
    {
        using var origin = await TestRepository.CreateAsync();
        origin.Write("a.py", "one = 1\n");
        await origin.CommitAsync("first");
        origin.Write("a.py", "one = 2\n");
        await origin.CommitAsync("second");
        using var folder = new TemporaryFolder();
        await Processes.RunAsync(new ProcessStart("git", "clone", "--quiet", "--depth", "1", $"file://{origin.Path}", Path.Combine(folder.Path, "clone")), cancellationToken: TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "clone", "a.py"), "one = 3\n", TestContext.Current.CancellationToken);
        using var own = new TemporaryFolder();
        var git = await GitRepository.OpenAsync(Path.Combine(folder.Path, "clone"), TestContext.Current.CancellationToken);

        var (there, commit, _) = await git.CommitWorkTreeAsync(own.Path, TestContext.Current.CancellationToken);

        Assert.Equal("a.py", Assert.Single((await there.ReadChangeAsync(await git.ResolveAsync("HEAD", TestContext.Current.CancellationToken), commit, TestContext.Current.CancellationToken)).Files).Path);
    }

    [Fact]
    public async Task A_part_that_is_no_text_is_refused_before_anything_is_made_of_it()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("a.py", "one = 1\n");
        await repository.CommitAsync("first");
        using var own = new TemporaryFolder();
        var git = await GitRepository.OpenAsync(repository.Path, TestContext.Current.CancellationToken);

        var refused = await Assert.ThrowsAsync<UsageException>(() => git.CommitPatchAsync(
            "HEAD", Encoding.UTF8.GetBytes("diff --git a/x b/x\nnew file mode 100644\nGIT binary patch\nliteral 4\nLc${NkWdHyG0001\n\n"), own.Path, TestContext.Current.CancellationToken));

        Assert.Contains("no text file", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(own.Path));
    }

    private const string Patch =
        """
        diff --git a/calc.py b/calc.py
        --- a/calc.py
        +++ b/calc.py
        @@ -1,2 +1,2 @@
         def one():
        -    return 1
        +    return 2 - 1
        diff --git a/more/new.py b/more/new.py
        new file mode 100644
        --- /dev/null
        +++ b/more/new.py
        @@ -0,0 +1,2 @@
        +def two():
        +    return 2

        """;

    [Fact]
    public async Task A_patch_of_several_files_becomes_a_commit_behind_the_one_that_it_is_for_and_nothing_is_written_to_the_repository()
    {
        using var repository = await RepositoryAsync();
        using var own = new TemporaryFolder();
        var before = await StatusAsync(repository);
        var git = await GitRepository.OpenAsync(repository.Path, TestContext.Current.CancellationToken);

        var (_, commit) = await git.CommitPatchAsync("HEAD", Encoding.UTF8.GetBytes(Patch), own.Path, TestContext.Current.CancellationToken);

        var edited = await GitRepository.OpenAsync(own.Path, TestContext.Current.CancellationToken);
        var change = await edited.ReadChangeAsync(await git.ResolveAsync("HEAD", TestContext.Current.CancellationToken), commit, TestContext.Current.CancellationToken);
        Assert.Equal([("calc.py", FileStatus.Modified), ("more/new.py", FileStatus.Added)], change.Files.Select(f => (f.Path, f.Status)));
        Assert.Equal("def one():\n    return 2 - 1\n", Encoding.UTF8.GetString(await edited.ReadFileAsync(commit, "calc.py", TestContext.Current.CancellationToken)));
        Assert.Equal(before, await StatusAsync(repository));
    }

    [Fact]
    public async Task Lines_that_somebody_counted_wrongly_are_counted_again()
    {
        using var repository = await RepositoryAsync();

        var commit = await PatchedAsync(repository, Patch.Replace("-1,2 +1,2", "-1,9 +1,7", StringComparison.Ordinal));

        Assert.NotEmpty(commit);
    }

    [Theory]
    [InlineData("", "the patch is empty")]
    [InlineData(" \n\n", "the patch is empty")]
    [InlineData("Please make it faster.\n", "the patch does not apply to")]
    [InlineData("--- a/calc.py\n+++ b/calc.py\n@@ -1,2 +1,2 @@\n def other():\n-    return 1\n+    return 3\n", "calc.py: patch does not apply")]
    [InlineData("--- a/absent.py\n+++ b/absent.py\n@@ -1 +1 @@\n-a\n+b\n", "absent.py")]
    [InlineData("--- a/../outside.py\n+++ b/../outside.py\n@@ -0,0 +1 @@\n+a\n", "../outside.py")]
    [InlineData("diff --git a/.git/hooks/pre-commit b/.git/hooks/pre-commit\nnew file mode 100755\n--- /dev/null\n+++ b/.git/hooks/pre-commit\n@@ -0,0 +1 @@\n+a\n", ".git/hooks/pre-commit")]
    [InlineData("diff --git a/link b/link\nnew file mode 120000\n--- /dev/null\n+++ b/link\n@@ -0,0 +1 @@\n+/etc/passwd\n\\ No newline at end of file\n", "link, which is a link: only text files are judged")]
    [InlineData("diff --git a/sub b/sub\nnew file mode 160000\n--- /dev/null\n+++ b/sub\n@@ -0,0 +1 @@\n+Subproject commit 1111111111111111111111111111111111111111\n", "sub, which is a submodule: only text files are judged")]
    [InlineData("diff --git a/linked/evil.py b/linked/evil.py\nnew file mode 100644\n--- /dev/null\n+++ b/linked/evil.py\n@@ -0,0 +1 @@\n+a\n", "linked/evil.py")]
    [InlineData("diff --git a/blob b/blob\nnew file mode 100644\nindex 0000000000000000000000000000000000000000..f76dd238ade08917e6712764a16a22005a50573d\nGIT binary patch\nliteral 1\nIcmZPo000310RR91\n\nliteral 0\nHcmV?d00001\n\n", "a file that is no text file: only text files are judged")]
    public async Task A_patch_that_is_none_or_that_would_reach_elsewhere_is_refused_with_one_message(string patch, string expected)
    {
        using var repository = await RepositoryAsync();

        var refused = await Assert.ThrowsAsync<UsageException>(() => PatchedAsync(repository, patch));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public async Task A_patch_that_is_too_large_is_refused_before_git_reads_it()
    {
        using var repository = await RepositoryAsync();

        var refused = await Assert.ThrowsAsync<UsageException>(() => PatchedAsync(repository, new string('+', EditCommit.LargestPatch + 1)));

        Assert.Contains("larger than 16 MiB", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_message_quotes_of_a_patch_hides_nothing_from_a_terminal()
    {
        using var repository = await RepositoryAsync();

        var refused = await Assert.ThrowsAsync<UsageException>(() => PatchedAsync(repository, "--- a/\u001b[31mred\n+++ b/\u001b[31mred\n@@ -1 +1 @@\n-a\n+b\n"));

        Assert.DoesNotContain('\u001b', refused.Message);
    }

    [Fact]
    public async Task A_work_tree_is_committed_as_it_lies_with_new_files_and_without_ignored_and_deleted_ones()
    {
        using var repository = await RepositoryAsync();
        using var own = new TemporaryFolder();
        repository.Write("calc.py", "def one():\n    return 3 - 2\n");
        repository.Write("new file.py", "NEW = 1\n");
        repository.Write("build/out.py", "OUT = 1\n");
        repository.Write("script.sh", "echo\n");
        await TestRepository.RunAsync(repository.Path, "chmod", "u+x", "script.sh");
        repository.Delete("gone.py");
        var before = await StatusAsync(repository);
        var git = await GitRepository.OpenAsync(repository.Path, TestContext.Current.CancellationToken);

        var (_, commit, leftOut) = await git.CommitWorkTreeAsync(own.Path, TestContext.Current.CancellationToken);

        var edited = await GitRepository.OpenAsync(own.Path, TestContext.Current.CancellationToken);
        var change = await edited.ReadChangeAsync(await git.ResolveAsync("HEAD", TestContext.Current.CancellationToken), commit, TestContext.Current.CancellationToken);
        Assert.Equal(
            [("calc.py", FileStatus.Modified), ("gone.py", FileStatus.Deleted), ("new file.py", FileStatus.Added), ("script.sh", FileStatus.Added)],
            change.Files.Select(f => (f.Path, f.Status)).OrderBy(f => f.Path, StringComparer.Ordinal));
        Assert.Empty(leftOut);
        Assert.Equal(before, await StatusAsync(repository));
    }

    [Fact]
    public async Task A_work_tree_without_changes_changes_nothing()
    {
        using var repository = await RepositoryAsync();
        using var own = new TemporaryFolder();
        var git = await GitRepository.OpenAsync(repository.Path, TestContext.Current.CancellationToken);

        var (_, commit, _) = await git.CommitWorkTreeAsync(own.Path, TestContext.Current.CancellationToken);

        var edited = await GitRepository.OpenAsync(own.Path, TestContext.Current.CancellationToken);
        Assert.Empty((await edited.ReadChangeAsync(await git.ResolveAsync("HEAD", TestContext.Current.CancellationToken), commit, TestContext.Current.CancellationToken)).Files);
    }

    [Fact]
    public async Task What_of_a_work_tree_cannot_be_copied_is_as_it_was_committed()
    {
        using var repository = await RepositoryAsync();
        using var own = new TemporaryFolder();
        repository.Write("folder/file.py", "A = 1\n");
        await repository.CommitAsync("folder");
        Directory.Delete(Path.Combine(repository.Path, "folder"), recursive: true);
        Directory.CreateSymbolicLink(Path.Combine(repository.Path, "folder"), "/tmp");
        var git = await GitRepository.OpenAsync(repository.Path, TestContext.Current.CancellationToken);

        var (_, commit, leftOut) = await git.CommitWorkTreeAsync(own.Path, TestContext.Current.CancellationToken);

        var edited = await GitRepository.OpenAsync(own.Path, TestContext.Current.CancellationToken);
        Assert.Contains(leftOut, l => l.Path == "folder/file.py");
        Assert.Equal("A = 1\n", Encoding.UTF8.GetString(await edited.ReadFileAsync(commit, "folder/file.py", TestContext.Current.CancellationToken)));
    }

    private static async Task<TestRepository> RepositoryAsync()
    {
        var repository = await TestRepository.CreateAsync();
        repository.Write("calc.py", "def one():\n    return 1\n");
        repository.Write("gone.py", "GONE = 1\n");
        repository.Write(".gitignore", "build/\n");
        Directory.CreateSymbolicLink(Path.Combine(repository.Path, "linked"), "build");
        await repository.CommitAsync("base");
        return repository;
    }

    private static async Task<string> PatchedAsync(TestRepository repository, string patch)
    {
        using var own = new TemporaryFolder();
        var git = await GitRepository.OpenAsync(repository.Path, TestContext.Current.CancellationToken);
        return (await git.CommitPatchAsync("HEAD", Encoding.UTF8.GetBytes(patch), own.Path, TestContext.Current.CancellationToken)).Commit;
    }

    private static Task<string> StatusAsync(TestRepository repository) => TestRepository.RunAsync(
        repository.Path, "sh", "-c", "find . -path ./.git/objects -prune -o -type f -print0 | sort -z | xargs -0 sha256sum; find .git/objects -type f | wc -l");
}
