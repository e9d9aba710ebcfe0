using System.Net;
using System.Text.RegularExpressions;
using Afterburner.GitHub;
using Afterburner.Proposers;
using Afterburner.Worker.Inbox;
using Afterburner.Worker.Pages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Afterburner.Tests.Worker;

/// <summary>What people see of a worker, and what they do not see before they sign in.</summary>
public sealed partial class PagesTests : IDisposable
{
    private const string Token = "a long random text of the administrator";

    private readonly HttpClient _browser = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() });

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _browser.Dispose();

    [Theory]
    [InlineData("/")]
    [InlineData("/reviews/1")]
    [InlineData("/reviews/1/review")]
    [InlineData("/events")]
    public async Task Nothing_is_readable_before_somebody_has_signed_in(string page)
    {
        await using var worker = await StartAsync();

        Assert.Contains((await _browser.GetAsync(new Uri(worker.Host.Url, page), Cancel)).StatusCode, new[] { HttpStatusCode.Redirect, HttpStatusCode.Unauthorized });
    }

    [Fact]
    public async Task Another_token_and_a_form_from_elsewhere_let_nobody_in()
    {
        await using var worker = await StartAsync();

        Assert.EndsWith("/sign-in?Failed=true", (await SignInAsync(worker, "another")).Headers.Location!.ToString(), StringComparison.Ordinal);
        using var form = new FormUrlEncodedContent([new("token", Token)]);
        Assert.Equal(HttpStatusCode.BadRequest, (await _browser.PostAsync(new Uri(worker.Host.Url, "/sign-in"), form, Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await _browser.GetAsync(worker.Host.Url, Cancel)).StatusCode);
    }

    [Theory]
    [InlineData("/reviews/17", "/reviews/17")]
    [InlineData("/repositories/3", "/repositories/3")]
    [InlineData("/reviews/17/review", "/reviews/17/review")]
    [InlineData(null, "/")]
    [InlineData("", "/")]
    [InlineData("https://elsewhere.example.org/", "/")]
    [InlineData("//elsewhere.example.org/reviews/1", "/")]
    [InlineData("/\\elsewhere.example.org", "/")]
    [InlineData("/reviews/17\n", "/")]
    [InlineData("/sign-out", "/")]
    public void Who_signs_in_comes_to_the_page_he_wanted_to_see_and_nowhere_else(string? wanted, string to) => Assert.Equal(to, PageRoutes.Own(wanted));

    [Fact]
    public async Task Who_guesses_is_slowed_down()
    {
        await using var worker = await StartAsync();
        var ends = new List<HttpStatusCode>();
        for (var i = 0; i < 25; i++)
            ends.Add((await SignInAsync(worker, $"guess {i}")).StatusCode);

        Assert.Equal(HttpStatusCode.TooManyRequests, ends[^1]);
    }

    [Fact]
    public async Task Where_there_is_no_token_there_are_no_pages()
    {
        await using var worker = await StubWorker.StartAsync(TimeSpan.Zero);

        Assert.Equal(HttpStatusCode.NotFound, (await _browser.GetAsync(worker.Host.Url, Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _browser.GetAsync(new Uri(worker.Host.Url, "/sign-in"), Cancel)).StatusCode);
    }

    [Fact]
    public async Task The_page_of_a_repository_counts_the_suggestions_that_people_acted_on()
    {
        await using var worker = await StartAsync();
        var repository = worker.GitHub.Add("octo-org/shop");
        await worker.DeliverAsync(repository, repository.Open(7, new string('a', 40)), "opened");
        await worker.WhenAsync(rows => rows is [{ State: DeliveryState.Done }]);
        await using (var inbox = worker.Host.Services.GetRequiredService<InboxDatabase>().Open())
        {
            SuggestionFate[] fates = [SuggestionFate.Taken, SuggestionFate.Taken, SuggestionFate.Dismissed, SuggestionFate.Open];
            inbox.Suggestions.AddRange(fates.Select((fate, i) => new StoredSuggestion
            {
                DeliveryId = 1, RepositoryId = repository.Id, Number = 7, FunctionKey = "f", SourceKey = "s", EditKey = $"{i}", Path = "sums.py", Function = "f",
                Proposer = i == 0 ? "chat:small" : "recipes", Edits = "[]", Fate = fate,
            }));
            inbox.Outcomes.Remove(await inbox.Outcomes.SingleAsync(Cancel));
            await inbox.SaveChangesAsync(Cancel);
            inbox.Outcomes.Add(new StoredOutcome
            {
                DeliveryId = 1, Attempt = 1, Suggestions = 4, Yields = [new() { Proposer = "chat:small", Suggested = 1 }, new() { Proposer = "recipes", Suggested = 3 }],
            });
            await inbox.SaveChangesAsync(Cancel);
        }

        await SignInAsync(worker, Token);
        var page = await _browser.GetStringAsync(new Uri(worker.Host.Url, $"/repositories/{repository.Id}"), Cancel);

        Assert.Contains("Of 4 posted suggestions people took 2 (50 %) and turned down 1; 1 are undecided.", page, StringComparison.Ordinal);
        Assert.Matches("(?s)chat:small</th>.*?<td>100 %</td>.*recipes</th>.*?<td>33 %</td>", page);
    }

    [Fact]
    public async Task Who_has_signed_in_sees_each_review_with_its_state()
    {
        await using var worker = await StartAsync();
        var repository = worker.GitHub.Add("octo-org/shop");
        await worker.DeliverAsync(repository, repository.Open(7, new string('a', 40)), "opened");
        await worker.WhenAsync(rows => rows is [{ State: DeliveryState.Done }]);
        await SignInAsync(worker, Token);

        var page = await _browser.GetAsync(worker.Host.Url, Cancel);
        var text = await page.Content.ReadAsStringAsync(Cancel);

        Assert.Contains("octo-org/shop#7", text, StringComparison.Ordinal);
        Assert.Contains("1 done", text, StringComparison.Ordinal);
        Assert.Contains("script-src 'self'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_repository_says_of_itself_is_text_on_a_page()
    {
        await using var worker = await StartAsync();
        var repository = worker.GitHub.Add("octo-org/shop");
        await worker.DeliverAsync(repository, repository.Open(1, new string('a', 40)), "opened");
        await worker.WhenAsync(rows => rows is [{ State: DeliveryState.Done }]);
        await ChangeAsync(worker, d => d.Reason = "<script>alert(1)</script>");
        await SignInAsync(worker, Token);

        foreach (var path in new[] { "/", "/reviews/1" })
        {
            var text = await _browser.GetStringAsync(new Uri(worker.Host.Url, path), Cancel);
            Assert.Contains("&lt;script&gt;alert(1)", text, StringComparison.Ordinal);
            Assert.DoesNotContain("<script>alert", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_report_has_no_right_of_the_site()
    {
        await using var worker = await StartAsync();
        var repository = worker.GitHub.Add("octo-org/shop");
        await worker.DeliverAsync(repository, repository.Open(1, new string('a', 40)), "opened");
        await worker.WhenAsync(rows => rows is [{ State: DeliveryState.Done }]);
        await worker.KeepAsync(1, "review/report.html", "<h1>Report</h1>");
        await SignInAsync(worker, Token);

        var page = await _browser.GetAsync(new Uri(worker.Host.Url, "/reviews/1/review"), Cancel);

        Assert.Equal("<h1>Report</h1>", await page.Content.ReadAsStringAsync(Cancel));
        Assert.StartsWith("sandbox; default-src 'none'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await _browser.GetAsync(new Uri(worker.Host.Url, "/reviews/1/..%2f..%2fworker.db"), Cancel)).StatusCode);
    }

    [Fact]
    public async Task What_was_put_aside_is_tried_again_when_somebody_asks_for_it()
    {
        await using var worker = await StartAsync();
        var repository = worker.GitHub.Add("octo-org/shop");
        await worker.DeliverAsync(repository, repository.Open(1, new string('a', 40)), "opened");
        await worker.WhenAsync(rows => rows is [{ State: DeliveryState.Done }]);
        await ChangeAsync(worker, d => d.State = DeliveryState.Dead);
        await SignInAsync(worker, Token);
        var page = new Uri(worker.Host.Url, "/reviews/1");

        using var form = new FormUrlEncodedContent([new("__RequestVerificationToken", FormToken(await _browser.GetStringAsync(page, Cancel)))]);
        Assert.Equal(HttpStatusCode.Redirect, (await _browser.PostAsync(new Uri(page + "/retry"), form, Cancel)).StatusCode);

        await worker.WhenAsync(rows => rows is [{ State: DeliveryState.Done, Attempt: 2 }]);
    }

    private static Task<StubWorker> StartAsync() => StubWorker.StartAsync(TimeSpan.Zero, s => s with { PagesToken = new Secret(Token) });

    private async Task<HttpResponseMessage> SignInAsync(StubWorker worker, string token)
    {
        var page = new Uri(worker.Host.Url, "/sign-in");
        using var form = new FormUrlEncodedContent([new("__RequestVerificationToken", FormToken(await _browser.GetStringAsync(page, Cancel))), new("token", token)]);
        return await _browser.PostAsync(page, form, Cancel);
    }

    private static async Task ChangeAsync(StubWorker worker, Action<Delivery> change)
    {
        await using var inbox = worker.Host.Services.GetRequiredService<InboxDatabase>().Open();
        change(await inbox.Deliveries.SingleAsync(Cancel));
        await inbox.SaveChangesAsync(Cancel);
    }

    private static string FormToken(string page) => HiddenField().Match(page).Groups[1].Value;

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex HiddenField();
}
