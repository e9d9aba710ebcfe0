using System.Globalization;

namespace Afterburner.Sandboxes;

/// <summary>
/// What a process in the bubblewrap sandbox sees: this machine's <c>/usr</c> read-only (interpreters and libraries), a
/// handful of files under <c>/etc</c>, the workspace, and scratch space in memory. Everything else does not exist there.
/// </summary>
internal sealed class BubblewrapView
{
    // Merged into /usr on some systems (links), directories of their own on others.
    private static readonly string[] RootDirectories = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];
    private static readonly string[] Settings = ["/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime"];

    /// <summary>Runtimes of which Debian keeps there what they do not start without.</summary>
    private const string Runtimes = "*-openjdk";

    private readonly IReadOnlyList<string> _machine;

    /// <param name="files">A directory for the few files that are made up, readable by everyone.</param>
    public BubblewrapView(string files)
    {
        List<string> arguments = ["--ro-bind", "/usr", "/usr"];
        foreach (var directory in RootDirectories.Where(Directory.Exists))
        {
            arguments.AddRange(new DirectoryInfo(directory).LinkTarget is { } target
                ? ["--symlink", target, directory]
                : ["--ro-bind", directory, directory]);
        }

        foreach (var setting in Settings.Concat(Directory.EnumerateDirectories("/etc", Runtimes)))
            arguments.AddRange(["--ro-bind-try", setting, setting]);
        foreach (var (name, text) in MadeUp)
        {
            var file = System.IO.Path.Combine(files, name);
            File.WriteAllText(file, text);
            LinuxCalls.ChangeMode(file, 0b110_100_100);
            arguments.AddRange(["--ro-bind", file, "/etc/" + name]);
        }

        _machine = arguments;
    }

    private static IReadOnlyDictionary<string, string> MadeUp => new Dictionary<string, string>
    {
        ["passwd"] = "root:x:0:0:root:/:/bin/false\nsandbox:x:1000:1000:sandbox:/tmp:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n",
        ["group"] = "root:x:0:\nsandbox:x:1000:\nnogroup:x:65534:\n",
        ["nsswitch.conf"] = "passwd: files\ngroup: files\nhosts: files\n",
        ["hosts"] = "127.0.0.1 localhost\n::1 localhost\n",
    };

    /// <summary>The mounts and variables of one run, as arguments of bubblewrap.</summary>
    /// <param name="stage">Gets the directories that the sandbox's user cannot walk to.</param>
    /// <param name="outDirectory">What <c>/out</c> is; null for none.</param>
    public IReadOnlyList<string> Arguments(SandboxCommand command, Limits limits, Places places, Stage stage, string? outDirectory)
    {
        var workspace = stage.Place(places.Workspace);
        var size = limits.Disk.ToString(CultureInfo.InvariantCulture);
        List<string> arguments =
        [
            .. _machine,
            "--proc", "/proc", "--dev", "/dev",
            "--size", size, "--tmpfs", "/dev/shm", "--remount-ro", "/dev",
            "--size", size, "--tmpfs", "/tmp",
        ];
        arguments.AddRange(command.Writable
            ? ["--ro-bind", workspace, Launcher.Source, "--size", size, "--tmpfs", "/work"]
            : ["--ro-bind", workspace, "/work"]);
        foreach (var (inside, outside) in places.Mounts)
            arguments.AddRange(["--ro-bind", stage.Place(outside), inside]);
        if (places.Filled is var (place, directory))
            arguments.AddRange(["--bind", stage.Place(directory), place]);
        if (outDirectory is not null)
            arguments.AddRange(["--bind", outDirectory, "/out"]);
        arguments.AddRange(["--remount-ro", "/"]);
        foreach (var (name, value) in command.Environment)
            arguments.AddRange(["--setenv", name, value]);
        return arguments;
    }
}
