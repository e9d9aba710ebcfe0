using System.Net;
using System.Text.RegularExpressions;
using Afterburner.Proposers;
using Afterburner.Worker;
using Afterburner.Worker.Inbox;
using Afterburner.Worker.SignIn;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Afterburner.Tests.Worker;

/// <summary>Who signs in through GitHub sees what GitHub lets that person see, and nothing else.</summary>
public sealed partial class GitHubSignInTests : IDisposable
{
    private const string Token = "a long random text of the administrator";

    private readonly SocketsHttpHandler _handler = new() { CookieContainer = new CookieContainer() };
    private readonly HttpClient _browser;

    public GitHubSignInTests() => _browser = new HttpClient(_handler);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _browser.Dispose();
        _handler.Dispose();
    }

    [Fact]
    public async Task A_person_sees_the_reviews_of_the_repositories_that_GitHub_shows_and_no_others()
    {
        await using var worker = await StartAsync();
        worker.GitHub.Seen = new Dictionary<string, bool> { ["octo-org/open"] = true };

        var page = await SignInAsync(worker);

        Assert.Contains("octo-org/open#1", page, StringComparison.Ordinal);
        Assert.DoesNotContain("octo-org/closed", page, StringComparison.Ordinal);
        Assert.Contains(">maintainer</span>", page, StringComparison.Ordinal);
        var (open, closed) = await NumbersAsync(worker);
        foreach (var (path, shown) in new[] { ($"/reviews/{open.Id}", true), ($"/reviews/{closed.Id}", false), ($"/repositories/{open.RepositoryId}", true), ($"/repositories/{closed.RepositoryId}", false) })
            Assert.Equal(!shown, (await _browser.GetStringAsync(new Uri(worker.Host.Url, path), Cancel)).Contains("<h1>Not here</h1>", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_report_of_a_repository_that_a_person_may_not_see_is_not_there_for_that_person()
    {
        await using var worker = await StartAsync();
        worker.GitHub.Seen = new Dictionary<string, bool> { ["octo-org/open"] = true };
        var (open, closed) = await NumbersAsync(worker);
        foreach (var id in new[] { open.Id, closed.Id })
            await worker.KeepAsync(id, "review/report.html", "<h1>Report</h1>");
        await SignInAsync(worker);

        Assert.Equal(HttpStatusCode.OK, (await _browser.GetAsync(new Uri(worker.Host.Url, $"/reviews/{open.Id}/review"), Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _browser.GetAsync(new Uri(worker.Host.Url, $"/reviews/{closed.Id}/review"), Cancel)).StatusCode);
    }

    [Theory]
    [InlineData(true, HttpStatusCode.OK)]
    [InlineData(false, HttpStatusCode.Forbidden)]
    public async Task Only_who_may_write_has_a_review_tried_again(bool mayWrite, HttpStatusCode expected)
    {
        await using var worker = await StartAsync();
        worker.GitHub.Seen = new Dictionary<string, bool> { ["octo-org/open"] = mayWrite };
        var (open, _) = await NumbersAsync(worker);
        await using (var inbox = worker.Host.Services.GetRequiredService<InboxDatabase>().Open())
            await inbox.Deliveries.Where(d => d.Id == open.Id).ExecuteUpdateAsync(d => d.SetProperty(x => x.State, DeliveryState.Dead), Cancel);
        var form = FormToken(await SignInAsync(worker));

        using var content = new FormUrlEncodedContent([new("__RequestVerificationToken", form)]);
        Assert.Equal(expected, (await _browser.PostAsync(new Uri(worker.Host.Url, $"/reviews/{open.Id}/retry"), content, Cancel)).StatusCode);
    }

    [Fact]
    public async Task Who_says_no_at_GitHub_is_not_signed_in_and_is_told()
    {
        await using var worker = await StartAsync();
        worker.GitHub.Person = null;

        Assert.Contains("GitHub did not sign you in", await SignInAsync(worker), StringComparison.Ordinal);
        Assert.Contains("<h1>Sign in</h1>", await _browser.GetStringAsync(worker.Host.Url, Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_sees_more_repositories_than_a_statement_has_parameters_sees_them()
    {
        await using var worker = await StartAsync();
        var (open, _) = await NumbersAsync(worker);
        HashSet<long> many = [.. Enumerable.Range(1_000_000, 40_000).Select(n => (long)n), open.RepositoryId!.Value];

        await using var inbox = worker.Host.Services.GetRequiredService<InboxDatabase>().Open();

        Assert.Equal([open.Id], await new Viewer("somebody", many, many).Of(inbox.Deliveries).Select(d => d.Id).ToListAsync(Cancel));
    }

    [Fact]
    public async Task Whom_GitHub_shows_nothing_does_not_come_in()
    {
        await using var worker = await StartAsync();
        worker.GitHub.Seen = new Dictionary<string, bool>();

        Assert.Contains("GitHub did not sign you in", await SignInAsync(worker), StringComparison.Ordinal);
    }

    /// <summary>Else whoever planted a session of his own in a browser would be whoever signs in there.</summary>
    [Theory]
    [InlineData("afterburner")]
    [InlineData("AFTERBURNER")]
    public async Task A_session_that_a_browser_was_given_before_is_not_the_one_of_who_signs_in(string cookie)
    {
        await using var worker = await StartAsync(s => s with { PagesToken = new Secret(Token) });
        await SignInAsync(worker);
        var planted = _handler.CookieContainer.GetCookies(worker.Host.Url)["afterburner"]!.Value;
        using var other = new SocketsHttpHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = false };
        using var browser = new HttpClient(other);
        var page = new Uri(worker.Host.Url, "/sign-in");
        var form = FormToken(await browser.GetStringAsync(page, Cancel));
        other.CookieContainer.Add(worker.Host.Url, new Cookie(cookie, planted));

        using var content = new FormUrlEncodedContent([new("__RequestVerificationToken", form), new("token", Token)]);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.PostAsync(page, content, Cancel)).StatusCode);

        Assert.NotEqual(planted, other.CookieContainer.GetCookies(worker.Host.Url).Single(c => c.Name == "afterburner").Value);
        Assert.Contains(">administrator</span>", await browser.GetStringAsync(worker.Host.Url, Cancel), StringComparison.Ordinal);
        Assert.Contains(">maintainer</span>", await _browser.GetStringAsync(worker.Host.Url, Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_code_of_another_sign_in_is_worth_nothing()
    {
        await using var worker = await StartAsync();

        var page = await _browser.GetAsync(new Uri(worker.Host.Url, "/sign-in/github/back?code=stolen&state=made-up"), Cancel);

        Assert.Contains("GitHub did not sign you in", await page.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_browser_keeps_a_key_that_is_worth_nothing_once_somebody_has_signed_out()
    {
        await using var worker = await StartAsync();
        var page = await SignInAsync(worker);
        var cookies = _handler.CookieContainer.GetCookies(worker.Host.Url).ToList();
        Assert.All(cookies, c => Assert.DoesNotContain("ghu_", c.Value, StringComparison.Ordinal));
        using (var content = new FormUrlEncodedContent([new("__RequestVerificationToken", FormToken(page))]))
            await _browser.PostAsync(new Uri(worker.Host.Url, "/sign-out"), content, Cancel);

        foreach (var cookie in cookies)
            _handler.CookieContainer.Add(worker.Host.Url, new Cookie(cookie.Name, cookie.Value));

        Assert.Contains("<h1>Sign in</h1>", await _browser.GetStringAsync(worker.Host.Url, Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_is_over_after_an_hour_whoever_goes_on_using_it()
    {
        await using var worker = await StartAsync();
        await SignInAsync(worker);
        await using (var inbox = worker.Host.Services.GetRequiredService<InboxDatabase>().Open())
        {
            var session = await inbox.Sessions.SingleAsync(Cancel);
            Assert.InRange(session.ExpiresAt - TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(50), TimeSpan.FromMinutes(60));
            session.ExpiresAt = TimeProvider.System.GetUtcNow().AddSeconds(-1);
            await inbox.SaveChangesAsync(Cancel);
        }

        Assert.Contains("<h1>Sign in</h1>", await _browser.GetStringAsync(worker.Host.Url, Cancel), StringComparison.Ordinal);
    }

    /// <summary>A worker that has reviewed a pull request of each of two repositories.</summary>
    private static async Task<StubWorker> StartAsync(Func<WorkerSettings, WorkerSettings>? change = null)
    {
        var worker = await StubWorker.StartAsync(
            TimeSpan.Zero, (gitHub, settings) => (change?.Invoke(settings) ?? settings) with { ClientSecret = gitHub.ClientSecret });
        try
        {
            foreach (var name in new[] { "octo-org/open", "octo-org/closed" })
            {
                var repository = worker.GitHub.Add(name);
                await worker.DeliverAsync(repository, repository.Open(1, new string('a', 40)), "opened");
            }

            await worker.WhenAsync(rows => rows.Count == 2 && rows.All(r => r.State == DeliveryState.Done));
            return worker;
        }
        catch
        {
            await worker.DisposeAsync();
            throw;
        }
    }

    private static async Task<(Delivery Open, Delivery Closed)> NumbersAsync(StubWorker worker)
    {
        var rows = await worker.WhenAsync(_ => true);
        return (rows.Single(r => r.Repository == "octo-org/open"), rows.Single(r => r.Repository == "octo-org/closed"));
    }

    /// <summary>Presses the button.</summary>
    /// <returns>The page at the end of it.</returns>
    private async Task<string> SignInAsync(StubWorker worker)
    {
        var page = await _browser.GetStringAsync(new Uri(worker.Host.Url, "/sign-in"), Cancel);
        using var content = new FormUrlEncodedContent([new("__RequestVerificationToken", FormToken(page))]);
        var answer = await _browser.PostAsync(new Uri(worker.Host.Url, "/sign-in/github"), content, Cancel);
        return await answer.Content.ReadAsStringAsync(Cancel);
    }

    private static string FormToken(string page) => HiddenField().Match(page).Groups[1].Value;

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex HiddenField();
}
