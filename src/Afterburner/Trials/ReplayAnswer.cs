using System.Text.Json;
using System.Text.Json.Nodes;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Trials;

/// <summary>What one run of the harness's <c>replay</c> command said, checked to be whole.</summary>
/// <param name="Calls">One for each call that was sent, in that order.</param>
/// <param name="Trace">Null when it was not asked for or a call differs.</param>
/// <param name="Broken">Why there is no answer; null when there is one.</param>
internal sealed record ReplayAnswer(IReadOnlyList<ReplayedCall> Calls, ReplayTrace? Trace, EquivalenceOutcome? Broken)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public static ReplayAnswer Read(HarnessRun run, IReadOnlyList<RecordedCall> sent)
    {
        switch (run.Sandbox.End)
        {
            case SandboxEnd.Failed:
                return None(new EquivalenceOutcome.SandboxFailed(run.Sandbox.Failure ?? "no reason given"));
            case SandboxEnd.TimedOut:
                return None(new EquivalenceOutcome.TimedOut("the recorded calls together", "the comparison ran out of time"));
            case SandboxEnd.OutOfMemory:
                return None(new EquivalenceOutcome.Crashed("the recorded calls", "the comparison ran out of memory"));
            case SandboxEnd.OutputLimit:
                return None(new EquivalenceOutcome.Crashed("the recorded calls", "the comparison wrote too much"));
        }

        if (Message(run, "error") is { } error)
            return None(new EquivalenceOutcome.NotCompared($"the harness says: {(string?)error["message"]}"));
        if (Message(run, "rejected") is { } rejected)
            return None(new EquivalenceOutcome.Unfit((string?)rejected["message"] ?? "no reason given"));
        if (run.Done is null || run.Messages[^1] != run.Done || !run.Sandbox.Succeeded)
            return None(new EquivalenceOutcome.NotCompared("the answer is cut short"));
        try
        {
            var calls = run.Messages.Where(m => Is(m, "call")).Select(m => m.Deserialize<ReplayedCall>(Options)!).ToArray();
            var complete = calls.Select(c => c.Id).SequenceEqual(sent.Select(c => c.Id))
                && (int?)run.Done["calls"] == sent.Count
                && run.Messages.Count(m => Is(m, "done")) == 1
                && run.Messages.Count(m => Is(m, "trace")) <= 1;
            return complete
                ? new ReplayAnswer(calls, Message(run, "trace")?.Deserialize<ReplayTrace>(Options), null)
                : None(new EquivalenceOutcome.NotCompared("the answer does not match the calls that were sent"));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return None(new EquivalenceOutcome.NotCompared("the answer is not well-formed"));
        }
    }

    private static JsonObject? Message(HarnessRun run, string type) => run.Messages.FirstOrDefault(m => Is(m, type));

    private static bool Is(JsonObject message, string type) => message["type"] is JsonValue value && value.TryGetValue<string>(out var text) && text == type;

    private static ReplayAnswer None(EquivalenceOutcome why) => new([], null, why);
}

/// <param name="OrderOnly">The only difference is the order of a dict's keys.</param>
/// <param name="End">How the candidate's process ended when it gave no answer.</param>
/// <param name="Why">Why the call was not compared.</param>
/// <param name="OrderDigest">Digest of what the baseline did, order of dicts included.</param>
internal sealed record ReplayedCall(
    string Id, bool Compared, bool Equal, bool OrderOnly, string? Input, string? Difference, string? End, string? Why, string? OrderDigest)
{
    public EquivalenceOutcome Failure => End switch
    {
        "timeout" => new EquivalenceOutcome.TimedOut(Input ?? Id, Difference ?? "the candidate did not finish"),
        "crashed" => new EquivalenceOutcome.Crashed(Input ?? Id, Difference ?? "the candidate ended the process"),
        _ => new EquivalenceOutcome.Differs(Id, Input ?? Id, Difference ?? "no reason given"),
    };
}

/// <param name="State">What the candidate leaves changed in the process that the baseline does not.</param>
internal sealed record ReplayTrace(
    HashSet<int> Executed, HashSet<int> BaselineExecuted, HashSet<int> Arms, HashSet<int> BaselineArms, IReadOnlyList<string> State)
{
    public Exercised Exercised => new(Executed, BaselineExecuted, Arms, BaselineArms);
}
