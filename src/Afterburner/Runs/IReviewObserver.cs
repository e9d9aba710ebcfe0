using Afterburner.Functions;
using Afterburner.Proposers;
using Afterburner.Suggestions;
using Afterburner.Verdicts;

namespace Afterburner.Runs;

/// <summary>Watches a review as it goes: a live display, or plain lines. It may not influence the review.</summary>
public interface IReviewObserver
{
    /// <summary>What is being done for the change as a whole: "running the tests".</summary>
    void Stage(string what);

    /// <summary>An environment of the repository is not used, and why.</summary>
    void PassedOver(string reason) => Stage(reason);

    /// <summary>The functions that will be reviewed, in order.</summary>
    void FunctionsFound(IReadOnlyList<Function> functions);

    /// <summary>What is being done for one function: "measuring seen-set".</summary>
    void Step(Function function, string what);

    /// <summary>A proposer stopped answering; the review goes on with the others.</summary>
    void ProposerFailed(string proposer, string message) => Stage($"{proposer} is not asked any more: {message}");

    void CandidateJudged(Function function, Candidate candidate, Verdict verdict);

    void FunctionFinished(FunctionReport report);
}
