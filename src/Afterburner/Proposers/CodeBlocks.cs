using System.Text;
using Afterburner.Functions;
using Afterburner.Workloads;

namespace Afterburner.Proposers;

/// <summary>Pieces of files as fenced blocks of a prompt, each line once. Those that are needed most are taken first, and stand in the order of their files.</summary>
/// <param name="fenced">Puts text into a code block that it cannot leave.</param>
internal sealed class CodeBlocks(Language language, Func<string, Language?, string> fenced)
{
    private readonly Dictionary<string, HashSet<int>> _shown = new(StringComparer.Ordinal);

    /// <summary>Lines of a file, from 1, that are shown already.</summary>
    public IReadOnlySet<int> Shown(string path) => _shown.TryGetValue(path, out var lines) ? lines : _shown[path] = [];

    /// <summary>Notes that lines are shown elsewhere.</summary>
    public void Show(string path, int first, int last) => ((HashSet<int>)Shown(path)).UnionWith(Enumerable.Range(first, Math.Max(0, last - first + 1)));

    /// <summary>Blocks of what fits of the pieces and was not shown before, one for each file; empty for nothing.</summary>
    /// <param name="title">Of a file's block, in its first line.</param>
    public string Of(string heading, IEnumerable<CodePiece> pieces, int room, Func<string, string> title)
    {
        var files = new Dictionary<string, SortedDictionary<int, string>>(StringComparer.Ordinal);
        var used = heading.Length;
        foreach (var piece in pieces)
        {
            var lines = piece.Text.Split('\n').Index().Select(l => (Number: piece.Line + l.Index, Text: l.Item)).Where(l => !Shown(piece.Path).Contains(l.Number)).ToList();
            var isNew = !files.TryGetValue(piece.Path, out var file);
            var cost = lines.Sum(l => l.Text.Length + 1) + FileContext.Cut.Length + 1 + (isNew ? title(piece.Path).Length + 24 : 0);
            if (lines.TrueForAll(l => string.IsNullOrWhiteSpace(l.Text)) || used + cost > room)
                continue;
            used += cost;
            file ??= files[piece.Path] = [];
            foreach (var (number, text) in lines)
                file[number] = text;
            Show(piece.Path, lines[0].Number, lines[^1].Number);
        }

        return files.Count == 0 ? "" : heading + string.Concat(files.Select(f => fenced(Joined(title(f.Key), f.Value), language) + "\n"));
    }

    private static string Joined(string title, SortedDictionary<int, string> lines)
    {
        var text = new StringBuilder(title);
        var next = 0;
        foreach (var (number, line) in lines)
        {
            if (next > 0 && number > next)
                text.Append('\n').Append(FileContext.Cut);
            text.Append('\n').Append(line);
            next = number + 1;
        }

        return text.ToString();
    }
}
