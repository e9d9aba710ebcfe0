namespace Afterburner.CSharp.Compiling;

/// <summary>How a build had one project compiled.</summary>
/// <param name="Project">Its file, absolute, where it was built.</param>
/// <param name="Output">The assembly's file name.</param>
/// <param name="Arguments">Of the compiler.</param>
internal sealed record CompilerOrder(string Project, string Output, IReadOnlyList<string> Arguments)
{
    private const string Extension = ".order";

    /// <summary>Properties by which a build writes the orders of all its projects into a folder.</summary>
    public static string Properties(string folder)
    {
        var targets = Path.Combine(folder, "orders.targets");
        File.WriteAllText(targets, $"""
            <Project>
              <Target Name="AfterburnerOrder" AfterTargets="CoreCompile" Condition="'$(MSBuildProjectExtension)' == '.csproj' and '@(CscCommandLineArgs)' != ''">
                <WriteLinesToFile File="{folder}/$([System.Guid]::NewGuid()){Extension}" Lines="$(MSBuildProjectFullPath);$(TargetFileName);@(CscCommandLineArgs)" Overwrite="true" />
              </Target>
            </Project>
            """);
        return $";ProvideCommandLineArgs=true;CustomAfterMicrosoftCommonTargets={targets}";
    }

    /// <summary>What a build wrote there.</summary>
    public static IReadOnlyList<CompilerOrder> In(string folder) =>
        [.. Directory.EnumerateFiles(folder, $"*{Extension}").Select(File.ReadAllLines).Where(l => l.Length > 2).Select(l => new CompilerOrder(l[0], l[1], l[2..]))];

    /// <summary>The same for a build that lies elsewhere now: what it made is in another folder, what it was made of where it was.</summary>
    /// <param name="from">Where it was built.</param>
    /// <param name="to">Where what it made is.</param>
    public IEnumerable<string> Moved(string from, string to)
    {
        var folder = Path.GetDirectoryName(Project)!;
        // Of what an option names something may follow its file; a file's own name may hold a comma.
        string Elsewhere(string path) => Whole(path) ?? (path.IndexOf(',', StringComparison.Ordinal) is > 0 and var comma && Whole(path[..comma]) is { } moved ? moved + path[comma..] : path);

        string? Whole(string path)
        {
            var whole = Path.GetFullPath(path.Trim('"'), folder);
            var within = Path.GetRelativePath(from, whole);
            return !within.StartsWith("..", StringComparison.Ordinal) && !File.Exists(whole) && Path.Combine(to, within) is var other && File.Exists(other) ? other : null;
        }

        foreach (var argument in Arguments)
        {
            if (argument.StartsWith('/') && argument.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon && !argument[1..colon].Contains('/', StringComparison.Ordinal))
            {
                // An alias of a reference stands before its file.
                var at = argument.StartsWith("/reference:", StringComparison.Ordinal) && argument.IndexOf('=', colon) is > 0 and var equals ? equals : colon;
                yield return argument[..(at + 1)] + Elsewhere(argument[(at + 1)..]);
            }
            else
                yield return Elsewhere(argument);
        }
    }
}
