using System.Text.Json.Serialization;

namespace Afterburner.Verdicts;

/// <summary>What the gate says of one function or benchmark.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GateStatus>))]
public enum GateStatus
{
    /// <summary>Proven slower than allowed. Fails the gate unless somebody accepted it.</summary>
    [JsonStringEnumMemberName("slower")]
    Slower,

    /// <summary>Proven to be within the limit.</summary>
    [JsonStringEnumMemberName("not-slower")]
    NotSlower,

    /// <summary>Neither could be proven. Never fails the gate.</summary>
    [JsonStringEnumMemberName("cannot-tell")]
    CannotTell,

    /// <summary>Not measured: no test reaches it, it is new, or too small to matter. A normal outcome.</summary>
    [JsonStringEnumMemberName("skipped")]
    Skipped,
}

/// <summary>What the gate says of one function or command.</summary>
/// <param name="Reason">One sentence for a person.</param>
/// <param name="Slowdown">Cost at head over cost at base, median of pairs: 2 means twice as slow. Null when nothing was measured.</param>
/// <param name="Low">Lower bound of the 99 % interval of <paramref name="Slowdown"/>.</param>
/// <param name="High">Upper bound.</param>
/// <param name="Pairs">Interleaved pairs behind it.</param>
/// <param name="LostPerCall">What one call costs more, in the objective's unit; negative where it costs less.</param>
internal sealed record GateVerdict(
    GateStatus Status, string Reason, double? Slowdown = null, double? Low = null, double? High = null, int Pairs = 0, double? LostPerCall = null)
{
    public static GateVerdict CannotTell(string reason) => new(GateStatus.CannotTell, reason);
}
