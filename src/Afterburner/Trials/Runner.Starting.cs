using System.Text.Json;
using System.Text.Json.Nodes;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Trials;

/// <summary>How a sandbox is started and a version loaded into it.</summary>
internal sealed partial class Runner
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);

    /// <summary>Starts a sandbox and loads a version into it.</summary>
    /// <exception cref="RunnerBrokenException">It cannot be loaded, or what it uses cannot be read.</exception>
    public static async Task<Runner> StartAsync(
        Harness harness, RunnerVersion version, Limits limits, int variation, CancellationToken cancellationToken)
    {
        const int Attempts = 3;
        for (var made = 1; ; made++)
        {
            try
            {
                return await StartOnceAsync(harness, version, limits, variation, cancellationToken).ConfigureAwait(false);
            }
            catch (RunnerBrokenException e) when (!e.IsOfItsCode && made < Attempts)
            {
                // A sandbox that did not come up says nothing about the code; the last attempt's failure is told.
            }
        }
    }

    private static async Task<Runner> StartOnceAsync(
        Harness harness, RunnerVersion version, Limits limits, int variation, CancellationToken cancellationToken)
    {
        SandboxProcess process;
        try
        {
            process = await harness.StartAsync(version.Workspace, limits, variation, version.Tests is not null, cancellationToken).ConfigureAwait(false);
        }
        catch (SandboxFailedException e)
        {
            throw new RunnerBrokenException(e.Message, side: false, e);
        }

        if (process.Meter is not { } meter)
        {
            var why = process.Unmeasured;
            await process.DisposeAsync().ConfigureAwait(false);
            throw new RunnerBrokenException(why, side: false);
        }

        var runner = new Runner(process, meter);
        try
        {
            await runner.LoadAsync(harness, version, cancellationToken).ConfigureAwait(false);
            return runner;
        }
        catch
        {
            await process.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task LoadAsync(Harness harness, RunnerVersion version, CancellationToken cancellationToken)
    {
        using var alarm = Alarm(StartPatience, cancellationToken);
        var setup = new JsonObject
        {
            ["target"] = Json(version.Target),
            ["entry"] = Json(version.Entry),
            ["file"] = version.File,
            ["like"] = version.Like?.Blob,
            ["trace"] = version.Traces,
            ["warmup"] = new JsonArray([.. version.Warmup.Select(c => (JsonNode)c.Blob)]),
        };
        foreach (var (name, value) in version.Tests ?? [])
            setup[name] = value?.DeepClone();
        try
        {
            await _frames.SendAsync(Frames.Command, JsonSerializer.SerializeToUtf8Bytes(harness.WithSettings(setup))).ConfigureAwait(false);
            if (version.Tests is not null)
                return;
            var reply = Read(await ContentAsync(Frames.Reply).ConfigureAwait(false));
            if (reply["loaded"] is null)
                throw new RunnerBrokenException(reply.Text("unfit") ?? reply.Text("failed") ?? "it could not be loaded", side: true);
            Rest();
            Starting = _rested / 1e9;
        }
        catch (Exception e) when (e is IOException or EndOfStreamException or ObjectDisposedException)
        {
            throw await WhyGoneAsync(alarm, e, cancellationToken).ConfigureAwait(false);
        }
    }

    private static JsonObject Json(Target target) =>
        new() { ["path"] = target.Path, ["name"] = target.Name, ["line"] = target.StartLine };
}
