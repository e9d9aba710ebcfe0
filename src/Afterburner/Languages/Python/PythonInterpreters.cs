using Afterburner.Changes;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Languages.Python;

/// <summary>
/// The interpreters that may be tried for a repository, best first. What git tracks is the work of whoever wrote the change,
/// and an environment's links and settings decide what is mounted: so no environment is taken from the repository's own files.
/// </summary>
/// <param name="repository">Null where there is none: then what it could hold is not tried.</param>
/// <param name="caller">See <see cref="RuntimeSettings.Caller"/>.</param>
/// <param name="folder">Of a project in a repository of several, whose own environments come first; empty for the repository itself.</param>
internal sealed class PythonInterpreters(GitRepository? repository, IReadOnlyDictionary<string, string> caller, string folder = "")
{
    private readonly string[] _environments = [.. new[] { folder, "" }.Distinct().SelectMany(f => new[] { Path.Combine(f, ".venv"), Path.Combine(f, "venv") })];

    // What activating an environment sets, and what actions/setup-python does.
    private static readonly (string Variable, string Program)[] Prefixes = [("VIRTUAL_ENV", "python"), ("pythonLocation", "python3")];

    private static readonly string[] Programs = ["python3", "python"];

    private static readonly string[] Names =
        ["python3", "python3.13", "python3.12", "python3.11", "python3.10", "python3.9", "/usr/bin/python3", "/usr/local/bin/python3"];

    private readonly string? _root = repository is null ? null : LinuxCalls.Resolve(repository.Root)?.Path ?? repository.Root;

    /// <value>See <see cref="RuntimeRequest.Dependencies"/>. Defaults to none.</value>
    public MachineDirectory? Dependencies { get; init; }

    /// <summary>The interpreter that the user names.</summary>
    /// <exception cref="UsageException">It may not be mounted; the message says why.</exception>
    public async Task<PythonInterpreter> NamedAsync(string name, CancellationToken cancellationToken)
    {
        if (!name.Contains('/', StringComparison.Ordinal))
            return new PythonInterpreter(name);
        var path = Path.Combine(_root ?? Environment.CurrentDirectory, name);
        // What is not here may be in the sandbox's image.
        if (PythonInstallation.IsEverywhere(path) || LinuxCalls.Resolve(path) is not { } real)
            return new PythonInterpreter(path);
        var (interpreter, whyNot) = await AtAsync(path, real.Path, cancellationToken).ConfigureAwait(false);
        return interpreter ?? throw new UsageException(
            $"--python {name} cannot be used: {whyNot}; name an interpreter of an installation of Python or of a virtual environment that git ignores, such as /usr/bin/python3");
    }

    /// <param name="path">As it is called.</param>
    /// <param name="real">The same without links.</param>
    private async Task<(PythonInterpreter? Interpreter, string WhyNot)> AtAsync(string path, string real, CancellationToken cancellationToken)
    {
        var directory = LinuxCalls.Resolve(path[..path.LastIndexOf('/')] + "/..")?.Path ?? "/";
        if (Path.GetDirectoryName(Path.GetDirectoryName(path)) is { } text && LinuxCalls.Resolve(text)?.Path == directory)
            directory = text;
        var interpreter = PythonEnvironment.Looks(directory)
            ? PythonEnvironment.Find(directory, Path.GetFileName(path), _root, out var whyNot)
            : Installed(real, out whyNot);
        return interpreter is not null && await TrackedAsync(interpreter, cancellationToken).ConfigureAwait(false) is { } tracked
            ? (null, $"{tracked} is tracked by git, and nothing is mounted that a change may write")
            : (interpreter, whyNot);
    }

