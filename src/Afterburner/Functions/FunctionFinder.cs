using Afterburner.Changes;
using Afterburner.Sandboxes;

namespace Afterburner.Functions;

/// <summary>Functions of some files, and what of them was left out and why.</summary>
/// <param name="Functions">By path, then by offset; an outer function comes before those nested in it.</param>
public sealed record FoundFunctions(IReadOnlyList<Function> Functions, IReadOnlyList<LeftOut> LeftOut)
{
    /// <value>Places that do not parse, by file: functions around them may be missing. Files that parse are not in it. Defaults to none.</value>
    public IReadOnlyDictionary<string, int> Errors { get; init; } = new Dictionary<string, int>();
}

/// <summary>Finds functions with their exact bytes. Files with syntax errors yield the functions that can be told.</summary>
public sealed class FunctionFinder(AstGrep astGrep)
{
    internal const string TestCode = "test code";

    internal const string OtherLanguage = "not a language that Afterburner reads";

    /// <summary>Larger files are generated, whatever they say.</summary>
    private const int LargestFile = 1 << 20;

    /// <summary>More matches than this (functions, classes, decorators) in one file were not written by hand.</summary>
    private const int MostMatches = 5_000;

    /// <param name="directory">A copy of the repository's files; links in it are not followed.</param>
    /// <param name="paths">'/'-separated, relative to <paramref name="directory"/>. All are read, whatever <see cref="Exclusions"/> says.</param>
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
        var errors = new Dictionary<string, int>();
        var rules = string.Join("\n---\n", files.Values.Select(f => f.Language).Distinct().OrderBy(l => l.Id, StringComparer.Ordinal).Select(l => l.Rules));
        var scan = await astGrep.ScanAsync(rules, [.. files.Values], cancellationToken).ConfigureAwait(false);
        leftOut.AddRange(scan.Unread);
        foreach (var inFile in scan.Matches.GroupBy(m => m.File))
        {
            if (inFile.Count() > MostMatches)
            {
                leftOut.Add(new LeftOut(inFile.Key, AstGrep.TooMany));
                continue;
            }

            if (inFile.Count(FunctionReader.IsError) is > 0 and var places)
                errors[inFile.Key] = places;
            foreach (var (function, isTest) in Numbered([.. FunctionReader.Read(files[inFile.Key], [.. inFile])]))
            {
                if (isTest)
                    leftOut.Add(new LeftOut(function.Id, TestCode));
                else
                    functions.Add(function);
            }
        }

