using Afterburner.Changes;
using Xunit;

namespace Afterburner.Tests.Changes;

public sealed class HostileRepositoryTests
{
    [Fact]
    public async Task A_configured_work_tree_elsewhere_is_refused_so_that_nothing_around_the_repository_is_read()
    {
        using var around = new TemporaryFolder();
        around.Write("secret", "of the home");
        var inside = Directory.CreateDirectory(Path.Combine(around.Path, "home", "project")).FullName;
        await TestRepository.RunAsync(inside, "git", "init", "--quiet");
        Assert.Equal(inside, (await Git.DiscoverAsync(inside, Token)).Root);

        await TestRepository.RunAsync(inside, "git", "config", "core.worktree", "../../..");

        var refused = await Assert.ThrowsAsync<UsageException>(() => Git.DiscoverAsync(inside, Token));
        Assert.Contains("core.worktree", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("worktree = ..")]
    [InlineData("bare = true")]
    public async Task A_folder_of_the_checkout_that_looks_like_a_git_directory_is_no_repository(string setting)
    {
        using var repository = await TestRepository.CreateAsync();
        await repository.CommitAsync();
        var tools = Path.Combine(repository.Path, "tools");
        await TestRepository.RunAsync(repository.Path, "git", "init", "--quiet", "--bare", "tools");
        await File.WriteAllTextAsync(Path.Combine(tools, "config"), $"[core]\n\trepositoryformatversion = 0\n\t{setting}\n", Token);

        await Assert.ThrowsAsync<UsageException>(() => Git.DiscoverAsync(tools, Token));
        Assert.Equal(repository.Path, (await Git.DiscoverAsync(repository.Path, Token)).Root);
    }

    [Fact]
    public async Task A_linked_work_tree_and_a_bare_repository_by_itself_are_repositories()
    {
        using var repository = await TestRepository.CreateAsync();
        await repository.CommitAsync();
        using var elsewhere = new TemporaryFolder();
        var (linked, bare) = (Path.Combine(elsewhere.Path, "linked"), Path.Combine(elsewhere.Path, "bare"));
        await repository.GitAsync("worktree", "add", "--quiet", linked);
        await TestRepository.RunAsync(elsewhere.Path, "git", "clone", "--quiet", "--bare", repository.Path, bare);

        Assert.Equal(linked, (await Git.DiscoverAsync(linked, Token)).Root);
        Assert.True((await Git.DiscoverAsync(bare, Token)).IsBare);
    }

    [Fact]
    public async Task Nothing_that_a_repository_configures_is_run_and_nothing_of_it_changes()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("a.py", "one\n");
        var fork = await repository.CommitAsync();
        repository.Write("a.py", "two\n");
        repository.Write(".gitattributes", "* diff=evil filter=evil merge=evil\n");
        await repository.CommitAsync();
        await repository.GitAsync("status"); // a settled index

        using var marks = new TemporaryFolder();
        var evil = Path.Combine(marks.Path, "evil.sh");
        var mark = Path.Combine(marks.Path, "ran");
        await File.WriteAllTextAsync(evil, $"#!/bin/sh\necho \"$0 $@\" >> '{mark}'\nexit 0\n", Token);
        await TestRepository.RunAsync(marks.Path, "chmod", "+x", evil);
        foreach (var key in new[]
        {
            "core.fsmonitor", "core.pager", "pager.diff-tree", "core.sshCommand", "core.askPass", "core.editor", "core.gitProxy", "diff.external",
            "diff.evil.command", "diff.evil.textconv", "filter.evil.smudge", "filter.evil.clean", "filter.evil.process", "merge.evil.driver",
            "gpg.program", "credential.helper", "uploadpack.packObjectsHook", "alias.diff-tree", "alias.rev-parse", "tar.tar.command",
            "core.alternateRefsCommand", "trace2.eventTarget",
        })
            await repository.GitAsync("config", key, key.StartsWith("alias", StringComparison.Ordinal) ? "!" + evil : evil);
        await repository.GitAsync("config", "log.showSignature", "true");
        await repository.GitAsync("config", "core.attributesFile", Path.Combine(repository.Path, ".gitattributes"));
        await File.WriteAllTextAsync(Path.Combine(repository.Path, ".git/info/attributes"), "* diff=evil filter=evil\n", Token);
        await repository.GitAsync("config", "core.hooksPath", marks.Path);
        foreach (var hook in new[] { "post-checkout", "post-index-change", "reference-transaction", "fsmonitor-watchman" })
            File.Copy(evil, Path.Combine(marks.Path, hook));
        File.SetLastWriteTimeUtc(Path.Combine(repository.Path, "a.py"), new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc)); // a stale index entry
        var before = await FingerprintAsync(repository.Path);

