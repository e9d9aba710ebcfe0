using System.Text.RegularExpressions;

namespace Afterburner.Evaluation.Rewards;

/// <summary>
/// The form of a reply (arXiv 2505.23387, appendix D.5): thoughts, then a solution, and nothing else; the program is the last fenced block of the solution.
/// </summary>
public static partial class ReplyForm
{
    /// <summary>Whether a reply has the form as a whole, and the program in it.</summary>
    /// <returns>
    /// The program of a reply without that form is its last fenced block, wherever it stands; of one without such a block the whole reply, as the paper's code takes it.
    /// </returns>
    public static (bool HasForm, string Program) Read(string reply)
    {
        var whole = Whole().Match(reply);
        var solution = whole.Success ? whole.Groups["solution"].Value : reply;
        return (whole.Success, LastBlock(solution) ?? solution.Trim());
    }

    /// <summary>A fence stands on a line of its own; where no block is fenced so, behind the program's last line.</summary>
    private static string? LastBlock(string text) =>
        Block().Matches(text) is { Count: > 0 } blocks ? blocks[^1].Groups["code"].Value
        : ShortBlock().Matches(text) is { Count: > 0 } others ? others[^1].Groups["code"].Value : null;

    // Neither part may hold the tag of its kind once more.
    [GeneratedRegex(@"\A\s*<thinking>(?:(?!</?thinking>).)*</thinking>\s*<solution>(?<solution>(?:(?!</?(?:solution|thinking)>).)*)</solution>\s*\z", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Whole();

    // A reply may be a megabyte of fences: none of them is looked at twice.
    [GeneratedRegex(@"```[^\n`]*\n(?<code>.*?)^[ \t]*```", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Block();

    [GeneratedRegex(@"```[^\n`]*\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex ShortBlock();
}
