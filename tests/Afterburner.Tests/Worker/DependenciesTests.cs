using System.IO.Compression;
using System.Net;
using System.Text;
using Afterburner.Changes;
using Afterburner.Cli.Network;
using Afterburner.Functions;
using Afterburner.Languages;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Tests.Changes;
using Afterburner.Worker;
using Afterburner.Worker.Setup;
using Afterburner.Workloads;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Afterburner.Tests.Worker;

/// <summary>What a repository's tests need is made by its own commands, in the sandbox, from what the administrator lets it reach.</summary>
public sealed class DependenciesTests : IAsyncLifetime
{
    private const long Number = 42;

    private readonly TemporaryFolder _folder = new();
    private TestRepository _files = null!;
    private ISandbox _sandbox = null!;
    private int _made;

    private string Data => Path.Combine(_folder.Path, "data");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _sandbox = await SharedSandbox.OpenAsync();
        // As a worker's own folder is.
        if (!OperatingSystem.IsWindows())
            Directory.CreateDirectory(Data, (UnixFileMode)0b111_000_000);
        _files = await TestRepository.CreateAsync();
        _files.Write("requirements.txt", "shop-words==1.0\n");
        _files.Write("lib.py", "def f():\n    return 1\n");
        await _files.CommitAsync("main");
    }

    [Fact]
    public async Task What_is_installed_from_an_index_is_there_when_tests_run()
    {
        using var index = new PackageIndex();
        var dependencies = Open($"127.0.0.1:{index.Port}");
        using var prepared = await PrepareAsync(
            dependencies,
            "python3 -m venv /dependencies/venv",
            $"/dependencies/venv/bin/pip install --quiet --index-url http://127.0.0.1:{index.Port}/simple -r requirements.txt");

        var runtime = LanguageSupport.Find(Language.Find("python")!)!.Runtime;
        var harness = await runtime.OpenAsync(
            _sandbox, new RuntimeRequest(null, _files.Path) { Dependencies = prepared!.Directory, Settings = new RuntimeSettings { Runner = "unittest" } }, Cancel);

        Assert.StartsWith("/dependencies/venv/bin/python (Python ", harness.Program.Versions["python"], StringComparison.Ordinal);
        var run = await _sandbox.RunAsync(
            new SandboxCommand(["/dependencies/venv/bin/python", "-c", "import shop_words; print(shop_words.WORD); open('/dependencies/mine', 'w')"], _files.Path) { Mounts = harness.Program.Mounts },
            new Limits(), Cancel);
        Assert.Equal("hello", run.Text.Trim());
        Assert.Contains("Read-only file system", run.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_made_once_for_as_long_as_what_it_goes_by_stays_the_same()
    {
        var dependencies = Open("");
        (await PrepareAsync(dependencies, "cat requirements.txt > /dependencies/seen"))!.Dispose();
        _files.Write("lib.py", "def f():\n    return 2\n");
        await _files.CommitAsync("another file");
        var before = (await PrepareAsync(dependencies, "cat requirements.txt > /dependencies/seen"))!;
        Assert.Equal(1, _made);

        _files.Write("requirements.txt", "shop-words==2.0\n");
        await _files.CommitAsync("another version");
        using var after = await PrepareAsync(dependencies, "cat requirements.txt > /dependencies/seen");

        Assert.Equal(2, _made);
        Assert.Equal("shop-words==2.0\n", await File.ReadAllTextAsync(Path.Combine(after!.Directory.Path, "seen"), Cancel));
        Assert.Equal("shop-words==1.0\n", await File.ReadAllTextAsync(Path.Combine(before.Directory.Path, "seen"), Cancel));
        Assert.NotEqual(after.Directory.Path, (await PrepareAsync(Open(""), "cat requirements.txt > /dependencies/seen && true"))!.Directory.Path);
    }

    [Fact]
    public async Task Who_fails_is_told_what_the_commands_said_and_which_hosts_were_refused_and_nothing_is_kept()
    {
        var dependencies = Open("index.example.org");

        var failure = await Assert.ThrowsAsync<UsageException>(() => PrepareAsync(
            dependencies,
            "touch /dependencies/half",
            "python3 -c \"import urllib.request; urllib.request.urlopen('http://elsewhere.example.org/')\""));

        Assert.StartsWith("setup.commands of the default branch ended with 1. It asked for elsewhere.example.org:80, which AFTERBURNER_SETUP_HOSTS does not name.", failure.Message, StringComparison.Ordinal);
        Assert.Contains("HTTP Error 403", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(Path.Combine(Data, "dependencies", "42")));
    }

    [Fact]
    public async Task There_is_no_way_out_but_through_the_proxy()
    {
        using var index = new PackageIndex();
        using var prepared = await PrepareAsync(
            Open($"127.0.0.1:{index.Port}"),
            $"python3 -c \"import socket; socket.create_connection(('127.0.0.1', {index.Port}))\" 2> /dev/null || echo none > /dependencies/direct",
            $"python3 -c \"import urllib.request; print(urllib.request.urlopen('http://127.0.0.1:{index.Port}/simple/shop-words/').status)\" > /dependencies/through");

        Assert.Equal("none\n", await File.ReadAllTextAsync(Path.Combine(prepared!.Directory.Path, "direct"), Cancel));
        Assert.Equal("200\n", await File.ReadAllTextAsync(Path.Combine(prepared.Directory.Path, "through"), Cancel));
    }

    [Fact]
    public async Task More_than_is_allowed_is_not_kept()
    {
        var failure = await Assert.ThrowsAsync<UsageException>(() => PrepareAsync(Open("", most: 4 << 20), "head -c 3000000 /dev/zero > /dependencies/a", "head -c 3000000 /dev/zero > /dependencies/b"));

        Assert.Contains("leave more than 4 MiB", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(Path.Combine(Data, "dependencies", "42")));
    }

    /// <summary>A walk by paths ends there, and what it does not see is never removed.</summary>
    [Fact]
    public async Task What_is_deeper_than_any_path_or_has_a_name_that_is_no_text_is_removed_too()
    {
        var failure = await Assert.ThrowsAsync<UsageException>(() => PrepareAsync(
            Open(""),
            "cd /dependencies && touch \"$(printf 'a\\377b')\" && mkdir closed && touch closed/file && chmod 0 closed",
            "python3 -c \"import os; [(os.mkdir('a' * 200), os.chdir('a' * 200)) for _ in range(40)]\" && false"));

        Assert.Contains("ended with 1", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(Path.Combine(Data, "dependencies", "42")));
    }

    [Fact]
    public async Task Space_that_no_length_shows_counts()
    {
        var failure = await Assert.ThrowsAsync<UsageException>(() => PrepareAsync(Open("", most: 8 << 20), "touch /dependencies/hidden && fallocate --keep-size --length 12000000 /dependencies/hidden"));

        Assert.Contains("leave more than 8 MiB", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_two_sandboxes_could_talk_through_is_not_kept()
    {
        var failure = await Assert.ThrowsAsync<UsageException>(() => PrepareAsync(Open(""), "mkfifo /dependencies/pipe"));

        Assert.Contains("neither a file, nor a folder, nor a link", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_set_up_that_failed_is_not_run_again_for_each_delivery()
    {
        var dependencies = Open("");
        var first = await Assert.ThrowsAsync<UsageException>(() => PrepareAsync(dependencies, "false"));

        var second = await Assert.ThrowsAsync<UsageException>(() => PrepareAsync(dependencies, "false"));

        Assert.Equal((first.Message, 1), (second.Message, _made));
        await Assert.ThrowsAsync<UsageException>(() => PrepareAsync(dependencies, "exit 2"));
        Assert.Equal(2, _made);
    }

    /// <summary>It would be the clock, and would compare its own answers.</summary>
    [Theory]
    [InlineData("mkdir -p /dependencies/venv/bin && cp /bin/echo /dependencies/venv/bin/python", false)]
    [InlineData("mkdir -p /dependencies/venv/bin && cp /usr/bin/python3 /dependencies/venv/own && ln -s /dependencies/venv/own /dependencies/venv/bin/python", false)]
    [InlineData("python3 -m venv --without-pip /dependencies/venv", true)]
    public async Task The_harness_itself_never_runs_with_a_program_of_the_repository(string command, bool isUsed)
    {
        using var prepared = await PrepareAsync(Open(""), command);
        var runtime = LanguageSupport.Find(Language.Find("python")!)!.Runtime;

        var program = (await runtime.OpenAsync(
            _sandbox, new RuntimeRequest(null, _files.Path) { Dependencies = prepared!.Directory, Settings = new RuntimeSettings { Runner = "unittest" } }, Cancel)).Program;

        Assert.DoesNotContain("/dependencies", program.Alone[0], StringComparison.Ordinal);
        Assert.Equal(isUsed, program.Start[0] == "/dependencies/venv/bin/python");
        Assert.Equal(!isUsed, program.PassedOver.Any(p => p.Contains("does not lead to a Python in /usr", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_nobody_uses_any_more_is_removed_and_what_a_review_is_at_is_not()
    {
        var dependencies = Open("");
        var inUse = (await PrepareAsync(dependencies, "touch /dependencies/one"))!;
        (await PrepareAsync(dependencies, "touch /dependencies/two"))!.Dispose();

        await dependencies.ForgetAsync(Number);

        Assert.Equal([inUse.Directory.Path], Directory.GetDirectories(Path.Combine(Data, "dependencies", "42")));
        inUse.Dispose();
        await dependencies.ForgetUnusedAsync(TimeProvider.System.GetUtcNow().AddHours(1));
        Assert.Empty(Directory.GetDirectories(Path.Combine(Data, "dependencies", "42")));
    }

    [Fact]
    public async Task A_repository_that_names_no_commands_needs_nothing() => Assert.Null(await PrepareAsync(Open("")));

    public ValueTask DisposeAsync()
    {
        _files.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private Dependencies Open(string hosts, long most = 1L << 30) => new(
        new WorkerSettings
        {
            AppId = "", PrivateKey = new(""), WebhookSecrets = [], Data = Data, Name = "one", SetupHosts = AllowedHosts.Read(hosts, out _)!, MostDependencies = most,
        },
        TimeProvider.System, NullLogger<Dependencies>.Instance);

    private async Task<Prepared?> PrepareAsync(Dependencies dependencies, params string[] commands)
    {
        var repository = await GitRepository.OpenAsync(_files.Path, Cancel);
        return await dependencies.PrepareAsync(
            _sandbox, repository, await repository.ResolveAsync("HEAD", Cancel), Number, new SetupConfiguration { Commands = commands },
            () =>
            {
                _made++;
                return Task.CompletedTask;
            },
            Cancel);
    }

    /// <summary>An index of one package, by the simple repository API (PEP 503), on loopback.</summary>
    private sealed class PackageIndex : IDisposable
    {
        private const string Wheel = "shop_words-1.0-py3-none-any.whl";

        private readonly HttpListener _listener = new();
        private readonly byte[] _wheel = MakeWheel();

        public PackageIndex()
        {
            using (var free = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
            {
                free.Start();
                Port = ((IPEndPoint)free.LocalEndpoint).Port;
            }

            _listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
            _listener.Start();
            _ = ServeAsync();
        }

        public int Port { get; }

        public void Dispose() => _listener.Close();

        private static byte[] MakeWheel()
        {
            var bytes = new MemoryStream();
            using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
            {
                Add("shop_words.py", "WORD = 'hello'\n");
                Add("shop_words-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: shop-words\nVersion: 1.0\n");
                Add("shop_words-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
                Add("shop_words-1.0.dist-info/RECORD", "shop_words.py,,\nshop_words-1.0.dist-info/METADATA,,\nshop_words-1.0.dist-info/WHEEL,,\nshop_words-1.0.dist-info/RECORD,,\n");

                void Add(string name, string text)
                {
                    using var entry = zip.CreateEntry(name).Open();
                    entry.Write(Encoding.UTF8.GetBytes(text));
                }
            }

            return bytes.ToArray();
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    var context = await _listener.GetContextAsync();
                    var isWheel = context.Request.Url!.AbsolutePath.EndsWith(Wheel, StringComparison.Ordinal);
                    context.Response.ContentType = isWheel ? "application/octet-stream" : "text/html";
                    await context.Response.OutputStream.WriteAsync(isWheel ? _wheel : Encoding.UTF8.GetBytes($"<a href=\"/files/{Wheel}\">{Wheel}</a>"));
                    context.Response.Close();
                }
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // The test is over.
            }
        }
    }
}
