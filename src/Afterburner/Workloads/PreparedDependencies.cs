using Afterburner.Functions;
using Afterburner.Sandboxes;

namespace Afterburner.Workloads;

/// <summary>What a repository's set-up made, and where commands find it: as a whole in <see cref="RuntimeRequest.DependenciesPlace"/>, and folders of known names where the tools of their language look.</summary>
/// <param name="Mounts">By their places in a sandbox.</param>
/// <param name="Environment">Variables that say where it is.</param>
internal sealed record PreparedDependencies(IReadOnlyDictionary<string, MachineDirectory> Mounts, IReadOnlyDictionary<string, string> Environment)
{
    /// <param name="made">Null where there is none. Nobody writes there any more.</param>
    public static PreparedDependencies Of(MachineDirectory? made)
    {
        var (mounts, variables) = (new Dictionary<string, MachineDirectory>(), new Dictionary<string, string>());
        if (made is null)
            return new(mounts, variables);
        mounts.Add(RuntimeRequest.DependenciesPlace, made);
        foreach (var folder in Language.All.Select(l => l.Prepared).OfType<PreparedFolder>())
        {
            // A link there leads to wherever whoever made it wants.
            var path = Path.Combine(made.Path, folder.Name);
            if (LinuxCalls.LinkStatus(path) is not { IsDirectory: true })
                continue;
            if (folder.Place is { } place)
                mounts[place] = MachineDirectory.Own(path);
            if (folder.Variable is { } variable)
                variables[variable] = $"{RuntimeRequest.DependenciesPlace}/{folder.Name}";
        }

        return new(mounts, variables);
    }
}
