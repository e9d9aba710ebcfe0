namespace Afterburner.Evaluation.Solvers;

/// <summary>Asks several solvers in turn: with each iteration the next one, and whoever comes after it where that one has nothing.</summary>
/// <param name="solvers">At least one; closed along with this.</param>
internal sealed class SeveralSolvers(IReadOnlyList<ISolver> solvers) : ISolver
{
    public string Name => string.Join(',', solvers.Select(s => s.Name));

    public async Task<Proposal?> ProposeAsync(SolverRequest request, CancellationToken cancellationToken)
    {
        for (var i = 0; i < solvers.Count; i++)
        {
            // The first iteration is number 1, or number 0 where the loop began with no program.
            var solver = solvers[(Math.Max(0, request.Iteration - 1) + i) % solvers.Count];
            if (await solver.ProposeAsync(request, cancellationToken).ConfigureAwait(false) is { } proposal)
                return proposal;
        }

        return null;
    }

    public void Dispose()
    {
        foreach (var solver in solvers)
            solver.Dispose();
    }
}
