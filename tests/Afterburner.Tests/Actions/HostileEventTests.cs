using Xunit;

namespace Afterburner.Tests.Actions;

/// <summary>Names, titles and inputs that try to become commands, outputs or options.</summary>
public sealed class HostileEventTests(HostileEventTests.Served served) : IClassFixture<HostileEventTests.Served>
{
    private static string Trap(ActionRun run) => Path.Combine(run.Temporary, "pwned");

    public static IReadOnlyList<TheoryDataRow<string>> Payloads => LongFormAttribute.Rows([
        "\"; touch {0} #",
        "$(touch {0})",
        "`touch {0}`",
        "'; touch {0}; '",
        "x\nhead=0000000000000000000000000000000000000000\n",
        "x\n::set-output name=head::y\n::stop-commands::x",
        "--upload-pack=touch {0}",
        "-c core.sshCommand=touch\t{0}",
        "ext::sh -c touch% {0}",
        "+refs/heads/main:refs/heads/evil"], shortForm: 5);

    [Theory]
    [MemberData(nameof(Payloads))]
    public async Task No_name_or_title_of_an_event_is_executed_or_becomes_an_output(string payload)
    {
        var (server, head) = (served.Server, served.Head);
        var main = await server.MainAsync();
        using var probe = new ActionRun(server, "push", []);
        var hostile = string.Format(System.Globalization.CultureInfo.InvariantCulture, payload, Trap(probe));
        var pull = ActionServer.PullRequest(main, head, branch: hostile, title: hostile, repository: hostile);
        pull["repository"]!["default_branch"] = hostile;
        using var run = new ActionRun(server, "pull_request", pull);
        run.Environment["GITHUB_HEAD_REF"] = run.Environment["GITHUB_REF_NAME"] = hostile;
        run.Environment["GITHUB_REF"] = $"refs/heads/{hostile}";
        await run.CheckOutAsync(server, head);

        Assert.Equal(0, await run.RunAsync("refs"));

        Assert.False(File.Exists(Trap(probe)));
        Assert.Equal(["refs.base", "refs.config", "refs.head", "refs.pull-request"], run.StepOutputs.Keys.Where(k => k.StartsWith("refs.", StringComparison.Ordinal)).Order());
        Assert.Equal((main, head), (run.StepOutputs["refs.base"], run.StepOutputs["refs.head"]));
    }

    [Theory]
    [InlineData("\"; touch {0} #", "base", "config", "mode")]
    [LongData("x\nhead=0000000000000000000000000000000000000000\n", "head", "pull-request")]
    [InlineData("--upload-pack=touch {0}", "base", "head")]
    [LongData("ext::sh -c touch% {0}", "base", "head")]
    [LongData("+refs/heads/main:refs/heads/evil", "base", "head")]
    public Task No_input_is_executed_or_becomes_an_option(string payload, params string[] inputs) => RefuseAsync(payload, inputs);

    [LongForm]
    [Theory]
    [MemberData(nameof(Payloads))]
    public Task No_payload_is_executed_or_becomes_an_option_in_any_input(string payload) => RefuseAsync(payload, "base", "head", "config", "pull-request", "mode");

    private async Task RefuseAsync(string payload, params string[] inputs)
    {
        var (server, head) = (served.Server, served.Head);
        foreach (var input in inputs)
        {
            using var run = new ActionRun(server, "pull_request", ActionServer.PullRequest(await server.MainAsync(), head));
            run.Inputs[input] = string.Format(System.Globalization.CultureInfo.InvariantCulture, payload, Trap(run));
            await run.CheckOutAsync(server, head);

            Assert.Equal(2, await run.RunAsync("refs"));

            Assert.False(File.Exists(Trap(run)));
            Assert.Contains("::error title=Afterburner::", run.Log, StringComparison.Ordinal);
            Assert.DoesNotContain("\n::s", run.Log, StringComparison.Ordinal);
            Assert.Equal("main\nreports", await server.Repository.GitAsync("branch", "--format=%(refname:short)"));
        }
    }

    [Theory]
    [InlineData("\"; touch {0} #", "objective", "fail-on")]
    [LongData("$(touch {0})", "budget")]
    [InlineData("x\n::stop-commands::x\nsuggestions=99", "iterations", "proposer")]
    [LongData("--record={0}", "shard")]
    [LongData("\"; touch {0} #", "budget", "iterations", "shard", "proposer")]
    [LongData("$(touch {0})", "objective", "iterations", "shard", "fail-on", "proposer")]
    [LongData("x\n::stop-commands::x\nsuggestions=99", "objective", "budget", "shard", "fail-on")]
    [LongData("--record={0}", "objective", "budget", "iterations", "fail-on", "proposer")]
    public async Task No_input_of_the_run_is_executed_or_becomes_an_option(string payload, params string[] inputs)
    {
        var (server, head) = (served.Server, served.Head);
        foreach (var input in inputs)
        {
            using var run = new ActionRun(server, "pull_request", ActionServer.PullRequest(await server.MainAsync(), head));
            run.Inputs[input] = string.Format(System.Globalization.CultureInfo.InvariantCulture, payload, Trap(run));
            await run.CheckOutAsync(server, head);

            Assert.Equal(2, await run.RunAsync("refs", "run"));

            Assert.False(File.Exists(Trap(run)));
            Assert.Contains("::error title=Afterburner::", run.Log, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_module_of_the_repository_is_not_imported_by_the_action()
    {
        var (server, head) = (served.Server, served.Head);
        using var run = new ActionRun(server, "pull_request", ActionServer.PullRequest(await server.MainAsync(), head));
        await run.CheckOutAsync(server, head);
        await File.WriteAllTextAsync(Path.Combine(run.Workspace, "json.py"), $"open({Quoted(Trap(run))}, 'w')\n", TestContext.Current.CancellationToken);

        Assert.Equal(0, await run.RunAsync("refs"));

        Assert.False(File.Exists(Trap(run)));
    }

    /// <summary>A server with the branch under review, which every event of these tests is about.</summary>
    public sealed class Served : IAsyncLifetime
    {
        internal ActionServer Server { get; private set; } = null!;

        public string Head { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            Server = await ActionServer.StartAsync();
            Head = await Server.BranchAsync("reports", ActionServer.Slow);
        }

        public ValueTask DisposeAsync()
        {
            Server.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private static string Quoted(string text) => $"'{text}'";
}
