using System.Text;
using Afterburner.Sandboxes;

namespace Afterburner.Languages.Python;

/// <summary>
/// A virtual environment, as venv, virtualenv and uv make it: a directory with a <c>pyvenv.cfg</c> that names the
/// installation its interpreter comes from.
/// </summary>
internal sealed class PythonEnvironment
{
    private const string Settings = "pyvenv.cfg";
    private const int MostSettings = 64 << 10;
    private const int MostLinks = 40;
    private static readonly string[] ProgramKeys = ["executable", "base-executable"];

    private static readonly DirectoryKind Kind = new(directory =>
        Read(directory) is null
            ? $"is no virtual environment: it has no {Settings} that is a file of at most {MostSettings >> 10} KiB and names an absolute home"
            : null);

    private readonly Dictionary<string, MachineDirectory> _mounts = [];
    private readonly List<string> _names = [];
    private readonly string? _repository;
    private readonly MachineDirectory _directory;

    private PythonEnvironment(MachineDirectory directory, string? repository) => (_directory, _repository) = (directory, repository);

    /// <summary>Whether a directory says that it is an environment; it may still be refused.</summary>
    public static bool Looks(string directory) => LinuxCalls.LinkStatus(Path.Combine(directory, Settings)) is not null;

    /// <summary>Looks up the interpreter of an environment, and checks everything that it needs.</summary>
    /// <param name="directory">As it is called; the interpreter keeps that name inside.</param>
    /// <param name="program">Name of the interpreter: <c>python</c>.</param>
    /// <param name="repository">Root of the repository under review; null where there is none.</param>
    /// <param name="whyNot">The reason, a whole clause; empty when it can be used.</param>
    public static PythonInterpreter? Find(string directory, string program, string? repository, out string whyNot)
    {
        if (MachineDirectory.Find(directory, Kind, repository, out whyNot) is { } found)
            return new PythonEnvironment(found, repository).Interpreter(directory, program, out whyNot);
        whyNot = $"it {whyNot}";
        return null;
    }

    private PythonInterpreter? Interpreter(string directory, string program, out string whyNot)
    {
        _mounts[_directory.Path] = _directory;
        var own = Path.Combine(_directory.Path, "bin", program);
        if (LinuxCalls.Resolve(own) is not { Status.IsRegular: true } python)
        {
            whyNot = $"its bin/{program} leads to no file";
            return null;
        }

        var settings = Read(_directory.Path)!;
        if (LinuxCalls.Resolve(settings["home"]) is not { Status.IsDirectory: true } home)
        {
            whyNot = $"the home that its {Settings} names is not on this machine";
            return null;
        }

        // Newer tools also name the program itself; a name that an upgrade left behind is no harm, nobody follows it.
        var named = ProgramKeys.Select(settings.GetValueOrDefault).OfType<string>()
            .Select(p => LinuxCalls.Resolve(p)).OfType<(string Path, PathStatus Status)>().Select(p => p.Path);
        foreach (var file in named.Prepend(python.Path).Prepend(Path.Combine(home.Path, program)))
        {
            if (!Admit(Path.GetDirectoryName(file)!, out whyNot))
                return null;
        }

        _names.AddRange([directory, Path.GetDirectoryName(settings["home"].TrimEnd('/')) ?? "/"]);
        FollowLinks(own);
        foreach (var name in _names)
            Name(name);
        whyNot = "";
        return new PythonInterpreter(Path.Combine(_mounts.ContainsKey(directory) ? directory : _directory.Path, "bin", program), _mounts);
    }

    private bool Admit(string programs, out string whyNot)
    {
        whyNot = "";
        if (PythonInstallation.IsEverywhere(programs + "/") || _mounts.Keys.Any(m => programs == m + "/bin"))
            return true;
        if (PythonInstallation.Of(programs, _repository, out whyNot) is not { } installation)
            return false;
        _mounts[installation.Path] = installation;
        return true;
    }

    // The kernel walks; the texts of absolute links are only noted, as names under which the sandbox will look for what was admitted.
    private void FollowLinks(string file)
    {
        for (var i = 0; i < MostLinks && new FileInfo(file).LinkTarget is { } target; i++)
        {
            if (target.StartsWith('/') && Path.GetDirectoryName(Path.GetDirectoryName(target)) is { } prefix)
                _names.Add(prefix);
            var next = target.StartsWith('/') ? target : Path.GetDirectoryName(file) + "/" + target;
            if (LinuxCalls.Resolve(next[..next.LastIndexOf('/')] + "/") is not { } folder)
                return;
            file = folder.Path + next[next.LastIndexOf('/')..];
        }
    }

    // uv calls an installation by a link without the last part of its version, people by a link to a disk that is elsewhere.
    private void Name(string name)
    {
        if (name == Path.GetFullPath(name) && !PythonInstallation.IsEverywhere(name + "/")
            && LinuxCalls.Resolve(name) is { } real && _mounts.TryGetValue(real.Path, out var directory))
            _mounts[name] = directory;
    }

    private static Dictionary<string, string>? Read(string directory)
    {
        if (!ArtefactCollector.Collect(directory, [Settings], MostSettings).TryGetValue(Settings, out var bytes))
            return null;
        var settings = new Dictionary<string, string>();
        foreach (var line in Encoding.UTF8.GetString(bytes).Split('\n'))
        {
            if (line.Split('=', 2, StringSplitOptions.TrimEntries) is [var key, var value])
                settings.TryAdd(key.ToLowerInvariant(), value);
        }

        return settings.GetValueOrDefault("home") is { } home && home.StartsWith('/') && !home.Contains('\0', StringComparison.Ordinal) ? settings : null;
    }
}
