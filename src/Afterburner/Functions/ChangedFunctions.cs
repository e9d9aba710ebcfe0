using Afterburner.Changes;

namespace Afterburner.Functions;

/// <summary>
/// Decides what of a change is looked at. Whoever proposes the change does not decide it: a reason to leave a file out (the
/// configuration, its name, a notice that it is generated) counts only if there was one at base already, where the file was
/// there at all. Whatever is left out is listed with its reason, so that every file of the change is accounted for.
/// </summary>
/// <param name="filter">Of the configuration at base.</param>
/// <param name="atBase">The bytes of a file at base by its path there; null where there is no such file.</param>
internal sealed class ChangedFunctions(FunctionFinder finder, PathFilter filter, Func<string, CancellationToken, Task<byte[]?>> atBase)
{
    /// <summary>Reason why a file is left out that is read.</summary>
    internal const string Untouched = "no function of it is touched";

    /// <summary>The functions that the change touched, and what of its files was left out.</summary>
    /// <param name="head">A copy of the files at head.</param>
    /// <param name="uncopied">What the copy lacks.</param>
    /// <exception cref="EnvironmentFailureException">ast-grep is missing or failed.</exception>
    public async Task<TouchedFunctions> FindAsync(
        Change change, string head, IReadOnlyList<LeftOut> uncopied, CancellationToken cancellationToken)
    {
        var leftOut = new List<LeftOut>();
        var paths = new List<string>();
        var missing = uncopied.DistinctBy(l => l.Path).ToDictionary(l => l.Path, l => l.Reason);
        foreach (var file in change.Files)
        {
            if ((missing.GetValueOrDefault(file.Path) ?? await ReasonAsync(file, head, cancellationToken).ConfigureAwait(false)) is { } reason)
                leftOut.Add(new LeftOut(file.Path, reason));
            else
                paths.Add(file.Path);
        }

        var found = await finder.FindAsync(head, paths, cancellationToken).ConfigureAwait(false);
        var changed = FunctionFinder.Changed(change, found.Functions);
        leftOut.AddRange(found.LeftOut);
        leftOut.AddRange(found.Errors.Keys.Select(p => new LeftOut(p, "does not parse as a whole: functions around the errors may be missing")));
        leftOut.AddRange(paths.Except(changed.Select(f => f.Path)).Except(leftOut.Select(l => l.Path)).Select(p => new LeftOut(p, Untouched)));
        return new TouchedFunctions(
            changed, leftOut, paths.Except(found.LeftOut.Select(l => l.Path)).ToHashSet(),
            found.Functions, found.Functions.Select(f => $"{f.Path}::{f.Name}").Concat(found.LeftOut.Select(l => l.Path.Split('@')[0])).ToHashSet());
    }

    private async Task<string?> ReasonAsync(FileDiff file, string head, CancellationToken cancellationToken)
    {
        if (file.Status == FileStatus.Deleted)
            return "deleted";
        if (!file.IsText)
            return new FileInfo(Path.Combine(head, file.Path)).LinkTarget is null ? "not a text file" : "a link";
        if (!filter.Accepts(file.Path) && (file.OldPath is null || !filter.Accepts(file.OldPath)))
            return "excluded by the configuration";
        if (Language.Of(file.Path) is not { } language)
            return FunctionFinder.OtherLanguage;
        var reason = Exclusions.Reason(file.Path, language)
            ?? (FunctionFinder.ContentOf(head, file.Path) is { } content ? Exclusions.Reason(content) : null);
        return reason is null || file.OldPath is null || await WasLeftOutAsync(file.OldPath, Language.Of(file.OldPath) ?? language, cancellationToken).ConfigureAwait(false) ? reason : null;
    }

    private async Task<bool> WasLeftOutAsync(string oldPath, Language language, CancellationToken cancellationToken) =>
        Exclusions.Reason(oldPath, language) is not null
        || (await atBase(oldPath, cancellationToken).ConfigureAwait(false) is { } content && Exclusions.Reason(content) is not null);
}

/// <summary>The functions that a change touched, and all it has beside them.</summary>
/// <param name="LeftOut">Files and functions of the change that are not looked at.</param>
/// <param name="Files">The files of the change at head that were read.</param>
/// <param name="All">Every function in them, touched or not.</param>
/// <param name="Names">Path and name of each of those, and of test code in them.</param>
internal sealed record TouchedFunctions(
    IReadOnlyList<Function> Functions, IReadOnlyList<LeftOut> LeftOut, IReadOnlySet<string> Files, IReadOnlyList<Function> All, IReadOnlySet<string> Names);
