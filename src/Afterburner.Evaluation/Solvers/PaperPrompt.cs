using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Afterburner.Evaluation.Solvers;

/// <summary>The prompt of the paper (arXiv 2505.23387, appendix D), in words of our own, with its sections and what they hold.</summary>
public static partial class PaperPrompt
{
    private const string System =
        "You are given a problem, a program that is to solve it, and how that program did. Think about how to make it better first, then write the better program. "
        + "Answer in this form and nothing else: <thinking>your thoughts</thinking><solution>the program</solution>";

    /// <summary>What stands for a program that is not there: it failed, and cost as much as counts at most.</summary>
    private const double NoSeconds = 90, NoKiB = 1_000_000, NoIntegral = 90_000_000;

    public static (string System, string User) For(SolverRequest request)
    {
        var goal = request.Objective switch
        {
            ObjectiveKind.Time => "time-efficient",
            ObjectiveKind.Memory => "memory-efficient",
            ObjectiveKind.Integral => "both time and memory efficient",
        };
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"## Instructions\nYou are an expert of programming contests. Write a program in {request.Task.Language} that solves the problem, as {goal} as you can. ");
        text.Append("Fix the original solution if it did not pass; if it passed, make it better without changing what it answers. Write a new one where none is given.\n");
        text.Append(CultureInfo.InvariantCulture, $"\n## Problem Description\n{request.Task.Statement.Trim()}\n");
        if (request.Task.StarterCode.Length > 0)
            text.Append(CultureInfo.InvariantCulture, $"\n## Begin With\n{Fenced(request, request.Task.StarterCode)}");
        text.Append(request.Task.Entry is { } entry ? $"\nIt is called as `{entry}`.\n" : "\nIt reads standard input and writes standard output.\n");
        text.Append(CultureInfo.InvariantCulture, $"\n## Original Solution\n{(request.Program is { } program ? Fenced(request, program) : "There is none.\n")}");
        if (request.Measured is not null || request.Program is null)
        {
            var (measured, failed) = (request.Measured, request.Measured is not { Passed: true });
            text.Append(CultureInfo.InvariantCulture,
                $"\n## Original Performance\nPassed: {!failed} / Time: {(failed ? NoSeconds : measured!.Seconds):0.####} s / Memory: {(failed ? NoKiB : measured!.PeakBytes / 1024):0} KiB / Integral: {(failed ? NoIntegral : measured!.ByteSeconds / 1024):0.#} KiB s\n");
            if (measured?.Failure is { } failure)
                text.Append(CultureInfo.InvariantCulture, $"It did not pass: {failure}\n");
        }

        text.Append("\n## Output Format\nOne fenced block with the whole program inside of <solution>; no explanation after it.\n");
        return (System, text.ToString());
    }

    /// <summary>The program that a prompt holds, where it is one of these; null where it holds none.</summary>
    public static string? OriginalIn(string prompt) => Original().Match(prompt) is { Success: true } found ? found.Groups["code"].Value : null;

    [GeneratedRegex(@"^## Original Solution[ \t]*\r?\n\s*```[^\n]*\n(?<code>.*?)^```[ \t]*\r?$", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Original();

    private static string Fenced(SolverRequest request, string program) => $"```{request.Task.Language}\n{program.Trim('\n')}\n```\n";
}
