using Afterburner.Changes;
using Afterburner.GitHub;
using Afterburner.Proposers;
using Afterburner.Tests.Changes;
using Afterburner.Worker;
using Afterburner.Worker.Apps;
using Afterburner.Worker.Demo;
using Afterburner.Worker.Reviews;
using Xunit;

namespace Afterburner.Tests.Worker;

/// <summary>What is fetched of a repository, over HTTP from git's own server, and how long it stays.</summary>
public sealed class MirrorsTests : IAsyncLifetime
{
    private const string Main = "refs/heads/main", Change = "refs/heads/change";

    private readonly TemporaryFolder _folder = new();
    private readonly TimeProvider _time = TimeProvider.System;
    private StandIn _gitHub = null!;
    private TestRepository _files = null!;
    private StandInRepository _repository = null!;
    private WorkerSettings _settings = null!;
    private Secret _token = null!;

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
    }

    [Fact]
    public async Task All_commits_are_fetched_and_only_the_files_of_those_that_are_compared()
    {
        var old = await CommitAsync("old");
        var common = await CommitAsync("common");
        await _files.GitAsync("branch", "change");
        await CommitAsync("in between");
        var main = await CommitAsync("main");
        await _files.GitAsync("switch", "--quiet", "change");
        var head = await CommitAsync("change");

        var copy = await GitRepository.OpenAsync(await FetchAsync([Change, Main]), Cancel);

        foreach (var (commit, text) in new[] { (common, "common"), (main, "main"), (head, "change") })
            Assert.Equal(text, await TextAsync(copy, commit));
        Assert.Equal(old, await copy.ResolveAsync(old, Cancel));
        Assert.NotEqual("old", await TextAsync(copy, old));
    }

    [Fact]
    public async Task What_a_push_by_force_left_behind_is_fetched_as_long_as_it_is_there()
    {
        var before = await CommitAsync("before");
        await _files.GitAsync("commit", "--quiet", "--amend", "--message", "by force");

        var copy = await GitRepository.OpenAsync(await FetchAsync([Main], since: before), Cancel);

        Assert.Equal("before", await TextAsync(copy, before));
        var refused = await Assert.ThrowsAsync<UsageException>(() => FetchAsync([Main], since: new string('b', 40)));
        Assert.Contains("is not there any more", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_fetches_leave_few_packs_and_what_is_needed_can_still_be_read()
    {
        var mirror = "";
        for (var i = 0; i < 24; i++)
        {
            await CommitAsync($"commit {i}");
            mirror = await FetchAsync([Main]);
        }

        Assert.InRange(Directory.GetFiles(Path.Combine(mirror, "objects", "pack"), "*.pack").Length, 1, 22);
        Assert.Equal("commit 23", await TextAsync(await GitRepository.OpenAsync(mirror, Cancel), Mirrors.RefOf(Main)));
    }

    [Fact]
    public async Task A_copy_that_is_too_large_or_of_no_use_any_more_is_removed()
    {
        await CommitAsync(Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(2 << 20)));
        var mirror = await FetchAsync([Main]);
        var mirrors = new Mirrors(_settings, _time);

        await mirrors.ForgetUnusedAsync(_time.GetUtcNow().AddDays(-1), Cancel);
        Assert.True(Directory.Exists(mirror));
        await mirrors.ForgetUnusedAsync(_time.GetUtcNow().AddSeconds(1), Cancel);
        Assert.False(Directory.Exists(mirror));

        _settings = _settings with { MostMirror = 1 << 20 };
        var refused = await Assert.ThrowsAsync<UsageException>(() => FetchAsync([Main]));
        Assert.Contains("AFTERBURNER_MOST_MIRROR", refused.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(mirror));
    }

    [Fact]
    public async Task Neither_the_token_nor_its_header_is_left_in_the_copy()
    {
        await CommitAsync("secret?");

        var mirror = await FetchAsync([Main]);

        var said = await File.ReadAllTextAsync(Path.Combine(mirror, "config"), Cancel);
        Assert.DoesNotContain("url", said, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Authorization", said, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Directory.EnumerateFiles(mirror, "*", SearchOption.AllDirectories), f => File.ReadAllText(f).Contains(_token.Reveal(), StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await _gitHub.DisposeAsync();
        _files.Dispose();
        _folder.Dispose();
    }

    private Task<string> FetchAsync(IReadOnlyList<string> refs, string? since = null) =>
        new Mirrors(_settings, _time).FetchAsync(_repository.Id, RepositoryName.Parse(_repository.FullName), refs, since, _token, Cancel);

    private static async Task<string> TextAsync(GitRepository copy, string commit) =>
        System.Text.Encoding.UTF8.GetString(await copy.TryReadFileAsync(commit, "shop.py", Cancel) ?? []);

    private Task<string> CommitAsync(string text)
    {
        _files.Write("shop.py", text);
        return _files.CommitAsync(text[..Math.Min(text.Length, 40)]);
    }
}
