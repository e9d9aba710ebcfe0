using System.Reflection;
using System.Runtime.Loader;

namespace Afterburner.CSharp.Finding;

/// <summary>Roslyn as the SDK has it: what reads the code here is what compiles it there, and nothing of it has to be shipped.</summary>
internal static class CompilerOfSdk
{
    private const string Prefix = "Microsoft.CodeAnalysis";

    /// <summary>From now on its assemblies are found. To be called before the first method that names one of its types.</summary>
    public static void Find()
    {
        var folder = Newest() ?? throw new InvalidOperationException("the SDK has no compiler (sdk/VERSION/Roslyn/bincore)");
        AssemblyLoadContext.Default.Resolving += (context, name) =>
            name.Name?.StartsWith(Prefix, StringComparison.Ordinal) == true && Path.Combine(folder, name.Name + ".dll") is var path && File.Exists(path) ? context.LoadFromAssemblyPath(path) : null;
    }

    private static string? Newest()
    {
        var root = Path.Combine(Path.GetDirectoryName(Environment.ProcessPath)!, "sdk");
        return !Directory.Exists(root) ? null : Directory.EnumerateDirectories(root)
            .Select(d => (Path: Path.Combine(d, "Roslyn", "bincore"), Version: Version.TryParse(Path.GetFileName(d).Split('-')[0], out var version) ? version : null))
            .Where(d => d.Version is not null && Directory.Exists(d.Path)).OrderBy(d => d.Version).LastOrDefault().Path;
    }
}