        using var copy = new TemporaryFolder();
        var opened = await GitRepository.OpenAsync(repository.Path, Token);
        var change = await opened.ReadChangeAsync(fork, null, Token);
        await opened.ReadFileAsync(change.Head, "a.py", Token);
        await opened.ExportAsync(change.Head, copy.Path, cancellationToken: Token);
        var logged = await opened.LogAsync("HEAD", ("two", ["**/*"]), Token);
        using var back = new TemporaryFolder();
        await opened.StepBackAsync(change.Head, fork, ["a.py"], Path.Combine(back.Path, "back.git"), Token);

        Assert.Equal(change.Head, Assert.Single(logged).Hash);
        Assert.False(File.Exists(mark), File.Exists(mark) ? await File.ReadAllTextAsync(mark, Token) : "");
        Assert.Equal(before, await FingerprintAsync(repository.Path));
        Assert.Equal("two\n", await File.ReadAllTextAsync(Path.Combine(copy.Path, "a.py"), Token));
        Assert.Equal(2, change.Files.Single(f => f.Path == "a.py").Hunks.Single().Lines.Count);
        await Record.ExceptionAsync(() => repository.GitAsync("status"));
        Assert.True(File.Exists(mark)); // the trap does snap for a git that trusts the repository
    }

    [Theory]
    [InlineData("1312735823 +051800")]
    [InlineData("300000000000 +0000")]
    public async Task A_history_is_read_whatever_a_commit_says_of_its_time_and_whatever_it_is_to_be_written_in(string time)
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("a.py", "one\n");
        var parent = await repository.CommitAsync();
        var tree = (await repository.GitAsync("rev-parse", "HEAD^{tree}")).Trim();
        var commit = Path.Combine(repository.Path, "commit");
        await File.WriteAllTextAsync(commit, $"tree {tree}\nparent {parent}\nauthor A <a@b> {time}\ncommitter A <a@b> {time}\n\nFaster größer\n", Token);
        var hash = (await repository.GitAsync("hash-object", "-t", "commit", "-w", "--literally", commit)).Trim();
        await repository.GitAsync("config", "i18n.logOutputEncoding", "UTF-16");
        await repository.GitAsync("config", "diff.orderFile", "/nonexistent");

        var logged = await (await GitRepository.OpenAsync(repository.Path, Token)).LogAsync(hash, cancellationToken: Token);

        Assert.Equal((hash, "Faster größer"), (Assert.Single(logged).Hash, logged[0].Subject));
    }

    [Fact]
    public async Task No_program_is_taken_from_a_repository_that_was_opened()
    {
        using var repository = await TestRepository.CreateAsync();
        var bin = Path.Combine(repository.Path, "bin");
        var before = ProgramPath.Current.IsTrusted(bin);

        await GitRepository.OpenAsync(repository.Path, Token);

        Assert.Equal((true, false), (before, ProgramPath.Current.IsTrusted(bin)));
    }

    [Fact]
    public async Task Settings_and_attributes_of_the_repository_do_not_change_the_hunks()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("a.py", "1\n2\n3\n4\n5\n\n7\n8\n9\n10\n11\n");
        var fork = await repository.CommitAsync();
        repository.Write("a.py", "ONE\n2\n3\n4\n5\n\n7\n8\n9\n10\nELEVEN\n");
        await repository.CommitAsync();
        var plain = await GitRepositoryTests.ReadAsync(repository, fork, null);

        repository.Write(".gitattributes", "*.py -diff\n");
        await repository.GitAsync("add", ".gitattributes");
        foreach (var (key, value) in new[]
        {
            ("diff.noprefix", "true"), ("diff.mnemonicPrefix", "true"), ("diff.context", "0"), ("diff.interHunkContext", "9"),
            ("diff.suppressBlankEmpty", "true"), ("diff.algorithm", "patience"), ("color.ui", "always"), ("diff.renames", "false"),
            ("diff.orderFile", "/etc/passwd"), ("core.bigFileThreshold", "1"), ("core.quotePath", "false"), ("diff.ignoreSubmodules", "all"),
        })
            await repository.GitAsync("config", key, value);
        var configured = await GitRepositoryTests.ReadAsync(repository, fork, null);

        Assert.Equal(2, plain.Files.Single().Hunks.Count);
        Assert.Equal(
            plain.Files.Single().Hunks.Select(h => (h.NewStart, h.NewCount, string.Join(' ', h.Lines))),
            configured.Files.Single().Hunks.Select(h => (h.NewStart, h.NewCount, string.Join(' ', h.Lines))));
    }

    [Theory]
    [InlineData("*.py -diff\n*.png -diff\n")]
    [InlineData("* binary\n")]
    [InlineData("* diff=hidden\n")]
    public async Task Attributes_of_the_repository_take_no_text_out_of_sight_and_binary_files_are_still_told_apart(string attributes)
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("a.py", "one\ntwo\n");
        repository.Write("picture.png", [1, 0, 2, 10, 3]);
        var fork = await repository.CommitAsync();
        repository.Write("a.py", "one\nTWO\n");
        repository.Write("picture.png", [1, 0, 3, 10, 3]);
        repository.Write("new.png", [.. Enumerable.Repeat((byte)'x', 100), 0]);
        await repository.CommitAsync();
        await repository.GitAsync("config", "diff.hidden.binary", "true");
        await repository.GitAsync("config", "core.attributesFile", repository.Write(".git/everywhere", attributes));
        repository.Write(".git/info/attributes", attributes);

        var change = await GitRepositoryTests.ReadAsync(repository, fork, null);

        Assert.Equal([("a.py", true), ("new.png", false), ("picture.png", false)], change.Files.Select(f => (f.Path, f.IsText)));
        Assert.Equal((2, 2), (change.Files[0].Hunks.Single().Lines.Count(l => l.OldLine is not null), change.Files[0].Hunks.Single().Lines.Count(l => l.NewLine is not null)));
    }

    [Fact]
    public async Task Missing_objects_of_a_partial_clone_are_not_fetched_and_the_command_in_the_message_gets_them()
    {
        using var origin = await TestRepository.CreateAsync();
        await origin.GitAsync("config", "uploadpack.allowFilter", "true");
        origin.Write("a.py", "1\n");
        var fork = await origin.CommitAsync();
        origin.Write("a.py", "2\n");
        await origin.CommitAsync();
        using var folder = new TemporaryFolder();
        await TestRepository.RunAsync(folder.Path, "git", "clone", "-q", "--bare", "--filter=blob:none", "file://" + origin.Path, "clone");
        var path = Path.Combine(folder.Path, "clone");
        await TestRepository.RunAsync(path, "git", "config", "protocol.file.allow", "always");
        var repository = await GitRepository.OpenAsync(path, Token);
        var before = await FingerprintAsync(path);

        var failure = await Assert.ThrowsAsync<UsageException>(() => repository.ReadChangeAsync(fork, null, Token));
        using var copy = new TemporaryFolder();
        await Assert.ThrowsAsync<UsageException>(() => repository.ExportAsync("HEAD", copy.Path, cancellationToken: Token));
        Assert.Equal(before, await FingerprintAsync(path));

        await TestRepository.RunAsync(folder.Path, "sh", "-c", Command(failure));
        Assert.Single((await repository.ReadChangeAsync(fork, null, Token)).Files);
    }

    /// <summary>The command between back quotes.</summary>
    internal static string Command(Exception failure) => failure.Message.Split('`')[1];

    /// <summary>Every file with its bytes, mode and time of change, `.git` included.</summary>
    private static Task<string> FingerprintAsync(string directory) =>
        TestRepository.RunAsync(directory, "sh", "-c", "find . -printf '%p %m %T@ %l\\n' | sort; find . -type f | sort | xargs -d '\\n' sha256sum");

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
