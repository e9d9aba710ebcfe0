using Afterburner.Functions;
using Afterburner.Proposers;
using Afterburner.Runs;
using Afterburner.Suggestions;
using Afterburner.Verdicts;

namespace Afterburner.Benchmarks;

internal sealed class QuietObserver : IReviewObserver
{
    public void Stage(string what) { }

    public void FunctionsFound(IReadOnlyList<Function> functions) { }

    public void Step(Function function, string what) { }

    public void CandidateJudged(Function function, Candidate candidate, Verdict verdict) { }

    public void FunctionFinished(FunctionReport report) { }
}