        return new FoundFunctions(functions, leftOut) { Errors = errors };
    }

    /// <summary>The functions that a change touched, of its files alone: nothing else of the commit is laid out. What a review leaves out is left out.</summary>
    /// <exception cref="EnvironmentFailureException">ast-grep is missing or failed.</exception>
    public async Task<IReadOnlyList<Function>> InAsync(GitRepository repository, Change change, CancellationToken cancellationToken = default)
    {
        using var workspace = Workspace.Create();
        foreach (var file in change.Files.Where(f => f.IsText && f.Status != FileStatus.Deleted && Language.Of(f.Path) is not null && GitPath.Of(System.Text.Encoding.UTF8.GetBytes(f.Path)).IsSafe))
        {
            if (await repository.TryReadFileAsync(change.Head, file.Path, cancellationToken).ConfigureAwait(false) is not { Length: <= LargestFile } content)
                continue;
            var path = Path.Combine(workspace.Head, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(path, content, cancellationToken).ConfigureAwait(false);
        }

        var touched = new ChangedFunctions(this, new PathFilter([], []), (path, token) => repository.TryReadFileAsync(change.Base, path, token));
        return (await touched.FindAsync(change, workspace.Head, [], cancellationToken).ConfigureAwait(false)).Functions;
    }

    /// <summary>
    /// The functions that a change touched. Of nested functions one is taken, so that no two suggestions overlap: the
    /// innermost that holds all changed lines of the nest, or the outermost, see <see cref="Language.IsReachedFromOutside"/>.
    /// </summary>
    public static IReadOnlyList<Function> Changed(Change change, IReadOnlyList<Function> functions)
    {
        var changed = new List<Function>();
        var byPath = functions.ToLookup(f => f.Path);
        foreach (var file in change.Files.Where(f => f.IsText && f.Status != FileStatus.Deleted))
        {
            var candidates = byPath[file.Path].ToList();
            var touched = Touched(candidates, file.Hunks.SelectMany(h => h.Marks));
            changed.AddRange(candidates.Where(f => touched.Contains(f) && !touched.Any(outer => Encloses(outer, f))));
        }

        return changed;
    }

    /// <param name="functions">By offset, an outer one before those nested in it.</param>
    /// <param name="marks">In the order of their lines. There may be a million of each: every function is passed once.</param>
    private static HashSet<Function> Touched(List<Function> functions, IEnumerable<ChangeMark> marks)
    {
        var touched = new HashSet<Function>(ReferenceEqualityComparer.Instance);
        var open = new List<Function>();
        var next = 0;
        foreach (var mark in marks)
        {
            open.RemoveAll(f => f.EndLine < mark.First);
            for (; next < functions.Count && functions[next].StartLine <= mark.First; next++)
            {
                if (functions[next].EndLine >= mark.First)
                    open.Add(functions[next]);
            }

            var around = open.Where(f => mark.IsInside(f.StartLine, f.EndLine)).ToList();
            if (around.Count > 0)
                touched.Add(around[0].Language.IsReachedFromOutside ? around[^1] : around[0]);
        }

        return touched;
    }

    private static IEnumerable<(Function Function, bool IsTest)> Numbered(IReadOnlyList<(Function Function, bool IsTest)> found)
    {
        var count = found.CountBy(f => f.Function.Name).ToDictionary();
        var places = new Dictionary<string, int>();
        foreach (var (function, isTest) in found)
        {
            var place = places[function.Name] = places.GetValueOrDefault(function.Name) + 1;
            yield return (count[function.Name] == 1 ? function : function with { Namesake = place }, isTest);
        }
    }

    private static bool Encloses(Function outer, Function inner) =>
        outer != inner && outer.StartByte <= inner.StartByte && inner.EndByte <= outer.EndByte;

    /// <summary>A file, or why it is not read.</summary>
    internal static (SourceFile? File, string? Reason) Read(string directory, string path)
    {
        if (Language.Of(path) is not { } language)
            return (null, OtherLanguage);
        var info = new FileInfo(Path.Combine(directory, path));
        if (!info.Exists || info.LinkTarget is not null)
            return (null, info.LinkTarget is null ? "not there" : "a link");
        if (ContentOf(directory, path) is not { } bytes)
            return (null, "larger than 1 MiB");
        if (!System.Text.Unicode.Utf8.IsValid(bytes))
            return (null, "not UTF-8");
        // Compilers end a line there, git and ast-grep do not: lines would have two numbers.
        return HasLoneReturn(bytes) ? (null, "it holds a carriage return that is no line end") : (new SourceFile(path, language, bytes), null);
    }

    private static bool HasLoneReturn(ReadOnlySpan<byte> bytes)
    {
        while (bytes.IndexOf((byte)'\r') is >= 0 and var place)
        {
            if (place + 1 == bytes.Length || bytes[place + 1] != '\n')
                return true;
            bytes = bytes[(place + 2)..];
        }

        return false;
    }

    /// <summary>Null where there is no regular file of a size that is read.</summary>
    internal static byte[]? ContentOf(string directory, string path)
    {
        var info = new FileInfo(Path.Combine(directory, path));
        return info is { Exists: true, LinkTarget: null, Length: <= LargestFile } ? File.ReadAllBytes(info.FullName) : null;
    }
}

/// <summary>A file to be read.</summary>
/// <param name="Path">'/'-separated, relative to the repository's root.</param>
/// <param name="Bytes">UTF-8.</param>
public sealed record SourceFile(string Path, Language Language, byte[] Bytes);
