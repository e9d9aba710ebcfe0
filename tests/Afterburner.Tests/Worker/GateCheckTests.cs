using Afterburner.Tests.Changes;
using Afterburner.Worker.Demo;
using Afterburner.Worker.Inbox;
using Xunit;

namespace Afterburner.Tests.Worker;

/// <summary>The check of a gate on a pull request that a worker looks at, with the real engine.</summary>
public sealed class GateCheckTests
{
    private const string Code = "def total(prices):\n    result = 0\n    for price in prices:\n        result = result + price\n    return result\n";

    private const string Tests = "from shop import total\n\ndef test_total():\n    assert total(list(range(3000))) == 4498500\n";

    private static readonly TimeSpan Most = TimeSpan.FromMinutes(5);

    [LongForm]
    [Fact]
    public async Task A_gate_that_could_not_run_leaves_no_check_in_progress()
    {
        await using var worker = await StubWorker.StartAsync(TimeSpan.Zero, s => s with { StubReview = null });
        using var files = await TestRepository.CreateAsync();
        var pull = await OpenAsync(worker, files, "raise ImportError('no')\n\n\n" + Code.Replace("result = 0", "result = int()", StringComparison.Ordinal));

        await worker.WhenAsync(rows => rows is [{ State: DeliveryState.Failed or DeliveryState.Dead or DeliveryState.Done }], Most);

        var checks = Checks(pull);
        Assert.NotEmpty(checks);
        Assert.All(checks, c => Assert.Equal(("completed", "failure", "the gate did not come to its end"), c));
    }

    [LongForm]
    [Fact]
    public async Task A_pull_request_with_the_label_of_which_nothing_is_proven_faster_fails_the_check_that_was_in_progress()
    {
        await using var worker = await StubWorker.StartAsync(TimeSpan.Zero, s => s with { StubReview = null });
        using var files = await TestRepository.CreateAsync();
        var pull = await OpenAsync(worker, files, Code.Replace("result = 0", "result = int()", StringComparison.Ordinal), "require-faster");

        await worker.WhenAsync(rows => rows is [{ State: DeliveryState.Done }], Most);

        Assert.Equal(("completed", "failure", "1 required gain not proven"), Assert.Single(Checks(pull)));
    }

    private static async Task<StandInPull> OpenAsync(StubWorker worker, TestRepository files, string code, params string[] labels)
    {
        files.Write("shop.py", Code);
        files.Write("test_shop.py", Tests);
        await files.CommitAsync("base");
        await files.GitAsync("checkout", "--quiet", "-b", "change");
        files.Write("shop.py", code);
        await files.CommitAsync("change");
        var repository = worker.GitHub.Add("octo-org/shop", files.Path);
        var pull = repository.Open(1, await StandIn.HeadAsync(files.Path, "change", number: 1, TestContext.Current.CancellationToken));
        pull.Labels.AddRange(labels);
        await worker.DeliverAsync(repository, pull, "opened");
        return pull;
    }

    private static List<(string? Status, string? Conclusion, string? Title)> Checks(StandInPull pull) =>
        [.. pull.Posts.Where(p => p.Kind == "check" && (string?)p.Body["name"] == "Afterburner gate").Select(p => ((string?)p.Body["status"], (string?)p.Body["conclusion"], (string?)p.Body["output"]!["title"]))];
}
