using Afterburner.Changes;
using Afterburner.Functions;
using Afterburner.Sandboxes;
using Afterburner.Suggestions;

namespace Afterburner.Checks;

/// <summary>
/// Both trees of an edit: the repository at base and as it is edited. The user's repository and work tree are only read; an edit that is no commit becomes one in a
/// repository of our own, which is gone with this.
/// </summary>
/// <param name="Repository">The user's: what tests need beside what is committed lies there.</param>
/// <param name="Commits">The one that has both commits.</param>
/// <param name="Uncopied">What the edited tree lacks, or has as it was committed.</param>
internal sealed record EditedTrees(GitRepository Repository, GitRepository Commits, Change Change, Workspace Edited, Workspace Base, IReadOnlyList<LeftOut> Uncopied) : IDisposable
{
    private string? Own { get; init; }

    /// <exception cref="UsageException">A ref is missing, the patch does not apply or is none, or a folder is no repository.</exception>
    public static async Task<EditedTrees> ReadAsync(EditRequest request, Action<string> progress, CancellationToken cancellationToken)
    {
        var repository = await GitRepository.OpenAsync(request.Repository, cancellationToken).ConfigureAwait(false);
        var own = request.Kind == EditKind.Commits ? null : Directory.CreateTempSubdirectory("afterburner-edit-").FullName;
        var (edited, earlier) = (Workspace.Create(), Workspace.Create());
        try
        {
            var (commits, change, kept) = await CommittedAsync(request, repository, own, cancellationToken).ConfigureAwait(false);
            var most = request.Configuration.Workspace.MostBytes;
            var uncopied = await commits.ExportAsync(change.Head, edited.Head, most, cancellationToken).ConfigureAwait(false);
            await commits.ExportAsync(change.Base, earlier.Head, most, cancellationToken).ConfigureAwait(false);
            await commits.ExportNamedAsync(change.Base, Language.AllDeclare, edited.Declared, cancellationToken).ConfigureAwait(false);
            foreach (var (path, reason) in await repository.IncludeAsync(request.Configuration.Workspace.Include, edited.Head, cancellationToken).ConfigureAwait(false))
                progress($"{path} is not copied: {reason}");
            await repository.IncludeAsync(request.Configuration.Workspace.Include, earlier.Head, cancellationToken).ConfigureAwait(false);
            return new EditedTrees(repository, commits, change, edited, earlier, [.. uncopied, .. kept]) { Own = own };
        }
        catch
        {
            Remove(own, edited, earlier);
            throw;
        }
    }

    private static async Task<(GitRepository Commits, Change Change, IReadOnlyList<LeftOut> Kept)> CommittedAsync(
        EditRequest request, GitRepository repository, string? own, CancellationToken cancellationToken)
    {
        if (own is null)
            return (repository, await repository.ReadChangeAsync(request.Base ?? request.Configuration.Base, request.Head, cancellationToken).ConfigureAwait(false), []);
        var from = await repository.ResolveAsync(request.Base ?? "HEAD", cancellationToken).ConfigureAwait(false);
        if (request.Patch is { } patch)
        {
            var (patched, edited) = await repository.CommitPatchAsync(from, patch, own, cancellationToken).ConfigureAwait(false);
            return (patched, await patched.ReadChangeAsync(from, edited, cancellationToken).ConfigureAwait(false), []);
        }

        var (commits, commit, kept) = await repository.CommitWorkTreeAsync(own, cancellationToken).ConfigureAwait(false);
        return (commits, await commits.ReadChangeAsync(from, commit, cancellationToken).ConfigureAwait(false), kept);
    }

    public void Dispose() => Remove(Own, Edited, Base);

    private static void Remove(string? own, params Workspace[] workspaces)
    {
        foreach (var workspace in workspaces)
            workspace.Dispose();
        if (own is not null)
            Directory.Delete(own, recursive: true);
    }
}
