namespace Afterburner.Trials;

/// <summary>Which calls a trial executes.</summary>
public enum CallSize
{
    /// <summary>As the repository's tests made them.</summary>
    Captured,

    /// <summary>Larger ones made from those.</summary>
    Amplified,
}

/// <summary>
/// One way to execute two versions of one function (or two trees) together, ready to be asked. The one seam between measuring and
/// deciding: what is a process, what a message, and how CPU time is read are known behind it only.
/// </summary>
public interface ITrials
{
    /// <summary>The sizes there are, in the order they are measured; empty when there is no call.</summary>
    IReadOnlyList<CallSize> Sizes { get; }

    /// <summary>Measures interleaved pairs until they suffice. What goes wrong on either side is said by <see cref="Trial.End"/>.</summary>
    /// <param name="enough">Sees every pair once, in order; true ends the trial.</param>
    Task<Trial> MeasureAsync(CallSize size, long seed, Func<Pair, bool> enough, CancellationToken cancellationToken);

    /// <summary>Measures what a claim rests on anew: in other processes, each call once, on calls that neither side has seen where there are any.</summary>
    /// <param name="claim">A trial that <see cref="MeasureAsync"/> returned.</param>
    Task<Trial> ConfirmAsync(Trial claim, long seed, Func<Pair, bool> enough, CancellationToken cancellationToken);
}
