using Afterburner.Proposers.Downloads;
using System.Net;
using System.Security.Cryptography;
using Afterburner.Proposers;
using Afterburner.Proposers.Models;
using Xunit;

namespace Afterburner.Tests.Proposers.Models;

/// <summary>Against a file server in this process.</summary>
public sealed class ModelPullTests : IAsyncDisposable
{
    private const string Name = "tiny-q4_k_m.gguf";

    private static readonly PullOptions Quick = new() { RetryDelay = TimeSpan.FromMilliseconds(1), Attempts = 3, FreeBytes = _ => 1L << 40 };

    private readonly TemporaryFolder _folder = new();
    private readonly FileServer _server = new(Model(1));

    private string File => Path.Combine(_folder.Path, Name);

    private string Part => File + ".part";

    private ModelFolder Folder => new(_folder.Path);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_pulled_model_is_whole_and_recorded()
    {
        var pulled = await PullAsync();

        Assert.Equal(_server.Content, await System.IO.File.ReadAllBytesAsync(File, Stop));
        Assert.True(pulled is { Fetched: true, FirstPull: true });
        var locked = PullLock.Read(_folder.Path, ModelPull.Kind).Files[Name];
        Assert.Equal((Sha(_server.Content), _server.Content.Length, _server.Url(Name)), (locked.Sha256, locked.Bytes, locked.Url));
        Assert.Equal([ModelPull.Kind.LockName, Name], Files());
    }

