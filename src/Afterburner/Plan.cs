using Afterburner.Changes;
using Afterburner.Functions;
using Afterburner.Gates;
using Afterburner.Reviews;
using Afterburner.Sandboxes;

namespace Afterburner;

/// <summary>How a change is split over machines.</summary>
/// <param name="Count">Functions that a review or a gate would look at, whichever are more.</param>
public sealed record Plan(int Count, IReadOnlyList<Shard> Shards)
{
    /// <summary>Reads the change and finds its functions; runs nothing of the repository.</summary>
    /// <param name="sandbox">Where its files are parsed.</param>
    /// <param name="most">Most shards, 1 to <see cref="Shard.Most"/>.</param>
    /// <exception cref="UsageException">The request cannot be: a ref that is missing, a folder that is no repository.</exception>
    public static async Task<Plan> OfAsync(ISandbox sandbox, ReviewRequest request, int most, CancellationToken cancellationToken)
    {
        var repository = await GitRepository.OpenAsync(request.Repository, cancellationToken).ConfigureAwait(false);
        var change = await repository.ReadChangeAsync(request.Base ?? request.Configuration.Base, request.Head, cancellationToken).ConfigureAwait(false);
        using var workspace = Workspace.Create();
        var uncopied = await repository.ExportAsync(change.Head, workspace.Head, request.Configuration.Workspace.MostBytes, cancellationToken).ConfigureAwait(false);
        await repository.ExportNamedAsync(change.Base, Language.AllDeclare, workspace.Declared, cancellationToken).ConfigureAwait(false);
        var found = await ReviewedFunctions.FindAsync(sandbox, request, repository, change, workspace.Head, uncopied, cancellationToken).ConfigureAwait(false);
        using var earlier = Workspace.Create();
        await repository.ExportAsync(change.Base, earlier.Head, request.Configuration.Workspace.MostBytes, cancellationToken).ConfigureAwait(false);
        var gate = new GateRequest(request.Repository, request.Out, request.Configuration);
        var (pairs, _, _) = await new GatePairs(sandbox, gate, repository, change, workspace.Head, earlier.Head).FindAsync(uncopied, cancellationToken).ConfigureAwait(false);
        var count = Math.Max(found.Functions.Count, pairs.Count);
        return new Plan(count, Shard.Split(count, most));
    }
}
