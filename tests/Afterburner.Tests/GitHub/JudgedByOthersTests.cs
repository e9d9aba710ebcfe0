using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Afterburner.GitHub;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Tests.Suggestions;
using Xunit;

namespace Afterburner.Tests.GitHub;

/// <summary>
/// What we send, and what our fake of GitHub answers, judged by things nobody here wrote: GitHub's description of its
/// API through a validating proxy, its GraphQL schema, Mermaid's parser, and the SARIF validator with GitHub's rules.
/// </summary>
public sealed class JudgedByOthersTests
{
    private static readonly string Tools = Path.Combine(Repository.Root, "tests", "Tools", "github");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GitHubs_own_description_allows_every_request_and_every_answer_of_the_fake()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        fixture.GitHub.LargestPage = 1;
        await using var proxy = await ValidatingProxy.StartAsync(fixture.GitHub.Url);
        var configuration = Configuration.Default with { Fixes = FixPlace.PullRequest };

        var first = await fixture.PublishAsync(configuration, sarif: true, through: proxy.Url);
        fixture.Pull.Threads[0].Comments[0].ThumbsDown.Add("maintainer");
        await fixture.PushAsync(SampleReport.Path, "\ufeff" + SampleReport.Head, r => r with
        {
            Functions = [.. r.Functions.Where(f => f.Name != "unique"), PublishFixture.Improved(SampleReport.Path, SampleReport.Head, "total", 3)],
        });
        fixture.WriteGate(SampleGate.Slower(fixture));
        fixture.Pull.Comments.Add(new FakeComment(1, "stranger", IsBot: false) { Body = "/afterburner accept" });
        fixture.Pull.Labels.Add("require-faster");
        using (var api = new GitHubApi(GitHubAddress.Of(proxy.Url.ToString(), null), new(FakeGitHub.Token), fixture.Time, Stop))
        {
            var check = new GateCheck(api, new PullRequestName(FakeGitHub.Owner, FakeGitHub.Name, fixture.Pull.Number), fixture.Time);
            Assert.Contains("is in progress", await check.BeginAsync(fixture.Pull.HeadSha), StringComparison.Ordinal);
            Assert.Contains("did not come to its end", await check.BreakAsync(null, "The job ended."), StringComparison.Ordinal);
            Assert.Contains("is in progress", await check.BeginAsync(null), StringComparison.Ordinal);
        }

        var again = await fixture.PublishAsync(through: proxy.Url);

