using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Trials;

/// <summary>What a command of a repository finds inside the sandbox, beside what is there anyway.</summary>
/// <param name="Path">The variable PATH.</param>
/// <param name="Mounts">Directories of this machine, read-only, by path inside.</param>
/// <param name="Environment">Further variables of a run in some variation, see <see cref="HarnessProgram.Environment"/>.</param>
internal sealed record CommandTools(
    string Path, IReadOnlyDictionary<string, MachineDirectory> Mounts, Func<int, IReadOnlyDictionary<string, string>> Environment)
{
    private const string System = "/usr/local/bin:/usr/bin:/bin";

    /// <summary>All variables of a run.</summary>
    public IReadOnlyDictionary<string, string> Variables(int variation) => new Dictionary<string, string>(Environment(variation)) { ["PATH"] = Path };

    /// <summary>The interpreters of some languages.</summary>
    public static CommandTools Of(IReadOnlyList<HarnessProgram> programs) => new(
        string.Join(':', [.. programs.Select(p => global::System.IO.Path.GetDirectoryName(p.Start[0])).OfType<string>().Where(d => d.Length > 0).Distinct(), System]),
        programs.SelectMany(p => p.Mounts).DistinctBy(m => m.Key).ToDictionary(),
        variation => programs.SelectMany(p => p.Environment(variation)).DistinctBy(v => v.Key).ToDictionary());
}
