using System.Globalization;
using Afterburner.Worker.Inbox;

namespace Afterburner.Worker.Pages;

/// <summary>The run directories of this worker's reviews.</summary>
internal static class RunPages
{
    private static readonly (string Part, string File)[] Files = [("review", "review/report.html"), ("gate", "gate/gate.md")];

    /// <summary>The parts that left a report here. Those of a review that another worker did are on that worker's machine.</summary>
    public static IEnumerable<string> Parts(WorkerSettings settings, Delivery delivery) =>
        Files.Where(f => File.Exists(Path.Combine(Folder(settings, delivery), f.File))).Select(f => f.Part);

    public static string? PathOf(WorkerSettings settings, Delivery delivery, string part) =>
        Files.FirstOrDefault(f => f.Part == part).File is { } file && Path.Combine(Folder(settings, delivery), file) is var path && File.Exists(path) ? path : null;

    public static string Folder(WorkerSettings settings, Delivery delivery) => Path.Combine(
        settings.Data, "runs", string.Create(CultureInfo.InvariantCulture, $"{delivery.Id}-{delivery.Attempt}"));
}
