using System.Text.Json;
using System.Text.Json.Nodes;
using Afterburner.Sandboxes;

namespace Afterburner.Workloads;

/// <summary>Where a function spends its time, line by line, over recorded calls.</summary>
public static class LineProfile
{
    /// <param name="fileSource">A version of the target's file to profile instead of the one in the workspace; null: that one.</param>
    /// <returns>Lines that ran, in their order; empty when nothing could be profiled, which is no reason to stop a review.</returns>
    public static async Task<IReadOnlyList<HotLine>> ProfileAsync(
        Harness harness,
        string workspace,
        Target target,
        Target entry,
        IReadOnlyList<RecordedCall> calls,
        string? fileSource,
        Limits limits,
        CancellationToken cancellationToken)
    {
        if (calls.Count == 0)
            return [];
        var request = new JsonObject
        {
            ["target"] = JsonSerializer.SerializeToNode(target),
            ["entry"] = JsonSerializer.SerializeToNode(entry),
            ["calls"] = CallJson.Of(calls),
            ["source"] = fileSource,
        };
        var run = await harness.RunAsync("lines", request, workspace, limits, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (run.Done is null || run.Messages.FirstOrDefault(m => (string?)m["type"] == "lines")?["lines"] is not JsonArray lines)
            return [];
        return [.. lines.Select(l => new HotLine((int)l!["line"]!, (double)l["share"]!, (long)l["hits"]!))];
    }
}
