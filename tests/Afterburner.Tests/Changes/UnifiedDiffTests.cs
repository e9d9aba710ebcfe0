using System.Text;
using Afterburner.Changes;
using Xunit;

namespace Afterburner.Tests.Changes;

public sealed class UnifiedDiffTests
{
    [Fact]
    public void Lines_carry_their_numbers_on_both_sides()
    {
        var hunk = Assert.Single(Parse("@@ -3,3 +3,4 @@ def f():", " a", "-b", "+B", "+C", " c"));

        Assert.Equal((3, 3, 3, 4), (hunk.OldStart, hunk.OldCount, hunk.NewStart, hunk.NewCount));
        Assert.Equal(
            [
                new HunkLine(HunkLineKind.Context, 3, 3),
                new HunkLine(HunkLineKind.Deleted, 4, null),
                new HunkLine(HunkLineKind.Added, null, 4),
                new HunkLine(HunkLineKind.Added, null, 5),
                new HunkLine(HunkLineKind.Context, 5, 6),
            ],
            hunk.Lines);
    }

    [Fact]
    public void Content_that_looks_like_a_header_stays_content()
    {
        var hunks = Parse("@@ -1,3 +1,3 @@", "--- a/evil", "-@@ -1 +1 @@", "-diff --git a/x b/x", "+++ b/evil", "+@@ -9 +9 @@", "+diff --git a/y b/y");

        Assert.Equal([HunkLineKind.Deleted, HunkLineKind.Deleted, HunkLineKind.Deleted, HunkLineKind.Added, HunkLineKind.Added, HunkLineKind.Added],
            Assert.Single(hunks).Lines.Select(l => l.Kind));
    }

    [Fact]
    public void A_missing_newline_at_the_end_of_the_file_is_not_a_line()
    {
        var hunk = Assert.Single(Parse("@@ -1 +1 @@", "-a", @"\ No newline at end of file", "+b", @"\ No newline at end of file"));

        Assert.Equal([new HunkLine(HunkLineKind.Deleted, 1, null), new HunkLine(HunkLineKind.Added, null, 1)], hunk.Lines);
    }

    [Fact]
    public void Only_line_feeds_end_lines()
    {
        var hunk = Assert.Single(Parse("@@ -0,0 +1,2 @@", "+a\rb\f\u2028c\r", "+d"));

        Assert.Equal([1, 2], hunk.Lines.Select(l => l.NewLine!.Value));
    }

    [Fact]
    public void A_diff_that_ends_early_is_refused()
    {
        Assert.Throws<FormatException>(() => Parse("@@ -1,3 +1,3 @@", " a"));
        Assert.Throws<FormatException>(() => Parse("@@ -1,3 @@", " a"));
        Assert.Throws<FormatException>(() => Parse("@@ -1,2 +1,1 @@", " a", "+b"));
    }

    [Theory]
    [InlineData(4, 5, true)] // an added line is the last of the span
    [InlineData(5, 9, true)] // an added line is its first
    [InlineData(6, 9, false)] // context only
    [InlineData(1, 4, false)] // ends before it
    public void An_added_line_touches_the_spans_that_hold_it(int start, int end, bool touched) =>
        Assert.Equal(touched, Assert.Single(Parse("@@ -4,2 +4,3 @@", " a", "+b", " c")).Touches(start, end));

    [Theory]
    [InlineData(4, 5, true)] // between the two lines of the span
    [InlineData(5, 9, false)] // just before its first line
    [InlineData(1, 4, false)] // just after its last line
    public void A_deletion_touches_the_spans_that_enclose_it(int start, int end, bool touched)
    {
        Assert.Equal(touched, Assert.Single(Parse("@@ -4,4 +4,2 @@", " a", "-x", "-y", " c")).Touches(start, end));
        Assert.Equal(touched, Assert.Single(Parse("@@ -5,2 +4,0 @@", "-x", "-y")).Touches(start, end));
    }

    private static IReadOnlyList<Hunk> Parse(params string[] lines) =>
        Assert.Single(UnifiedDiff.Parse(Encoding.UTF8.GetBytes("diff --git a/f b/f\n--- a/f\n+++ b/f\n" + string.Join('\n', lines) + "\n"))).Hunks;
}
