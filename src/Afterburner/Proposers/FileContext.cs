using System.Text;
using Afterburner.Functions;

namespace Afterburner.Proposers;

/// <summary>The file around a function, cut to what fits: its imports first, then the lines nearest to the function.</summary>
internal static class FileContext
{
    private const string Cut = "[...]";

    /// <summary>The file without the function, at most <paramref name="characters"/> long; empty when little would be left.</summary>
    public static string Around(Function function, string fileSource, int characters)
    {
        var lines = fileSource.ReplaceLineEndings("\n").Split('\n');
        var before = lines[..Math.Min(function.StartLine - 1, lines.Length)];
        var after = lines[Math.Min(function.EndLine, lines.Length)..];
        if (before.Concat(after).All(string.IsNullOrWhiteSpace) || characters < 200)
            return "";

        var keep = new HashSet<int>();
        var used = Cut.Length * 2 + 60;
        bool Take(int index, string line)
        {
            if (keep.Contains(index))
                return true;
            if (used + line.Length + 1 > characters)
                return false;
            used += line.Length + 1;
            return keep.Add(index);
        }

        for (var i = 0; i < before.Length && used < characters / 2; i++)
        {
            if (function.Language.Import.IsMatch(before[i]) && !Take(i, before[i]))
                break;
        }

        var (above, below, offset) = (before.Length - 1, 0, before.Length);
        var (roomAbove, roomBelow) = (true, true);
        while (roomAbove || roomBelow)
        {
            roomAbove = roomAbove && above >= 0 && Take(above, before[above--]);
            roomBelow = roomBelow && below < after.Length && Take(offset + below, after[below++]);
        }

        return Joined(before, after, keep, function.Name);
    }

    private static string Joined(string[] before, string[] after, HashSet<int> keep, string name)
    {
        var text = new StringBuilder();
        var cut = false;
        for (var i = 0; i < before.Length + after.Length; i++)
        {
            if (i == before.Length)
                text.Append("[the function ").Append(name).Append(" is here]\n");
            if (keep.Contains(i))
                text.Append(i < before.Length ? before[i] : after[i - before.Length]).Append('\n');
            else if (!cut)
                text.Append(Cut).Append('\n');
            cut = !keep.Contains(i);
        }

        if (after.Length == 0)
            text.Append("[the function ").Append(name).Append(" is here]\n");
        return text.ToString();
    }
}
