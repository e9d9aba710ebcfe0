using Afterburner.Tests.Suggestions;
using Xunit;

namespace Afterburner.Tests.GitHub;

/// <summary>
/// The sample review on its pull request, as a page in <c>artifacts/review.html</c>. The README's picture is made from it:
/// <c>chromium --headless --allow-file-access-from-files --virtual-time-budget=8000 --hide-scrollbars --screenshot=.github/images/review.png --window-size=960,2250 artifacts/review.html</c>.
/// </summary>
public sealed class ReviewPageTests
{
    [Fact]
    public async Task A_maintainer_sees_the_suggestion_as_a_change_of_the_lines_it_replaces()
    {
        await using var fixture = await PublishFixture.SampleAsync();
        await fixture.PublishAsync();

        var page = await ReviewPage.RenderAsync(fixture.GitHub, new Dictionary<string, string[]> { [SampleReport.Path] = SampleReport.Head.Split('\n') });

        var artifacts = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts"));
        await File.WriteAllTextAsync(Path.Combine(artifacts.FullName, "review.html"), page, TestContext.Current.CancellationToken);
        Assert.Contains("<tr class=\"del\"><td></td><td>-     seen = []</td></tr>", page, StringComparison.Ordinal);
        Assert.Contains("<tr class=\"add\"><td></td><td>+     return list(dict.fromkeys(items))</td></tr>", page, StringComparison.Ordinal);
        Assert.Contains("+    return sum(o.price for o in orders)", page, StringComparison.Ordinal);
        Assert.Equal(2, page.Split("class=\"mermaid\"").Length - 1);
    }
}
