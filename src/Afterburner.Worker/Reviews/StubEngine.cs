using Afterburner.GitHub;
using Afterburner.Proposers;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Worker.Inbox;

namespace Afterburner.Worker.Reviews;

/// <summary>Only takes time, and finds nothing: for tests and benchmarks of the queue.</summary>
internal sealed class StubEngine(WorkerSettings settings, TimeProvider time) : IEngine
{
    public async Task<EngineRun> RunAsync(
        Delivery delivery, PullRequestState pull, Secret token, Func<string, Task> tell, CancellationToken cancellationToken)
    {
        await tell("taking time").ConfigureAwait(false);
        await Task.Delay(settings.StubReview!.Value, time, cancellationToken).ConfigureAwait(false);
        var run = Directory.CreateDirectory(Path.Combine(settings.Runs, delivery.RunName)).FullName;
        var report = new Report
        {
            Base = pull.HeadSha, Head = pull.HeadSha, Objective = ObjectiveKind.Time, Sandbox = "none", Seed = 0, DurationSeconds = 0, Functions = [],
        };
        await File.WriteAllTextAsync(Path.Combine(run, "report.json"), JsonReport.Write(report), cancellationToken).ConfigureAwait(false);
        return new EngineRun(Configuration.Default with { AlwaysSummary = true }, [run], null);
    }
}
