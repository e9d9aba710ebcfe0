using System.Globalization;
using System.Text.Json.Nodes;
using Afterburner.Sandboxes;

namespace Afterburner.Workloads;

/// <summary>Third pass: keeps the calls to which the baseline gives one answer, made again under two hash seeds.</summary>
internal static class CallConfirmation
{
    public static async Task<(IReadOnlyList<RecordedCall> Calls, string Why)> RunAsync(
        PythonHarness harness, string workspace, Target entry, IReadOnlyList<StoredCall> calls,
        CaptureOptions options, CancellationToken cancellationToken)
    {
        var first = await OnceAsync(0).ConfigureAwait(false);
        var second = await OnceAsync(1).ConfigureAwait(false);
        var kept = new List<RecordedCall>();
        var reasons = new List<string>();
        for (var index = 0; index < calls.Count; index++)
        {
            var (a, b) = (first.GetValueOrDefault(index), second.GetValueOrDefault(index));
            if (Problem(a, b, calls[index]) is { } problem)
                reasons.Add(problem);
            else
                kept.Add(calls[index].Call with { Seconds = Math.Min(a!.Number("seconds") ?? 0, b!.Number("seconds") ?? 0) });
        }

        return (
            kept.Take(options.Calls).OrderByDescending(c => c.Seconds).ToList(),
            string.Join("; ", reasons.GroupBy(r => r).OrderByDescending(g => g.Count()).Take(3).Select(
                g => string.Create(CultureInfo.InvariantCulture, $"{g.Key} ({g.Count()} of {calls.Count})"))));

        async Task<Dictionary<long, JsonObject>> OnceAsync(int hashSeed)
        {
            var request = new JsonObject
            {
                ["pass"] = "confirm",
                ["target"] = TestMessages.Targets([entry])[0]!.DeepClone(),
                ["calls"] = new JsonArray([.. calls.Select((c, i) => (JsonNode)new JsonObject { ["index"] = i, ["blob"] = c.Call.Blob })]),
            };
            // Read-only, as trials are.
            var run = await harness.RunAsync(
                "capture", request, workspace, options.Limits, writable: false, hashSeed, cancellationToken).ConfigureAwait(false);
            if (run.Sandbox.End == SandboxEnd.Failed)
                throw new EnvironmentFailureException($"the sandbox failed while calls were made again: {run.Sandbox.Failure}");
            var answers = new Dictionary<long, JsonObject>();
            foreach (var message in run.Messages.Where(m => m.Text("type") == "confirmed"))
                answers[message.Whole("index") ?? -1] = message;
            return answers;
        }
    }

    private static string? Problem(JsonObject? first, JsonObject? second, StoredCall call)
    {
        if (first is null || second is null)
            return "the process that made it again did not come to its end";
        if ((first.Text("reason") ?? second.Text("reason")) is { } reason)
            return reason;
        if (first.Text("digest") is not { } digest || digest != second.Text("digest"))
            return "its answer depends on the hash seed";
        return call.Raised is { } raised && raised != (first.Text("raised") is not null)
            ? $"made again it {(raised ? "does not raise as it did in its test" : $"raises {first.Text("raised")}, which it did not in its test")}"
            : null;
    }
}
