namespace Afterburner.Worker.Inbox;

/// <summary>A file that a finished run left, kept with its delivery: every worker can show it, and publish it again, whoever made it.</summary>
internal sealed class StoredReport
{
    public required long DeliveryId { get; init; }

    /// <summary>The attempt that made it.</summary>
    public required int Attempt { get; init; }

    /// <summary>Its place in the folder of the run: <c>review/report.html</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it holds, compressed (gzip).</summary>
    public required byte[] Content { get; init; }
}
