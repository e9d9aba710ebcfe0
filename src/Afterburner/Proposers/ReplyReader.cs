using System.Text.RegularExpressions;
using Afterburner.Functions;
using Markdig;
using Markdig.Syntax;

namespace Afterburner.Proposers;

/// <summary>What was found in a model's reply.</summary>
/// <param name="Source">Replacement text of the function's span; null when there is none.</param>
/// <param name="Reason">Why there is none, in one sentence; null otherwise.</param>
/// <param name="Title">First sentence of the reasoning; empty when there is no reasoning.</param>
/// <param name="Rationale">The reasoning, shortened to 2,000 characters.</param>
public sealed record Reply(string? Source, string? Reason, string Title, string Rationale)
{
    /// <value>Whether another reply may have the form this one lacks. Defaults to true.</value>
    internal bool IsWorthAnother { get; init; } = true;
}

/// <summary>
/// Takes the function out of a reply: the last fenced block inside the last <c>&lt;solution&gt;</c>, or the last fenced
/// block where there are no tags. The block may hold the function, its class or the whole file; what goes on is the
/// function alone, indented as in the file, with the decorators it had.
/// </summary>
public static partial class ReplyReader
{
    /// <value>Characters of a reply, and of a function in it, that are read: 100 KiB.</value>
    public const int Limit = 100 * 1024;

    /// <summary>Reads a reply. Never throws on what a model may write.</summary>
    public static Reply Read(string reply, Function function, string fileSource, ILanguageText language)
    {
        var text = reply.Length > 2 * Limit ? "" : OwnLines(reply.ReplaceLineEndings("\n"));
        var thinking = Thinking().Match(text) is { Success: true } m ? m.Groups[1].Value.Trim() : "";
        Reply None(string reason) => new(null, reason, FirstSentence(thinking), Shortened(thinking, 2_000));

        if (reply.Length > Limit)
            return None($"the reply is longer than {Limit / 1024} KiB") with { IsWorthAnother = false };
        if (text.Trim().Length == 0)
            return None("the reply is empty");
        var block = Solutions(text).Select(LastBlock).FirstOrDefault(b => b is not null) ?? LastBlock(WithoutTags(text));
        if (block is null)
            return None("the reply has no fenced code block");
        if (block.ClosingFencedCharCount == 0)
            return None("the reply's code block is not closed: the reply was cut off");

        // An empty block has no array of lines at all.
        var code = string.Join('\n', (block.Lines.Lines ?? []).Take(block.Lines.Count).Select(l => l.ToString()));
        if (string.IsNullOrWhiteSpace(code))
            return None("the reply's code block is empty");
        var (source, reason) = language.Fit(code, function, fileSource);
        if (source is null)
            return None(reason!);

        if (fileSource.Contains("\r\n", StringComparison.Ordinal))
            source = source.ReplaceLineEndings("\r\n");
        return new Reply(source, null, FirstSentence(thinking), Shortened(thinking, 2_000));
    }

    /// <summary>Contents of the solution tags that open a line, the last one first; a missing end tag means the end of the reply.</summary>
    private static IEnumerable<string> Solutions(string text)
    {
        foreach (var open in SolutionStart().Matches(text).Reverse())
        {
            var rest = text[(open.Index + open.Length)..];
            var end = SolutionEnd().Match(rest);
            // The end tag that closes is the last one: earlier ones may be inside the code.
            var last = SolutionEnd().Matches(rest).LastOrDefault();
            yield return last is null ? rest : rest[..last.Index];
            if (end.Success && end.Index != last!.Index)
                yield return rest[..end.Index];
        }
    }

    private static FencedCodeBlock? LastBlock(string markdown)
    {
        try
        {
            return Markdown.Parse(markdown).Descendants<FencedCodeBlock>().LastOrDefault();
        }
        catch (ArgumentException)
        {
            // It nests deeper than Markdig goes, which keeps it from running out of stack: no reply that means well does.
            return null;
        }
    }

    /// <summary>Tags on lines of their own: Markdown would otherwise read them, and a fence beside them, as HTML or as text.</summary>
    private static string OwnLines(string text) =>
        FenceThenTag().Replace(TagThenFence().Replace(text, "$1\n$2"), "$1\n$2");

    private static string WithoutTags(string text) => TagLine().Replace(text, "\n");

    private static string FirstSentence(string text)
    {
        var line = SentenceEnd().Split(Spaces().Replace(text, " ").Trim(), 2)[0];
        return Shortened(line, 120);
    }

    private static string Shortened(string text, int characters) =>
        text.Length <= characters ? text : string.Concat(text.AsSpan(0, characters - 3), "...");

    [GeneratedRegex(@"<thinking>(.*?)</thinking>", RegexOptions.Singleline)]
    private static partial Regex Thinking();

    [GeneratedRegex(@"^[ \t]*<solution>", RegexOptions.Multiline)]
    private static partial Regex SolutionStart();

    [GeneratedRegex(@"^[ \t]*</solution>", RegexOptions.Multiline)]
    private static partial Regex SolutionEnd();

    [GeneratedRegex(@"(<solution>)[ \t]*(`{3,}|~{3,})")]
    private static partial Regex TagThenFence();

    [GeneratedRegex(@"^([ \t]*(?:`{3,}|~{3,}))[ \t]*(</solution>)", RegexOptions.Multiline)]
    private static partial Regex FenceThenTag();

    [GeneratedRegex(@"^[ \t]*</?(?:solution|thinking)>", RegexOptions.Multiline)]
    private static partial Regex TagLine();

    [GeneratedRegex(@"(?<=[.!?])\s")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
