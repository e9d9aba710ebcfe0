using Afterburner.Changes;
using Afterburner.Checks;
using Afterburner.Functions;
using Afterburner.Languages;
using Afterburner.Overviews;
using Afterburner.Reviews;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Suggestions;

namespace Afterburner;

/// <summary>
/// Finds out what a review will see of a repository: languages, projects, interpreters, how its tests end in the sandbox, and which functions they reach. Looks at the
/// work tree as it lies, in a copy, and proposes nothing.
/// </summary>
/// <param name="progress">Told what is being done, a line at a time.</param>
public sealed class Overview(ISandbox sandbox, Action<string> progress)
{
    /// <exception cref="UsageException">The folder is no repository.</exception>
    /// <exception cref="EnvironmentFailureException">A tool is missing. What stops a project is told by <see cref="ProjectOverview.Stopped"/>.</exception>
    public async Task<RepositoryOverview> OfAsync(OverviewRequest request, CancellationToken cancellationToken)
    {
        progress("reading the repository");
        var configuration = request.Configuration;
        var repository = await GitRepository.OpenAsync(request.Repository, cancellationToken).ConfigureAwait(false);
        using var workspace = Workspace.Create();
        if (repository.HasWorkTree)
            await repository.CopyWorkTreeAsync(workspace.Head, cancellationToken).ConfigureAwait(false);
        else
            await repository.ExportAsync("HEAD", workspace.Head, configuration.Workspace.MostBytes, cancellationToken).ConfigureAwait(false);
        await repository.IncludeAsync(configuration.Workspace.Include, workspace.Head, cancellationToken).ConfigureAwait(false);

        progress("finding its functions");
        var files = SourceFiles.In(workspace.Head, new PathFilter(configuration.Include, configuration.Exclude));
        var found = await new FunctionFinder(AstGrep.Find(sandbox)).FindAsync(workspace.Head, files.Read, cancellationToken).ConfigureAwait(false);
        // A function inside another one is part of it where it cannot be reached from outside.
        Function[] seen = [.. found.Functions.Where(f => f.Enclosing is null || f.Language.IsReachedFromOutside)];
        var languages = files.Read.GroupBy(p => Language.Of(p)!).OrderByDescending(g => g.Count()).Select(g => new LanguageOverview(
            g.Key.Name, g.Count(), seen.Count(f => f.Language == g.Key), LanguageSupport.WhyNot(g.Key, configuration.ToRuntimeSettings(g.Key)))
        {
            Example = g.Key.TestCommand is { } command ? $"languages: {{ {g.Key.Id}: {{ tests: {command}, benchmark: COMMAND }} }}" : null,
        });

        var projects = new List<ProjectOverview>();
        var bounded = new BoundedSandbox(sandbox, configuration.MemoryLimit);
        var measured = seen.Where(f => LanguageSupport.WhyNot(f.Language, configuration.ToRuntimeSettings(f.Language)) is null);
        foreach (var (by, functions) in LanguageSupport.Grouped(measured, f => f, workspace.Head, configuration.Projects))
        {
            progress($"running the tests of {by}, once as they are and once watching which functions they reach");
            projects.Add(await ProjectSurvey.OfAsync(bounded, request, repository, workspace.Head, by, functions, cancellationToken).ConfigureAwait(false));
        }

        return new RepositoryOverview(repository.Root, [.. languages], [.. projects.OrderBy(p => p.Folder, StringComparer.Ordinal)], [.. files.LeftOut, .. found.LeftOut.Where(l => l.Reason != FunctionFinder.TestCode)]) { HasWorkTree = repository.HasWorkTree };
    }

    /// <summary>The functions that an edit touches, with what the tests spend in them. Runs the tests of the edited tree, and compares nothing.</summary>
    /// <exception cref="UsageException">A ref is missing, the patch does not apply or is none, or the folder is no repository.</exception>
    /// <exception cref="EnvironmentFailureException">A tool is missing. What stops a project is told by <see cref="ProjectOverview.Stopped"/>.</exception>
    public async Task<EditOverview> OfEditAsync(EditRequest request, CancellationToken cancellationToken)
    {
        progress("reading the edit");
        var configuration = request.Configuration;
        using var trees = await EditedTrees.ReadAsync(request, progress, cancellationToken).ConfigureAwait(false);

        progress("finding the functions that it touches");
        var found = await ReviewedFunctions.FindAsync(
            sandbox, new ReviewRequest(request.Repository, request.Out, configuration), trees.Commits, trees.Change, trees.Edited.Head, trees.Uncopied, cancellationToken).ConfigureAwait(false);
        var bounded = new BoundedSandbox(sandbox, configuration.MemoryLimit);
        var asked = new OverviewRequest(request.Repository, configuration) { Dependencies = request.Dependencies };
        var (projects, functions) = (new List<ProjectOverview>(), new List<TouchedFunction>());
        functions.AddRange(found.Unmeasured.Select(u => new TouchedFunction(u.Path, u.Name, u.StartLine, u.EndLine) { WhyNot = u.Reason }));
        foreach (var (by, touched) in LanguageSupport.Grouped(found.Functions, f => f, trees.Edited.Head, configuration.Projects))
        {
            progress($"running the tests of {by}, once as they are and once watching which of the functions they reach");
            var project = await ProjectSurvey.OfAsync(bounded, asked, trees.Repository, trees.Edited.Head, by, touched, cancellationToken).ConfigureAwait(false);
            projects.Add(project);
            functions.AddRange(touched.Select(f => TouchedFunction.Of(f, project)));
        }

        return new EditOverview(
            trees.Change.Base, request.Kind == EditKind.Commits ? trees.Change.Head : null,
            [.. functions.OrderByDescending(f => f.Reached?.Seconds ?? -1).ThenBy(f => f.Path, StringComparer.Ordinal).ThenBy(f => f.StartLine)], projects, found.LeftOut);
    }
}
