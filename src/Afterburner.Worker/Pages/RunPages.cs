using Afterburner.Worker.Inbox;

namespace Afterburner.Worker.Pages;

/// <summary>The run directories of this worker's reviews.</summary>
internal static class RunPages
{
    private static readonly (string Part, string File)[] Files = [("review", "review/report.html"), ("gate", "gate/gate.md")];

    /// <summary>The parts that left a report here. Those of a review that another worker did are on that worker's machine.</summary>
    public static IEnumerable<string> Parts(WorkerSettings settings, Delivery delivery) =>
        Files.Where(f => File.Exists(Path.Combine(Path.Combine(settings.Runs, delivery.RunName), f.File))).Select(f => f.Part);

    public static string? PathOf(WorkerSettings settings, Delivery delivery, string part) =>
        Files.FirstOrDefault(f => f.Part == part).File is { } file && Path.Combine(Path.Combine(settings.Runs, delivery.RunName), file) is var path && File.Exists(path) ? path : null;
}
