using System.Diagnostics;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace Afterburner.Sandboxes;

/// <summary>A command in a container that is talked to. Its control group is read on this machine, not asked of the daemon.</summary>
internal sealed class DockerProcess : SandboxProcess
{
    /// <summary>Bytes of standard error that are kept.</summary>
    private const int KeptError = 64 * 1024;

    private readonly DockerCalls _calls;
    private readonly string _id;
    private readonly MultiplexedStream _stream;
    private readonly Launcher _launcher;
    private readonly ControlGroup? _group;
    private readonly Limits _limits;
    private readonly MemoryStream _error = new();
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly CancellationTokenSource _alarm = new();
    private Task<SandboxRun>? _ended;

    private DockerProcess(DockerCalls calls, string id, MultiplexedStream stream, Launcher launcher, ControlGroup? group, Limits limits)
    {
        (_calls, _id, _stream, _launcher, _group, _limits) = (calls, id, stream, launcher, group, limits);
        Meter = group?.Meter();
        (Input, Output) = (new ToContainer(this), new FromContainer(this));
        _alarm.CancelAfter(limits.Wall);
    }

    public override Stream Input { get; }

    public override Stream Output { get; }

    public override IMeter? Meter { get; }

    /// <exception cref="DockerBreakdownException">The daemon failed; the container may exist.</exception>
    public static async Task<DockerProcess> StartAsync(
        DockerCalls calls, CreateContainerParameters parameters, Launcher launcher, Limits limits, CancellationToken cancellationToken)
    {
        var created = await calls.CallAsync("create a container", (c, cancel) => c.Containers.CreateContainerAsync(parameters, cancel), cancellationToken)
            .ConfigureAwait(false);
        var stream = await calls.CallAsync("attach to the container", (c, cancel) => c.Containers.AttachContainerAsync(created.ID, DockerRun.Attach, cancel), cancellationToken)
            .ConfigureAwait(false);
        await calls.CallAsync("start the container", (c, cancel) => c.Containers.StartContainerAsync(created.ID, new ContainerStartParameters(), cancel), cancellationToken)
            .ConfigureAwait(false);
        var state = await DockerRun.InspectAsync(calls, created.ID).ConfigureAwait(false);
        return new DockerProcess(calls, created.ID, stream, launcher, ControlGroups.Of(state.Pid, created.ID), limits);
    }

    public override void Kill() => _alarm.Cancel();

    public override Task<SandboxRun> EndAsync() => _ended ??= FinishAsync();

    private async Task<SandboxRun> FinishAsync()
    {
        var timedOut = _alarm.IsCancellationRequested;
        Meter?.Resume();
        var usage = _group?.Usage();
        var wall = _watch.Elapsed;
        SandboxRun run;
        try
        {
            var state = await DockerRun.InspectAsync(_calls, _id).ConfigureAwait(false);
            var process = new ProcessRun(
                timedOut ? ProcessEnd.TimedOut : ProcessEnd.Exited, state.Running ? -1 : (int)state.ExitCode, [], _error.ToArray(), wall);
            run = RunOutcome.Read(process, _launcher, usage ?? new GroupUsage(null, null, state.OOMKilled ? 1 : 0), _limits, null);
        }
        catch (DockerBreakdownException e)
        {
            run = RunOutcome.Broken(e.Message, wall);
        }

        await _calls.RemoveAsync(_id).ConfigureAwait(false);
        _stream.Dispose();
        _alarm.Dispose();
        return run;
    }

    /// <summary>Reads what comes next; standard error is set aside.</summary>
    private async ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _alarm.Token);
        var buffer = new byte[into.Length];
        while (true)
        {
            MultiplexedStream.ReadResult read;
            try
            {
                read = await _stream.ReadOutputAsync(buffer, 0, buffer.Length, both.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return 0;
            }

            if (read.EOF)
                return 0;
            if (read.Target == MultiplexedStream.TargetStream.StandardError)
            {
                _error.Write(buffer, 0, (int)Math.Min(read.Count, KeptError - _error.Length));
                continue;
            }

            buffer.AsMemory(0, read.Count).CopyTo(into);
            return read.Count;
        }
    }

    private sealed class FromContainer(DockerProcess process) : OneWayStream
    {
        public override bool CanRead => true;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            process.ReadAsync(buffer, cancellationToken);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            process.ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    private sealed class ToContainer(DockerProcess process) : OneWayStream
    {
        public override bool CanWrite => true;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            await process._stream.WriteAsync(buffer.ToArray(), 0, buffer.Length, cancellationToken).ConfigureAwait(false);

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            process._stream.WriteAsync(buffer, offset, count, cancellationToken);
    }
}