    [Fact]
    public async Task A_broken_connection_is_taken_up_where_it_broke()
    {
        _server.Breaks.Enqueue(300_000);
        await PullAsync();

        Assert.Equal(_server.Content, await System.IO.File.ReadAllBytesAsync(File, Stop));
        Assert.Equal(2, _server.Heads.Count);
        Assert.Contains("Range: bytes=300000-", _server.Heads[1], StringComparison.Ordinal);
        Assert.Contains("If-Range: \"one\"", _server.Heads[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_is_never_taken_for_the_whole_and_the_next_pull_goes_on_with_it()
    {
        Break(300_000, 0, 0, 0);
        var failure = await Assert.ThrowsAsync<EnvironmentFailureException>(PullAsync);

        Assert.Contains("goes on", failure.Message, StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(File));
        Assert.Equal(300_000, new FileInfo(Part).Length);
        Assert.Empty(PullLock.Read(_folder.Path, ModelPull.Kind).Files);
        Assert.Throws<UsageException>(() => Folder.Resolve("tiny-q4_k_m"));

        var before = _server.Heads.Count;
        await PullAsync();
        Assert.Equal(_server.Content, await System.IO.File.ReadAllBytesAsync(File, Stop));
        Assert.Contains("Range: bytes=300000-", _server.Heads[before], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_ignores_ranges_is_read_from_the_start()
    {
        _server.IgnoresRange = true;
        _server.Breaks.Enqueue(300_000);
        await PullAsync();

        Assert.Equal(_server.Content, await System.IO.File.ReadAllBytesAsync(File, Stop));
    }

    [Fact]
    public async Task A_file_that_changes_between_two_parts_is_fetched_anew()
    {
        Break(300_000, 0, 0, 0);
        await Assert.ThrowsAsync<EnvironmentFailureException>(PullAsync);
        (_server.Content, _server.ETag) = (Model(2), "\"two\"");
        await PullAsync();

        Assert.Equal(Model(2), await System.IO.File.ReadAllBytesAsync(File, Stop));
    }

    [Fact]
    public async Task A_server_that_sends_a_part_of_another_file_is_not_believed()
    {
        Break(300_000, 0, 0, 0);
        await Assert.ThrowsAsync<EnvironmentFailureException>(PullAsync);
        (_server.Content, _server.ETag, _server.IgnoresIfRange) = (Model(2), "\"two\"", true);
        await PullAsync();

        Assert.Equal(Model(2), await System.IO.File.ReadAllBytesAsync(File, Stop));
    }

    [Fact]
    public async Task Without_an_etag_nothing_is_resumed()
    {
        _server.ETag = null;
        Break(300_000, 0, 0, 0);
        await Assert.ThrowsAsync<EnvironmentFailureException>(PullAsync);
        _server.Content = Model(2);
        await PullAsync();

        Assert.Equal(Model(2), await System.IO.File.ReadAllBytesAsync(File, Stop));
    }

    [Fact]
    public async Task A_busy_server_is_asked_again_and_an_absent_file_is_not()
    {
        _server.Instead.Enqueue("503 Busy");
        await PullAsync();
        Assert.Equal(2, _server.Heads.Count);

        _server.Instead.Enqueue("404 Not Found");
        var failure = await Assert.ThrowsAsync<EnvironmentFailureException>(() => PullAsync(_server.Url("other.gguf")));
        Assert.Contains("HTTP 404", failure.Message, StringComparison.Ordinal);
        Assert.Equal(3, _server.Heads.Count);
    }

    [Fact]
    public async Task A_file_that_is_not_the_one_pulled_first_is_refused_and_not_kept()
    {
        await PullAsync();
        System.IO.File.Delete(File);
        _server.Content = Model(2);
        var failure = await Assert.ThrowsAsync<EnvironmentFailureException>(PullAsync);

        Assert.Contains(Sha(Model(1)), failure.Message, StringComparison.Ordinal);
        Assert.Contains(Sha(Model(2)), failure.Message, StringComparison.Ordinal);
        Assert.Equal([ModelPull.Kind.LockName], Files());
        Assert.Equal(Sha(Model(1)), PullLock.Read(_folder.Path, ModelPull.Kind).Files[Name].Sha256);
    }

    [Fact]
    public async Task A_file_of_another_length_than_recorded_is_refused_before_it_is_fetched()
    {
        await PullAsync();
        System.IO.File.Delete(File);
        _server.Content = [.. Model(1), 0];
        var failure = await Assert.ThrowsAsync<EnvironmentFailureException>(PullAsync);

        Assert.Contains("another file", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_pull_checks_what_is_here_and_fetches_nothing()
    {
        await PullAsync();
        var again = await PullAsync();

        Assert.False(again.Fetched);
        Assert.Single(_server.Heads);

        await System.IO.File.WriteAllBytesAsync(File, Model(3), Stop);
        var failure = await Assert.ThrowsAsync<EnvironmentFailureException>(PullAsync);
        Assert.Contains("delete it", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_the_user_put_there_is_not_written_over()
    {
        await System.IO.File.WriteAllTextAsync(File, "mine", Stop);
        await Assert.ThrowsAsync<EnvironmentFailureException>(PullAsync);

        Assert.Equal("mine", await System.IO.File.ReadAllTextAsync(File, Stop));
    }

    [Fact]
    public async Task A_full_disk_is_noticed_before_anything_is_written()
    {
        var failure = await Assert.ThrowsAsync<EnvironmentFailureException>(() =>
            PullAsync(options: Quick with { FreeBytes = _ => 2_000_000, SpareBytes = 1_500_000 }));

        Assert.Contains("needs 2.5 MB and the disk has 2.0 MB free", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, new FileInfo(Part).Length);
    }

    [Fact]
    public async Task Only_what_is_left_must_fit_when_a_pull_goes_on()
    {
        Break(900_000, 0, 0, 0);
        await Assert.ThrowsAsync<EnvironmentFailureException>(PullAsync);
        await PullAsync(options: Quick with { FreeBytes = _ => 200_000, SpareBytes = 50_000 });

        Assert.Equal(_server.Content, await System.IO.File.ReadAllBytesAsync(File, Stop));
    }

    [Fact]
    public async Task A_page_instead_of_a_model_is_refused()
    {
        _server.Content = "<!DOCTYPE html><title>A model</title>"u8.ToArray();
        var failure = await Assert.ThrowsAsync<EnvironmentFailureException>(PullAsync);

        Assert.Contains("not a GGUF file", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Files());
    }

    [Fact]
    public async Task The_name_that_a_server_gives_the_file_is_never_used()
    {
        _server.Headers = "Content-Disposition: attachment; filename=\"../../../evil.gguf\"\r\n";
        await PullAsync();

        Assert.Equal([ModelPull.Kind.LockName, Name], Files());
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(_folder.Path)!, "evil*"));
    }

    [Theory]
    [InlineData("http://example.org/model.gguf")]
    [InlineData("ftp://example.org/model.gguf")]
    [InlineData("file:///etc/passwd.gguf")]
    [InlineData("https://example.org/..%2F..%2Fevil.gguf")]
    [InlineData("https://example.org/a%5C..%5Cevil.gguf")]
    [InlineData("https://example.org/.hidden.gguf")]
    [InlineData("https://example.org/model.bin")]
    [InlineData("https://example.org/a%00.gguf")]
    [InlineData("https://example.org/models/")]
    [InlineData("https://user:password@example.org/model.gguf")]
    public void An_address_that_is_not_safe_is_refused_before_anything_is_sent(string url)
    {
        var refusal = Assert.Throws<UsageException>(() => DownloadAddress.TryRead(url, ModelPull.Kind));

        Assert.DoesNotContain("password@", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://example.org/model.gguf")]
    [InlineData("ftp://example.org/model.gguf")]
    [InlineData("file:///etc/passwd")]
    public async Task A_redirect_to_anything_but_https_is_refused(string target)
    {
        _server.Instead.Enqueue($"302 Found\r\nLocation: {target}");
        var failure = await Assert.ThrowsAsync<EnvironmentFailureException>(PullAsync);

        Assert.Contains("not https", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_redirect_never_leads_from_https_to_this_machine_in_the_clear() =>
        Assert.False(DownloadAddress.MayRedirect(new Uri("https://example.org/a.gguf"), new Uri("http://127.0.0.1/a.gguf")));

    [Fact]
    public async Task Redirects_are_followed_and_the_name_stays_that_of_the_address()
    {
        _server.Instead.Enqueue("302 Found\r\nLocation: /storage/0123456789?signature=x");
        await PullAsync();

        Assert.Equal([ModelPull.Kind.LockName, Name], Files());
        Assert.StartsWith("GET /storage/0123456789?signature=x ", _server.Heads[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_circle_of_redirects_ends()
    {
        for (var i = 0; i < 20; i++)
            _server.Instead.Enqueue("302 Found\r\nLocation: /again");
        var failure = await Assert.ThrowsAsync<EnvironmentFailureException>(PullAsync);

        Assert.Contains("circles", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_token_of_hugging_face_is_seen_by_its_hosts_alone()
    {
        var seen = new List<(string Host, string? Token)>();
        using var handler = new Answers(request =>
        {
            seen.Add((request.RequestUri!.Host, request.Headers.Authorization?.Parameter));
            return request.RequestUri.Host == "huggingface.co"
                ? new HttpResponseMessage(HttpStatusCode.Found) { Headers = { Location = new Uri("https://storage.example.org/blob") } }
                : new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(Model(1)) };
        });
        var options = Quick with { HuggingFaceToken = new Secret("hf_secret_0123456789") };
        using var pull = new ModelPull(Folder, options, TimeProvider.System, handler);
        await pull.RunAsync($"https://huggingface.co/someone/tiny/resolve/main/{Name}", _ => { }, Stop);

        Assert.Equal([("huggingface.co", "hf_secret_0123456789"), ("storage.example.org", null)], seen);
        Assert.False(DownloadAddress.TakesHuggingFaceToken(new Uri("https://nothuggingface.co/a.gguf")));
        Assert.False(DownloadAddress.TakesHuggingFaceToken(new Uri("https://huggingface.co.example.org/a.gguf")));
        Assert.False(DownloadAddress.TakesHuggingFaceToken(new Uri("http://huggingface.co/a.gguf")));
    }

    [Fact]
    public async Task A_model_of_the_catalogue_must_be_the_catalogues_file()
    {
        var model = ModelCatalogue.Models[0];
        using var handler = new Answers(_ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(Model(1)) });
        using var pull = new ModelPull(Folder, Quick, TimeProvider.System, handler);
        var failure = await Assert.ThrowsAsync<EnvironmentFailureException>(() => pull.RunAsync(model.Name, _ => { }, Stop));

        Assert.Contains($"which has {model.Bytes}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_pulls_of_the_same_file_do_not_write_into_each_other()
    {
        using var other = new FileStream(Part, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        var failure = await Assert.ThrowsAsync<EnvironmentFailureException>(PullAsync);

        Assert.Contains("another pull", failure.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_cancelled_pull_keeps_what_has_arrived()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        using var pull = new ModelPull(Folder, Quick, TimeProvider.System);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pull.RunAsync(_server.Url(Name), _ => stop.Cancel(), stop.Token));

        Assert.False(System.IO.File.Exists(File));
        Assert.InRange(new FileInfo(Part).Length, 1, _server.Content.Length);
    }

    [Fact]
    public async Task Progress_reaches_the_whole_in_both_stages()
    {
        var last = new Dictionary<PullStage, PullProgress>();
        using var pull = new ModelPull(Folder, Quick, TimeProvider.System);
        await pull.RunAsync(_server.Url(Name), p => last[p.Stage] = p, Stop);

        Assert.All([PullStage.Downloading, PullStage.Checking], s => Assert.Equal((1_000_000, 1_000_000), (last[s].Done, last[s].Total)));
    }

    [Fact]
    public async Task Verification_finds_what_is_missing_changed_unlisted_and_partial()
    {
        foreach (var name in new[] { "sound.gguf", "gone.gguf", "bent.gguf" })
            await PullAsync(_server.Url(name));
        System.IO.File.Delete(Folder.PathOf("gone.gguf"));
        var bent = Model(1);
        bent[500_000] ^= 1;
        await System.IO.File.WriteAllBytesAsync(Folder.PathOf("bent.gguf"), bent, Stop);
        await System.IO.File.WriteAllBytesAsync(Folder.PathOf("stray.gguf"), Model(1), Stop);
        await System.IO.File.WriteAllBytesAsync(Folder.PathOf("begun.gguf.part"), Model(1), Stop);

        var findings = await ModelVerification.RunAsync(Folder, (_, _) => { }, Stop);

        Assert.Equal(
            [("begun.gguf.part", ModelState.Partial), ("bent.gguf", ModelState.Changed), ("gone.gguf", ModelState.Missing),
             ("sound.gguf", ModelState.Sound), ("stray.gguf", ModelState.Unlisted)],
            findings.Select(f => (f.File, f.State)).Order());
        Assert.All(findings, f => Assert.Equal(f.State == ModelState.Sound, f.Advice.Length == 0));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{\"version\":1}")]
    [InlineData("{\"version\":2,\"models\":{}}")]
    [InlineData("{\"version\":1,\"models\":{\"../../evil.gguf\":{\"url\":\"https://a/b.gguf\",\"bytes\":1,\"sha256\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"pulled\":\"2026-01-01T00:00:00Z\"}}}")]
    [InlineData("{\"version\":1,\"models\":{\"a.gguf\":{\"url\":\"https://a/b.gguf\",\"bytes\":1,\"sha256\":\"short\",\"pulled\":\"2026-01-01T00:00:00Z\"}}}")]
    public async Task A_damaged_lock_stops_a_pull_instead_of_vouching_for_anything(string text)
    {
        _folder.Write(ModelPull.Kind.LockName, text);
        var failure = await Assert.ThrowsAsync<EnvironmentFailureException>(PullAsync);

        Assert.Contains(ModelPull.Kind.LockName, failure.Message, StringComparison.Ordinal);
        Assert.Empty(_server.Heads);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Task<PulledFile> PullAsync() => PullAsync(_server.Url(Name));

    private async Task<PulledFile> PullAsync(string? url = null, PullOptions? options = null)
    {
        using var pull = new ModelPull(Folder, options ?? Quick, TimeProvider.System);
        return await pull.RunAsync(url ?? _server.Url(Name), _ => { }, Stop);
    }

    private void Break(params int[] after)
    {
        foreach (var bytes in after)
            _server.Breaks.Enqueue(bytes);
    }

    private string[] Files() => [.. Directory.GetFiles(_folder.Path).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    /// <summary>A million bytes that begin like a GGUF file.</summary>
    private static byte[] Model(int seed)
    {
        var bytes = new byte[1_000_000];
        new Random(seed).NextBytes(bytes);
        "GGUF"u8.CopyTo(bytes);
        return bytes;
    }

    private static string Sha(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private sealed class Answers(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(answer(request));
    }
}
