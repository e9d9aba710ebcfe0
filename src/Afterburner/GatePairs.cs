using Afterburner.Changes;
using Afterburner.Functions;
using Afterburner.Sandboxes;
using Afterburner.Suggestions;
using Afterburner.Verdicts;

namespace Afterburner;

/// <summary>Finds what a gate compares: the touched functions with their counterparts at base, and a reason for everything else.</summary>
internal sealed class GatePairs(
    ISandbox sandbox, GateRequest request, GitRepository repository, Change change, string head, string earlier)
{
    private const string Gone = "not at head under this name: removed, renamed or moved";

    private readonly FunctionFinder _finder = new(AstGrep.Find(sandbox));
    private readonly Configuration _configuration = request.Configuration;

    /// <param name="uncopied">What the copy of head lacks.</param>
    public async Task<(IReadOnlyList<FunctionPair> Pairs, IReadOnlyList<GateFunctionReport> Skipped, IReadOnlyList<LeftOut> LeftOut)> FindAsync(
        IReadOnlyList<LeftOut> uncopied, CancellationToken cancellationToken)
    {
        var found = await new ChangedFunctions(
            _finder, new PathFilter(_configuration.Include, _configuration.Exclude),
            (path, token) => repository.TryReadFileAsync(change.Base, path, token))
            .FindAsync(change, head, uncopied, cancellationToken).ConfigureAwait(false);
        var files = change.Files.Where(f => f.OldPath is not null).ToDictionary(f => f.Path);
        var before = await _finder.FindAsync(
            earlier, [.. found.Files.Select(p => files.GetValueOrDefault(p)?.OldPath).OfType<string>().Distinct()], cancellationToken).ConfigureAwait(false);
        var unread = before.LeftOut.DistinctBy(l => l.Path).ToDictionary(l => l.Path, l => l.Reason);
        var versions = new TwoVersions(found.All, before.Functions);

        var pairs = new List<FunctionPair>();
        var skipped = new List<GateFunctionReport>();
        foreach (var function in found.Functions)
        {
            var oldPath = files.GetValueOrDefault(function.Path)?.OldPath;
            if (function.Language != Language.Python)
                Skip(function, $"functions in {function.Language} are found but not measured yet");
            else if (oldPath is not null && unread.TryGetValue(oldPath, out var reason))
                Skip(function, $"its file at base cannot be compared: {reason}");
            else if (versions.Earlier(function, oldPath) is { } old)
                pairs.Add(new FunctionPair(function, old, versions));
            else
                Skip(function, "new: there is nothing to compare it with");
        }

        var own = request.Shard.Of(pairs);
        if (!request.Shard.IsFirst)
            skipped.Clear();
        return ([.. own], skipped, request.Shard.IsFirst ? [.. found.LeftOut, .. GoneSince(found, versions)] : []);

        void Skip(Function function, string reason) => skipped.Add(Gate.Report(function, GateStatus.Skipped, reason));
    }

    /// <summary>Functions of base that head lacks. One inside another is part of that one.</summary>
    private IEnumerable<LeftOut> GoneSince(TouchedFunctions found, TwoVersions versions)
    {
        var byPath = versions.Base.Where(f => f.Enclosing is null).ToLookup(f => f.Path);
        var oldPaths = change.Files.Where(f => f.OldPath is not null).ToDictionary(f => f.Path, f => f.OldPath);
        // Of several functions of one name some may be gone.
        var kept = new HashSet<Function?>(
            versions.Head.Where(f => oldPaths.ContainsKey(f.Path)).Select(f => versions.Earlier(f, oldPaths[f.Path])), ReferenceEqualityComparer.Instance);
        return change.Files.Where(f => f.OldPath is not null && f.Status != Changes.FileStatus.Copied && found.Files.Contains(f.Path))
            .SelectMany(f => byPath[f.OldPath!].Where(
                old => !found.Names.Contains($"{f.Path}::{old.Name}") || (old.Namesake is not null && !kept.Contains(old))))
            .Select(old => new LeftOut(old.Id, Gone)).Distinct();
    }
}

/// <summary>One function at head and at base.</summary>
/// <param name="Versions">All functions of the touched files.</param>
internal sealed record FunctionPair(Function Head, Function Base, TwoVersions Versions);
