namespace Afterburner.Proposers.Downloads;

/// <summary>How a file is fetched.</summary>
public sealed record PullOptions
{
    /// <value>Token of Hugging Face; sent to its hosts and to nobody else. Defaults to none.</value>
    public Secret? HuggingFaceToken { get; init; }

    /// <value>Time without a byte after which a connection counts as broken. Defaults to 1 minute.</value>
    public TimeSpan Stall { get; init; } = TimeSpan.FromMinutes(1);

    /// <value>Attempts in a row that bring no byte before the pull gives up. Defaults to 5.</value>
    public int Attempts { get; init; } = 5;

    /// <value>Pause after the first broken attempt; doubles with each further one in a row. Defaults to 1 second.</value>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <value>Free bytes of the disk that a folder lies on. Defaults to what the system says.</value>
    public Func<string, long> FreeBytes { get; init; } = folder => new DriveInfo(folder).AvailableFreeSpace;

    /// <value>Bytes that a pull leaves free. Defaults to 256 MiB.</value>
    public long SpareBytes { get; init; } = 256L << 20;
}

public enum PullStage
{
    Downloading,
    Checking,
}

/// <summary>How far a pull is: bytes of the stage, of <paramref name="Total"/>.</summary>
public readonly record struct PullProgress(PullStage Stage, long Done, long Total);
