using Afterburner.Functions;

namespace Afterburner.Proposers;

/// <summary>The file around a function, cut to what fits: its imports first, each whole, then the lines nearest to the function.</summary>
internal static class FileContext
{
    /// <summary>Stands for lines that are left out.</summary>
    public const string Cut = "[...]";

    /// <summary>Lines of one import; what seems to be longer is none.</summary>
    private const int LongestImport = 60;

    /// <summary>The file without the function, at most <paramref name="characters"/> long; empty when little would be left.</summary>
    /// <param name="shown">Lines, from 1, that are shown already and stand for nothing here.</param>
    public static string Around(Function function, string fileSource, int characters, IReadOnlySet<int>? shown = null)
    {
        var lines = fileSource.ReplaceLineEndings("\n").Split('\n');
        var (end, next) = (Math.Min(function.StartLine - 1, lines.Length), Math.Min(function.EndLine, lines.Length));
        bool IsShown(int index) => shown?.Contains(index + 1) == true;
        if (characters < 200 || !Enumerable.Range(0, lines.Length).Any(i => (i < end || i >= next) && !IsShown(i) && !string.IsNullOrWhiteSpace(lines[i])))
            return "";

        var keep = new HashSet<int>();
        var used = (Cut.Length * 2) + 60;
        bool Take(int from, int to)
        {
            var wanted = Enumerable.Range(from, to - from).Where(i => !keep.Contains(i) && !IsShown(i)).ToList();
            var length = wanted.Sum(i => lines[i].Length + 1);
            if (used + length > characters)
                return false;
            used += length;
            keep.UnionWith(wanted);
            return true;
        }

        for (var i = 0; i < end && used < characters / 2; i++)
        {
            if (function.Language.Import.IsMatch(lines[i]) && !Take(i, EndOfImport(lines, i, end)))
                break;
        }

        var (above, below) = (end - 1, next);
        var (roomAbove, roomBelow) = (true, true);
        while (roomAbove || roomBelow)
        {
            roomAbove = roomAbove && above >= 0 && Take(above, above-- + 1);
            roomBelow = roomBelow && below < lines.Length && Take(below, below++ + 1);
        }

        return keep.All(i => string.IsNullOrWhiteSpace(lines[i])) ? "" : Joined(lines, end, next, keep, function.Name);
    }

    /// <summary>The line after an import, which goes on while a bracket is open or a line says so.</summary>
    internal static int EndOfImport(string[] lines, int start, int end)
    {
        var open = 0;
        for (var i = start; i < Math.Min(end, start + LongestImport); i++)
        {
            open += lines[i].Count(c => c is '(' or '{') - lines[i].Count(c => c is ')' or '}');
            if (open <= 0 && !lines[i].EndsWith('\\'))
                return i + 1;
        }

        return start + 1;
    }

    private static string Joined(string[] lines, int end, int next, HashSet<int> keep, string name)
    {
        var text = new List<string>();
        var cut = false;
        for (var i = 0; i < lines.Length; i++)
        {
            if (i == end)
            {
                text.Add($"[the function {name} is here]");
                i = next;
                if (i >= lines.Length)
                    break;
            }

            if (keep.Contains(i))
            {
                // An empty line beside a gap says nothing.
                if (cut && string.IsNullOrWhiteSpace(lines[i]))
                    continue;
                text.Add(lines[i]);
            }
            else if (!cut)
            {
                while (text.Count > 0 && string.IsNullOrWhiteSpace(text[^1]))
                    text.RemoveAt(text.Count - 1);
                text.Add(Cut);
            }

            cut = !keep.Contains(i);
        }

        return string.Join('\n', text) + '\n';
    }
}
