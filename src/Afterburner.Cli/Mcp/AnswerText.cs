using System.Text;
using Afterburner.Suggestions;

namespace Afterburner.Cli.Mcp;

/// <summary>An answer in words: a headline, then groups of lines under what is, or is not, proven of them.</summary>
internal sealed class AnswerText(string headline)
{
    /// <summary>Functions, tests and the like of one answer: an agent has little room, and the files of the run have them all.</summary>
    public const int Most = 20;

    private readonly StringBuilder _text = new(headline + "\n");

    /// <param name="lines">Nothing is written where there are none.</param>
    public AnswerText Group(string title, IEnumerable<string> lines)
    {
        var all = lines.ToList();
        if (all.Count == 0)
            return this;
        _text.Append('\n').Append(title).Append(":\n");
        foreach (var line in all.Take(Most))
            _text.Append("- ").Append(line).Append('\n');
        if (all.Count > Most)
            _text.Append("- ").Append(System.Globalization.CultureInfo.InvariantCulture, $"{all.Count - Most} more: in the files of the run\n");
        return this;
    }

    /// <summary>Text of several lines, as it is.</summary>
    public AnswerText Block(string text)
    {
        _text.Append('\n').Append(text.TrimEnd('\n')).Append('\n');
        return this;
    }

    public AnswerText LeftOut(IEnumerable<LeftOutReport> leftOut) => Group("Not looked at", leftOut.Select(Words));

    public static string Words(LeftOutReport left) =>
        ToolText.Line($"{Wording.Count(left.Count, "file or function", "files and functions")} ({string.Join(", ", left.Examples)}{(left.Count > left.Examples.Count ? ", ..." : "")}): {left.Reason}");

    public override string ToString() => _text.ToString();
}
