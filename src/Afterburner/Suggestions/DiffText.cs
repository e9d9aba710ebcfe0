using System.Globalization;
using System.Text;

namespace Afterburner.Suggestions;

/// <summary>A stretch of a file, before and after. Both texts keep their line ends.</summary>
/// <param name="StartLine">1-based line of the file at which <paramref name="Before"/> starts.</param>
internal sealed record DiffFragment(int StartLine, string Before, string After);

/// <summary>Diffs that <c>git apply</c> accepts: line ends kept, a missing one at the end of the file noted.</summary>
internal static class DiffText
{
    private const int ContextLines = 3;

    /// <summary>Above this many cells, a stretch is shown as deleted and added as a whole instead of line by line.</summary>
    private const long AlignmentLimit = 4_000_000;

    /// <summary>The difference between two versions of a file; bytes that are not UTF-8 become U+FFFD. Empty when there is none.</summary>
    public static string Of(string path, byte[] before, byte[] after) =>
        Of(path, [new DiffFragment(1, Encoding.UTF8.GetString(before), Encoding.UTF8.GetString(after))]);

    /// <summary>The difference in stretches of one file, in the order of their lines.</summary>
    public static string Of(string path, IEnumerable<DiffFragment> fragments)
    {
        var hunks = new StringBuilder();
        var shift = 0;
        foreach (var fragment in fragments)
        {
            var (old, @new) = (Lines.Of(fragment.Before), Lines.Of(fragment.After));
            AppendHunks(hunks, Align(old, @new), fragment.StartLine, shift);
            shift += @new.Count - old.Count;
        }

        return hunks.Length == 0
            ? ""
            : $"diff --git {Name("a/" + path)} {Name("b/" + path)}\n--- {Header("a/" + path)}\n+++ {Header("b/" + path)}\n{hunks}";
    }

    private static void AppendHunks(StringBuilder text, List<DiffLine> lines, int startLine, int shift)
    {
        for (var next = lines.FindIndex(l => l.Mark != ' '); next >= 0;)
        {
            var start = Math.Max(0, next - ContextLines);
            var end = next;
            for (var i = next; i < lines.Count && i <= end + 2 * ContextLines; i++)
            {
                if (lines[i].Mark != ' ')
                    end = i;
            }

            var hunk = lines[start..Math.Min(lines.Count, end + ContextLines + 1)];
            var oldCount = hunk.Count(l => l.Mark != '+');
            var newCount = hunk.Count(l => l.Mark != '-');
            var oldStart = startLine + lines.Take(start).Count(l => l.Mark != '+') - (oldCount == 0 ? 1 : 0);
            var newStart = startLine + shift + lines.Take(start).Count(l => l.Mark != '-') - (newCount == 0 ? 1 : 0);
            text.Append(CultureInfo.InvariantCulture, $"@@ -{oldStart},{oldCount} +{newStart},{newCount} @@\n");
            foreach (var line in hunk)
            {
                text.Append(line.Mark).Append(line.Text);
                if (!line.Text.EndsWith('\n'))
                    text.Append("\n\\ No newline at end of file\n");
            }

            next = lines.FindIndex(end + 1, l => l.Mark != ' ');
        }
    }

    private static List<DiffLine> Align(List<string> old, List<string> @new)
    {
        var shorter = Math.Min(old.Count, @new.Count);
        var prefix = 0;
        while (prefix < shorter && old[prefix] == @new[prefix])
            prefix++;
        var suffix = 0;
        while (suffix < shorter - prefix && old[^(suffix + 1)] == @new[^(suffix + 1)])
            suffix++;
        return
        [
            .. old.Take(prefix).Select(l => new DiffLine(' ', l)),
            .. AlignMiddle(old[prefix..^suffix], @new[prefix..^suffix]),
            .. old.TakeLast(suffix).Select(l => new DiffLine(' ', l)),
        ];
    }

    /// <summary>Longest common subsequence by the textbook table; deletions are listed before additions.</summary>
    private static List<DiffLine> AlignMiddle(List<string> old, List<string> @new)
    {
        if ((long)old.Count * @new.Count > AlignmentLimit)
            return [.. old.Select(l => new DiffLine('-', l)), .. @new.Select(l => new DiffLine('+', l))];

        var common = new int[old.Count + 1, @new.Count + 1];
        for (var i = old.Count - 1; i >= 0; i--)
        {
            for (var j = @new.Count - 1; j >= 0; j--)
                common[i, j] = old[i] == @new[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        }

        var lines = new List<DiffLine>();
        var (x, y) = (0, 0);
        while (x < old.Count || y < @new.Count)
        {
            if (x < old.Count && y < @new.Count && old[x] == @new[y])
            {
                lines.Add(new DiffLine(' ', old[x++]));
                y++;
            }
            else if (x < old.Count && (y == @new.Count || common[x + 1, y] >= common[x, y + 1]))
            {
                lines.Add(new DiffLine('-', old[x++]));
            }
            else
            {
                lines.Add(new DiffLine('+', @new[y++]));
            }
        }

        return lines;
    }

    /// <summary>Names with quotes, backslashes or control characters are written the way git writes them.</summary>
    private static string Name(string name)
    {
        if (!name.Any(c => c is '"' or '\\' || char.IsControl(c)))
            return name;
        var quoted = new StringBuilder("\"");
        foreach (var b in Encoding.UTF8.GetBytes(name))
        {
            _ = b switch
            {
                (byte)'"' or (byte)'\\' => quoted.Append('\\').Append((char)b),
                < 0x20 or >= 0x7f => quoted.Append('\\').Append(Convert.ToString(b, 8).PadLeft(3, '0')),
                _ => quoted.Append((char)b),
            };
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>A name with a space is followed by a tab there, so that it ends where it ends.</summary>
    private static string Header(string name)
    {
        var quoted = Name(name);
        return quoted.Contains(' ') && !quoted.StartsWith('"') ? quoted + "\t" : quoted;
    }

    private readonly record struct DiffLine(char Mark, string Text);
}
