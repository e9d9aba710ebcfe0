using System.Text;
using Afterburner.Functions;

namespace Afterburner.Languages.Python;

/// <summary>The header of a function: what stands before its body. Enough to tell whether two differ in annotations only.</summary>
internal static class PythonHeader
{
    /// <summary>A rewrite with the annotations of the function as it is: callers and tools read them, and no version is faster by them.</summary>
    public static string WithAnnotationsOf(Function function, string source)
    {
        var (original, lines) = (PythonLines.Of(function.Source.ReplaceLineEndings("\n")), PythonLines.Of(source));
        if (Place(original) is not var (start, count) || Place(lines) is not var (ownStart, ownCount))
            return source;
        var (header, own) = (original.GetRange(start, count), lines.GetRange(ownStart, ownCount));
        if (WithoutAnnotations(header) is not { } bare || bare != WithoutAnnotations(own))
            return source;
        header[0] = header[0] with { Text = own[0].Text[..own[0].Indent] + header[0].Text.TrimStart(' ', '\t') };
        return string.Join('\n', lines[..ownStart].Concat(header).Concat(lines[(ownStart + ownCount)..]).Select(l => l.Text));
    }

    /// <summary>Null where the body does not begin on a line of its own.</summary>
    private static (int Start, int Count)? Place(List<PythonLines.Line> lines)
    {
        var start = lines.FindIndex(l => l.Opens && l.Text.TrimStart() is var text && (text.StartsWith("def ", StringComparison.Ordinal) || text.StartsWith("async ", StringComparison.Ordinal)));
        var end = start < 0 ? -1 : lines.FindIndex(start + 1, l => l.Place == PythonLines.Place.Statement);
        return end < 0 || lines.FindIndex(end, l => l.Opens) < 0 || !lines[end - 1].Text.Split('#')[0].TrimEnd().EndsWith(':') ? null : (start, end - start);
    }

    /// <summary>The header as far as the last bracket of its arguments, without annotations, comments and spaces; null where there is no such bracket.</summary>
    private static string? WithoutAnnotations(List<PythonLines.Line> header)
    {
        var (text, kept) = (string.Join('\n', header.Select(l => l.Text)), new StringBuilder());
        var (depth, isAnnotation, isDefault) = (0, false, false);
        for (var i = 0; i < text.Length; i++)
        {
            var (from, c) = (i, text[i]);
            if (c == '#')
                i = text.IndexOf('\n', i) is var next and >= 0 ? next : text.Length - 1;
            else if (c is '"' or '\'')
                i = EndOfString(text, i);
            depth += c is '(' or '[' or '{' ? 1 : c is ')' or ']' or '}' ? -1 : 0;
            if (depth == 0 && c == ')')
                return kept.ToString().TrimEnd(',');
            if (depth == 1 && c is ',' or '=')
                (isAnnotation, isDefault) = (false, c == '=');
            isAnnotation |= depth == 1 && c == ':' && !isDefault;
            if (!isAnnotation && c != '#' && !char.IsWhiteSpace(c))
                kept.Append(text, from, Math.Min(i, text.Length - 1) - from + 1);
        }

        return null;
    }

    private static int EndOfString(string text, int start)
    {
        var quote = text.AsSpan(start).StartsWith(new string(text[start], 3)) ? new string(text[start], 3) : text[start].ToString();
        for (var i = start + quote.Length; i < text.Length; i++)
        {
            if (text[i] == '\\')
                i++;
            else if (string.CompareOrdinal(text, i, quote, 0, quote.Length) == 0)
                return i + quote.Length - 1;
        }

        return text.Length - 1;
    }
}
