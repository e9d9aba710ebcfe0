using Afterburner.GitHub;
using Afterburner.Suggestions;
using Afterburner.Tests.Suggestions;
using Xunit;

namespace Afterburner.Tests.GitHub;

/// <summary>What fits into a comment, and what is left out when it does not.</summary>
public sealed class CommentTextTests
{
    [Fact]
    public void A_fence_is_longer_than_any_inside_it()
    {
        var text = CommentText.Write(With(s => s with { Replacement = "    return \"\"\"\n````suggestion\n````\n\"\"\"\n" }), Report)!;

        Assert.Contains("\n`````suggestion\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_deletion_is_an_empty_block() =>
        Assert.Contains("```suggestion\n```\n", CommentText.Write(With(s => s with { Replacement = "" }), Report)!, StringComparison.Ordinal);

    [Fact]
    public void Code_that_is_taken_over_with_one_click_is_not_changed_by_being_shown() =>
        Assert.Contains("```suggestion\n    return '\u2764\ufe0f'\n```\n", CommentText.Write(With(s => s with { Replacement = "    return '\u2764\ufe0f'\n" }), Report)!, StringComparison.Ordinal);

    [Fact]
    public void Evidence_gives_way_to_code()
    {
        var code = string.Concat(Enumerable.Repeat("    x = 1\n", 6_450));

        var text = CommentText.Write(With(s => s with { Replacement = code }), Report)!;

        Assert.Contains(code, text, StringComparison.Ordinal);
        Assert.DoesNotContain("<details>", text, StringComparison.Ordinal);
        Assert.True(text.Length <= CommentText.Limit);
        Assert.Null(CommentText.Write(With(s => s with { Replacement = code + code }), Report));
    }

    [Fact]
    public void A_summary_keeps_whole_patches_and_counts_the_others()
    {
        var long1 = With(s => s with { Replacement = string.Concat(Enumerable.Repeat("    x = 1\n", 4_000)) });
        var plan = new PublicationPlan(
            new CheckedRun(Report, [long1, long1], []), new PullRequestState(new PullRequestName("o", "r", 1), true, "", "", null, ""),
            [new(long1, Placement.Summary, null, "too long"), new(long1, Placement.Summary, null, "too long")], [], false);

        var text = SummaryText.Write(plan);

        Assert.True(text.Length <= CommentText.Limit);
        Assert.Contains("1 patch too long for this comment", text, StringComparison.Ordinal);
        Assert.Equal(4_000, text.Split("+    x = 1\n").Length - 1);
    }

    private static Report Report { get; } = SampleReport.Build();

    [Fact]
    public void Suggestions_for_namesakes_of_one_text_are_not_taken_for_each_other()
    {
        var function = SampleReport.Build().Functions[0];
        SuggestionKeys[] keys = [.. new int?[] { null, 1, 2 }.Select(n => SuggestionKeys.Of(function with { Namesake = n }, "def unique(items): ..."))];

        Assert.Equal(3, keys.Select(k => k.Function).Distinct().Count());
        Assert.Equal(3, keys.Select(k => k.Source).Distinct().Count());
        Assert.Equal(3, keys.Select(k => k.Edit).Distinct().Count());
    }

    private static CheckedSuggestion With(Func<Suggestion, Suggestion> change)
    {
        var function = Report.Functions[0];
        function = function with { Suggestion = change(function.Suggestion!) };
        return new CheckedSuggestion(function, SuggestionKeys.Of(function, "def unique(items): ..."), [], null);
    }
}
