using System.Diagnostics;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Trials;

/// <summary>How samples are taken: a child is prepared, stands still, and answers.</summary>
internal sealed partial class Runner
{
    private long _preparing;

    /// <summary>Makes the child of a sample and warms it up. It stands still until it is asked.</summary>
    /// <param name="inputs">What it will be asked; it sees that beforehand only where its answers are to be stored.</param>
    /// <returns>CPU seconds that took.</returns>
    /// <exception cref="RunnerBrokenException">It crashed, took too long, or does not stand still.</exception>
    public async Task<double> PrepareAsync(byte[] inputs, SampleOrder order, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var alarm = Alarm(patience, cancellationToken);
        try
        {
            var before = _rested;
            await NextChildAsync(new RunnerOrder("sample")
            {
                Encoder = order.Form.Encoder, Arguments = order.Form.Arguments, Cpu = order.Core, Stored = order.Stored, Collect = order.Collect,
                Room = order.Room, Again = WarmsAgain(order),
            }).ConfigureAwait(false);
            if (order.Stored)
                await _frames.SendAsync(Frames.Inputs, inputs).ConfigureAwait(false);
            await ExpectAsync(Frames.Ready).ConfigureAwait(false);
            Rest();
            _preparing = _rested - before;
            return _preparing / 1e9;
        }
        catch (Exception e) when (IsOver(e))
        {
            throw await WhyGoneAsync(e, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes one sample by itself.</summary>
    /// <exception cref="RunnerBrokenException">As the two steps it takes.</exception>
    public async Task<Reading> SampleAsync(byte[] inputs, int count, SampleOrder order, TimeSpan patience, CancellationToken cancellationToken)
    {
        await PrepareAsync(inputs, order, patience, cancellationToken).ConfigureAwait(false);
        return await TakeAsync(inputs, count, order, patience, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes the sample that was prepared.</summary>
    /// <param name="inputs">From <see cref="Frames.Pack"/>.</param>
    /// <param name="count">How many calls that is.</param>
    /// <exception cref="RunnerBrokenException">It crashed, took too long, answered something else, or does not stand still.</exception>
    public async Task<Reading> TakeAsync(byte[] inputs, int count, SampleOrder order, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var alarm = Alarm(patience, cancellationToken);
        try
        {
            if (WarmsAgain(order))
            {
                var before = _rested;
                _meter.Resume();
                await _frames.SendAsync(Frames.Again, []).ConfigureAwait(false);
                await ExpectAsync(Frames.Ready).ConfigureAwait(false);
                Rest();
                _preparing += _rested - before;
            }

            var asked = _rested;
            _meter.Begin();
            await _frames.SendAsync(Frames.Inputs, inputs).ConfigureAwait(false);
            await ExpectAsync(Frames.Decoded).ConfigureAwait(false);

            var (memory, reset) = (_meter.Memory(), _meter.ResetPeak());
            var peakBefore = _meter.Peak();
            var cpu = ExactNanoseconds();
            var start = Stopwatch.GetTimestamp();
            await _frames.SendAsync(Frames.Go, []).ConfigureAwait(false);
            var stopping = ExpectAsync(Frames.Stopped);
            var points = order.Follow && Knows(ObjectiveKind.Integral) ? await FollowAsync(stopping).ConfigureAwait(false) : [];
            await stopping.ConfigureAwait(false);
            var wall = Stopwatch.GetElapsedTime(start);
            var over = ExactNanoseconds();
            cpu = over - cpu;
            if (points.Count > 0)
                points.Add((over, _meter.Memory() ?? 0));

            await _frames.SendAsync(Frames.Write, []).ConfigureAwait(false);
            var (kind, content) = await _frames.ReceiveAsync().ConfigureAwait(false);
            if (kind != Frames.Answers)
                throw Unexpected(kind, content);
            Finish();
            var peak = _meter.Peak();
            var answers = Frames.Split(content);
            if (answers.Count != count)
                throw new RunnerBrokenException($"it gave {answers.Count} answers to {count} calls", side: true);
            var (low, high) = Above(memory, _meter.Memory(), reset ? 0 : peakBefore, peak);
            return new Reading(
                cpu / 1e9, (_rested - asked) / 1e9, _preparing / 1e9, wall.TotalSeconds, low, high, Integral(points), answers)
            { Readings = points.Count };
        }
        catch (Exception e) when (IsOver(e))
        {
            throw await WhyGoneAsync(e, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A first process knows who belongs to a sample by who was there when all stood still the last time but one.</summary>
    private bool WarmsAgain(SampleOrder order) => order.Again && !_meter.KillsSamples;

    private long ExactNanoseconds() =>
        _meter.ExactNanoseconds(RestPatience) ?? throw new RunnerBrokenException("its processes do not come to rest", side: _meter.MayBeRefused);

    /// <summary>Memory and CPU time about every millisecond, until the answer is there.</summary>
    private async Task<List<(long Cpu, long Memory)>> FollowAsync(Task answering)
    {
        var points = new List<(long, long)>();
        do
        {
            points.Add((_meter.CpuNanoseconds(), _meter.Memory() ?? 0));
        }
        while (await Task.WhenAny(answering, Task.Delay(1, CancellationToken.None)).ConfigureAwait(false) != answering);
        return points;
    }

    /// <summary>Bounds of the highest memory of a span. An earlier peak hides a lower one of the span.</summary>
    private static (double Low, double High) Above(long? was, long? now, long? peakBefore, long? peak)
    {
        if (was is not { } start || peak is not { } highest)
            return (0, 0);
        var high = Math.Max(0, highest - start);
        return highest > (peakBefore ?? 0) ? (high, high) : (Math.Max(0, (now ?? start) - start), high);
    }

    /// <summary>Byte-seconds: memory over CPU time, between readings a straight line.</summary>
    private static double? Integral(List<(long Cpu, long Memory)> points) => points.Count < 2 ? null
        : points.Zip(points.Skip(1), (a, b) => (b.Cpu - a.Cpu) / 1e9 * (a.Memory + b.Memory) / 2).Sum();
}
