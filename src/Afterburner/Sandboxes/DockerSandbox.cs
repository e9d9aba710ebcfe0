using System.Globalization;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace Afterburner.Sandboxes;

/// <summary>How <see cref="DockerSandbox"/> works on this machine.</summary>
public sealed record DockerSandboxOptions
{
    /// <value>Image with the interpreter, <c>/bin/sh</c> and coreutils; it is never pulled. Defaults to <c>afterburner-sandbox</c>.</value>
    public string Image { get; init; } = "afterburner-sandbox";

    /// <value>Where the daemon listens. Defaults to null: DOCKER_HOST, or else the usual socket.</value>
    public Uri? Endpoint { get; init; }

    /// <value>How long one answer of the daemon may take before the sandbox counts as failed. Defaults to one minute.</value>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);
}

/// <summary>
/// One hardened container per run, by a Docker (or compatible) daemon on this machine; a start takes 0.2 to 0.5 s. Interpreters come
/// from the image, not from this machine.
/// </summary>
/// <remarks>
/// It does not protect against holes in the kernel, the container runtime or the daemon; who can talk to the daemon's
/// socket is root on this machine, this program included. What the image holds can be read inside. A daemon on another
/// machine does not work: the workspace is mounted from this one.
/// </remarks>
internal sealed class DockerSandbox : ISandbox
{
    private const string OwnerLabel = "afterburner.owner";

    private readonly DockerSandboxOptions _options;
    private readonly TimeProvider _time;
    private readonly DockerCalls _calls;
    private readonly IReadOnlyList<string> _volumes;
    private readonly OwnDirectory _files = new();

    private DockerSandbox(
        DockerSandboxOptions options, TimeProvider time, DockerCalls calls, string version, string controlGroups, IReadOnlyList<string> volumes)
    {
        _options = options;
        _time = time;
        _calls = calls;
        _volumes = volumes;
        Version = version;
        ControlGroupLayout = controlGroups;
    }

    public string Name => "docker";

    /// <summary>Version of the daemon.</summary>
    public string Version { get; }

    /// <summary>"v1" or "v2", as the daemon says.</summary>
    public string ControlGroupLayout { get; }

    // A user number of this machine, so that the workspace can be read; never root's.
    private static long User => LinuxCalls.UserId == 0 ? 1000 : LinuxCalls.UserId;

