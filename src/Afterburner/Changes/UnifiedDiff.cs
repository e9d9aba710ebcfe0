using System.Buffers.Text;
using System.Text;

namespace Afterburner.Changes;

/// <summary>The part of a patch that is about one file.</summary>
/// <param name="IsBinary">Git found binary content and shows no hunks, or shows a line that holds a NUL.</param>
internal sealed record DiffSection(bool IsBinary, IReadOnlyList<Hunk> Hunks);

/// <summary>
/// Reads unified diffs as git writes them. Lines are counted by the hunk headers, so that no content of a file can be
/// taken for a header; only LF ends a line, so that CR, form feed or U+2028 in a file shift nothing.
/// </summary>
internal static class UnifiedDiff
{
    /// <exception cref="FormatException">Not a diff that git writes.</exception>
    public static IReadOnlyList<DiffSection> Parse(ReadOnlySpan<byte> patch)
    {
        var sections = new List<DiffSection>();
        var hunks = new List<Hunk>();
        var binary = false;
        var open = false;

        while (!patch.IsEmpty)
        {
            var line = Line(ref patch);
            if (line.StartsWith("diff --git "u8))
            {
                Close();
                open = true;
            }
            else if (line.StartsWith("@@ "u8) && open)
            {
                hunks.Add(ReadHunk(line, ref patch, ref binary));
            }
            else if (line.StartsWith("Binary files "u8) && open)
            {
                binary = true;
            }
        }

        Close();
        return sections;

        void Close()
        {
            if (open)
                sections.Add(new DiffSection(binary, hunks));
            hunks = [];
            binary = false;
        }
    }

    private static Hunk ReadHunk(scoped ReadOnlySpan<byte> header, ref ReadOnlySpan<byte> patch, ref bool binary)
    {
        var rest = header["@@ "u8.Length..];
        var (oldStart, oldCount) = Range((byte)'-', ref rest);
        var (newStart, newCount) = Range((byte)'+', ref rest);
        // With no line on a side, git names the line before the place.
        var oldLine = oldCount == 0 ? oldStart + 1 : oldStart;
        var newLine = newCount == 0 ? newStart + 1 : newStart;
        var (oldEnd, newEnd) = (oldLine + oldCount, newLine + newCount);

        var lines = new List<HunkLine>();
        while (oldLine < oldEnd || newLine < newEnd)
        {
            if (patch.IsEmpty)
                throw new FormatException("the diff ends inside a hunk");
            var line = Line(ref patch);
            binary |= line.Contains((byte)0);
            switch (line.IsEmpty ? (byte)' ' : line[0])
            {
                case (byte)'+': lines.Add(new HunkLine(HunkLineKind.Added, null, newLine++)); break;
                case (byte)'-': lines.Add(new HunkLine(HunkLineKind.Deleted, oldLine++, null)); break;
                case (byte)' ': lines.Add(new HunkLine(HunkLineKind.Context, oldLine++, newLine++)); break;
                case (byte)'\\': break; // "\ No newline at end of file"
                default: throw new FormatException($"not a line of a hunk: {Encoding.UTF8.GetString(line)}");
            }
        }

        return oldLine == oldEnd && newLine == newEnd
            ? new Hunk(oldStart, oldCount, newStart, newCount, lines)
            : throw new FormatException($"a hunk has other lines than its header says: {Encoding.UTF8.GetString(header)}");
    }

    /// <summary>Reads <c>-12,3 </c> or <c>-12 </c> (one line).</summary>
    private static (int Start, int Count) Range(byte sign, scoped ref ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text[0] != sign || !Utf8Parser.TryParse(text[1..], out int start, out var used))
            throw new FormatException("not a hunk header");
        text = text[(1 + used)..];
        var count = 1;
        if (!text.IsEmpty && text[0] == ',')
        {
            if (!Utf8Parser.TryParse(text[1..], out count, out used))
                throw new FormatException("not a hunk header");
            text = text[(1 + used)..];
        }

        if (start < 0 || count < 0 || text.IsEmpty || text[0] != ' ')
            throw new FormatException("not a hunk header");
        text = text[1..];
        return (start, count);
    }

    private static ReadOnlySpan<byte> Line(ref ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)'\n');
        var line = end < 0 ? text : text[..end];
        text = end < 0 ? [] : text[(end + 1)..];
        return line;
    }
}
