using System.Text;

namespace Afterburner.Sandboxes;

/// <summary>One line of <c>/proc/self/mountinfo</c>.</summary>
/// <param name="Root">Which directory of the file system is mounted.</param>
/// <param name="Point">Where it is mounted.</param>
/// <param name="Options">Options of the file system itself; the controllers of a version 1 control group hierarchy are among them.</param>
internal sealed record MountLine(string Root, string Point, string Type, IReadOnlyList<string> Options)
{
    /// <summary>Reads the format of proc(5); lines that do not have it are left out.</summary>
    public static IReadOnlyList<MountLine> Parse(IEnumerable<string> lines)
    {
        var mounts = new List<MountLine>();
        foreach (var line in lines)
        {
            var halves = line.Split(" - ", 2);
            var left = halves[0].Split(' ');
            var right = halves.Length == 2 ? halves[1].Split(' ') : [];
            if (left.Length >= 5 && right.Length >= 3)
                mounts.Add(new MountLine(Unescape(left[3]), Unescape(left[4]), right[0], right[2].Split(',')));
        }

        return mounts;
    }

    // Space, tab, newline and backslash are written as three octal digits.
    private static string Unescape(string field)
    {
        if (!field.Contains('\\', StringComparison.Ordinal))
            return field;
        var text = new StringBuilder();
        for (var i = 0; i < field.Length; i++)
        {
            if (field[i] == '\\' && i + 3 < field.Length)
            {
                text.Append((char)Convert.ToInt32(field.Substring(i + 1, 3), 8));
                i += 3;
            }
            else
            {
                text.Append(field[i]);
            }
        }

        return text.ToString();
    }
}
