using Afterburner.Proposers;
using Afterburner.Settings;
using Afterburner.Suggestions;

namespace Afterburner.Worker.Reviews;

/// <summary>Only takes time, and finds nothing: for tests and benchmarks of the queue.</summary>
internal sealed class StubEngine(Engine engine, WorkerSettings settings, TimeProvider time) : IEngine
{
    public async Task<EngineRun> RunAsync(EngineRequest request, Secret token, Func<string, Task> tell, CancellationToken cancellationToken)
    {
        if (request.Repository.Owner == settings.StubBut)
            return await engine.RunAsync(request, token, tell, cancellationToken).ConfigureAwait(false);
        await tell("taking time").ConfigureAwait(false);
        await Task.Delay(settings.StubReview!.Value, time, cancellationToken).ConfigureAwait(false);
        var head = request.Head ?? new string('0', 40);
        var run = Directory.CreateDirectory(Path.Combine(settings.Runs, request.Delivery.RunName, "review")).FullName;
        var report = new Report
        {
            Base = head, Head = head, Objective = ObjectiveKind.Time, Sandbox = "none", Seed = 0, DurationSeconds = 0, Functions = [],
        };
        await File.WriteAllTextAsync(Path.Combine(run, "report.json"), JsonReport.Write(report), cancellationToken).ConfigureAwait(false);
        return new EngineRun(Configuration.Default with { AlwaysSummary = true }, head, [run], request.Since is [var since, ..] ? $"since {since}" : null) { Review = report };
    }
}
