using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Afterburner.Workloads;

/// <summary>
/// Requests of the commands that compare two versions while the covering tests run: <c>forkcompare</c> and
/// <c>swaptrial</c>. A missing source stands for the file as it is in the workspace.
/// </summary>
internal static class InTestRequests
{
    /// <summary>What tries whether calls can be looked at where they happen.</summary>
    /// <param name="calls">Best first; their ids end in <c>#ordinal</c>.</param>
    public static JsonObject Fork(Target target, IReadOnlyList<RecordedCall> calls)
    {
        var request = Stops(calls);
        request["target"] = JsonSerializer.SerializeToNode(target);
        return request;
    }

    /// <summary>What a runner needs to run tests and stop at some calls.</summary>
    /// <param name="calls">Best first; their ids end in <c>#ordinal</c>.</param>
    public static JsonObject Stops(IReadOnlyList<RecordedCall> calls)
    {
        var request = TestMessages.Request(calls.Select(c => c.Test).Distinct().ToList());
        request["picks"] = new JsonArray([.. calls.Select(c => (JsonNode)new JsonObject { ["test"] = c.Test, ["call"] = Ordinal(c) })]);
        return request;
    }

    /// <param name="pairs">Timed pairs of each test.</param>
    public static JsonObject Swap(
        Target target, IReadOnlyList<string> tests, string? baselineFile, string? candidateFile, int pairs, long seed) =>
        Common(target, tests, baselineFile, candidateFile, pairs, seed);

    public static string CallId(string test, long ordinal) => string.Create(CultureInfo.InvariantCulture, $"{test}#{ordinal}");

    private static long Ordinal(RecordedCall call) =>
        long.Parse(call.Id.AsSpan(call.Id.LastIndexOf('#') + 1), CultureInfo.InvariantCulture);

    private static JsonObject Common(
        Target target, IEnumerable<string> tests, string? baselineFile, string? candidateFile, int pairs, long seed)
    {
        var request = TestMessages.Request(tests.Distinct().ToList());
        request["target"] = JsonSerializer.SerializeToNode(target);
        request["baselineFile"] = baselineFile;
        request["candidateFile"] = candidateFile;
        request["pairs"] = pairs;
        request["seed"] = seed;
        return request;
    }
}
