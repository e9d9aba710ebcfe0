using System.Text.Json;
using System.Text.Json.Nodes;
using Afterburner.Proposers;
using Afterburner.Worker.Inbox;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Afterburner.Tests.Worker;

/// <summary>The pages as people meet them: in a real browser, without a mouse, in the dark, on a telephone. Pictures are left in <c>artifacts/pages</c>.</summary>
public sealed class BrowserTests
{
    private const string Chromium = "/usr/bin/chromium", Token = "a long random text of the administrator";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_can_be_used_without_a_mouse_in_the_dark_and_on_a_narrow_window_and_axe_finds_nothing()
    {
        Assert.SkipWhen(!File.Exists(Chromium), "there is no Chromium here: install the package chromium");
        await using var worker = await StubWorker.StartAsync(TimeSpan.Zero, (gitHub, s) => s with { PagesToken = new Secret(Token), ClientSecret = gitHub.ClientSecret });
        var repository = await FillAsync(worker);
        var pictures = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "pages")).FullName;

        var run = await Processes.RunAsync(
            new ProcessStart("node", Path.Combine(Repository.Root, "tests", "Tools", "browser", "look.mjs"))
            {
                Input = JsonSerializer.SerializeToUtf8Bytes(new
                {
                    chromium = Chromium, address = worker.Host.Url, token = Token, gitHub = true, pictures,
                    pages = new[] { "/", "/reviews/1", "/reviews/2", $"/repositories/{repository}", "/reviews/99" },
                }),
                Timeout = TimeSpan.FromMinutes(3),
            },
            cancellationToken: Cancel);

        Assert.True(run.Succeeded, run.ErrorText);
        var told = JsonNode.Parse(run.Text)!;
        Assert.Equal("[]", told["found"]!.ToJsonString(new JsonSerializerOptions { WriteIndented = false }));
        Assert.Equal(["/sign-in", "/", "/sign-in", "/ as maintainer"], told["steps"]!.AsArray().Select(s => (string?)s));
    }

    [Fact]
    public async Task A_page_that_leaves_somebody_out_is_found_out()
    {
        Assert.SkipWhen(!File.Exists(Chromium), "there is no Chromium here: install the package chromium");
        await using var worker = await StubWorker.StartAsync(TimeSpan.Zero, s => s with { PagesToken = new Secret(Token) });
        const string Spoil = "document.documentElement.removeAttribute('lang'); document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=x><p class=spoilt>pale and wide</p>');"
            + "const spoilt = document.querySelector('.spoilt').style; spoilt.width = '1900px'; spoilt.color = '#ccc'; spoilt.background = '#fff'";

        var run = await Processes.RunAsync(
            new ProcessStart("node", Path.Combine(Repository.Root, "tests", "Tools", "browser", "look.mjs"))
            {
                Input = JsonSerializer.SerializeToUtf8Bytes(new { chromium = Chromium, address = worker.Host.Url, token = Token, gitHub = false, pages = new[] { "/" }, spoil = Spoil, pictures = (string?)null }),
                Timeout = TimeSpan.FromMinutes(3),
            },
            cancellationToken: Cancel);

        Assert.True(run.Succeeded, run.ErrorText);
        var found = string.Join('\n', JsonNode.Parse(run.Text)!["found"]!.AsArray().Select(f => (string?)f!["what"]));
        foreach (var part in new[] { "image-alt", "color-contrast", "html-has-lang", "wider than the window" })
            Assert.Contains(part, found, StringComparison.Ordinal);
    }

    /// <summary>A review that is done, with figures and a plot, one that was put aside, and one with all that can be long.</summary>
    /// <returns>Number of the repository.</returns>
    private static async Task<long> FillAsync(StubWorker worker)
    {
        var repository = worker.GitHub.Add("octo-org/shop");
        for (var i = 1; i <= 3; i++)
            await worker.DeliverAsync(repository, repository.Open(i, new string('a', 40)), "opened");
        await worker.WhenAsync(rows => rows.Count == 3 && rows.All(r => r.State == DeliveryState.Done));
        await worker.KeepAsync(1, "review/report.html", "<h1>Report</h1>");
        await using var inbox = worker.Host.Services.GetRequiredService<InboxDatabase>().Open();
        var rows = await inbox.Deliveries.OrderBy(d => d.Id).ToListAsync(Cancel);
        (rows[1].State, rows[1].Reason) = (DeliveryState.Dead, "5 workers died while they were at it");
        (rows[2].State, rows[2].Progress) = (DeliveryState.Running, "3 of 20 functions done; a_function_with_a_name_that_is_as_long_as_names_of_functions_sometimes_are: measuring " + new string('x', 120));
        await inbox.Outcomes.ExecuteDeleteAsync(Cancel);
        for (var i = 0; i < 2; i++)
        {
            inbox.Outcomes.Add(new StoredOutcome
            {
                DeliveryId = rows[i].Id, Attempt = 1, Functions = 12, Suggestions = 3 - i, Slower = i,
                Yields = [new StoredYield { Proposer = "recipes", Proposed = 4, Verified = 3, Suggested = 2, Seconds = 1.5 }, new StoredYield { Proposer = "chat:a-model", Proposed = 9, Verified = 4, Suggested = 1, Seconds = 300, Requests = 12, Tokens = 20_000 }],
            });
        }

        await inbox.SaveChangesAsync(Cancel);
        return repository.Id;
    }
}
