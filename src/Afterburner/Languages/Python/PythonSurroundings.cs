using System.Text;
using Afterburner.Changes;
using Afterburner.Functions;

namespace Afterburner.Languages.Python;

/// <summary>Finds what a change reaches by the names that it binds anew.</summary>
internal sealed class PythonSurroundings : ISurroundings
{
    /// <summary>More names than this were not bound by hand.</summary>
    private const int MostBindings = 10_000;

    internal const string TooMany = "binds too many names to tell which functions name what changed";

    public async Task<(IReadOnlyDictionary<string, IChangedNames> Changed, IReadOnlyList<LeftOut> LeftOut)> CompareAsync(
        AstGrep astGrep, IReadOnlyList<(SourceFile Head, SourceFile Base)> files, TwoVersions versions, CancellationToken cancellationToken)
    {
        var leftOut = new List<LeftOut>();
        var differing = files.Where(f => !f.Head.Bytes.AsSpan().SequenceEqual(f.Base.Bytes)).ToList();
        var head = await ReadAsync(astGrep, [.. differing.Select(f => f.Head)], versions.Head, cancellationToken).ConfigureAwait(false);
        var earlier = await ReadAsync(astGrep, [.. differing.Select(f => f.Base).DistinctBy(f => f.Path)], versions.Base, cancellationToken).ConfigureAwait(false);
        var changed = new Dictionary<string, IChangedNames>();
        foreach (var (now, then) in differing)
        {
            if ((head.Unread.GetValueOrDefault(now.Path) ?? earlier.Unread.GetValueOrDefault(then.Path)) is { } reason)
                leftOut.Add(new LeftOut(now.Path, reason));
            else
                changed[now.Path] = ChangedNames.Between(head.Bindings[now.Path], earlier.Bindings[then.Path]);
        }

        return (changed, leftOut);
    }

    public bool MayImport(SourceFile file, IReadOnlyDictionary<string, IChangedNames> changed)
    {
        var text = file.Bytes.AsSpan();
        foreach (var (path, names) in Own(changed))
        {
            if (Has(text, Stem(path)) && names.Words.Any(w => Has(file.Bytes, w)))
                return true;
        }

        return false;

        static bool Has(ReadOnlySpan<byte> text, string word) => text.IndexOf(Encoding.UTF8.GetBytes(word)) >= 0;
    }

    public async Task<IReadOnlyDictionary<string, IChangedNames>> ImportAsync(
        AstGrep astGrep, IReadOnlyList<SourceFile> files, IReadOnlyList<Function> functions, IReadOnlyDictionary<string, IChangedNames> changed, CancellationToken cancellationToken)
    {
        var own = Own(changed);
        var read = await ReadAsync(astGrep, files, functions, cancellationToken).ConfigureAwait(false);
        foreach (var names in own.Values)
            names.Import(own);
        var found = new Dictionary<string, IChangedNames>();
        foreach (var (path, bindings) in read.Bindings)
        {
            var names = ChangedNames.Between(bindings, bindings);
            if (names.Import(own))
                found[path] = names;
        }

        return found;
    }

    private static Dictionary<string, ChangedNames> Own(IReadOnlyDictionary<string, IChangedNames> changed) =>
        changed.Where(c => c.Value is ChangedNames).ToDictionary(c => c.Key, c => (ChangedNames)c.Value);

    /// <summary>By this a module is imported: of a package the name of its folder.</summary>
    private static string Stem(string path)
    {
        string[] parts = path[..path.LastIndexOf('.')].Split('/');
        return parts is [.., var folder, "__init__"] ? folder : parts[^1] == "__init__" ? "" : parts[^1];
    }

    public bool IsCalledOtherwise(Function head, Function earlier) => Signature.Of(head).Text != Signature.Of(earlier).Text;

    private static async Task<(Dictionary<string, IReadOnlyList<Binding>> Bindings, Dictionary<string, string> Unread)> ReadAsync(
        AstGrep astGrep, IReadOnlyList<SourceFile> files, IReadOnlyList<Function> functions, CancellationToken cancellationToken)
    {
        var scan = await astGrep.ScanAsync(PythonLanguage.Python.Text("around.yml")!, files, cancellationToken).ConfigureAwait(false);
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
