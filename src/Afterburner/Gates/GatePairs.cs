using Afterburner.Changes;
using Afterburner.Functions;
using Afterburner.Languages;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Verdicts;

namespace Afterburner.Gates;

/// <summary>Finds what a gate compares: the touched functions with their counterparts at base, and a reason for everything else.</summary>
internal sealed class GatePairs(
    ISandbox sandbox, GateRequest request, GitRepository repository, Change change, string head, string earlier)
{
    private const string Gone = "not at head under this name: removed, renamed or moved";

    /// <summary>A name that more functions of other files have is that of nothing in particular.</summary>
    private const int MostElsewhere = 50;

    /// <summary>Reason of a function that base lacks.</summary>
    internal const string New = "new: there is nothing to compare it with";

    private readonly AstGrep _astGrep = AstGrep.Find(sandbox);
    private readonly Configuration _configuration = request.Configuration;

    /// <value>Functions that base lacks, once they were looked for.</value>
    public IReadOnlyList<Function> Added { get; private set; } = [];

    /// <param name="uncopied">What the copy of head lacks.</param>
    /// <returns>Pairs whose own text differs come before those that name what changed around them.</returns>
    public async Task<(IReadOnlyList<FunctionPair> Pairs, IReadOnlyList<GateFunctionReport> Skipped, IReadOnlyList<LeftOut> LeftOut)> FindAsync(
        IReadOnlyList<LeftOut> uncopied, CancellationToken cancellationToken)
    {
        var finder = new FunctionFinder(_astGrep);
        var found = await new ChangedFunctions(
            finder, new PathFilter(_configuration.Include, _configuration.Exclude),
            (path, token) => repository.TryReadFileAsync(change.Base, path, token))
            .FindAsync(change, head, uncopied, cancellationToken).ConfigureAwait(false);
        var files = change.Files.Where(f => f.OldPath is not null).ToDictionary(f => f.Path, f => f.OldPath!);
        var before = await finder.FindAsync(
            earlier, [.. found.Files.Select(p => files.GetValueOrDefault(p)).OfType<string>().Distinct()], cancellationToken).ConfigureAwait(false);
        var unread = before.LeftOut.DistinctBy(l => l.Path).ToDictionary(l => l.Path, l => l.Reason);
        var versions = new TwoVersions(found.All, before.Functions);

        var (changed, incomparable) = await AroundAsync(found, versions, files, cancellationToken).ConfigureAwait(false);
        var elsewhere = await ElsewhereAsync(finder, versions, changed, cancellationToken).ConfigureAwait(false);

        var (pairs, added) = (new List<FunctionPair>(), new List<Function>());
        var skipped = new List<GateFunctionReport>();
        var touched = Touched(found, versions, files);
        foreach (var function in touched)
        {
            var oldPath = files.GetValueOrDefault(function.Path);
            if (LanguageSupport.Replaying(function.Language) is null)
                Skip(function, $"functions in {function.Language} are not compared one by one: gate.benchmarks compares whole commands");
            else if (LanguageSupport.WhyNot(function.Language, _configuration.ToRuntimeSettings(function.Language), head, function.Path, _configuration.Projects) is { } why)
                Skip(function, why);
            else if (oldPath is not null && unread.TryGetValue(oldPath, out var reason))
                Skip(function, $"its file at base cannot be compared: {reason}");
            else if (versions.Earlier(function, oldPath) is { } old)
                pairs.Add(FunctionPair.Of(function, old, versions, changed.GetValueOrDefault(function.Path)));
            else if (changed.GetValueOrDefault(function.Path)?.Replaced(function) is { } inherited)
                skipped.Add(GateFunctionReport.Of(function, GateStatus.CannotTell, $"new: it is called where {inherited} was, which its class inherited, and is not compared with that"));
            else
            {
                added.Add(function);
                Skip(function, New);
            }
        }

        Added = added;

        pairs.AddRange(found.All.Where(f => IsOutermost(f) && changed.ContainsKey(f.Path) && !touched.Contains(f))
            .Select(f => versions.Earlier(f, files[f.Path]) is { } old ? FunctionPair.Of(f, old, versions, changed[f.Path]) : null)
            .OfType<FunctionPair>().Where(p => p.Names is not null));
        pairs.AddRange(elsewhere);
        var reached = pairs.Select(p => p.Head.Path).Concat(skipped.Select(s => s.Path)).ToHashSet();
        var leftOut = found.LeftOut.Where(l => l.Reason != ChangedFunctions.Untouched || !reached.Contains(l.Path));
        if (!request.Shard.IsFirst)
            skipped.Clear();
        return (
            request.Shard.Of(pairs), skipped,
            request.Shard.IsFirst ? [.. leftOut, .. incomparable, .. GoneSince(found, versions)] : []);

        void Skip(Function function, string reason) => skipped.Add(GateFunctionReport.Of(function, GateStatus.Skipped, reason));
    }

    /// <summary>Functions of files that the change leaves alone, and that name what it binds to something else in another file.</summary>
    private async Task<IReadOnlyList<FunctionPair>> ElsewhereAsync(
        FunctionFinder finder, TwoVersions touched, IReadOnlyDictionary<string, IChangedNames> changed, CancellationToken cancellationToken)
    {
        var pairs = new List<FunctionPair>();
        var changedFiles = change.Files.SelectMany(f => new[] { f.Path, f.OldPath }).ToHashSet();
        foreach (var support in LanguageSupport.All.Where(s => s.Surroundings is not null && changed.Keys.Any(p => Language.Of(p) == s.Language)))
        {
            var files = SourceFiles.In(head, new PathFilter(_configuration.Include, _configuration.Exclude)).Read
                .Where(p => !changedFiles.Contains(p) && Language.Of(p) == support.Language)
                .Select(p => FunctionFinder.Read(head, p).File).OfType<SourceFile>().Where(f => support.Surroundings!.MayImport(f, changed)).ToList();
            var now = await finder.FindAsync(head, [.. files.Select(f => f.Path)], cancellationToken).ConfigureAwait(false);
            var then = files.Count == 0 ? now : await finder.FindAsync(earlier, [.. files.Select(f => f.Path)], cancellationToken).ConfigureAwait(false);
            var versions = new TwoVersions([.. touched.Head, .. now.Functions], [.. touched.Base, .. then.Functions]);
            var imported = await support.Surroundings!.ImportAsync(_astGrep, files, now.Functions, changed, cancellationToken).ConfigureAwait(false);
            pairs.AddRange(now.Functions.Where(f => IsOutermost(f) && imported.ContainsKey(f.Path) && LanguageSupport.WhyNot(f.Language, _configuration.ToRuntimeSettings(f.Language), head, f.Path, _configuration.Projects) is null)
                .Select(f => versions.Earlier(f, f.Path) is { } old ? FunctionPair.Of(f, old, versions, imported[f.Path]) : null)
                .OfType<FunctionPair>().Where(p => p.Names is not null).Take(MostElsewhere));
        }

        return pairs;
    }

    /// <summary>
    /// Functions that the change touched, and those of its files whose text is not what it was: where lines were taken away above the
    /// first or below the last line of a function, no line of it is touched.
    /// </summary>
    /// <returns>In the order of their files, known by reference.</returns>
    private static HashSet<Function> Touched(TouchedFunctions found, TwoVersions versions, Dictionary<string, string> files)
    {
        var touched = found.Functions.ToHashSet(ReferenceEqualityComparer.Instance);
        return new HashSet<Function>(
            found.All.Where(f => touched.Contains(f)
                || (IsOutermost(f) && versions.Earlier(f, files.GetValueOrDefault(f.Path)) is { } old && old.Source != f.Source)),
            ReferenceEqualityComparer.Instance);
    }

    /// <summary>The names that changed around the functions of each file that is on both sides.</summary>
    private async Task<(IReadOnlyDictionary<string, IChangedNames> Changed, IReadOnlyList<LeftOut> LeftOut)> AroundAsync(
        TouchedFunctions found, TwoVersions versions, Dictionary<string, string> files, CancellationToken cancellationToken)
    {
        var changed = new Dictionary<string, IChangedNames>();
        var leftOut = new List<LeftOut>();
        foreach (var support in LanguageSupport.All.Where(s => s.Surroundings is not null))
        {
            var both = found.Files.Where(p => files.ContainsKey(p) && Language.Of(p) == support.Language && Language.Of(files[p]) == support.Language)
                .Order(StringComparer.Ordinal)
                .Select(p => (FunctionFinder.Read(head, p).File, FunctionFinder.Read(earlier, files[p]).File));
            var (names, unread) = await support.Surroundings!.CompareAsync(
                _astGrep, [.. both.Where(f => f is (not null, not null)).Select(f => (f.Item1!, f.Item2!))], versions, cancellationToken).ConfigureAwait(false);
            foreach (var (path, name) in names)
                changed[path] = name;
            leftOut.AddRange(unread);
        }

        return (changed, leftOut);
    }

    /// <summary>A function inside another is part of that one where it cannot be reached from outside.</summary>
    private static bool IsOutermost(Function function) => LanguageSupport.Find(function.Language)?.Surroundings is not null && function.Enclosing is null;

    /// <summary>Functions of base that head lacks. One inside another is part of that one.</summary>
    private IEnumerable<LeftOut> GoneSince(TouchedFunctions found, TwoVersions versions)
    {
        var byPath = versions.Base.Where(f => f.Enclosing is null).ToLookup(f => f.Path);
        var oldPaths = change.Files.Where(f => f.OldPath is not null).ToDictionary(f => f.Path, f => f.OldPath);
        // Of several functions of one name some may be gone.
        var kept = new HashSet<Function?>(
            versions.Head.Where(f => oldPaths.ContainsKey(f.Path)).Select(f => versions.Earlier(f, oldPaths[f.Path])), ReferenceEqualityComparer.Instance);
        return change.Files.Where(f => f.OldPath is not null && f.Status != FileStatus.Copied && found.Files.Contains(f.Path))
            .SelectMany(f => byPath[f.OldPath!].Where(
                old => !found.Names.Contains($"{f.Path}::{old.Name}") || (old.Namesake is not null && !kept.Contains(old))))
            .Select(old => new LeftOut(old.Id, Gone)).Distinct();
    }
}