        // A violation, of ours or of the fake's, is answered with an error, and that ends a publishing or leaves a note.
        Assert.Equal(PublishEnd.Published, again.End);
        var notes = string.Join('\n', first.Notes.Concat(again.Notes));
        Assert.True(notes.Length == 0, notes);
        Assert.Contains(fixture.GitHub.Checks, c => (string?)c["conclusion"] == "failure");
        Assert.Single(fixture.GitHub.OpenedPulls);
        Assert.Contains(fixture.GitHub.Requests, r => r.Method == "PATCH");
        Assert.Contains(fixture.GitHub.Requests, r => r.Path.EndsWith("/permission", StringComparison.Ordinal));
        Assert.Contains(fixture.GitHub.Requests, r => r.Path.Contains("/git/blobs/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_proxy_refuses_what_GitHub_would_refuse()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        await using var proxy = await ValidatingProxy.StartAsync(fixture.GitHub.Url);
        using var client = new HttpClient();
        using var body = new StringContent("""{"event":"COMMENT","body":"x","comments":[{"path":"a.py","linee":3,"body":"x"}]}""", null, "application/json");

        var answer = await client.PostAsync(new Uri(proxy.Url, "/repos/octo-org/shop/pulls/7/reviews"), body, Stop);

        Assert.False(answer.IsSuccessStatusCode);
        Assert.Contains("linee", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GitHubs_GraphQL_schema_allows_every_question_and_every_answer_of_the_fake()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        await fixture.PublishAsync(Configuration.Default with { Fixes = FixPlace.PullRequest });
        await fixture.PushAsync(SampleReport.Path, SampleReport.Head + "\n", r => r with { Functions = [] });
        await fixture.PublishAsync();
        var kinds = fixture.GitHub.Exchanges.Select(e => e.Query.Split('(')[0].Trim()).Distinct().Order();
        Assert.Equal(["mutation Commit", "mutation Retire", "query Conversation", "query Files"], kinds);

        var run = await CheckAsync("check-graphql.mjs", new JsonObject
        {
            ["exchanges"] = new JsonArray([.. fixture.GitHub.Exchanges.Select(e => (JsonNode)new JsonObject
            {
                ["query"] = e.Query, ["variables"] = e.Variables.DeepClone(), ["answer"] = e.Answer.DeepClone(),
            })]),
        });

        Assert.True(run.Succeeded, run.Text + run.ErrorText);
    }

    [Fact]
    public async Task The_schema_finds_a_field_that_GitHub_does_not_have()
    {
        var run = await CheckAsync("check-graphql.mjs", new JsonObject
        {
            ["exchanges"] = new JsonArray(new JsonObject { ["query"] = "query Wrong { viewer { nickname } }", ["variables"] = new JsonObject() }),
        });

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("nickname", run.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mermaid_draws_every_chart_whatever_functions_are_called()
    {
        string[] names = ["total", "Cart.total", "<T>.\"x\"] bar [1", "名前", "%%{init: {}}%%", new string('a', 400), "a;b\\", "end", "]"];
        var reports = names.Select((n, i) => PublishFixture.Improved("a.py", "def f(orders):\n    return sum([o for o in orders])\n", "f", 1.2 + i) with { Name = n });
        var points = new[] { 1e-9, 3e-5, 0.02, 12.5 }.Select((s, i) => new GrowthPoint { Size = Math.Pow(10, i), BaselineSeconds = s, CandidateSeconds = s / 3 }).ToList();
        string[] texts = [MermaidChart.Gains(reports, ObjectiveKind.Integral), MermaidChart.Growth(points), MermaidChart.Growth([.. points.Select(p => p with { CandidateSeconds = 0, BaselineSeconds = 0 })])];

        var run = await CheckAsync("check-mermaid.mjs", new JsonArray([.. texts.Select(t => (JsonNode)t)]));

        Assert.True(run.Succeeded, run.Text + run.ErrorText);
        Assert.EndsWith("3 charts\n", run.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_scanning_finds_nothing_wrong_with_what_is_uploaded()
    {
        using var folder = new TemporaryFolder();
        var sarif = folder.Write("results.sarif", SarifReport.Write(SampleReport.Build()));
        var tool = Path.Combine(Tools, "node_modules", "@microsoft", "sarif-multitool-linux", "Sarif.Multitool");
        // npm leaves the program without the right to be run when install scripts are not.
        await Processes.RunAsync(new ProcessStart("chmod", "u+x", tool), cancellationToken: Stop);
        var findings = Path.Combine(folder.Path, "findings.sarif");

        // Its exit code is 0 whatever it finds.
        var run = await Processes.RunAsync(
            new ProcessStart(tool, "validate", sarif, "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning", "--output", findings, "--log", "ForceOverwrite"),
            cancellationToken: Stop);

        Assert.True(File.Exists(findings), run.Text + run.ErrorText);
        var results = JsonNode.Parse(await File.ReadAllTextAsync(findings, Stop))!["runs"]![0]!["results"]?.AsArray() ?? [];
        Assert.Empty(results.Where(r => (string?)r!["level"] == "error").Select(r => r!.ToJsonString()));
    }

    private static async Task<ProcessRun> CheckAsync(string script, JsonNode input) => await Processes.RunAsync(
        new ProcessStart("node", Path.Combine(Tools, script)) { Input = JsonSerializer.SerializeToUtf8Bytes(input) }, cancellationToken: Stop);

    /// <summary>Prism between us and the fake: it answers 500 with what is violated, in a request or in an answer.</summary>
    private sealed class ValidatingProxy : IAsyncDisposable
    {
        private static int _lastPort = 20_000 + (Environment.ProcessId % 10_000);

        private readonly CancellationTokenSource _stop = new();
        private readonly Task<ProcessRun> _process;

        private ValidatingProxy(Uri target, int port)
        {
            Url = new Uri($"http://127.0.0.1:{port}");
            _process = Processes.RunAsync(
                new ProcessStart(
                    "node", Path.Combine(Tools, "node_modules", "@stoplight", "prism-cli", "dist", "index.js"), "proxy", "--errors",
                    "-h", "127.0.0.1", "-p", port.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    Path.Combine(Repository.Root, "tests", "Fixtures", "github", "openapi.json"), target.ToString()),
                cancellationToken: _stop.Token);
        }

        public Uri Url { get; }

        public static async Task<ValidatingProxy> StartAsync(Uri target)
        {
            var port = FreePort();
            var proxy = new ValidatingProxy(target, port);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
            patience.CancelAfter(TimeSpan.FromMinutes(2));
            while (!await ListensAsync(port))
            {
                if (proxy._process.IsCompleted)
                    throw new InvalidOperationException($"the proxy ended: {(await proxy._process).ErrorText}");
                await Task.Delay(100, patience.Token);
            }

            return proxy;
        }

        /// <summary>Below the ports that the system hands out: one of those could go to a fake of another test before the proxy takes it.</summary>
        private static int FreePort()
        {
            while (true)
            {
                var port = Interlocked.Increment(ref _lastPort);
                using var probe = new TcpListener(IPAddress.Loopback, port);
                try
                {
                    probe.Start();
                    return port;
                }
                catch (SocketException)
                {
                    // Taken: the next one.
                }
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Task.WhenAny(_process);
            _stop.Dispose();
        }

        private static async Task<bool> ListensAsync(int port)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, port, Stop);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }
    }
}
