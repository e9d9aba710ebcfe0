namespace Afterburner.Worker.Inbox;

/// <summary>What a finished review or gate came to, in figures: what pages count without opening the reports.</summary>
internal sealed class StoredOutcome
{
    public required long DeliveryId { get; init; }

    /// <summary>The attempt that it is of.</summary>
    public required int Attempt { get; init; }

    /// <summary>Functions that were looked at.</summary>
    public int Functions { get; init; }

    public int Suggestions { get; init; }

    /// <summary>Functions and benchmarks that are proven to be slower.</summary>
    public int Slower { get; init; }

    public List<StoredYield> Yields { get; init; } = [];
}

/// <summary>What one proposer came to in one review.</summary>
internal sealed class StoredYield
{
    public long Id { get; init; }

    /// <summary><c>recipes</c>, <c>chat:MODEL</c>.</summary>
    public required string Proposer { get; init; }

    public int Proposed { get; init; }

    public int Verified { get; init; }

    public int Suggested { get; init; }

    /// <summary>Wall time spent waiting for it.</summary>
    public double Seconds { get; init; }

    public int Requests { get; init; }

    public long Tokens { get; init; }
}
