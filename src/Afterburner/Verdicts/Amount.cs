using System.Globalization;

namespace Afterburner.Verdicts;

/// <summary>How verdicts word what they measured.</summary>
internal static class Amount
{
    /// <summary>A cost with the unit of its objective: <c>12.30 us</c>, <c>640 KiB</c>.</summary>
    /// <param name="value">Seconds, bytes or byte-seconds.</param>
    public static string Units(this ObjectiveKind objective, double value) => objective switch
    {
        ObjectiveKind.Time => Math.Abs(value) switch
        {
            < 1e-3 => $"{Number(value * 1e6)} us",
            < 1 => $"{Number(value * 1e3)} ms",
            _ => $"{Number(value)} s",
        },
        ObjectiveKind.Memory => $"{Number(value / 1024)} KiB",
        ObjectiveKind.Integral => $"{Number(value)} byte-seconds",
    };

    /// <summary>A factor, without its sign: <c>2.31</c>, or <c>at least 1000</c> where larger ones are not told apart.</summary>
    public static string Factor(double ratio) => (IsMost(ratio) ? "at least " : "") + Number(ratio);

    /// <summary>Whether a ratio stands for all that are larger (<see cref="RatioInterval.Most"/>).</summary>
    public static bool IsMost(double ratio) => Math.Abs(ratio - RatioInterval.Most) < 1e-6;

    public static string Number(double value) => value.ToString(value >= 100 ? "0" : "0.00", CultureInfo.InvariantCulture);
}
