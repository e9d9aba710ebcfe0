using Afterburner.Functions;
using Afterburner.Proposers;
using Afterburner.Runs;
using Afterburner.Suggestions;
using Afterburner.Verdicts;
using Spectre.Console;

namespace Afterburner.Cli;

/// <summary>A live line that says what is running now and what is left; what is decided scrolls above it.</summary>
internal sealed class LiveObserver(IAnsiConsole console, StatusContext status) : IReviewObserver
{
    private int _total;
    private int _done;

    public void Stage(string what) => status.Status(Markup.Escape(what));

    public void FunctionsFound(IReadOnlyList<Function> functions)
    {
        _total = functions.Count;
        console.MarkupLineInterpolated($"[grey]{functions.Count} {(functions.Count == 1 ? "function" : "functions")} to review[/]");
    }

    public void Step(Function function, string what) =>
        status.Status(Markup.Escape(VisibleText.Line($"{function.Name}: {what}  ({_done} of {_total} done)")));

    public void PassedOver(string reason) => console.MarkupLineInterpolated($"[yellow]{reason}[/]");

    public void ProposerFailed(string proposer, string message) =>
        console.MarkupLineInterpolated($"[yellow]{proposer} is not asked any more, the others go on[/]: {message}");

    public void CandidateJudged(Function function, Candidate candidate, Verdict verdict) =>
        console.MarkupLineInterpolated($"  [{ConsoleWording.Colour(verdict.Kind)}]{verdict.Kind}[/] {VisibleText.Line(function.Name)}: {VisibleText.Line(candidate.Title)} [grey]{ConsoleWording.FirstLine(verdict.Reason)}[/]");

    public void FunctionFinished(FunctionReport report)
    {
        _done++;
        if (report.Status != FunctionStatus.Improved && report.Candidates.Count == 0)
            console.MarkupLineInterpolated($"  [grey]{report.Status} {VisibleText.Line(report.Name)}: {ConsoleWording.FirstLine(report.Reason)}[/]");
    }
}
