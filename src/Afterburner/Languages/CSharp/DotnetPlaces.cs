using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Languages.CSharp;

/// <summary>What of this machine builds need inside a sandbox: the SDK, where it is not below <c>/usr</c>, and packages that were restored before.</summary>
/// <param name="Program">Of the SDK.</param>
/// <param name="Packages">Where packages are, inside; null where there are none.</param>
/// <param name="Mounts">By their paths inside.</param>
internal sealed record DotnetPlaces(string Program, string? Packages, IReadOnlyDictionary<string, MachineDirectory> Mounts)
{
    private const string Mounted = "/packages", Prepared = "packages", Name = "dotnet";

    private static readonly DirectoryKind Installation = new(path =>
        File.Exists(Path.Combine(path, Name)) && Directory.Exists(Path.Combine(path, "sdk")) ? null : "is no installation of the .NET SDK: it has no sdk folder beside a program dotnet");

    private static readonly DirectoryKind Store = new(path =>
        Directory.EnumerateDirectories(path).Take(100).Any(p => Directory.EnumerateDirectories(p).Any(v => File.Exists(Path.Combine(v, ".nupkg.metadata"))))
            ? null : "holds no packages as NuGet restores them");

    /// <param name="passedOver">Gets one line for each folder that is not used: which, and why.</param>
    public static DotnetPlaces Find(RuntimeRequest request, ICollection<string> passedOver)
    {
        var root = request.Repository?.Root;
        var mounts = new Dictionary<string, MachineDirectory>();
        return new DotnetPlaces(Sdk(request.Settings.Caller, root, mounts, passedOver), PackagesOf(request, root, mounts, passedOver), mounts);
    }

    /// <summary>What the calling environment means by it, where that is outside of <c>/usr</c>; else what the sandbox has.</summary>
    private static string Sdk(IReadOnlyDictionary<string, string> caller, string? root, Dictionary<string, MachineDirectory> mounts, ICollection<string> passedOver)
    {
        var named = new[] { caller.GetValueOrDefault("DOTNET_ROOT") }
            .Concat(new ProgramPath(caller.GetValueOrDefault("PATH", ""), root is null ? [] : [LinuxCalls.Resolve(root)?.Path ?? root]).Folders
                .Select(f => LinuxCalls.Resolve(Path.Combine(f, Name)) is { Status.IsRegular: true } program ? Path.GetDirectoryName(program.Path) : null));
        // Only the first one that there is: who put it there means it.
        foreach (var folder in named.Where(f => f is { Length: > 1 } && f[0] == '/' && !f.Contains('\0', StringComparison.Ordinal)).Select(f => LinuxCalls.Resolve(f!)?.Path).OfType<string>().Take(1))
        {
            if (folder.StartsWith("/usr/", StringComparison.Ordinal))
                return Path.Combine(folder, Name);
            if (MachineDirectory.Find(folder, Installation, root, out var whyNot) is { } found)
            {
                mounts[folder] = found;
                return Path.Combine(folder, Name);
            }

            passedOver.Add($"the .NET SDK in {folder} is not used: it {whyNot}");
        }

        return Name;
    }

    private static string? PackagesOf(RuntimeRequest request, string? root, Dictionary<string, MachineDirectory> mounts, ICollection<string> passedOver)
    {
        var made = PreparedDependencies.Of(request.Dependencies);
        foreach (var (place, directory) in made.Mounts)
            mounts[place] = directory;
        if (made.Environment.TryGetValue("NUGET_PACKAGES", out var prepared))
            return prepared;
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        foreach (var folder in new[] { request.Settings.Caller.GetValueOrDefault("NUGET_PACKAGES"), home.Length == 0 ? null : Path.Combine(home, ".nuget", Prepared) })
        {
            if (folder is not { Length: > 1 } || folder[0] != '/' || !Directory.Exists(folder))
                continue;
            if (MachineDirectory.Find(folder, Store, root, out var whyNot) is { } found)
            {
                mounts[Mounted] = found;
                return Mounted;
            }

            passedOver.Add($"the packages in {folder} are not used: it {whyNot}");
        }

        return null;
    }
}
