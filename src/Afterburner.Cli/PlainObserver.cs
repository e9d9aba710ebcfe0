using Afterburner.Functions;
using Afterburner.Proposers;
using Afterburner.Runs;
using Afterburner.Suggestions;
using Afterburner.Verdicts;

namespace Afterburner.Cli;

/// <summary>One line for each thing that happens, for logs and pipes.</summary>
internal sealed class PlainObserver(TextWriter writer) : IReviewObserver
{
    private int _total;
    private int _done;

    public void Stage(string what) => writer.WriteLine($"{what} ...");

    public void FunctionsFound(IReadOnlyList<Function> functions)
    {
        (_total, _done) = (functions.Count, 0);
        writer.WriteLine($"{functions.Count} {(functions.Count == 1 ? "function" : "functions")} to review");
    }

    public void Step(Function function, string what)
    {
        // Steps are for a live display; a log keeps to what was decided.
    }

    public void PassedOver(string reason) => writer.WriteLine(reason);

    public void ProposerFailed(string proposer, string message) =>
        writer.WriteLine($"{proposer} is not asked any more, the others go on: {message}");

    public void CandidateJudged(Function function, Candidate candidate, Verdict verdict) =>
        writer.WriteLine($"  {VisibleText.Line(function.Name)}: {VisibleText.Line(candidate.Title)}: {verdict.Kind}: {ConsoleWording.FirstLine(verdict.Reason)}");

    public void FunctionFinished(FunctionReport report) =>
        writer.WriteLine($"[{++_done}/{_total}] {VisibleText.Line(report.Id)}: {ConsoleWording.Status(report)}");
}
