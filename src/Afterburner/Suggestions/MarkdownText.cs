using System.Text;

namespace Afterburner.Suggestions;

/// <summary>
/// Puts text of the repository or of a model into Markdown so that it is read and nothing else: no tag, link, image,
/// mention, issue reference or table cell can come of it, and nothing in it is hidden from the reader.
/// </summary>
public static class MarkdownText
{
    private const char ZeroWidthSpace = '\u200B';

    /// <summary>
    /// Running text on one line. A zero-width space parts what GitHub would link even where Markdown is escaped: it
    /// looks for mentions, references and addresses after rendering.
    /// </summary>
    /// <param name="limit">Characters after which the text is cut, with an ellipsis.</param>
    public static string Prose(string text, int limit = 300)
    {
        var line = Shorten(OneLine(text), limit);
        var safe = new StringBuilder();
        for (var i = 0; i < line.Length; i++)
        {
            _ = line[i] switch
            {
                '<' => safe.Append("&lt;"),
                '>' => safe.Append("&gt;"),
                '&' => safe.Append("&amp;"),
                '\\' or '`' or '*' or '_' or '{' or '}' or '[' or ']' or '|' or '~' or '!' or '$' or '#' or '@' =>
                    safe.Append('\\').Append(line[i]),
                _ => safe.Append(line[i]),
            };
            if (i + 1 < line.Length && IsLinked(line.AsSpan(i)))
                safe.Append(ZeroWidthSpace);
        }

        return safe.ToString();
    }

    /// <summary>Whether what starts here would become a mention, a reference or an address if its first character stood next to its second.</summary>
    private static bool IsLinked(ReadOnlySpan<char> text) => text[0] switch
    {
        '@' or '#' => char.IsLetterOrDigit(text[1]),
        ':' => text[1] == '/',
        'w' or 'W' => text.StartsWith("ww.", StringComparison.OrdinalIgnoreCase),
        'H' or 'h' => text[1] == '-',
        _ => false,
    };

    /// <summary>A code span, for names and short snippets. Nothing is linked inside one.</summary>
    /// <param name="inTable">Whether it stands in a table, where a bar would end the cell.</param>
    public static string Code(string text, bool inTable = false, int limit = 200)
    {
        var line = Shorten(OneLine(text), limit);
        if (line.Trim().Length == 0)
            return "` `";
        if (inTable)
            line = line.Replace("|", "\\|", StringComparison.Ordinal);
        var fence = new string('`', LongestRun(line) + 1);
        var pad = line.StartsWith('`') || line.EndsWith('`') || (line.StartsWith(' ') && line.EndsWith(' ')) ? " " : "";
        return fence + pad + line + pad + fence;
    }

    /// <summary>A fenced block whose fence is longer than any inside it. Ends with a line end.</summary>
    public static string Fence(string text, string language = "")
    {
        return Exact(VisibleText.Of(text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n')), language);
    }

    /// <summary>As <see cref="Fence"/>, with every character as it is: for code that is taken over as it stands here and was checked before.</summary>
    public static string Exact(string text, string language)
    {
        var fence = new string('`', Math.Max(3, LongestRun(text) + 1));
        var body = text.Replace("\r\n", "\n", StringComparison.Ordinal);
        return $"{fence}{language}\n{body}{(body.EndsWith('\n') || body.Length == 0 ? "" : "\n")}{fence}\n";
    }

    private static string OneLine(string text) =>
        VisibleText.Line(string.Join(' ', text.Split(['\r', '\n', '\t', '\u0085', '\u2028', '\u2029'], StringSplitOptions.RemoveEmptyEntries)));

    private static string Shorten(string text, int limit)
    {
        if (text.Length <= limit)
            return text;
        var end = char.IsHighSurrogate(text[limit - 2]) ? limit - 2 : limit - 1;
        return text[..end].TrimEnd() + "…";
    }

    private static int LongestRun(string text)
    {
        var (longest, run) = (0, 0);
        foreach (var c in text)
            longest = Math.Max(longest, run = c == '`' ? run + 1 : 0);
        return longest;
    }
}
