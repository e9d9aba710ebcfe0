namespace Afterburner.Languages.Python;

/// <summary>
/// Physical lines of Python text with where each one stands: at the start of a statement, inside brackets, or inside a
/// string. Enough to move a function about without a parser; what is not Python comes out as some lines, never as an error.
/// </summary>
internal static class PythonLines
{
    public enum Place { Statement, Brackets, String }

    public readonly record struct Line(string Text, Place Place)
    {
        public int Indent => Text.Length - Text.TrimStart(' ', '\t').Length;

        public bool IsBlank => string.IsNullOrWhiteSpace(Text);

        public bool IsComment => Place == Place.Statement && Text.TrimStart().StartsWith('#');

        /// <summary>Whether the line opens a statement (and is not blank or a comment).</summary>
        public bool Opens => Place == Place.Statement && !IsBlank && !IsComment;
    }

    public static List<Line> Of(string code)
    {
        var lines = new List<Line>();
        string? quote = null;
        var depth = 0;
        var continued = false;
        foreach (var text in code.Split('\n'))
        {
            lines.Add(new Line(text, quote is not null ? Place.String : depth > 0 || continued ? Place.Brackets : Place.Statement));
            Scan(text, ref quote, ref depth);
            continued = quote is null && text.EndsWith('\\');
        }

        return lines;
    }

    private static void Scan(string text, ref string? quote, ref int depth)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (quote is not null)
            {
                if (text[i] == '\\')
                    i++;
                else if (string.CompareOrdinal(text, i, quote, 0, quote.Length) == 0)
                    (i, quote) = (i + quote.Length - 1, null);
                continue;
            }

            switch (text[i])
            {
                case '#':
                    return;
                case '(' or '[' or '{':
                    depth++;
                    break;
                case ')' or ']' or '}':
                    depth = Math.Max(0, depth - 1);
                    break;
                case '"' or '\'':
                    var triple = new string(text[i], 3);
                    quote = string.CompareOrdinal(text, i, triple, 0, 3) == 0 ? triple : triple[..1];
                    i += quote.Length - 1;
                    break;
            }
        }

        // A string in single quotes ends with its line unless a backslash carries it on.
        if (quote is { Length: 1 } && !text.EndsWith('\\'))
            quote = null;
    }
}
