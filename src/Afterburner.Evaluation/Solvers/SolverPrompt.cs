using System.Globalization;
using System.Text;

namespace Afterburner.Evaluation.Solvers;

/// <summary>What a model is asked.</summary>
public enum PromptKind
{
    /// <summary>The paper's prompt.</summary>
    Paper,

    /// <summary>The same facts in a few words, for a model that was trained with them.</summary>
    Brief,
}

/// <summary>What a model is told: the paper's prompt, or the same facts in a few words.</summary>
public static class SolverPrompt
{
    private const int Digits = 2;

    /// <returns>The system's part, empty where there is none, and the user's.</returns>
    public static (string System, string User) For(PromptKind kind, SolverRequest request) => kind switch
    {
        PromptKind.Paper => PaperPrompt.For(request),
        PromptKind.Brief => ("", Brief(request)),
    };

    /// <summary>The objective, the problem, what became of the best program, and that program.</summary>
    private static string Brief(SolverRequest request)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{request.Objective.ToString().ToLowerInvariant()}: {request.Task.Statement.Trim()}\n");
        if (request.Measured is { } measured)
        {
            text.Append(measured.Passed
                ? $"passed: {Rounded(measured.Seconds)} s, {Rounded(measured.PeakBytes / (1 << 20))} MiB\n"
                : $"failed: {measured.Failure}\n");
        }

        text.Append(request.Program is { } program ? $"{program.Trim('\n')}\n" : "none\n");
        return text.ToString();
    }

    private static string Rounded(double value) => value.ToString($"G{Digits}", CultureInfo.InvariantCulture);
}
