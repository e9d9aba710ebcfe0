using Afterburner.Changes;
using Afterburner.GitHub;
using Afterburner.Proposers;
using Afterburner.Tests.Changes;
using Afterburner.Worker;
using Afterburner.Worker.Apps;
using Afterburner.Worker.Demo;
using Afterburner.Worker.Reviews;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Afterburner.Tests.Worker;

/// <summary>What is fetched of a repository, over HTTP from git's own server, and how long it stays.</summary>
public sealed class MirrorsTests : IAsyncLifetime
{
    private const string Main = "refs/heads/main", Change = "refs/heads/change";

    private readonly TemporaryFolder _folder = new();
    private StandIn _gitHub = null!;
    private TestRepository _files = null!;
    private StandInRepository _repository = null!;
    private WorkerSettings _settings = null!;
    private Secret _token = null!;
    private Mirrors _mirrors = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _gitHub = await StandIn.StartAsync(TimeProvider.System);
        _files = await TestRepository.CreateAsync();
        _repository = _gitHub.Add("octo-org/shop", _files.Path);
        _settings = new WorkerSettings
        {
            AppId = StandIn.AppId, PrivateKey = new Secret(_gitHub.PrivateKeyPem), WebhookSecrets = [], Data = _folder.Path, Name = "one", GitHub = _gitHub.Address,
        };
        _token = await new AppTokens(_settings, TimeProvider.System).ForAsync(StandIn.Installation, _repository.Id, Cancel);
        _mirrors = Mirrors();
    }

    /// <summary>Servers that know by bitmaps what hangs on a commit leave out files of commits that they are told are there: GitHub's are such.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task All_commits_are_fetched_and_only_the_files_of_those_that_are_compared(bool hasBitmaps)
    {
        var old = await CommitAsync("old");
        var common = await CommitAsync("common");
        await _files.GitAsync("branch", "change");
        await CommitAsync("in between");
        var main = await CommitAsync("main");
        await _files.GitAsync("switch", "--quiet", "change");
        var head = await CommitAsync("change");
        if (hasBitmaps)
            await _files.GitAsync("repack", "-adbq");

        using var copy = await FetchAsync(Change);
        var repository = await GitRepository.OpenAsync(copy.Directory, Cancel);

        Assert.Equal((head, main, main), (copy.Head, copy.Main, copy.Base));
        foreach (var (commit, text) in new[] { (common, "common"), (main, "main"), (head, "change") })
            Assert.Equal(text, await TextAsync(repository, commit));
        Assert.Equal(old, await repository.ResolveAsync(old, Cancel));
        Assert.NotEqual("old", await TextAsync(repository, old));

        var later = await CommitAsync("later");
        if (hasBitmaps)
            await _files.GitAsync("repack", "-adbq");
        using var again = await FetchAsync(Change);
        Assert.Equal("later", await TextAsync(repository, later));
    }

    [Fact]
    public async Task What_a_push_by_force_left_behind_can_be_compared_with_as_long_as_it_is_there()
    {
        var common = await CommitAsync("common");
        var before = await CommitAsync("before");
        await _files.GitAsync("reset", "--quiet", "--hard", common);
        await CommitAsync("by force");

        using var copy = await FetchAsync(Main, new string('b', 40), before);
        var repository = await GitRepository.OpenAsync(copy.Directory, Cancel);

        Assert.Equal(before, copy.Base);
        Assert.Equal(("before", "common"), (await TextAsync(repository, before), await TextAsync(repository, common)));
        var refused = await Assert.ThrowsAsync<UsageException>(() => FetchAsync(Main, new string('b', 40)));
        Assert.Contains("is not there any more", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_branch_that_is_not_there_is_no_outage()
    {
        await CommitAsync("main");

        var refused = await Assert.ThrowsAsync<UsageException>(() => FetchAsync("refs/heads/gone"));

        Assert.Contains("the branch is not there", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_review_uses_stays_while_others_fetch_and_the_copy_is_to_go()
    {
        var first = await CommitAsync("first");
        using var copy = await FetchAsync(Main);
        await CommitAsync("second");
        (await FetchAsync(Main)).Dispose();
        await _mirrors.ForgetAsync(_repository.Id, Cancel);

        Assert.Equal("first", await TextAsync(await GitRepository.OpenAsync(copy.Directory, Cancel), first));

        copy.Dispose();
        Assert.False(Directory.Exists(copy.Directory));
    }

    [Theory]
    [InlineData("config.lock")]
    [InlineData("refs/afterburner/kept.lock")]
    [InlineData("objects/pack/tmp_pack_abcdef")]
    public async Task What_a_killed_git_left_is_in_nobodys_way(string left)
    {
        await CommitAsync("main");
        (await FetchAsync(Main)).Dispose();
        var path = Path.Combine(_folder.Path, "mirrors", $"{_repository.Id}.git", left);
        await File.WriteAllTextAsync(path, "", Cancel);
        await CommitAsync("later");

        (await FetchAsync(Main)).Dispose();

        Assert.False(File.Exists(path));
    }

    [LongForm]
    [Fact]
    public async Task Many_fetches_leave_few_packs_and_what_is_needed_can_still_be_read()
    {
        for (var i = 0; i < 24; i++)
        {
            await CommitAsync($"commit {i}");
            (await FetchAsync(Main)).Dispose();
        }

        using var copy = await FetchAsync(Main);
        Assert.InRange(Directory.GetFiles(Path.Combine(copy.Directory, "objects", "pack"), "*.pack").Length, 1, 22);
        Assert.Equal("commit 23", await TextAsync(await GitRepository.OpenAsync(copy.Directory, Cancel), copy.Head));
    }

    [Fact]
    public async Task A_copy_that_earlier_reviews_filled_is_made_anew_and_what_is_too_large_by_itself_is_refused()
    {
        await CommitAsync(Noise());
        using (await FetchAsync(Main))
            await CommitAsync("small again");
        _settings = _settings with { MostMirror = 3 << 20 };
        _mirrors = Mirrors();

        using (var copy = await FetchAsync(Main))
            Assert.Equal("small again", await TextAsync(await GitRepository.OpenAsync(copy.Directory, Cancel), copy.Head));

        await CommitAsync(Noise());
        var refused = await Assert.ThrowsAsync<UsageException>(() => FetchAsync(Main));
        Assert.Contains("AFTERBURNER_MOST_MIRROR", refused.Message, StringComparison.Ordinal);

        static string Noise() => Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(4 << 20));
    }

    [Fact]
    public async Task A_copy_that_nobody_has_asked_for_is_removed()
    {
        await CommitAsync("main");
        var copy = await FetchAsync(Main);
        copy.Dispose();

        await _mirrors.ForgetUnusedAsync(TimeProvider.System.GetUtcNow().AddDays(-1), Cancel);
        Assert.True(Directory.Exists(copy.Directory));
        await _mirrors.ForgetUnusedAsync(TimeProvider.System.GetUtcNow().AddSeconds(1), Cancel);
        Assert.False(Directory.Exists(copy.Directory));
    }

    [Fact]
    public async Task Neither_the_token_nor_its_header_is_left_in_the_copy()
    {
        await CommitAsync("secret?");

        using var copy = await FetchAsync(Main);

        var said = await File.ReadAllTextAsync(Path.Combine(copy.Directory, "config"), Cancel);
        Assert.DoesNotContain("url", said, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Authorization", said, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(
            Directory.EnumerateFiles(copy.Directory, "*", SearchOption.AllDirectories), f => File.ReadAllText(f).Contains(_token.Reveal(), StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await _gitHub.DisposeAsync();
        _files.Dispose();
        _folder.Dispose();
    }

    private Mirrors Mirrors() => new(_settings, TimeProvider.System, NullLogger<Mirrors>.Instance);

    private Task<Copy> FetchAsync(string head, params string[] since) => _mirrors.FetchAsync(
        new Wanted(_repository.Id, RepositoryName.Parse(_repository.FullName), head, Main, Main) { Since = since }, _token, Cancel);

    private static async Task<string> TextAsync(GitRepository copy, string commit) =>
        System.Text.Encoding.UTF8.GetString(await copy.TryReadFileAsync(commit, "shop.py", Cancel) ?? []);

    private Task<string> CommitAsync(string text)
    {
        _files.Write("shop.py", text);
        return _files.CommitAsync(text[..Math.Min(text.Length, 40)]);
    }
}
