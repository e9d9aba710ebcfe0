using Afterburner.Changes;
using Xunit;

namespace Afterburner.Tests.Changes;

public sealed class WorkTreeCopyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_copy_holds_what_lies_there_and_not_what_is_committed_or_ignored()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write(".gitignore", "*.log\n");
        repository.Write("src/changed.py", "old\n");
        repository.Write("staged.py", "old\n");
        repository.Write("deleted.py", "old\n");
        repository.Write("run.sh", "#!/bin/sh\n");
        await repository.CommitAsync();
        repository.Write("src/changed.py", "new\r\n");
        repository.Write("staged.py", "staged\n");
        await repository.GitAsync("add", "staged.py");
        repository.Write("staged.py", "lying\n");
        repository.Delete("deleted.py");
        repository.Write("src/added.py", "added\n");
        repository.Write("noise.log", "ignored\n");
        await TestRepository.RunAsync(repository.Path, "chmod", "+x", "run.sh");
        var before = await StateAsync(repository);
        using var copy = new TemporaryFolder();

        var leftOut = await CopyAsync(repository, copy);

        Assert.Empty(leftOut);
        Assert.Equal([".gitignore", "run.sh", "src/added.py", "src/changed.py", "staged.py"], Files(copy));
        Assert.Equal("new\r\n", await ReadAsync(copy, "src/changed.py"));
        Assert.Equal("lying\n", await ReadAsync(copy, "staged.py"));
        Assert.Equal("755", await TestRepository.RunAsync(copy.Path, "stat", "-c", "%a", "run.sh"));
        Assert.Equal(before, await StateAsync(repository));
    }

    [Fact]
    public async Task An_environment_that_nobody_told_git_to_ignore_is_no_part_of_the_copy()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("src/venv/kept.py", "committed\n");
        await repository.CommitAsync();
        repository.Write(".venv/lib/python3.11/site-packages/other.py", "somebody else's\n");
        repository.Write("src/__pycache__/kept.cpython-311.pyc", "compiled\n");
        repository.Write("src/added.py", "added\n");
        using var copy = new TemporaryFolder();

        await CopyAsync(repository, copy);

        Assert.Equal(["src/added.py", "src/venv/kept.py"], Files(copy));
    }

    [Fact]
    public async Task No_link_is_followed_out_of_the_tree()
    {
        using var outside = new TemporaryFolder();
        outside.Write("secret.py", "secret\n");
        using var repository = await TestRepository.CreateAsync();
        repository.Write("folder/secret.py", "committed\n");
        repository.Write("kept.py", "kept\n");
        await repository.CommitAsync();
        Directory.Delete(Path.Combine(repository.Path, "folder"), recursive: true);
        File.CreateSymbolicLink(Path.Combine(repository.Path, "folder"), outside.Path);
        File.CreateSymbolicLink(Path.Combine(repository.Path, "file"), Path.Combine(outside.Path, "secret.py"));
        File.CreateSymbolicLink(Path.Combine(repository.Path, "inside"), "kept.py");
        using var copy = new TemporaryFolder();

        var leftOut = await CopyAsync(repository, copy);

        Assert.Equal(["inside", "kept.py"], Files(copy));
        Assert.Equal(["file", "folder", "folder/secret.py"], leftOut.Select(l => l.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Nothing_that_the_repository_configures_runs()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write(".gitattributes", "*.py filter=trap\n");
        repository.Write("a.py", "old\n");
        await repository.CommitAsync();
        var trap = Path.Combine(repository.Path, ".git", "trapped");
        await repository.GitAsync("config", "filter.trap.clean", $"touch {trap}; cat");
        await repository.GitAsync("config", "core.fsmonitor", $"touch {trap}");
        repository.Write("a.py", "new\n");
        using var copy = new TemporaryFolder();

        await CopyAsync(repository, copy);

        Assert.Equal("new\n", await ReadAsync(copy, "a.py"));
        Assert.False(File.Exists(trap));
    }

    private static async Task<IReadOnlyList<LeftOut>> CopyAsync(TestRepository repository, TemporaryFolder copy) =>
        (await (await GitRepository.OpenAsync(repository.Path, Token)).CopyWorkTreeAsync(copy.Path, Token)).LeftOut;

    private static IEnumerable<string> Files(TemporaryFolder copy) =>
        Directory.EnumerateFiles(copy.Path, "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(copy.Path, f)).Order(StringComparer.Ordinal);

    private static Task<string> ReadAsync(TemporaryFolder copy, string path) => File.ReadAllTextAsync(Path.Combine(copy.Path, path), Token);

    private static Task<string> StateAsync(TestRepository repository) =>
        TestRepository.RunAsync(repository.Path, "sh", "-c", "find . -type f -print0 | sort -z | xargs -0 sha256sum");
}
