using System.Text;
using Afterburner.Suggestions;

namespace Afterburner.GitHub;

/// <summary>The words of one review comment: the claim, the code to take over with one click, the evidence folded away.</summary>
internal static class CommentText
{
    /// <summary>Characters that GitHub takes in one comment.</summary>
    public const int Limit = 65_536;

    /// <returns>Null when even without evidence the code does not fit: code is never shortened.</returns>
    public static string? Write(CheckedSuggestion suggestion, Report report)
    {
        foreach (var (evidence, rationale) in new[] { (true, true), (false, true), (false, false) })
        {
            var text = Write(suggestion, report, evidence, rationale);
            if (text.Length <= Limit)
                return text;
        }

        return null;
    }

    private static string Write(CheckedSuggestion suggestion, Report report, bool evidence, bool rationale)
    {
        var (function, edit) = (suggestion.Function, suggestion.Suggestion);
        var text = new StringBuilder();
        text.Append(suggestion.Keys.Marker).Append('\n');
        text.Append(Claim(function, report.Objective)).Append("\n\n");
        text.Append(MarkdownText.Exact(edit.Replacement, "suggestion")).Append('\n');
        if (edit.Elsewhere.Count > 0)
            text.Append($"**Needs {Wording.Count(edit.Elsewhere.Count, "more place")}:** the suggestion at {Lines(edit.Elsewhere)}. Add all of them to one batch; this one alone does not work.\n\n");
        if (rationale && edit.Rationale.Length > 0)
            text.Append($"> {MarkdownText.Prose(edit.Rationale, 600)}\n\n");
        if (evidence)
        {
            MarkdownReport.Evidence(text, report, function, edit);
            if (MermaidChart.Growth(edit.Growth) is { Length: > 0 } chart)
                text.Insert(text.ToString().LastIndexOf("</details>", StringComparison.Ordinal), chart);
        }

        text.Append($"<sub>Not wanted? A thumbs-down, resolving, or the reply `{ThreadReply.IgnoreCommand}` is for good.</sub>\n");
        return text.ToString();
    }

    /// <summary>The comment on lines that the suggestion for a function needs elsewhere in its file. It has the same keys: both stand and go together.</summary>
    public static string Elsewhere(CheckedSuggestion suggestion, Edit edit)
    {
        var function = suggestion.Function;
        return $"{suggestion.Keys.Marker}\nNeeded by the suggestion for {MarkdownText.Code(function.Name)} at {MarkdownReport.Where(suggestion.Suggestion)}: add both to one batch.\n\n"
            + $"{MarkdownText.Exact(edit.Replacement, "suggestion")}\n";
    }

    private static string Lines(IEnumerable<Edit> edits) => string.Join(" and at ", edits.Select(e => $"line {e.StartLine}"));

    /// <summary>"`name` is 3.2× faster in CPU time (...); peak memory falls 1.2×: what was done."</summary>
    public static string Claim(FunctionReport function, ObjectiveKind objective)
    {
        var suggestion = function.Suggestion!;
        var memory = objective != ObjectiveKind.Memory && Wording.Memory(suggestion.MemoryRatio) is { } words ? $"; {words}" : "";
        var title = suggestion.Title.Length > 0 ? $"\n\n{Sentence(MarkdownText.Prose(suggestion.Title))}" : "";
        var caller = MarkdownReport.Caller(function) is { } sentence ? $" {sentence}" : "";
        var others = Wording.Others(suggestion) is { } rest ? $" {rest}" : "";
        return $"This version of {MarkdownText.Code(function.Name)} {Wording.Claim(suggestion, objective)}{memory}.{others}{caller}{title}";
    }

    /// <summary>One line without Markdown, for annotations.</summary>
    public static string Plain(FunctionReport function, ObjectiveKind objective)
    {
        var suggestion = function.Suggestion!;
        var claim = Wording.Claim(suggestion, objective).Replace("**", "", StringComparison.Ordinal);
        var title = suggestion.Title.Length > 0 ? $" {Sentence(suggestion.Title)}" : "";
        return Annotation.Line($"A version of {function.Name} {claim}.{title}");
    }

    private static string Sentence(string text) =>
        text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..] + (text[^1] is '.' or '!' or '?' ? "" : ".");
}
