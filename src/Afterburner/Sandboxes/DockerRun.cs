using System.Diagnostics;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace Afterburner.Sandboxes;

/// <summary>The life of one container, from its making to the moment before its removal.</summary>
internal sealed class DockerRun(
    DockerCalls calls, CreateContainerParameters parameters, Launcher launcher, SandboxCommand command, Limits limits)
{
    /// <summary>Runs the command. Afterwards the container may still exist and hostile processes in it may be alive.</summary>
    /// <exception cref="DockerBreakdownException">The sandbox failed.</exception>
    public async Task<(ProcessRun Process, GroupUsage? Usage)> RunAsync(OutDirectory? outDirectory, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var created = await calls.CallAsync("create a container", (c, cancel) => c.Containers.CreateContainerAsync(parameters, cancel), cancellationToken)
            .ConfigureAwait(false);
        using var stream = await calls.CallAsync("attach to the container", (c, cancel) => c.Containers.AttachContainerAsync(created.ID, Attach, cancel), cancellationToken)
            .ConfigureAwait(false);
        await calls.CallAsync("start the container", (c, cancel) => c.Containers.StartContainerAsync(created.ID, new ContainerStartParameters(), cancel), cancellationToken)
            .ConfigureAwait(false);

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        outDirectory?.Watch(limit.Cancel);
        limit.CancelAfter(limits.Wall > watch.Elapsed ? limits.Wall - watch.Elapsed : TimeSpan.Zero);
        using var streams = new DockerStreams(launcher, limits.Output + launcher.Overhead);
        var reading = streams.ReadAsync(stream, limit.Token).WaitAsync(limit.Token);
        _ = FeedAsync(stream, limit.Token);
        var state = await InspectAsync(created.ID).ConfigureAwait(false);
        var group = ControlGroups.Of(state.Pid, created.ID);

        var end = await EndAsync(reading, cancellationToken).ConfigureAwait(false);
        var wall = watch.Elapsed;
        var ended = await InspectAsync(created.ID).ConfigureAwait(false);
        var usage = await UsageAsync(created.ID, group, ended).ConfigureAwait(false);
        var started = launcher.CommandError(streams.Error) is not null;
        if (started && end == ProcessEnd.Exited && streams.ExitCode is null && usage is not { MemoryKills: > 0 })
            throw new DockerBreakdownException($"the container ended on its own: {ended.Status}, code {ended.ExitCode} {ended.Error}");
        var code = streams.ExitCode ?? (end == ProcessEnd.Exited ? (int)ended.ExitCode : -1);
        return (new ProcessRun(end, code, streams.Output, streams.Error, wall), usage);
    }

    /// <summary>Standard input, output and error.</summary>
    public static ContainerAttachParameters Attach => new() { Stream = true, Stdin = true, Stdout = true, Stderr = true };

    private static async Task<ProcessEnd> EndAsync(Task<bool> reading, CancellationToken cancellationToken)
    {
        try
        {
            return await reading.ConfigureAwait(false) ? ProcessEnd.Exited : ProcessEnd.OutputLimit;
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return ProcessEnd.TimedOut;
        }
        catch (IOException e)
        {
            throw new DockerBreakdownException($"the connection to the container broke: {e.Message}", e);
        }
    }

    private async Task FeedAsync(MultiplexedStream stream, CancellationToken cancellationToken)
    {
        try
        {
            await stream.WriteAsync(command.Input.ToArray(), 0, command.Input.Length, cancellationToken).ConfigureAwait(false);
            stream.CloseWrite();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or System.Net.Sockets.SocketException)
        {
            // The command closed its input or is gone; its end tells the story.
        }
    }

    private Task<State> InspectAsync(string id) => InspectAsync(calls, id);

    /// <summary>The state of a container.</summary>
    /// <exception cref="DockerBreakdownException">The daemon does not say.</exception>
    public static async Task<State> InspectAsync(DockerCalls calls, string id)
    {
        var container = await calls.CallAsync("inspect the container", (c, cancel) => c.Containers.InspectContainerAsync(id, cancel), CancellationToken.None)
            .ConfigureAwait(false);
        return container.State ?? throw new DockerBreakdownException("docker did not say what state the container is in");
    }

    // From files where they can be seen: asking the daemon takes a fifth of a second, and it has no peak with version 2.
    private async Task<GroupUsage?> UsageAsync(string id, ControlGroup? group, State ended)
    {
        if (!ended.Running)
            return new GroupUsage(null, null, ended.OOMKilled ? 1 : 0);
        if (group is not null)
            return group.Usage();
        ContainerStatsResponse? stats = null;
        await calls.CallAsync(
            "read what the container used",
            (c, cancel) => c.Containers.GetContainerStatsAsync(
                id, new ContainerStatsParameters { Stream = false, OneShot = true }, new Latest<ContainerStatsResponse>(s => stats = s), cancel),
            CancellationToken.None).ConfigureAwait(false);
        return new GroupUsage(
            stats?.CPUStats?.CPUUsage is { } cpu ? TimeSpan.FromMicroseconds(cpu.TotalUsage / 1000.0) : null,
            stats?.MemoryStats is { MaxUsage: > 0 } memory ? (long)memory.MaxUsage : null,
            ended.OOMKilled ? 1 : 0);
    }

    private sealed class Latest<T>(Action<T> keep) : IProgress<T>
    {
        public void Report(T value) => keep(value);
    }
}
