using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Trials;

/// <summary>What one version costs by itself, for prompts and reports. Never compared with another measurement: trials do that.</summary>
/// <param name="Failure">What went wrong; null for a completed measurement.</param>
/// <param name="Pass">One pass over the calls, median of samples, memory followed.</param>
/// <param name="Calls">Calls in one pass.</param>
public sealed record BaselineMeasurement(TrialEnd End, string? Failure, Sample Pass, int Calls)
{
    private const int Samples = 5, Empties = 3;

    /// <summary>Measures the plan's baseline file (its candidate is not looked at).</summary>
    public static async Task<BaselineMeasurement> MeasureAsync(
        Harness harness, string workspace, TrialPlan plan, Limits limits, CancellationToken cancellationToken)
    {
        try
        {
            var version = new RunnerVersion(workspace, plan.Target, plan.Entry, plan.Files.Baseline, plan.Like, plan.Warmup);
            await using var runner = await Runner.StartAsync(harness, version, limits, (int)plan.Seed & int.MaxValue, cancellationToken).ConfigureAwait(false);
            var patience = Sides.LongestSample(limits);
            var pass = new Batch(plan.Calls, 1);
            var form = await runner.ProbeAsync(pass.Inputs, patience, cancellationToken).ConfigureAwait(false);
            var once = await BothAsync(pass).ConfigureAwait(false);
            var batch = await Batch.LongEnoughAsync(plan.Calls, harness.Program.Pace, once, once.Calls.Wall, BothAsync).ConfigureAwait(false);
            // One alone may have been disturbed, and would hide all that the calls take.
            var empties = new List<double>();
            for (var i = 0; i < Empties; i++)
                empties.Add((await TakeAsync(batch, new SampleOrder(form, null) { Stored = true }).ConfigureAwait(false)).Cpu);
            var empty = Medians.Of(empties);
            var samples = new List<Sample>();
            for (var i = 0; i < Samples; i++)
            {
                var reading = await TakeAsync(batch, new SampleOrder(form, null) { Follow = true }).ConfigureAwait(false);
                samples.Add(new Sample(
                    Math.Max(0, reading.Cpu - empty) / batch.Passes, reading.Wall / batch.Passes,
                    reading.PeakHigh, (reading.ByteSeconds ?? 0) / batch.Passes));
            }

            return new BaselineMeasurement(TrialEnd.Completed, null, Sample.Median(samples), plan.Calls.Count);

            async Task<(Reading Calls, Reading Empty)> BothAsync(Batch calls) => (
                await TakeAsync(calls, new SampleOrder(form, null)).ConfigureAwait(false),
                await TakeAsync(calls, new SampleOrder(form, null) { Stored = true }).ConfigureAwait(false));

            Task<Reading> TakeAsync(Batch calls, SampleOrder order) =>
                runner.SampleAsync(calls.Inputs, calls.Calls.Count, order, patience, cancellationToken);
        }
        catch (RunnerBrokenException e)
        {
            return new BaselineMeasurement(e.IsOfItsCode ? TrialEnd.BaselineBroke : TrialEnd.SandboxFailed, e.Message, default, plan.Calls.Count);
        }
    }
}
