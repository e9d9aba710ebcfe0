using Afterburner.Changes;

namespace Afterburner.Functions;

/// <summary>The source files of a tree.</summary>
/// <param name="Read">Those that a review looks at, '/'-separated, from the root.</param>
/// <param name="LeftOut">Others, but for test code.</param>
internal sealed record SourceFiles(IReadOnlyList<string> Read, IReadOnlyList<LeftOut> LeftOut)
{
    /// <summary>What is beyond is not looked at: it is found out with the first pull requests.</summary>
    private const int Most = 5_000;

    /// <param name="directory">A copy of the repository's files; links in it are not followed.</param>
    public static SourceFiles In(string directory, PathFilter filter)
    {
        var (read, leftOut) = (new List<string>(), new List<LeftOut>());
        foreach (var file in new DirectoryInfo(directory).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
        {
            var path = Path.GetRelativePath(directory, file.FullName);
            if (Language.Of(path) is not { } language || language.IsTestFile(path))
                continue;
            var reason = !filter.Accepts(path) ? "excluded by the configuration"
                : read.Count == Most ? $"beyond {Most} files"
                : Exclusions.Reason(path, language) ?? (FunctionFinder.ContentOf(directory, path) is { } content ? Exclusions.Reason(content) : null);
            if (reason is null)
                read.Add(path);
            else
                leftOut.Add(new LeftOut(path, reason));
        }

        return new SourceFiles([.. read.Order(StringComparer.Ordinal)], leftOut);
    }
}
