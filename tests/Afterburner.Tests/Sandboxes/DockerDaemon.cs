namespace Afterburner.Tests.Sandboxes;

/// <summary>This machine cannot run a Docker daemon of the tests' own; the message is the reason that a skipped test shows.</summary>
public sealed class DockerImpossibleException(string message) : Exception(message);

/// <summary>
/// A Docker daemon of the tests' own, with its own directories, no network and no firewall rules, and an image made from
/// Debian packages. The image is kept in the user's cache, so that only the first run has to make it.
/// </summary>
public sealed class DockerDaemon : IAsyncDisposable
{
    public const string Image = "afterburner-test";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly string _directory;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task<ProcessRun> _daemon;

    private DockerDaemon()
    {
        _directory = Directory.CreateTempSubdirectory("afterburner-dockerd-").FullName;
        _daemon = Processes.RunAsync(
            new ProcessStart(
                "dockerd", "--host", Endpoint.ToString(), "--data-root", _directory + "/data", "--exec-root", _directory + "/exec",
                "--pidfile", _directory + "/pid", "--bridge=none", "--iptables=false", "--ip6tables=false", "--log-level=warn")
            {
                Timeout = TimeSpan.FromHours(1),
            },
            cancellationToken: _stop.Token);
    }

    public Uri Endpoint => new($"unix://{_directory}/docker.sock");

    /// <summary>Starts the daemon and loads the image.</summary>
    /// <exception cref="DockerImpossibleException">Not root, or a package cannot be had.</exception>
    public static async Task<DockerDaemon> StartAsync(CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
            throw new DockerImpossibleException("not root: a Docker daemon cannot be started");
        await InstallAsync("dockerd", "docker.io", cancellationToken);
        var image = await ImageFileAsync(cancellationToken);
        var daemon = new DockerDaemon();
        try
        {
            await daemon.ReadyAsync(cancellationToken);
            var import = await daemon.ClientAsync(cancellationToken, "import", image, Image);
            if (!import.Succeeded)
                throw new DockerImpossibleException($"the image could not be loaded: {import.ErrorText}");
            return daemon;
        }
        catch
        {
            await daemon.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs Docker's own client.</summary>
    public Task<ProcessRun> ClientAsync(CancellationToken cancellationToken, params string[] arguments) =>
        Processes.RunAsync(new ProcessStart("docker", ["--host", Endpoint.ToString(), .. arguments]), cancellationToken: cancellationToken);

    public async ValueTask DisposeAsync()
    {
        var pidFile = _directory + "/pid";
        if (File.Exists(pidFile))
            await Processes.RunAsync(new ProcessStart("kill", (await File.ReadAllTextAsync(pidFile)).Trim()));
        await Task.WhenAny(_daemon, Task.Delay(Patience));
        await _stop.CancelAsync();
        await Task.WhenAny(_daemon);
        _stop.Dispose();
        // Containers that were killed with the daemon may leave mounts, which keep their directories busy.
        await Processes.RunAsync(new ProcessStart("rm", "--recursive", "--force", "--one-file-system", _directory));
    }

    private async Task ReadyAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        while (!_daemon.IsCompleted)
        {
            if ((await ClientAsync(patience.Token, "version")).Succeeded)
                return;
            await Task.Delay(100, patience.Token);
        }

        throw new DockerImpossibleException($"dockerd stopped: {(await _daemon).ErrorText}");
    }

    private static async Task<string> ImageFileAsync(CancellationToken cancellationToken)
    {
        var cache = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "afterburner");
        var image = Path.Combine(cache, "sandbox-test-image.tar");
        if (File.Exists(image))
            return image;
        await InstallAsync("mmdebstrap", "mmdebstrap", cancellationToken);
        Directory.CreateDirectory(cache);
        var unfinished = image + "." + Environment.ProcessId;
        var made = await Processes.RunAsync(
            new ProcessStart("mmdebstrap", "--variant=minbase", "--include=python3,python3-pytest", "--format=tar", "bookworm", unfinished),
            cancellationToken: cancellationToken);
        if (!made.Succeeded)
            throw new DockerImpossibleException($"mmdebstrap could not make the image: {Tail(made)}");
        File.Move(unfinished, image, overwrite: true);
        return image;
    }

    private static async Task InstallAsync(string program, string package, CancellationToken cancellationToken)
    {
        if ((await Processes.RunAsync(new ProcessStart("sh", "-c", "command -v " + program), cancellationToken: cancellationToken)).Succeeded)
            return;
        try
        {
            var environment = new Dictionary<string, string>
            {
                ["DEBIAN_FRONTEND"] = "noninteractive", ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            };
            await Processes.RunAsync(new ProcessStart("apt-get", "update") { Environment = environment }, cancellationToken: cancellationToken);
            var install = await Processes.RunAsync(
                new ProcessStart("apt-get", "install", "--yes", "--no-install-recommends", package) { Environment = environment }, cancellationToken: cancellationToken);
            if (!install.Succeeded)
                throw new DockerImpossibleException($"'apt-get install {package}' failed: {Tail(install)}");
        }
        catch (EnvironmentFailureException)
        {
            throw new DockerImpossibleException($"{program} is not installed and there is no apt-get to install {package}");
        }
    }

    private static string Tail(ProcessRun run) => run.ErrorText.Length <= 300 ? run.ErrorText : run.ErrorText[^300..];
}
