using System.Text;
using Afterburner.Sandboxes;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Workloads;

/// <summary>What a harness says about tests. Every field was written in the reach of hostile code: read as data.</summary>
internal static class TestMessages
{
    /// <summary>A run that does more than run the tests may take three times as long as the plain run, and 30 seconds.</summary>
    public static Limits LimitsOf(CaptureOptions options, TestRun baseline) =>
        options.Limits.ForLonger(3 * baseline.Wall + TimeSpan.FromSeconds(30));

    /// <exception cref="EnvironmentFailureException">The sandbox itself failed.</exception>
    public static TestRun Read(HarnessRun run, IReadOnlyCollection<string>? requested, Limits limits)
    {
        if (run.Sandbox.End == SandboxEnd.Failed)
            throw new EnvironmentFailureException($"the sandbox failed while tests ran: {run.Sandbox.Failure}");
        var outcomes = new Dictionary<string, TestOutcome>();
        var durations = new Dictionary<string, double>();
        var texts = new Dictionary<string, string>();
        foreach (var message in run.Of<OutcomeMessage>().Concat(run.Of<JUnitMessage>().SelectMany(m => JUnitReport.Read(m.Report))))
        {
            if (Outcome(message.Outcome) is not { } outcome)
                continue;
            // A name told twice (two errors of one file) keeps the worse outcome.
            outcomes[message.Id] = outcomes.TryGetValue(message.Id, out var before) && before is TestOutcome.Error or TestOutcome.Failed ? before : outcome;
            durations[message.Id] = message.Seconds ?? 0;
            if ((message.Text ?? (message.Printed is { } printed ? Encoding.UTF8.GetString(printed).Trim() : null)) is { } text)
                texts[message.Id] = text;
        }

        var running = run.Of<StartedMessage>().LastOrDefault()?.Id is { } last && !outcomes.ContainsKey(last) ? last : null;
        return new TestRun
        {
            Outcomes = outcomes,
            Durations = durations,
            FailureTexts = texts,
            Requested = requested?.ToHashSet(),
            Incomplete = Incomplete(run, limits, running),
            IsTimedOut = run is { Done: null, Sandbox.End: SandboxEnd.TimedOut },
            Wall = run.Sandbox.Wall,
            Cpu = run.Sandbox.Cpu,
        };
    }

    private static TestOutcome? Outcome(string word) => word switch
    {
        "passed" => TestOutcome.Passed,
        "failed" => TestOutcome.Failed,
        "error" => TestOutcome.Error,
        "skipped" => TestOutcome.Skipped,
        "xfailed" => TestOutcome.XFailed,
        "xpassed" => TestOutcome.XPassed,
        _ => null,
    };

    private static string? Incomplete(HarnessRun run, Limits limits, string? running)
    {
        var during = running is null ? "" : $" during {running}";
        if (run.Done is { } done)
        {
            return done.Problem is { } problem
                ? $"{problem}{Tail(run.Sandbox.ErrorText)}"
                : null;
        }

        return run.Sandbox.End switch
        {
            SandboxEnd.TimedOut => $"it was stopped after {limits.Wall.TotalSeconds:0} s{during}",
            SandboxEnd.OutOfMemory => $"it used more than {limits.Memory >> 20} MiB of memory{during}",
            SandboxEnd.OutputLimit => $"it wrote more than {limits.Output >> 20} MiB{during}",
            _ when run.Error is { } error => error,
            _ => $"the process ended with exit code {run.Sandbox.ExitCode}{during}{Tail(run.Sandbox.ErrorText)}",
        };
    }

    private static string Tail(string text) => text.Trim() is { Length: > 0 } kept ? $":\n{kept[^Math.Min(kept.Length, 2000)..]}" : "";
}
