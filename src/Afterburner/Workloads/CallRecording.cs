using Afterburner.Workloads.Protocol;

namespace Afterburner.Workloads;

/// <summary>What the second pass stored of one target.</summary>
/// <param name="Calls">Best first.</param>
/// <param name="Why">Why others could not be stored; empty when all could.</param>
internal sealed record StoredCalls(IReadOnlyList<StoredCall> Calls, string Why);

/// <param name="Raised">See <see cref="Pick"/>.</param>
internal sealed record StoredCall(RecordedCall Call, bool? Raised);

/// <summary>Second pass: stores the chosen calls while the tests that make them run again.</summary>
internal sealed class CallRecording(Harness harness, string workspace, TestRun baseline, CaptureOptions options)
{
    // What one run may write, before base64: a batch of targets shares it.
    private const long BytesPerRun = 96L << 20;

    public async Task<Dictionary<Target, StoredCalls>> RunAsync(IReadOnlyList<Reach> reaches, CancellationToken cancellationToken)
    {
        var (stored, ran) = await OnceAsync(reaches, cancellationToken).ConfigureAwait(false);
        if (ran.DifferenceFrom(baseline) is not { } difference)
            return stored;
        if (reaches.Count == 1)
            return new() { [reaches[0].Target] = new StoredCalls([], $"recording them changes the tests: {difference}") };
        var found = await WithoutTestsAsync(reaches, ran.DifferingFrom(baseline), cancellationToken).ConfigureAwait(false);
        foreach (var reach in reaches.Where(r => !found.ContainsKey(r.Target)))
            found[reach.Target] = options.IsOver() ? new StoredCalls([], Skip.OutOfTime.Reason) : (await RunAsync([reach], cancellationToken).ConfigureAwait(false))[reach.Target];
        return found;
    }

    /// <summary>The same without the calls of a few tests that came out otherwise: they notice it, or depend on chance.</summary>
    /// <returns>Those that others call too; none where it comes out otherwise again.</returns>
    private async Task<Dictionary<Target, StoredCalls>> WithoutTestsAsync(
        IReadOnlyList<Reach> reaches, IReadOnlyList<string> noticing, CancellationToken cancellationToken)
    {
        Reach[] others = [.. reaches.Select(r => r with { Picks = [.. r.Picks.Where(p => !noticing.Contains(p.Test))] }).Where(r => r.Picks.Count > 0)];
        if (noticing.Count is 0 or > CallSurvey.MostLeftOut || others.Length == 0 || options.IsOver())
            return [];
        var (stored, ran) = await OnceAsync(others, cancellationToken).ConfigureAwait(false);
        if (ran.DifferenceFrom(baseline) is not null)
            return [];
        options.Remark(CallSurvey.LeftOut(noticing));
        return stored;
    }

    private async Task<(Dictionary<Target, StoredCalls> Stored, TestRun Ran)> OnceAsync(
        IReadOnlyList<Reach> reaches, CancellationToken cancellationToken)
    {
        var tests = reaches.SelectMany(r => r.Picks).Select(p => p.Test).Distinct().ToList();
        var picks = reaches.ToDictionary(r => r.Target.Id, r => (IReadOnlyList<PickedCall>)[.. r.Picks.Select(p => new PickedCall(p.Test, p.Ordinal))]);
        var caps = new RecordLimits(options.CallTime.TotalSeconds, options.CallBytes, Math.Min(options.TargetBytes, BytesPerRun / reaches.Count));
        var request = new RecordRequest([.. reaches.Select(r => r.Target)], picks, caps) { Tests = tests };
        var limits = TestMessages.LimitsOf(options, baseline) with { Output = BytesPerRun / 3 * 4 + options.Limits.Output };
        var run = await harness.RunAsync(
            request, workspace, limits, writable: true, CallSurvey.Variation, cancellationToken: cancellationToken).ConfigureAwait(false);
        return (reaches.ToDictionary(r => r.Target, r => Stored(r, run)), TestMessages.Read(run, tests, limits));
    }

    private static StoredCalls Stored(Reach reach, HarnessRun run)
    {
        var picks = reach.Picks.DistinctBy(p => (p.Test, p.Ordinal)).ToDictionary(p => (p.Test, p.Ordinal));
        var calls = run.Of<StoredMessage>().Where(m => m.Target == reach.Target.Id).OrderBy(m => m.Rank)
            .Select(m => Call(m, picks)).OfType<StoredCall>().DistinctBy(c => c.Call.Id).ToList();
        var reasons = run.Of<RecordedMessage>().Where(m => m.Target == reach.Target.Id).SelectMany(m => m.Reasons).Select(r => r.Reason).ToList();
        var why = reasons.Count > 0 ? string.Join("; ", reasons)
            : calls.Count == 0 ? "they did not happen again when their tests ran alone" : "";
        return new StoredCalls(calls, why);
    }

    private static StoredCall? Call(StoredMessage message, Dictionary<(string, long), Pick> picks) =>
        picks.TryGetValue((message.Test, message.Ordinal), out var pick)
            ? new StoredCall(
                new RecordedCall($"{message.Test}#{message.Ordinal}", message.Test, pick.Seconds, message.Shape ?? "", 1, message.Blob) { Way = pick.Way }, pick.Raised)
            : null;
}
