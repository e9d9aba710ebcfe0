namespace Afterburner.Evaluation.Solvers;

/// <summary>Proposes the program of a person: what a metric says of it is known beforehand, which says whether the metric is right.</summary>
/// <param name="name"><c>best-human</c> or <c>median-human</c>.</param>
/// <param name="share">Of people who are quicker: 0 for the quickest, 0.5 for the one in the middle.</param>
internal sealed class PeopleSolver(string name, double share) : ISolver
{
    public string Name => name;

    public Task<Proposal?> ProposeAsync(SolverRequest request, CancellationToken cancellationToken) => Task.FromResult(
        request.Iteration > 1 || request.People.Count == 0 ? null : new Proposal(request.People[(int)(share * (request.People.Count - 1))].Program, HasForm: true));

    public void Dispose()
    {
        // It holds nothing.
    }
}

/// <summary>Proposes what is wrong in every way that counts: it must score 0.</summary>
internal sealed class BrokenSolver : ISolver
{
    private static readonly string[] Programs = ["print('no answer')", "def solution(:", "raise ValueError('broken')", "while True:\n    pass"];

    public string Name => "broken";

    public Task<Proposal?> ProposeAsync(SolverRequest request, CancellationToken cancellationToken) =>
        Task.FromResult<Proposal?>(new Proposal(Programs[request.Iteration % Programs.Length], HasForm: false));

    public void Dispose()
    {
        // It holds nothing.
    }
}
