using System.Text;
using Afterburner.Functions;
using Afterburner.Proposers;
using Afterburner.Workloads;

namespace Afterburner.Suggestions;

/// <summary>The smallest run of whole lines at head that has to be replaced to get a candidate's file.</summary>
/// <param name="StartLine">1-based first line replaced.</param>
/// <param name="EndLine">1-based last line replaced, inclusive. Never before <paramref name="StartLine"/>: a review can only replace lines that are there.</param>
/// <param name="Original">The replaced lines, line ends included.</param>
/// <param name="Replacement">What takes their place, line ends included; empty deletes them.</param>
/// <param name="ContextBefore">Up to three lines before them.</param>
/// <param name="ContextAfter">Up to three lines after them.</param>
public sealed record Edit(
    int StartLine, int EndLine, string Original, string Replacement, string ContextBefore, string ContextAfter)
{
    private const int ContextLines = 3;

    /// <summary>
    /// The file at head with a function replaced. Line ends of the source become those of the function, where it has
    /// one kind only: a model answers with '\n' whatever it was shown.
    /// </summary>
    /// <param name="source">As in <see cref="Proposers.Candidate.Source"/>.</param>
    public static byte[] CandidateFile(ReadOnlySpan<byte> original, Function function, string source)
    {
        var span = original[function.StartByte..function.EndByte];
        var (lineEnds, withReturn) = (span.Count((byte)'\n'), span.Count("\r\n"u8));
        if (lineEnds == 0)
            (lineEnds, withReturn) = (original.Count((byte)'\n'), original.Count("\r\n"u8));
        if (withReturn == 0 || withReturn == lineEnds)
            source = source.Replace("\r\n", "\n", StringComparison.Ordinal);
        if (withReturn > 0 && withReturn == lineEnds)
            source = source.Replace("\n", "\r\n", StringComparison.Ordinal);
        return [.. original[..function.StartByte], .. Encoding.UTF8.GetBytes(source), .. original[function.EndByte..]];
    }

    /// <summary>The file at head with a candidate, wherever its parts stand.</summary>
    public static byte[] CandidateFile(byte[] original, Function function, Candidate candidate) =>
        candidate.Placed is { } placed
            ? WithLines(CandidateFile(original, function, placed.Source), placed.Elsewhere)
            : CandidateFile(original, function, candidate.Source);

    private static byte[] WithLines(byte[] file, IEnumerable<LineEdit> elsewhere)
    {
        var lines = Lines.Of((ReadOnlyMemory<byte>)file);
        // From the end, so that none moves the lines of another; what is put before a line comes before what takes its place.
        foreach (var edit in elsewhere.OrderByDescending(e => e.Line).ThenByDescending(e => e.Count))
        {
            lines.RemoveRange(edit.Line - 1, edit.Count);
            lines.Insert(edit.Line - 1, Encoding.UTF8.GetBytes(edit.Text));
        }

        return [.. lines.SelectMany(l => l.ToArray())];
    }

    /// <summary>The edits that put a candidate into a file: that of the function's lines, and those of lines before it.</summary>
    /// <returns>Null when nothing changes, or when lines concerned are not UTF-8.</returns>
    public static (Edit OfFunction, IReadOnlyList<Edit> Elsewhere)? Of(byte[] original, Function function, Candidate candidate)
    {
        var elsewhere = candidate.Placed?.Elsewhere ?? [];
        // What comes directly before the function is read, and taken over, together with it.
        var beside = elsewhere.Where(e => e.Line == function.StartLine).ToList();
        var edited = candidate.Placed is null ? CandidateFile(original, function, candidate)
            : CandidateFile(original, function, candidate with { Placed = candidate.Placed with { Elsewhere = beside } });
        if (Between(original, edited) is not { } ofFunction)
            return null;
        var found = new List<Edit>();
        var rest = elsewhere.Except(beside).OrderBy(e => e.Line).ToList();
        while (rest.Count > 0)
        {
            var near = rest.TakeWhile((e, i) => i == 0 || e.Line - rest[i - 1].Line <= 1).ToList();
            rest.RemoveRange(0, near.Count);
            if (Between(original, WithLines(original, near)) is not { } edit)
                return null;
            found.Add(edit);
        }

        return (ofFunction, found);
    }

    /// <summary>The edit that turns one file into the other.</summary>
    /// <returns>Null when the files are the same, or when the lines concerned are not UTF-8 and cannot be shown as text.</returns>
    public static Edit? Between(byte[] original, byte[] candidate)
    {
        var before = Lines.Of((ReadOnlyMemory<byte>)original);
        var after = Lines.Of((ReadOnlyMemory<byte>)candidate);
        var shorter = Math.Min(before.Count, after.Count);
        var prefix = 0;
        while (prefix < shorter && before[prefix].Span.SequenceEqual(after[prefix].Span))
            prefix++;
        var suffix = 0;
        while (suffix < shorter - prefix && before[^(suffix + 1)].Span.SequenceEqual(after[^(suffix + 1)].Span))
            suffix++;
        if (prefix == before.Count && prefix == after.Count)
            return null;
        if (prefix + suffix == before.Count)
        {
            // Pure insertion: take a neighbouring line in, unchanged.
            if (prefix > 0)
                prefix--;
            else if (suffix > 0)
                suffix--;
            else
                return null;
        }

        try
        {
            return new Edit(
                prefix + 1,
                before.Count - suffix,
                Text(before[prefix..^suffix]),
                Text(after[prefix..^suffix]),
                Text(before[..prefix].AsEnumerable().Reverse().Take(ContextLines).TakeWhile(IsText).Reverse()),
                Text(before[^suffix..].Take(ContextLines).TakeWhile(IsText)));
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>The file with the edit made; every byte outside the replaced lines is kept.</summary>
    /// <exception cref="InvalidOperationException">The lines to replace are not those of <see cref="Original"/>.</exception>
    public byte[] Apply(byte[] original)
    {
        var lines = Lines.Of((ReadOnlyMemory<byte>)original);
        if (EndLine > lines.Count)
            throw new InvalidOperationException($"the file has {lines.Count} lines, the edit replaces {StartLine} to {EndLine}");
        var start = lines.Take(StartLine - 1).Sum(l => l.Length);
        var length = lines.Take((StartLine - 1)..EndLine).Sum(l => l.Length);
        if (!original.AsSpan(start, length).SequenceEqual(Encoding.UTF8.GetBytes(Original)))
            throw new InvalidOperationException($"lines {StartLine} to {EndLine} are not the lines that were reviewed");
        return [.. original[..start], .. Encoding.UTF8.GetBytes(Replacement), .. original[(start + length)..]];
    }

    /// <summary>Whether both replace the same line.</summary>
    internal bool Overlaps(Edit other) => StartLine <= other.EndLine && other.StartLine <= EndLine;

    /// <summary>Whether both only put lines after the same one.</summary>
    internal bool InsertsBeside(Edit other) =>
        (StartLine, EndLine) == (other.StartLine, other.EndLine) && Original == other.Original
        && Replacement.StartsWith(Original, StringComparison.Ordinal) && other.Replacement.StartsWith(Original, StringComparison.Ordinal);

    /// <summary>The lines of both; see <see cref="InsertsBeside"/>.</summary>
    internal Edit With(Edit other) => this with { Replacement = Replacement + other.Replacement[Original.Length..] };

    private static string Text(IEnumerable<ReadOnlyMemory<byte>> lines) =>
        string.Concat(lines.Select(l => Lines.StrictUtf8.GetString(l.Span)));

    private static bool IsText(ReadOnlyMemory<byte> line) => System.Text.Unicode.Utf8.IsValid(line.Span);
}
