using Afterburner.Changes;
using Xunit;

namespace Afterburner.Tests.Changes;

public sealed class GitAdviceTests
{
    [Fact]
    public async Task A_folder_without_a_repository_says_what_to_pass()
    {
        using var folder = new TemporaryFolder();

        var plain = await Assert.ThrowsAsync<UsageException>(() => GitRepository.OpenAsync(folder.Path, Token));
        var missing = await Assert.ThrowsAsync<UsageException>(() => GitRepository.OpenAsync(folder.Path + "/none", Token));

        Assert.Contains("--repo", plain.Message, StringComparison.Ordinal);
        Assert.Contains("--repo", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repository_without_a_commit_or_a_base_says_so()
    {
        using var repository = await TestRepository.CreateAsync();
        await repository.GitAsync("checkout", "-q", "-b", "topic");

        var empty = await Assert.ThrowsAsync<UsageException>(() => GitRepositoryTests.ReadAsync(repository, null, null));
        await repository.CommitAsync();
        var baseless = await Assert.ThrowsAsync<UsageException>(() => GitRepositoryTests.ReadAsync(repository, null, null));

        Assert.Contains("no commit yet", empty.Message, StringComparison.Ordinal);
        Assert.Contains("--base", baseless.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_misspelt_ref_is_named_with_the_command_that_lists_the_others()
    {
        using var repository = await TestRepository.CreateAsync();
        await repository.CommitAsync();

        var missing = await Assert.ThrowsAsync<UsageException>(() => GitRepositoryTests.ReadAsync(repository, "mian", null));
        var option = await Assert.ThrowsAsync<UsageException>(() => GitRepositoryTests.ReadAsync(repository, "--output=/tmp/x", null));

        Assert.Contains("'mian'", missing.Message, StringComparison.Ordinal);
        Assert.Contains("main", await TestRepository.RunAsync("/", "sh", "-c", HostileRepositoryTests.Command(missing)), StringComparison.Ordinal);
        Assert.Contains("--output", option.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unrelated_histories_are_told_from_shallow_ones()
    {
        using var repository = await TestRepository.CreateAsync();
        await repository.CommitAsync();
        await repository.GitAsync("checkout", "-q", "--orphan", "other");
        await repository.CommitAsync("another root");

        var failure = await Assert.ThrowsAsync<UsageException>(() => GitRepositoryTests.ReadAsync(repository, "main", "other"));

        Assert.Contains("no common ancestor", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_shallow_clone_the_commands_of_the_messages_lead_to_a_review()
    {
        using var origin = await TestRepository.CreateAsync();
        origin.Write("a.py", "1\n");
        var fork = await origin.CommitAsync();
        await origin.CommitAsync("more on main");
        await origin.GitAsync("checkout", "-q", "-b", "topic", fork);
        origin.Write("a.py", "2\n");
        await origin.CommitAsync();
        using var folder = new TemporaryFolder();
        await TestRepository.RunAsync(folder.Path, "git", "clone", "-q", "--depth=1", "--branch=topic", "file://" + origin.Path, "a clone");
        var repository = await GitRepository.OpenAsync(Path.Combine(folder.Path, "a clone"), Token);

        var missing = await Assert.ThrowsAsync<UsageException>(() => repository.ReadChangeAsync("main", null, Token));
        await TestRepository.RunAsync(repository.Root, "git", "fetch", "-q", "--depth=1", "origin", "main:refs/remotes/origin/main");
        var unrelated = await Assert.ThrowsAsync<UsageException>(() => repository.ReadChangeAsync("main", null, Token));
        Assert.Contains("shallow", unrelated.Message, StringComparison.Ordinal);

        await TestRepository.RunAsync("/", "sh", "-c", HostileRepositoryTests.Command(unrelated));
        await TestRepository.RunAsync(repository.Root, "git", "update-ref", "-d", "refs/remotes/origin/main");
        await TestRepository.RunAsync("/", "sh", "-c", HostileRepositoryTests.Command(missing).Replace("--unshallow ", "", StringComparison.Ordinal));
        Assert.Equal(fork, (await repository.ReadChangeAsync("main", null, Token)).Base);
    }

    [Fact]
    public async Task A_repository_of_another_owner_is_read()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can give a repository to another owner");
        using var repository = await TestRepository.CreateAsync();
        var head = await repository.CommitAsync();
        await TestRepository.RunAsync(repository.Path, "chown", "-R", "nobody", ".");

        Assert.Equal(head, (await GitRepositoryTests.ReadAsync(repository, null, null)).Head);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