    /// <summary>The environment that its set-up made, those of the repository, then what the calling environment means by Python, then what may be installed.</summary>
    /// <param name="passedOver">Gets one line for each environment that is not used: which, and why.</param>
    public async Task<IReadOnlyList<PythonInterpreter>> FoundAsync(ICollection<string> passedOver, CancellationToken cancellationToken)
    {
        var found = new List<PythonInterpreter>();
        if (Dependencies is not null && LinuxCalls.LinkStatus(Path.Combine(Dependencies.Path, "venv")) is not null)
        {
            var python = $"{RuntimeRequest.DependenciesPlace}/venv/bin/python";
            // It is of the repository, and may be any program: the harness itself runs with what it leads to on this machine.
            if (LinuxCalls.Resolve(Path.Combine(Dependencies.Path, "venv", "bin", "python")) is { Status.IsRegular: true } real && PythonInstallation.IsEverywhere(real.Path))
                found.Add(new PythonInterpreter(python, new Dictionary<string, MachineDirectory> { [RuntimeRequest.DependenciesPlace] = Dependencies }) { Alone = real.Path });
            else
                passedOver.Add($"{python} is not used: it does not lead to a Python in /usr, as python3 -m venv makes it");
        }

        foreach (var name in repository is { HasWorkTree: true } ? _environments : [])
        {
            var directory = Path.Combine(_root!, name);
            if (!PythonEnvironment.Looks(directory) && LinuxCalls.LinkStatus(Path.Combine(directory, "bin", "python")) is null)
                continue;
            var (interpreter, whyNot) = await EnvironmentAsync(name, directory, cancellationToken).ConfigureAwait(false);
            if (interpreter is not null)
                found.Add(interpreter);
            else
                passedOver.Add($"the environment {name} is not used: {whyNot}");
        }

        foreach (var (origin, path) in OfCaller())
        {
            if (LinuxCalls.Resolve(path) is not { Status.IsRegular: true } real)
            {
                passedOver.Add($"the Python of {origin} is not used: {path} leads to no file");
                continue;
            }

            var (interpreter, whyNot) = PythonInstallation.IsEverywhere(path)
                ? (new PythonInterpreter(path), "")
                : await AtAsync(path, real.Path, cancellationToken).ConfigureAwait(false);
            if (interpreter is null)
                passedOver.Add($"the Python of {origin}, {path}, is not used: {whyNot}; another one is named with --python");
            else if (found.TrueForAll(f => f.Path != interpreter.Path))
                found.Add(interpreter);
        }

        return [.. found, .. Names.Select(n => new PythonInterpreter(n))];
    }

    /// <summary>
    /// Programs that the calling environment means by Python: of an activated environment, of actions/setup-python, and on PATH, of
    /// which no folder of the repository counts.
    /// </summary>
    private IEnumerable<(string Origin, string Path)> OfCaller()
    {
        foreach (var (name, program) in Prefixes)
        {
            if (caller.GetValueOrDefault(name) is { Length: > 0 } prefix && prefix.StartsWith('/') && !prefix.Contains('\0', StringComparison.Ordinal))
                yield return (name, Path.Combine(prefix, "bin", program));
        }

        if (!caller.TryGetValue("PATH", out var text))
            yield break;
        var folders = new ProgramPath(text, _root is null ? [] : [_root]).Folders;
        var started = _root is null ? null : Path.Combine(_root, folder).TrimEnd('/');
        var onPath = Programs.SelectMany(p => folders.Select(f => Path.Combine(f, p))).Where(IsProgram)
            .Select(p => PyenvShims.AreIn(Path.GetDirectoryName(p)!)
                ? ("pyenv", PyenvShims.Interpreter(Path.GetDirectoryName(p)!, caller.GetValueOrDefault("PYENV_VERSION"), started))
                : ("PATH", p));
        foreach (var (origin, program) in onPath.Where(p => p.Item2 is not null).Take(1))
            yield return (origin, program!);
    }

    private static bool IsProgram(string path) =>
        LinuxCalls.Resolve(path) is { Status.IsRegular: true } && !OperatingSystem.IsWindows()
        && (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;

    private async Task<(PythonInterpreter? Interpreter, string WhyNot)> EnvironmentAsync(
        string name, string directory, CancellationToken cancellationToken)
    {
        if (await repository!.TracksAsync(name, cancellationToken).ConfigureAwait(false))
            return (null, "git tracks it, so whoever wrote the change wrote it too");
        if (LinuxCalls.Resolve(directory)?.Path != directory)
            return (null, "it is a link; name the interpreter with --python");
        if (PythonEnvironment.Find(directory, "python", _root, out var whyNot) is not { } interpreter)
            return (null, whyNot);
        return await TrackedAsync(interpreter, cancellationToken).ConfigureAwait(false) is { } tracked
            ? (null, $"it needs {tracked}, which git tracks")
            : (interpreter, "");
    }

    private PythonInterpreter? Installed(string program, out string whyNot)
    {
        whyNot = "";
        if (PythonInstallation.IsEverywhere(program))
            return new PythonInterpreter(program);
        return PythonInstallation.Of(Path.GetDirectoryName(program)!, _root, out whyNot) is { } installation
            ? new PythonInterpreter(program, new Dictionary<string, MachineDirectory> { [installation.Path] = installation })
            : null;
    }

    // By the name inside too: a folder of the repository may be a link to elsewhere.
    private async Task<string?> TrackedAsync(PythonInterpreter interpreter, CancellationToken cancellationToken)
    {
        foreach (var path in interpreter.Mounts.SelectMany(m => new[] { m.Key, m.Value.Path }).Distinct())
        {
            if (_root is not null && path.StartsWith(_root + "/", StringComparison.Ordinal)
                && await repository!.TracksAsync(path[(_root.Length + 1)..], cancellationToken).ConfigureAwait(false))
                return path;
        }

        return null;
    }
}