    private static string Owner => string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}:{Environment.ProcessId}");

    /// <summary>Finds the daemon and the image. Whether a container starts is only known after a first run.</summary>
    /// <exception cref="EnvironmentFailureException">No daemon answers, or it does not have the image.</exception>
    public static async Task<DockerSandbox> OpenAsync(DockerSandboxOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
            throw new EnvironmentFailureException("sandboxes are made for Linux; run this program in a Linux machine");
        var builder = new DockerClientBuilder().WithTimeout(Timeout.InfiniteTimeSpan);
        var calls = new DockerCalls((options.Endpoint is { } uri ? builder.WithEndpoint(uri) : builder).Build(), options.Patience);
        try
        {
            var info = await calls.CallAsync("describe itself", (c, cancel) => c.System.GetSystemInfoAsync(cancel), cancellationToken).ConfigureAwait(false);
            var image = await calls.CallAsync("find the image", (c, cancel) => c.Images.InspectImageAsync(options.Image, cancel), cancellationToken).ConfigureAwait(false);
            var volumes = image.Config?.Volumes?.Keys.ToList() ?? [];
            var sandbox = new DockerSandbox(options, time, calls, info.ServerVersion, "v" + (info.CgroupVersion ?? "1"), volumes);
            await sandbox.RemoveAbandonedAsync(cancellationToken).ConfigureAwait(false);
            return sandbox;
        }
        catch (DockerBreakdownException e) when (e.InnerException is DockerImageNotFoundException)
        {
            calls.Client.Dispose();
            throw new EnvironmentFailureException(
                $"the image '{options.Image}' is not on this machine; build or pull one that holds the interpreter and the test dependencies", e);
        }
        catch (DockerBreakdownException e)
        {
            calls.Client.Dispose();
            throw new EnvironmentFailureException(
                $"{e.Message}; install Docker (Debian, Ubuntu: apt-get install docker.io), start it, and join the group 'docker' or be root", e);
        }
    }

    public Task<SandboxRun> RunAsync(SandboxCommand command, Limits limits, CancellationToken cancellationToken) =>
        Attempts.RunAsync(cancel => RunOnceAsync(command, limits, cancel), _time, cancellationToken);

    public async Task<SandboxProcess> StartAsync(SandboxCommand command, Limits limits, CancellationToken cancellationToken)
    {
        if (SandboxPlaces.FindAll(command, out var whyNot) is not { } places)
            throw new SandboxFailedException(whyNot);
        var launcher = new Launcher(command);
        var container = DockerContainer.Parameters(
            _options.Image, User, launcher.ExecArguments(), command, limits, places, null, _volumes, new Dictionary<string, string> { [OwnerLabel] = Owner });
        container.Name = "afterburner-" + Guid.NewGuid().ToString("N");
        try
        {
            return await DockerProcess.StartAsync(_calls, container, launcher, limits, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await _calls.RemoveAsync(container.Name).ConfigureAwait(false);
            if (e is DockerBreakdownException or IOException)
                throw new SandboxFailedException(e.Message, e);
            throw;
        }
    }

    public ValueTask DisposeAsync()
    {
        _calls.Client.Dispose();
        _files.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<SandboxRun> RunOnceAsync(SandboxCommand command, Limits limits, CancellationToken cancellationToken)
    {
        if (SandboxPlaces.FindAll(command, out var whyNot) is not { } places)
            return RunOutcome.Broken(whyNot);
        OutDirectory? outDirectory = null;
        var name = "afterburner-" + Guid.NewGuid().ToString("N");
        try
        {
            outDirectory = command.Artefacts.Count == 0 ? null : new OutDirectory(_files.Path, limits.Disk, User, _time);
            var launcher = new Launcher(command);
            var container = DockerContainer.Parameters(
                _options.Image, User, launcher.StayArguments(), command, limits, places, outDirectory?.Path, _volumes, new Dictionary<string, string> { [OwnerLabel] = Owner });
            container.Name = name;
            var run = new DockerRun(_calls, container, launcher, command, limits);
            try
            {
                var (process, usage) = await run.RunAsync(outDirectory, cancellationToken).ConfigureAwait(false);
                await _calls.RemoveAsync(name).ConfigureAwait(false);
                return outDirectory is { Overflowed: true }
                    ? RunOutcome.Overflow(usage)
                    : RunOutcome.Read(process, launcher, usage, limits, outDirectory?.Collect(command.Artefacts));
            }
            finally
            {
                await _calls.RemoveAsync(name).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is DockerBreakdownException or IOException or UnauthorizedAccessException)
        {
            return RunOutcome.Broken(e.Message);
        }
        finally
        {
            if (outDirectory is not null)
                await outDirectory.DisposeAsync().ConfigureAwait(false);
        }
    }

    // Containers of a process that was killed before it could remove them.
    private async Task RemoveAbandonedAsync(CancellationToken cancellationToken)
    {
        var ours = await _calls.CallAsync(
            "list containers",
            (c, cancel) => c.Containers.ListContainersAsync(
                new ContainersListParameters
                {
                    All = true,
                    Filters = new Dictionary<string, IDictionary<string, bool>> { ["label"] = new Dictionary<string, bool> { [OwnerLabel] = true } },
                },
                cancel),
            cancellationToken).ConfigureAwait(false);
        foreach (var container in ours)
        {
            var owner = container.Labels[OwnerLabel].Split(':');
            if (owner.Length == 2 && owner[0] == Environment.MachineName && !Directory.Exists("/proc/" + owner[1]))
                await _calls.RemoveAsync(container.ID).ConfigureAwait(false);
        }
    }
}
