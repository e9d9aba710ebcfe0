using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Afterburner.Proposers;
using Afterburner.Worker.Inbox;
using Afterburner.Worker.Operations;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Afterburner.Tests.Worker;

/// <summary>What an administrator's tools are told.</summary>
public sealed class OperationsTests
{
    private const string Token = "a long random text of metrics";

    [Fact]
    public async Task Metrics_count_what_arrived_and_how_long_it_waited_and_name_nobody()
    {
        await using var worker = await StubWorker.StartAsync(TimeSpan.FromMilliseconds(50), s => s with { MetricsToken = new Secret(Token) });
        var repository = worker.GitHub.Add("octo-org/shop");
        await worker.DeliverAsync(repository, repository.Open(1, new string('a', 40)), "opened");
        await worker.DeliverAsync("what-nobody-knows", "{}"u8.ToArray());
        await worker.WhenAsync(rows => rows is [{ State: DeliveryState.Done }, { State: DeliveryState.Ignored }]);

        // What waits is counted with every sign of life.
        string metrics;
        var waited = Stopwatch.StartNew();
        do
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
            metrics = await (await AskAsync(worker, Token)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        }
        while (!(metrics.Contains("""state="done"}""", StringComparison.Ordinal) && metrics.Contains("""event="pull_request",outcome="new""", StringComparison.Ordinal)) && waited.Elapsed < TimeSpan.FromMinutes(1));

        // Workers of other tests in this process count along: a meter is found by its name.
        Assert.Matches("""event="pull_request",outcome="new"} [1-9]""", metrics);
        Assert.Matches("""event="other",outcome="new"} [1-9]""", metrics);
        Assert.Contains("afterburner_review_wait_seconds_count", metrics, StringComparison.Ordinal);
        Assert.Matches("""state="done"} [1-9]""", metrics);
        Assert.DoesNotContain("octo-org", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_are_told_to_who_has_the_token_alone()
    {
        await using var worker = await StubWorker.StartAsync(TimeSpan.Zero, s => s with { MetricsToken = new Secret(Token) });
        await using var silent = await StubWorker.StartAsync(TimeSpan.Zero);

        Assert.Equal(HttpStatusCode.OK, (await AskAsync(worker, Token)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(worker, "another")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(silent, Token)).StatusCode);
    }

    [Theory]
    [InlineData(LogFormat.Text)]
    [InlineData(LogFormat.Json)]
    public void No_secret_gets_into_a_log_line(object format)
    {
        const string Key = "the key of \"everything\" here", Installation = "ghs_0123456789abcdefghijABCDEFGHIJ", Jwt = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0AAAA.c2lnbmF0dXJlAAAA";
        using var written = new StringWriter();
        var lines = new LogLines(Options.Create(new LogLinesOptions { Format = (LogFormat)format, Secrets = [new Secret(Key)] }), TimeProvider.System);
        var values = new List<KeyValuePair<string, object?>> { new("Address", $"https://x:{Installation}@example.org"), new("Number", 7) };

        lines.Write(
            new LogEntry<List<KeyValuePair<string, object?>>>(
                LogLevel.Error, "Some.Category", default, values, new InvalidOperationException($"Password=hunter2;Host=x {Jwt}"), (_, _) => $"it said {Key} 7"),
            null, written);

        var line = written.ToString();
        Assert.All([Key, "everything", Installation, Jwt, "hunter2"], s => Assert.DoesNotContain(s, line, StringComparison.Ordinal));
        Assert.Contains("it said *** 7", line, StringComparison.Ordinal);
        if ((LogFormat)format == LogFormat.Json)
            Assert.Equal("7", (string?)JsonNode.Parse(line)!["Number"]);
    }

    private static Task<HttpResponseMessage> AskAsync(StubWorker worker, string token) => worker.SendAsync(
        new HttpRequestMessage(HttpMethod.Get, new Uri(worker.Host.Url, "/metrics")) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } });
}
