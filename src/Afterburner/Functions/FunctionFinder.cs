using Afterburner.Changes;

namespace Afterburner.Functions;

/// <summary>Functions of some files, and what of them was left out and why.</summary>
/// <param name="Functions">By path, then by offset; an outer function comes before those nested in it.</param>
public sealed record FoundFunctions(IReadOnlyList<Function> Functions, IReadOnlyList<LeftOut> LeftOut);

/// <summary>Finds functions with their exact bytes. Files with syntax errors yield the functions that can be told.</summary>
public sealed class FunctionFinder(AstGrep astGrep)
{
    /// <summary>Larger files are generated, whatever they say.</summary>
    private const int LargestFile = 1 << 20;

    /// <param name="directory">A copy of the repository's files; links in it are not followed.</param>
    /// <param name="paths">'/'-separated, relative to <paramref name="directory"/>.</param>
    /// <exception cref="EnvironmentFailureException">ast-grep is missing or failed.</exception>
    public async Task<FoundFunctions> FindAsync(
        string directory, IReadOnlyList<string> paths, CancellationToken cancellationToken = default)
    {
        var leftOut = new List<LeftOut>();
        var files = new Dictionary<string, SourceFile>();
        foreach (var path in paths)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (file, reason) = Read(directory, path);
            if (file is null)
                leftOut.Add(new LeftOut(path, reason!));
            else
                files[path] = file;
        }

        var functions = new List<Function>();
        var rules = string.Join("\n---\n", files.Values.Select(f => f.Language).Distinct().Order().Select(Languages.Rules));
        var matches = files.Count == 0 ? [] : await astGrep.ScanAsync(rules, directory, [.. files.Keys], cancellationToken).ConfigureAwait(false);
        foreach (var inFile in matches.GroupBy(m => m.File))
        {
            foreach (var (function, isTest) in Numbered([.. FunctionReader.Read(files[inFile.Key], [.. inFile])]))
            {
                if (isTest)
                    leftOut.Add(new LeftOut(function.Id, "test code"));
                else
                    functions.Add(function);
            }
        }

        return new FoundFunctions(functions, leftOut);
    }

    /// <summary>
    /// The functions that a change touched. Of nested functions one is taken, so that no two suggestions overlap: the
    /// innermost that holds all changed lines of the nest. In Python it is always the outermost, because a function
    /// inside a function cannot be reached from outside while the program runs.
    /// </summary>
    public static IReadOnlyList<Function> Changed(Change change, IReadOnlyList<Function> functions)
    {
        var changed = new List<Function>();
        foreach (var file in change.Files.Where(f => f.IsText && f.Status != FileStatus.Deleted))
        {
            var candidates = functions.Where(f => f.Path == file.Path).ToList();
            var touched = new HashSet<Function>(ReferenceEqualityComparer.Instance);
            foreach (var mark in file.Hunks.SelectMany(h => h.Marks))
            {
                var around = candidates.Where(f => mark.IsInside(f.StartLine, f.EndLine)).ToList();
                if (around.Count > 0)
                    touched.Add(around[0].Language == Language.Python ? around[0] : around[^1]);
            }

            changed.AddRange(candidates.Where(f => touched.Contains(f) && !touched.Any(outer => Encloses(outer, f))));
        }

        return changed;
    }

    private static IEnumerable<(Function Function, bool IsTest)> Numbered(IReadOnlyList<(Function Function, bool IsTest)> found)
    {
        var namesakes = found.ToLookup(f => f.Function.Name, f => f.Function);
        foreach (var (function, isTest) in found)
        {
            Function[] alike = [.. namesakes[function.Name]];
            yield return (alike.Length == 1 ? function : function with { Namesake = Array.IndexOf(alike, function) + 1 }, isTest);
        }
    }

    private static bool Encloses(Function outer, Function inner) =>
        outer != inner && outer.StartByte <= inner.StartByte && inner.EndByte <= outer.EndByte;

    private static (SourceFile? File, string? Reason) Read(string directory, string path)
    {
        if (Languages.Of(path) is not { } language)
            return (null, "not a language that Afterburner reads");
        if (Exclusions.Reason(path, language) is { } excluded)
            return (null, excluded);
        var info = new FileInfo(Path.Combine(directory, path));
        if (!info.Exists || info.LinkTarget is not null)
            return (null, info.LinkTarget is null ? "not there" : "a link");
        if (info.Length > LargestFile)
            return (null, "larger than 1 MiB");
        var bytes = File.ReadAllBytes(info.FullName);
        return Exclusions.Reason(bytes) is { } reason ? (null, reason) : (new SourceFile(path, language, bytes), null);
    }
}

internal sealed record SourceFile(string Path, Language Language, byte[] Bytes);
