using System.Text;
using System.Text.RegularExpressions;
using Afterburner.Functions;

namespace Afterburner.Suggestions;

/// <summary>Lines that a suggestion adds outside of its function: what publishing takes, and so what a review of a change may place there.</summary>
internal static class AddedLines
{
    /// <summary>More lines than this are no longer read by who takes a suggestion over.</summary>
    private const int Most = 20;

    /// <summary>
    /// Whether one text is the other with lines more, each of a kind that its language lets a candidate add (an import) and beside another one of them,
    /// and with names more in the lines that import. No name may mean anything in the file.
    /// </summary>
    /// <param name="head">A file up to a function.</param>
    /// <param name="candidate">The same file with a suggestion, up to that function.</param>
    /// <param name="file">All of the file.</param>
    public static bool Fit(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> candidate, ReadOnlyMemory<byte> file, Language language)
    {
        var (before, after) = (Lines.Of(head), Lines.Of(candidate));
        if (before.Count == after.Count && before.Zip(after).All(l => l.First.Span.SequenceEqual(l.Second.Span)))
            return true;
        if (language.Syntax.Beside is not { } beside || after.Count - before.Count > Most)
            return false;
        var words = Regex.Matches(Encoding.UTF8.GetString(file.Span), @"\w+").Select(m => m.Value).ToHashSet();
        var (next, isAmong) = (0, false);
        for (var i = 0; i < after.Count; i++)
        {
            var text = Text(after[i]);
            if (next < before.Count && after[i].Span.SequenceEqual(before[next].Span))
            {
                isAmong = language.Import.IsMatch(text);
                next++;
                continue;
            }

            var extended = next < before.Count ? Names(Text(before[next]), text, language.Syntax) : null;
            var names = extended ?? [.. Regex.Match(text, beside).Groups["name"].Captures.Select(c => c.Value)];
            // Alone it may stand inside of a text or a call.
            var isBeside = isAmong || extended is not null || (next < before.Count && language.Import.IsMatch(Text(before[next])));
            if (names.Count == 0 || !isBeside || names.Any(words.Contains))
                return false;
            isAmong = true;
            next += extended is null ? 0 : 1;
        }

        return next == before.Count;
    }

    /// <summary>The names that a line imports beyond those of another; null where it does not import the same and more.</summary>
    private static List<string>? Names(string before, string after, LanguageSyntax syntax)
    {
        if (syntax.Import is not { } import || Regex.Match(before, import) is not { Success: true } was || Regex.Match(after, import) is not { Success: true } now
            || was.Groups[1].Value != now.Groups[1].Value)
            return null;
        var (old, all) = (Split(was), Split(now));
        return old.All(all.Contains) ? [.. all.Except(old)] : null;

        static List<string> Split(Match line) => [.. line.Groups[2].Value.Split(',', StringSplitOptions.TrimEntries)];
    }

    private static string Text(ReadOnlyMemory<byte> line) => Encoding.UTF8.GetString(line.Span).TrimEnd('\r', '\n');
}
