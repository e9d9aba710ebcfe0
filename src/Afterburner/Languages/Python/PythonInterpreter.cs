using Afterburner.Sandboxes;

namespace Afterburner.Languages.Python;

/// <summary>A Python that may be tried in the sandbox.</summary>
/// <param name="Path">Path or name inside the sandbox.</param>
/// <param name="Mounts">Directories of this machine that it needs, by their path inside.</param>
internal sealed record PythonInterpreter(string Path, IReadOnlyDictionary<string, MachineDirectory> Mounts)
{
    /// <value>
    /// What the harness itself runs with (its clock, its comparison, its compilation): never a program or a library that the repository made. Defaults to
    /// <see cref="Path"/>.
    /// </value>
    public string Alone { get; init; } = Path;

    public PythonInterpreter(string path)
        : this(path, new Dictionary<string, MachineDirectory>())
    {
    }
}
