namespace Afterburner.Workloads;

/// <summary>What a capture found for one target: a workload, or why there is none.</summary>
/// <param name="Skip">Null when there is a workload.</param>
public sealed record CaptureOutcome(Target Target, Workload? Workload, Skip? Skip)
{
    /// <value>What a person may want to know besides: calls that could not be stored, a capture that was repeated. Defaults to none.</value>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <value>Whether one test spends so long in calls of it that they matter together, however small each is. Defaults to false.</value>
    internal bool MattersTogether { get; init; }

    /// <value>
    /// For a function of small calls, or one whose calls cannot be made larger: captures functions in whose calls they are executed, those that call it
    /// before those that are further out. None: that was tried, or nothing is known of its calls.
    /// </value>
    internal IReadOnlyList<CallerCapture> ThroughCallers { get; init; } = [];

    /// <summary>For a person; null when there is a workload.</summary>
    public string? SkipReason => Skip?.Reason;

    /// <summary>Whether there was nothing to record.</summary>
    public bool IsUnreached => Skip?.Kind is SkipKind.Unreached or SkipKind.OnlyAtImport;
}

/// <summary>Captures calls of a function that calls another one, itself or by way of others, so that calls of that one are executed in them.</summary>
/// <returns>Null where there are none.</returns>
internal delegate Task<Workload?> CallerCapture(CancellationToken cancellationToken);

/// <summary>Why a target has no workload.</summary>
/// <param name="Reason">For a person.</param>
public sealed record Skip(SkipKind Kind, string Reason)
{
    public static Skip Unreached { get; } = new(SkipKind.Unreached, "no test reaches it");

    public static Skip OnlyAtImport { get; } = new(SkipKind.OnlyAtImport, "it is only reached at import, outside any test");

    public static Skip BeyondCap { get; } = new(SkipKind.BeyondCap, "beyond max-functions");

    public static Skip OutOfTime { get; } = new(SkipKind.OutOfTime, "half of the time budget was spent before its calls were recorded");

    public static Skip Because(string reason) => new(SkipKind.NotCaptured, reason);
}

public enum SkipKind
{
    /// <summary>No test calls it.</summary>
    Unreached,

    /// <summary>It is called while its module is imported, as a decorator is, and nothing is known of it beyond that.</summary>
    OnlyAtImport,

    /// <summary>More functions are reached than are wanted: <see cref="CaptureOptions.MaxTargets"/>.</summary>
    BeyondCap,

    /// <summary>The time for it was spent before it was looked at.</summary>
    OutOfTime,

    /// <summary>Made again, its calls do not give one answer.</summary>
    ByChance,

    /// <summary>Its calls can be neither stored nor looked at where they happen.</summary>
    NotCaptured,
}
