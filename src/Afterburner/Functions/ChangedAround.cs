using Afterburner.Changes;

namespace Afterburner.Functions;

/// <summary>
/// Finds Python functions that a change reaches without touching a line of them: what they name is bound to something else at the level of
/// their module or class.
/// </summary>
internal sealed class ChangedAround(AstGrep astGrep)
{
    /// <summary>More names than this were not bound by hand.</summary>
    private const int MostBindings = 10_000;

    internal const string TooMany = "binds too many names to tell which functions name what changed";

    /// <summary>Names that changed around the functions of each file, by its path at head, and what could not be compared.</summary>
    /// <param name="files">Each with the file that it was at base.</param>
    public async Task<(IReadOnlyDictionary<string, ChangedNames> Changed, IReadOnlyList<LeftOut> LeftOut)> FindAsync(
        IReadOnlyList<(SourceFile Head, SourceFile Base)> files, TwoVersions versions, CancellationToken cancellationToken)
    {
        var leftOut = new List<LeftOut>();
        var differing = files.Where(f => !f.Head.Bytes.AsSpan().SequenceEqual(f.Base.Bytes)).ToList();
        var head = await ReadAsync([.. differing.Select(f => f.Head)], versions.Head, cancellationToken).ConfigureAwait(false);
        var earlier = await ReadAsync([.. differing.Select(f => f.Base).DistinctBy(f => f.Path)], versions.Base, cancellationToken).ConfigureAwait(false);
        var changed = new Dictionary<string, ChangedNames>();
        foreach (var (now, then) in differing)
        {
            if ((head.Unread.GetValueOrDefault(now.Path) ?? earlier.Unread.GetValueOrDefault(then.Path)) is { } reason)
                leftOut.Add(new LeftOut(now.Path, reason));
            else
                changed[now.Path] = ChangedNames.Between(head.Bindings[now.Path], earlier.Bindings[then.Path]);
        }

        return (changed, leftOut);
    }

    private async Task<(Dictionary<string, IReadOnlyList<Binding>> Bindings, Dictionary<string, string> Unread)> ReadAsync(
        IReadOnlyList<SourceFile> files, IReadOnlyList<Function> functions, CancellationToken cancellationToken)
    {
        var scan = await astGrep.ScanAsync(Languages.RulesAroundPython, files, cancellationToken).ConfigureAwait(false);
        var (matches, own) = (scan.Matches.ToLookup(m => m.File), functions.ToLookup(f => f.Path));
        var unread = scan.Unread.ToDictionary(u => u.Path, u => u.Reason);
        foreach (var file in files.Where(f => matches[f.Path].Count() > MostBindings))
            unread[file.Path] = TooMany;
        var bindings = files.Where(f => !unread.ContainsKey(f.Path))
            .ToDictionary(f => f.Path, f => BindingReader.Read(f, [.. matches[f.Path]], own[f.Path]));
        foreach (var (path, _) in bindings.Where(b => b.Value.Count > MostBindings))
            unread[path] = TooMany;
        return (bindings, unread);
    }
}
