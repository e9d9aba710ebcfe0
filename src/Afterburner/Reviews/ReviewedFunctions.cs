using Afterburner.Changes;
using Afterburner.Functions;
using Afterburner.Languages;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Suggestions;

namespace Afterburner.Reviews;

/// <summary>What a review looks at.</summary>
/// <param name="Functions">To be reviewed, those of this shard.</param>
/// <param name="Unmeasured">Reports of those that cannot be measured.</param>
/// <param name="LeftOut">What was not looked at.</param>
internal sealed record ReviewedFunctions(
    IReadOnlyList<Function> Functions, IReadOnlyList<FunctionReport> Unmeasured, IReadOnlyList<LeftOut> LeftOut)
{
    /// <param name="head">The tree under review.</param>
    /// <param name="uncopied">What that tree lacks.</param>
    /// <exception cref="UsageException">The one function that is asked for is not there.</exception>
    public static async Task<ReviewedFunctions> FindAsync(
        ISandbox sandbox, ReviewRequest request, GitRepository repository, Change change, string head, IReadOnlyList<LeftOut> uncopied,
        CancellationToken cancellationToken)
    {
        var finder = new FunctionFinder(AstGrep.Find(sandbox));
        if (request.Function is { } id)
            return new ReviewedFunctions([await OneAsync(finder, request.Configuration, head, id, cancellationToken).ConfigureAwait(false)], [], []);

        var filter = new PathFilter(request.Configuration.Include, request.Configuration.Exclude);
        var (functions, leftOut) = request.Everything ? await AllAsync(finder, filter, head, uncopied, cancellationToken).ConfigureAwait(false)
            : await ChangedAsync().ConfigureAwait(false);
        string? WhyNot(Function f) =>
            LanguageSupport.WhyNot(f.Language, request.Configuration.ToRuntimeSettings(f.Language), head, f.Path, request.Configuration.Projects);
        var measured = functions.Where(f => WhyNot(f) is null).ToList();
        if (!request.Shard.IsFirst)
            return new ReviewedFunctions(request.Shard.Of(measured), [], []);
        var unmeasured = functions.Except(measured).Select(
            f => FunctionReport.Of(f, FunctionStatus.Skipped, WhyNot(f)!));
        return new ReviewedFunctions(request.Shard.Of(measured), [.. unmeasured], leftOut);

        async Task<(IReadOnlyList<Function>, IReadOnlyList<LeftOut>)> ChangedAsync()
        {
            var changed = new ChangedFunctions(finder, filter, (path, token) => repository.TryReadFileAsync(change.Base, path, token));
            var found = await changed.FindAsync(change, head, uncopied, cancellationToken).ConfigureAwait(false);
            return (found.Functions, found.LeftOut);
        }
    }

    /// <summary>Every function of a tree; one inside another is part of it where it cannot be reached from outside.</summary>
    private static async Task<(IReadOnlyList<Function> Functions, IReadOnlyList<LeftOut> LeftOut)> AllAsync(
        FunctionFinder finder, PathFilter filter, string head, IReadOnlyList<LeftOut> uncopied, CancellationToken cancellationToken)
    {
        var files = SourceFiles.In(head, filter);
        var found = await finder.FindAsync(head, files.Read, cancellationToken).ConfigureAwait(false);
        return (
            [.. found.Functions.Where(f => f.Enclosing is null || f.Language.IsReachedFromOutside).DistinctBy(f => f.Id)],
            [.. uncopied, .. files.LeftOut, .. found.LeftOut.Where(l => l.Reason != FunctionFinder.TestCode)]);
    }

    private static async Task<Function> OneAsync(
        FunctionFinder finder, Configuration configuration, string head, string id, CancellationToken cancellationToken)
    {
        if (id.Split("::") is not [var path, var wanted])
            throw new UsageException($"'{id}' does not name a function: write FILE::QUALIFIED.NAME, for example src/shop.py::Cart.total");
        var name = wanted.Split('@')[0];
        if (!new GitPath(path, true).IsSafe)
            throw new UsageException($"'{path}' is no path below the repository's root: write for example src/shop.py::Cart.total");
        if (!File.Exists(Path.Combine(head, path)))
            throw new UsageException($"'{path}' does not exist, or git ignores it: name the file relative to the repository's root");
        var (found, leftOut) = await finder.FindAsync(head, [path], cancellationToken).ConfigureAwait(false);
        var named = found.Where(f => f.Name == name && LanguageSupport.WhyNot(f.Language, configuration.ToRuntimeSettings(f.Language)) is null).ToList();
        if (named.FirstOrDefault(f => f.Id == $"{path}::{wanted}") is { } one)
            return one;
        if (leftOut.FirstOrDefault(l => l.Path == path) is { } left)
            throw new UsageException($"'{path}' is not read: {left.Reason}");
        throw new UsageException(named.Count > 0
            ? $"'{path}' has the name '{name}' in {(named.Count > 1 ? "several places" : "one place")}: write {string.Join(" or ", named.Select(f => f.Id))}"
            : $"'{path}' has no function '{name}' that can be measured; it has {string.Join(", ", found.Take(8).Select(f => f.Name).Distinct())}{(found.Count > 8 ? ", ..." : "")}");
    }
}
