using System.Text;
using System.Text.Unicode;

namespace Afterburner.Proposers;

/// <summary>Takes the proposal out of a file that somebody edited in place.</summary>
internal static class EditedFile
{
    /// <summary>Reads an edit. What it does to the function, and the imports, constants and helpers that this needs, are the proposal; anything else is none.</summary>
    /// <param name="before">As the file was given.</param>
    /// <returns>Replacement text of the function's span, or why there is none, a sentence about "it".</returns>
    public static (string? Source, string? Reason) Read(BestFile before, byte[] after, ProposalRequest request)
    {
        var function = request.Function;
        if (after.AsSpan().SequenceEqual(before.Bytes))
            return (null, "it leaves the file as it was");
        if (!Utf8.IsValid(after))
            return (null, $"it leaves a file that is not UTF-8 at {VisibleText.Line(function.Path)}");
        var (head, tail) = (before.Bytes[..before.Start], before.Bytes[(before.Start + before.Length)..]);
        var isInside = after.Length >= head.Length + tail.Length && after.AsSpan().StartsWith(head) && after.AsSpan().EndsWith(tail);
        if (!isInside && request.Text is PlainText)
            return (null, $"it changes more of {VisibleText.Line(function.Path)} than {VisibleText.Line(function.Name)}, which is not read in {function.Language}");
        var code = isInside ? Encoding.UTF8.GetString(after.AsSpan(head.Length, after.Length - head.Length - tail.Length)) : SourceText.Of(after);
        if (string.IsNullOrWhiteSpace(code))
            return (null, $"it removes {VisibleText.Line(function.Name)}");
        var (source, reason) = request.Text.Fit(code.ReplaceLineEndings("\n"), function, request.FileSource);
        if (source is null)
            return (null, VisibleText.Line(reason!.Replace("the reply's code", "the file that it leaves", StringComparison.Ordinal).Replace("the reply", "the file that it leaves", StringComparison.Ordinal)));
        if (!isInside && Beside(before, code, source, request) is { } beside)
            return (null, $"it changes more of {VisibleText.Line(function.Path)} than {VisibleText.Line(function.Name)}: {VisibleText.Line(beside)}");
        if (request.FileSource.Contains("\r\n", StringComparison.Ordinal))
            source = source.ReplaceLineEndings("\r\n");
        return source == request.Best.Source ? (null, $"it leaves {VisibleText.Line(function.Name)} as it was") : (source, null);
    }

    /// <summary>
    /// A line away from the function that was changed, or added and is no part of the proposal; null where there is none. Imports come and go with what uses
    /// them: those that the function needs are in the proposal, and none is taken away.
    /// </summary>
    private static string? Beside(BestFile before, string code, string source, ProposalRequest request)
    {
        var head = Said(SourceText.Of(before.Bytes.AsSpan(0, before.Start)));
        var tail = Said(Encoding.UTF8.GetString(before.Bytes.AsSpan(before.Start + before.Length)));
        var now = Said(code);
        var (first, last) = (0, now.Count);
        var added = new List<(string Text, bool IsImport)>();
        foreach (var line in head)
        {
            if (now.FindIndex(first, n => n.Text == line.Text) is var at and >= 0)
            {
                added.AddRange(now[first..at]);
                first = at + 1;
            }
            else if (!line.IsImport)
            {
                return line.Text;
            }
        }

        foreach (var line in tail.AsEnumerable().Reverse())
        {
            if (last > first && now.FindLastIndex(last - 1, last - first, n => n.Text == line.Text) is var at and >= 0)
            {
                added.AddRange(now[(at + 1)..last]);
                last = at;
            }
            else if (!line.IsImport)
            {
                return line.Text;
            }
        }

        var taken = source.Split('\n').Select(l => l.Trim()).ToHashSet(StringComparer.Ordinal);
        return added.Where(l => !l.IsImport && !taken.Contains(l.Text)).Select(l => l.Text).FirstOrDefault();

        // Comments and empty lines are nobody's.
        List<(string Text, bool IsImport)> Said(string text)
        {
            var lines = text.ReplaceLineEndings("\n").Split('\n');
            var said = new List<(string Text, bool IsImport)>();
            for (var (i, end) = (0, 0); i < lines.Length; i++)
            {
                end = i >= end && request.Function.Language.Import.IsMatch(lines[i]) ? FileContext.EndOfImport(lines, i, lines.Length) : end;
                if (lines[i].Trim() is { Length: > 0 } line && !line.StartsWith('#') && !line.StartsWith("//", StringComparison.Ordinal))
                    said.Add((line, i < end));
            }

            return said;
        }
    }
}
