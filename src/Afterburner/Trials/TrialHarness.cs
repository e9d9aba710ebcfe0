using System.Text.Json.Nodes;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Trials;

/// <summary>Runs the harness command <c>trial</c> and says what went wrong, on whose side.</summary>
/// <param name="earlier">What the candidate's side runs, where it is a version of the whole repository; null for a candidate in the plan.</param>
internal sealed class TrialHarness(PythonHarness harness, string workspace, Limits limits, EarlierVersion? earlier = null)
{
    /// <summary>Wall time of one process at least, however quick the repository's tests are: pairs are many calls.</summary>
    private static readonly TimeSpan LeastWall = TimeSpan.FromMinutes(1);

    private readonly Limits limits = limits.ForLonger(limits.Wall > LeastWall ? limits.Wall : LeastWall);

    /// <summary>Runs one mode of the command on a plan.</summary>
    /// <param name="more">What this mode needs beside the plan.</param>
    public async Task<TrialMessages> RunAsync(
        string mode, TrialPlan plan, long seed, JsonObject more, CancellationToken cancellationToken)
    {
        var request = new JsonObject
        {
            ["mode"] = mode,
            ["target"] = Json(plan.Target),
            ["entry"] = Json(plan.Entry),
            ["baselineFile"] = plan.BaselineFile,
            ["candidateFile"] = plan.CandidateFile,
            ["calls"] = Blobs(plan.Calls),
            ["warmup"] = Blobs(plan.Warmup),
            ["seed"] = seed,
            ["timeout"] = limits.Wall.TotalSeconds / 4,
        };
        foreach (var (name, value) in more)
            request[name] = value?.DeepClone();
        if (earlier is not null)
        {
            request["versions"] = new JsonObject
            {
                ["baseline"] = Version("/work", plan.Target, plan.Entry),
                ["candidate"] = Version(PythonHarness.EarlierRoot, earlier.Target, earlier.Entry),
            };
        }

        var run = await harness.RunAsync(
            earlier is null ? "trial" : "versions", request, workspace, limits, hashSeed: (int)(seed & int.MaxValue),
            cancellationToken: cancellationToken, earlier: earlier?.Directory).ConfigureAwait(false);
        var (end, failure) = Outcome(run);
        return new TrialMessages(end, failure, run.Messages, run.Sandbox);
    }

    public static JsonArray Blobs(IEnumerable<RecordedCall> calls) => [.. calls.Select(c => (JsonNode)c.Blob)];

    private static JsonObject Version(string root, Target target, Target entry) =>
        new() { ["root"] = root, ["target"] = Json(target), ["entry"] = Json(entry) };

    private static JsonObject Json(Target target) =>
        new() { ["path"] = target.Path, ["name"] = target.Name, ["line"] = target.StartLine };

    private static (TrialEnd End, string? Failure) Outcome(HarnessRun run)
    {
        if (run.Sandbox.End == SandboxEnd.Failed)
            return (TrialEnd.SandboxFailed, run.Sandbox.Failure ?? "the sandbox failed");
        var broken = run.Messages.FirstOrDefault(m => Text(m, "type") == "broken");
        if (broken is not null)
            return (Side(Text(broken, "side")), Text(broken, "reason") ?? "it broke");
        if (run.Done is not null)
            return (TrialEnd.Completed, null);
        var error = run.Messages.FirstOrDefault(m => Text(m, "type") == "error");
        if (error is not null)
            return (TrialEnd.SandboxFailed, $"the harness failed: {Text(error, "message")}");
        var last = run.Messages.LastOrDefault(m => Text(m, "type") == "begin");
        var reason = run.Sandbox.End switch
        {
            SandboxEnd.TimedOut => "it used up the time limit",
            SandboxEnd.OutOfMemory => "it used up the memory limit",
            SandboxEnd.OutputLimit => "it used up the output limit",
            SandboxEnd.Signalled or SandboxEnd.Exited or SandboxEnd.Failed =>
                $"it ended the process (exit code {run.Sandbox.ExitCode}) {Tail(run.Sandbox.ErrorText)}".TrimEnd(),
        };
        return (Side(last is null ? null : Text(last, "side")), reason);
    }

    private static TrialEnd Side(string? side) => side == "candidate" ? TrialEnd.CandidateBroke : TrialEnd.BaselineBroke;

    private static string Tail(string text) => text.Length > 400 ? text[^400..].Trim() : text.Trim();

    internal static string? Text(JsonObject message, string name) =>
        message[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}

/// <summary>What one run of the command said.</summary>
internal sealed record TrialMessages(
    TrialEnd End, string? Failure, IReadOnlyList<JsonObject> All, SandboxRun Sandbox)
{
    public IEnumerable<JsonObject> Of(string type) => All.Where(m => TrialHarness.Text(m, "type") == type);

    /// <summary>A finite number of at least 0, or 0: the messages were written in the reach of hostile code.</summary>
    public static double Number(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out double number) && double.IsFinite(number) && number > 0 ? number : 0;

    public static Sample Sample(JsonNode? node) =>
        node is JsonObject side
            ? new Sample(Number(side["cpu"]), Number(side["wall"]), Number(side["peak"]), Number(side["integral"]))
            : default;
}
