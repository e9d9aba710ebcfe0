using System.Text;
using System.Text.RegularExpressions;
using Afterburner.Functions;
using Afterburner.Suggestions;

namespace Afterburner.GitHub;

/// <summary>Lines that a suggestion adds outside of its function.</summary>
internal static class AddedLines
{
    /// <summary>More lines than this are no longer read by who takes a suggestion over.</summary>
    private const int Most = 200;

    /// <summary>
    /// Whether one text is the other with lines more, each of a kind that its language lets a candidate add (an import, a constant, a helper) or one
    /// that goes on from such a line; and with names more in the lines that import.
    /// </summary>
    /// <param name="head">A file up to a function.</param>
    /// <param name="candidate">The same file with a suggestion, up to that function.</param>
    public static bool Fit(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> candidate, LanguageSyntax syntax)
    {
        var (before, after) = (Lines.Of(head), Lines.Of(candidate));
        if (before.Count == after.Count && before.Zip(after).All(l => l.First.Span.SequenceEqual(l.Second.Span)))
            return true;
        if (syntax.Beside is not { } beside || after.Count - before.Count > Most)
            return false;
        var (next, isAfterAdded) = (0, false);
        foreach (var line in after)
        {
            if (next < before.Count && (line.Span.SequenceEqual(before[next].Span) || Extends(Text(before[next]), Text(line), syntax)))
            {
                next++;
                isAfterAdded &= Text(line).Length == 0;
                continue;
            }

            var text = Text(line);
            if (text.Any(c => char.IsControl(c) && c != '\t') || text.Length > 0 && !(char.IsWhiteSpace(text[0]) ? isAfterAdded : Regex.IsMatch(text, beside, RegexOptions.None, TimeSpan.FromSeconds(1))))
                return false;
            isAfterAdded |= text.Length > 0;
        }

        return next == before.Count;
    }

    /// <summary>Whether a line imports the same as another, and more.</summary>
    private static bool Extends(string before, string after, LanguageSyntax syntax)
    {
        if (syntax.Import is not { } import || Regex.Match(before, import) is not { Success: true } was || Regex.Match(after, import) is not { Success: true } now)
            return false;
        return was.Groups[1].Value == now.Groups[1].Value && Names(was).IsSubsetOf(Names(now));

        static HashSet<string> Names(Match line) => [.. line.Groups[2].Value.Split(',', StringSplitOptions.TrimEntries)];
    }

    private static string Text(ReadOnlyMemory<byte> line) => Encoding.UTF8.GetString(line.Span).TrimEnd();
}