/// <summary>One function at head and at base.</summary>
/// <param name="Versions">All functions of the touched files.</param>
internal sealed record FunctionPair(Function Head, Function Base, TwoVersions Versions)
{
    /// <value>What is bound to something else around it than it was, and it names. Defaults to null: nothing is.</value>
    public string? Names { get; private init; }

    /// <value>Whether what works at each of its calls from outside (decorators, default values) is another, which calls of the function itself do not show.</value>
    public bool IsCalledOtherwise { get; private init; }

    /// <value>Whether its name (or that of its class) is bound to something else as well: then it is not the function that is called.</value>
    public bool IsRebound { get; private init; }

    /// <summary>Whether only something around it changed.</summary>
    public bool IsSame => Head.Source == Base.Source;

    /// <param name="changed">Around the functions of its file; null where nothing did.</param>
    public static FunctionPair Of(Function head, Function earlier, TwoVersions versions, IChangedNames? changed) => new(head, earlier, versions)
    {
        Names = changed?.In(head) ?? changed?.Rebound(head),
        IsCalledOtherwise = LanguageSupport.Find(head.Language)?.Surroundings?.IsCalledOtherwise(head, earlier) == true || changed?.InSignature(head) == true,
        IsRebound = changed?.Rebound(head) is not null,
    };
}
