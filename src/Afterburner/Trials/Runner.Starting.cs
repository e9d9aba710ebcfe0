using Afterburner.Sandboxes;
using Afterburner.Workloads;
using Afterburner.Workloads.Protocol;

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
            process = await harness.StartAsync(version.Workspace, limits, variation, version.Stops.Count > 0, cancellationToken).ConfigureAwait(false);
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
        var runsTests = version.Stops.Count > 0;
        var setup = new RunnerSetup(version.Target, version.Entry, version.File)
        {
            Like = version.Like?.Blob,
            Trace = version.Traces,
            Warmup = [.. version.Warmup.Select(c => c.Blob)],
            Tests = runsTests ? InTestCalls.Tests(version.Stops) : null,
            Picks = runsTests ? InTestCalls.Picks(version.Stops) : null,
        };
        try
        {
            await _frames.SendAsync(Frames.Command, harness.WithSettings(setup)).ConfigureAwait(false);
            if (runsTests)
                return;
            var reply = await ContentAsync(Frames.Reply).ConfigureAwait(false);
            if (Read<LoadedReply>(reply) is null)
                throw new RunnerBrokenException(Refusal(reply).Unfit ?? Refusal(reply).Failed ?? "it could not be loaded", side: true);
            Rest();
            Starting = _rested / 1e9;
        }
        catch (Exception e) when (IsOver(e))
        {
            throw await WhyGoneAsync(e, cancellationToken).ConfigureAwait(false);
        }
    }
}
