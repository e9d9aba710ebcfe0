namespace Afterburner.Runs;

/// <summary>Where the wall time of a review goes. Whatever no part claims is Afterburner's own overhead.</summary>
public enum Part
{
    /// <summary>The repository's own tests.</summary>
    Tests,

    /// <summary>Recording and amplifying calls.</summary>
    Capture,

    /// <summary>Comparing behaviour.</summary>
    Verify,

    /// <summary>Interleaved trials.</summary>
    Measure,

    /// <summary>Waiting for proposers.</summary>
    Propose,
}

/// <summary>Adds up the wall time of the parts of a run.</summary>
public sealed class TimeBook(TimeProvider time)
{
    private readonly Dictionary<Part, TimeSpan> _spent = [];
    private readonly long _started = time.GetTimestamp();

    public TimeSpan Total => time.GetElapsedTime(_started);

    public TimeSpan Overhead => Total - Booked;

    public TimeSpan this[Part part] => _spent.GetValueOrDefault(part);

    public Suggestions.TimeSplit Split() => new()
    {
        TestsSeconds = this[Part.Tests].TotalSeconds,
        CaptureSeconds = this[Part.Capture].TotalSeconds,
        VerifySeconds = this[Part.Verify].TotalSeconds,
        MeasureSeconds = this[Part.Measure].TotalSeconds,
        ModelSeconds = this[Part.Propose].TotalSeconds,
        OverheadSeconds = Overhead.TotalSeconds,
    };

    /// <summary>
    /// Runs work and books its wall time to a part, also when it throws. Work booked inside other work counts for its own
    /// part only.
    /// </summary>
    public async Task<T> BookAsync<T>(Part part, Func<Task<T>> work)
    {
        var started = time.GetTimestamp();
        var before = Booked;
        try
        {
            return await work().ConfigureAwait(false);
        }
        finally
        {
            var inside = Booked - before;
            _spent[part] = _spent.GetValueOrDefault(part) + time.GetElapsedTime(started) - inside;
        }
    }

    private TimeSpan Booked => _spent.Values.Aggregate(TimeSpan.Zero, (a, b) => a + b);
}
