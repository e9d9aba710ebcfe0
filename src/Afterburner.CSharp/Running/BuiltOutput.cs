using System.IO.Compression;
using Afterburner.CSharp.Compiling;

namespace Afterburner.CSharp.Running;

/// <summary>What a workspace that nothing may be written to builds: its test projects' own folders of programs, elsewhere.</summary>
internal static class BuiltOutput
{
    /// <summary>Programs of each test project, by its path.</summary>
    /// <returns>Them; or why there are none.</returns>
    public static (IReadOnlyDictionary<string, string> Targets, string? Problem) Of(BuiltFiles built)
    {
        var folder = Directory.CreateTempSubdirectory("afterburner-built-").FullName;
        return built.IsOf(Environment.CurrentDirectory) ? (Unpacked(built, folder), null) : Built(built, folder, "");
    }

    /// <summary>The same, with all that the build made, and how it had the projects compiled.</summary>
    /// <param name="folder">Where all of it goes.</param>
    public static (IReadOnlyDictionary<string, string> Targets, IReadOnlyList<CompilerOrder> Orders, string? Problem) Whole(BuiltFiles built, string folder)
    {
        if (built.Orders.Count > 0 && built.IsOf(Environment.CurrentDirectory))
        {
            ZipFile.ExtractToDirectory(BuiltFiles.TreePath, folder);
            return (built.Projects.ToDictionary(p => p.Path, p => Path.Combine(folder, Path.GetRelativePath(Environment.CurrentDirectory, p.Target))), built.Orders, null);
        }

        var orders = Directory.CreateTempSubdirectory("afterburner-orders-").FullName;
        var (targets, problem) = Built(built, folder, CompilerOrder.Properties(orders));
        return (targets, CompilerOrder.In(orders), problem);
    }

    private static Dictionary<string, string> Unpacked(BuiltFiles built, string folder)
    {
        var targets = new Dictionary<string, string>(StringComparer.Ordinal);
        using var zip = ZipFile.OpenRead(BuiltFiles.TreePath);
        foreach (var project in built.Projects)
        {
            var within = Path.GetRelativePath(Environment.CurrentDirectory, project.Target);
            var around = Path.GetDirectoryName(within) + "/";
            foreach (var entry in zip.Entries.Where(e => e.FullName.StartsWith(around, StringComparison.Ordinal)))
            {
                var path = Path.Combine(folder, entry.FullName);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                if (!File.Exists(path))
                    entry.ExtractToFile(path);
            }

            targets[project.Path] = Path.Combine(folder, within);
        }

        return targets;
    }

    /// <summary>Another version than the one that was built is built from nothing.</summary>
    private static (IReadOnlyDictionary<string, string> Targets, string? Problem) Built(BuiltFiles built, string folder, string properties)
    {
        var from = Environment.CurrentDirectory;
        foreach (var path in FileStamps.Of(from).Keys)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, path))!);
            File.Copy(Path.Combine(from, path), Path.Combine(folder, path));
        }

        Environment.CurrentDirectory = folder;
        foreach (var project in built.Projects)
        {
            if (Dotnet.Run("restore", project.Path, "--nologo", "-v", "q") is { Succeeded: false } unrestored)
                return (new Dictionary<string, string>(), $"{project.Path} cannot be restored: {unrestored.Errors}");
        }

        if (ProjectPreparation.Build(built.Projects.Select(p => (p.Path, p.Framework)), properties) is { Succeeded: false } failed)
            return (new Dictionary<string, string>(), $"it does not build: {failed.Errors}");
        return (built.Projects.ToDictionary(p => p.Path, p => Path.Combine(folder, Path.GetRelativePath(from, p.Target))), null);
    }
}
