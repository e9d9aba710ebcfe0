using System.Text.Json.Nodes;
using Afterburner.Tests.GitHub;
using Xunit;

namespace Afterburner.Tests.Cli;

/// <summary>The program as a workflow calls it.</summary>
public sealed class PublishCommandTests
{
    [Fact]
    public async Task A_workflow_publishes_and_its_log_never_shows_the_token()
    {
        await using var fixture = await PublishFixture.SampleAsync();

        var run = await PublishAsync(fixture, FakeGitHub.Token, "--json");

        Assert.Equal(0, run.ExitCode);
        var lines = run.Text.TrimEnd().Split('\n');
        Assert.Equal($"::add-mask::{FakeGitHub.Token}", lines[0]);
        Assert.DoesNotContain(FakeGitHub.Token, string.Concat(lines[1..]) + run.ErrorText, StringComparison.Ordinal);
        var outcome = JsonNode.Parse(lines[1])!;
        Assert.Equal(("published", 1, 1), ((string?)outcome["outcome"], (int)outcome["posted"]!, (int)outcome["suggestions"]!["summary"]!));
        Assert.Single(fixture.Pull.Threads);
        Assert.Contains("**12.4×**", await File.ReadAllTextAsync(fixture.StepSummary, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_may_only_read_leaves_notices_beside_the_lines()
    {
        await using var fixture = await PublishFixture.SampleAsync();

        var run = await PublishAsync(fixture, FakeGitHub.ReadOnlyToken);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("::notice file=src/shop/orders.py,line=5,endLine=9,title=12.4× faster%2C proven::A version of unique is 12.4× faster", run.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slowdown_that_nobody_accepted_ends_with_1_and_errors_where_the_token_may_only_read()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        fixture.WriteGate(SampleGate.Slower(fixture));

        var run = await PublishAsync(fixture, FakeGitHub.ReadOnlyToken, "--json");
        var reported = await PublishAsync(fixture, FakeGitHub.ReadOnlyToken, "--fail-on", "never");

        Assert.Equal((1, 0), (run.ExitCode, reported.ExitCode));
        Assert.Contains("::error file=src/shop/orders.py,line=4,endLine=9,title=1.50× slower%2C proven::unique: 1.50× slower", run.Text, StringComparison.Ordinal);
        Assert.Contains("::warning title=1.20× slower%2C proven::make bench: 1.20× slower", reported.Text, StringComparison.Ordinal);
        Assert.Equal(2, (int)JsonNode.Parse(run.Text.TrimEnd().Split('\n')[^1])!["regressions"]!);
    }

    [Fact]
    public async Task A_gate_is_begun_and_broken_off_without_a_run()
    {
        await using var fixture = await PublishFixture.SampleAsync();

        var begun = await TellAsync(fixture, "--begin");
        var open = (string?)Assert.Single(fixture.GitHub.Checks)["status"];
        var broken = await TellAsync(fixture, "--broken", "The job ended.", "--head", fixture.Pull.HeadSha);

        Assert.Equal((0, 0, "in_progress"), (begun.ExitCode, broken.ExitCode, open));
        Assert.Equal("failure", (string?)Assert.Single(fixture.GitHub.Checks)["conclusion"]);
        Assert.Contains("The job ended.", (string?)fixture.GitHub.Checks[0]["output"]!["summary"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publishing_needs_a_run_or_a_word_of_a_gate_and_not_both()
    {
        await using var fixture = await PublishFixture.SampleAsync();

        var neither = await TellAsync(fixture);
        var both = await PublishAsync(fixture, FakeGitHub.Token, "--begin");

        Assert.Equal((2, 2), (neither.ExitCode, both.ExitCode));
        Assert.Contains("--begin or --broken", neither.ErrorText.Replace("\n", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Empty(fixture.GitHub.Requests);
    }

    [Fact]
    public async Task A_gain_that_is_required_and_not_proven_ends_with_1()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        fixture.WriteGate(SampleGate.Lacking(fixture));

        var run = await PublishAsync(fixture, FakeGitHub.Token, "--json");

        Assert.Equal(1, run.ExitCode);
        var outcome = JsonNode.Parse(run.Text.TrimEnd().Split('\n')[^1])!;
        Assert.Equal((0, 0, 1), ((int)outcome["regressions"]!, (int)outcome["faster"]!, (int)outcome["requiredGainsNotProven"]!));
    }

    [Fact]
    public async Task A_dry_run_prints_what_would_be_posted()
    {
        await using var fixture = await PublishFixture.SampleAsync();

        var run = await PublishAsync(fixture, FakeGitHub.Token, "--dry-run");

        Assert.Contains("    return list(dict.fromkeys(items))", run.Text, StringComparison.Ordinal);
        Assert.Contains("dry run: nothing was posted", run.Text, StringComparison.Ordinal);
        Assert.Empty(fixture.GitHub.Writes);
    }

    [Fact]
    public async Task A_directory_that_holds_no_acceptable_report_is_refused()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        await File.WriteAllTextAsync(Path.Combine(fixture.Directory, "report.json"), "{\"schema\": 1, \"::add-mask::x\": 1}", TestContext.Current.CancellationToken);

        var run = await PublishAsync(fixture, FakeGitHub.Token);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("report.json", run.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_token_it_says_which_one_is_needed()
    {
        await using var fixture = await PublishFixture.SampleAsync();

        var run = await PublishAsync(fixture, "");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("GITHUB_TOKEN", run.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_is_not_accepted_is_an_outage_of_the_environment()
    {
        await using var fixture = await PublishFixture.SampleAsync();

        var run = await PublishAsync(fixture, "ghs_expired");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("did not accept the token", run.ErrorText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("report.json", "mkfifo report.json")]
    [InlineData("report.json", "ln -s /dev/zero report.json")]
    [LongData("report.json", "mkdir report.json")]
    [LongData("report.json", "truncate --size=10G report.json")]
    [LongData("gate.json", "mkfifo gate.json")]
    [LongData("gate.json", "ln -s results.sarif gate.json")]
    public async Task A_report_that_is_no_plain_file_ends_it_at_once(string name, string made)
    {
        await using var fixture = await PublishFixture.SampleAsync();
        File.Delete(Path.Combine(fixture.Directory, "report.json"));
        await Changes.TestRepository.RunAsync(fixture.Directory, made.Split(' '));

        var run = await PublishAsync(fixture, FakeGitHub.Token);

        Assert.True(run.ExitCode == 2, run.Text + run.ErrorText);
        Assert.Contains(name, run.ErrorText, StringComparison.Ordinal);
        Assert.Empty(fixture.GitHub.Writes);
    }

    [Theory]
    [InlineData("mkfifo gate.json")]
    [LongData("ln -s report.json gate.json")]
    [LongData("mkfifo journal.jsonl")]
    public async Task Beside_a_report_of_the_head_it_is_not_opened(string made)
    {
        await using var fixture = await PublishFixture.SampleAsync();
        await Changes.TestRepository.RunAsync(fixture.Directory, made.Split(' '));

        var run = await PublishAsync(fixture, FakeGitHub.Token);

        Assert.True(run.ExitCode == 0, run.Text + run.ErrorText);
        Assert.Equal(made.EndsWith("gate.json", StringComparison.Ordinal), run.Text.Contains("left out: the report", StringComparison.Ordinal));
        Assert.Single(fixture.Pull.Threads);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_ends_it_while_GitHub_does_not_answer(string signal)
    {
        await using var fixture = await PublishFixture.SampleAsync();
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var connected = silent.AcceptSocketAsync(TestContext.Current.CancellationToken).AsTask();
        var go = Path.Combine(fixture.Directory, "go");
        var program = Path.Combine(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/'))!, "..", "Afterburner.Cli", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "Afterburner.Cli.dll");

        // A shell starts what it leaves in the background deaf to SIGINT.
        var running = Processes.RunAsync(
            new ProcessStart(
                "bash", "-c", "env --default-signal=INT,TERM dotnet exec \"$@\" & program=$!; until [ -e \"$GO\" ]; do sleep 0.05; done; kill -\"$SIGNAL\" $program; wait $program",
                "bash", program, "publish", fixture.Directory, "--pr", "octo-org/shop#1")
            {
                Environment = new Dictionary<string, string>
                {
                    ["PATH"] = Environment.GetEnvironmentVariable("PATH")!, ["GO"] = go, ["SIGNAL"] = signal,
                    ["GITHUB_TOKEN"] = FakeGitHub.Token, ["GITHUB_API_URL"] = $"http://{silent.LocalEndpoint}",
                },
            },
            cancellationToken: TestContext.Current.CancellationToken);
        using var connection = await connected;
        await File.WriteAllTextAsync(go, "", TestContext.Current.CancellationToken);

        Assert.Equal(130, (await running).ExitCode);
    }

    private static Task<ProcessRun> PublishAsync(PublishFixture fixture, string token, params string[] more) => CallAsync(fixture, token, [fixture.Directory, .. more]);

    /// <summary>Without a run.</summary>
    private static Task<ProcessRun> TellAsync(PublishFixture fixture, params string[] arguments) => CallAsync(fixture, FakeGitHub.Token, arguments);

    private static Task<ProcessRun> CallAsync(PublishFixture fixture, string token, string[] arguments) => BadInputTests.AfterburnerAsync(
        new()
        {
            ["GITHUB_ACTIONS"] = "true",
            ["GITHUB_TOKEN"] = token,
            ["GITHUB_API_URL"] = fixture.GitHub.Url.ToString(),
            ["GITHUB_STEP_SUMMARY"] = fixture.StepSummary,
        },
        ["publish", .. arguments, "--pr", $"octo-org/shop#{fixture.Pull.Number}"]);
}
