using Afterburner.Sandboxes;

namespace Afterburner.Languages.Python;

/// <summary>A Python that may be tried in the sandbox.</summary>
/// <param name="Path">Path or name inside the sandbox.</param>
/// <param name="Mounts">Directories of this machine that it needs, by their path inside.</param>
internal sealed record PythonInterpreter(string Path, IReadOnlyDictionary<string, MachineDirectory> Mounts)
{
    public PythonInterpreter(string path)
        : this(path, new Dictionary<string, MachineDirectory>())
    {
    }
}
