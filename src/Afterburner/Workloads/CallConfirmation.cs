using System.Globalization;
using Afterburner.Sandboxes;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Workloads;

/// <summary>What is left of the stored calls of one target.</summary>
/// <param name="Calls">Slowest first.</param>
/// <param name="Why">Why others were dropped; empty when none was.</param>
/// <param name="ByChance">Whether some do not give one answer.</param>
internal sealed record ConfirmedCalls(IReadOnlyList<RecordedCall> Calls, string Why, bool ByChance);

/// <summary>Third pass: keeps the calls to which the baseline gives one answer, made again in two variations.</summary>
internal static class CallConfirmation
{
    private const int SlowestFirst = 2, MostCalls = 48;

    private const string NotOneAnswer = "made again it does not give one answer (it depends on chance, on time, or on the order of a set)";

    /// <param name="through">Only calls that reach this function are kept; null: all.</param>
    public static async Task<Dictionary<Target, ConfirmedCalls>> RunAsync(
        Harness harness, string workspace, IReadOnlyDictionary<Target, StoredCalls> entries,
        CaptureOptions options, Target? through, CancellationToken cancellationToken)
    {
        // Both at once: nothing is decided by time here.
        var answers = await Task.WhenAll(OnceAsync(0), OnceAsync(1)).ConfigureAwait(false);
        return entries.ToDictionary(e => e.Key, e => Judge(e.Key, e.Value.Calls, answers[0], answers[1], options));

        async Task<Dictionary<(string, long), ConfirmedMessage>> OnceAsync(int variation)
        {
            var request = new ConfirmRequest([.. entries.Select(e => Entry(e, Wanted(e.Value.Calls, options), through))]);
            var limits = options.Limits.ForLonger(TimeSpan.FromSeconds(60 + 25 * entries.Count));
            // Read-only, as trials are.
            var run = await harness.RunAsync(
                request, workspace, limits, writable: false, variation, cancellationToken: cancellationToken).ConfigureAwait(false);
            if (run.Sandbox.End == SandboxEnd.Failed)
                throw new EnvironmentFailureException($"the sandbox failed while calls were made again: {run.Sandbox.Failure}");
            return run.Of<ConfirmedMessage>().GroupBy(m => (m.Target, m.Index)).ToDictionary(g => g.Key, g => g.Last());
        }
    }

    /// <summary>More of a function that is gone through in many ways: of each way that is recorded there should be a call.</summary>
    private static int Wanted(IReadOnlyList<StoredCall> calls, CaptureOptions options) =>
        Math.Max(options.Calls, Math.Min(calls.Select(c => c.Call.Way).Distinct().Count() + SlowestFirst, MostCalls));

    private static ConfirmedEntry Entry(KeyValuePair<Target, StoredCalls> entry, int wanted, Target? through) =>
        new(entry.Key, wanted, through, [.. entry.Value.Calls.Select((c, i) => new NumberedCall(i, c.Call.Blob))]);

    private static ConfirmedCalls Judge(
        Target target, IReadOnlyList<StoredCall> calls, Dictionary<(string, long), ConfirmedMessage> first,
        Dictionary<(string, long), ConfirmedMessage> second, CaptureOptions options)
    {
        var kept = new List<RecordedCall>();
        var reasons = new List<string>();
        var wanted = Wanted(calls, options);
        for (var index = 0; index < calls.Count; index++)
        {
            var (a, b) = (first.GetValueOrDefault((target.Id, index)), second.GetValueOrDefault((target.Id, index)));
            if (a is null && b is null && kept.Count == wanted)
                break; // enough
            if (Problem(a, b, calls[index]) is { } problem)
                reasons.Add(problem);
            else
                kept.Add(calls[index].Call with { Seconds = Seconds(a!, b!, calls[index]), Blob = a!.Blob ?? calls[index].Call.Blob });
        }

        return new ConfirmedCalls(
            kept.Take(wanted).OrderByDescending(c => c.Seconds).ToList(),
            string.Join("; ", reasons.GroupBy(r => r).OrderByDescending(g => g.Count()).Take(3).Select(
                g => string.Create(CultureInfo.InvariantCulture, $"{g.Key} ({g.Count()} of {calls.Count})"))),
            reasons.Contains(NotOneAnswer));
    }

    // In its test the call ran warm; but a generator's time there is also that of who consumed it.
    private static double Seconds(ConfirmedMessage first, ConfirmedMessage second, StoredCall call)
    {
        var again = Math.Min(first.Seconds, second.Seconds);
        return call.Raised is not null && call.Call.Seconds > 0 ? Math.Min(again, call.Call.Seconds) : again;
    }

    private static string? Problem(ConfirmedMessage? first, ConfirmedMessage? second, StoredCall call)
    {
        if (first is null || second is null)
            return "the process that made it again did not come to its end";
        if ((first.Reason ?? second.Reason) is { } reason)
            return reason;
        if (first.Digest is not { } digest || digest != second.Digest || first.Blob != second.Blob)
            return NotOneAnswer;
        return call.Raised is { } raised && raised != (first.Raised is not null)
            ? $"made again it {(raised ? "does not raise as it did in its test" : $"raises {first.Raised}, which it did not in its test")}"
            : null;
    }
}
