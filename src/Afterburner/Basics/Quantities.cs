using System.Globalization;
using System.Text.RegularExpressions;

namespace Afterburner.Basics;

/// <summary>Durations and sizes as people write them.</summary>
public static partial class Quantities
{
    /// <summary>Reads <c>50us</c>, <c>250ms</c>, <c>90s</c>, <c>1.5m</c>, <c>2h</c>. A number without a unit is not a duration.</summary>
    public static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = default;
        var match = Duration().Match(text);
        if (!match.Success)
            return false;
        var seconds = double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * match.Groups[2].Value switch
        {
            "us" or "µs" => 1e-6,
            "ms" => 1e-3,
            "s" => 1,
            "m" => 60,
            _ => 3600,
        };
        if (seconds > TimeSpan.MaxValue.TotalSeconds / 2)
            return false;
        duration = TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond));
        return true;
    }

    /// <summary>Reads <c>512MiB</c>, <c>2GiB</c> (powers of 1024) and <c>2GB</c> (powers of 1000). A number without a unit is not a size.</summary>
    public static bool TryBytes(string text, out long bytes)
    {
        bytes = 0;
        var match = Size().Match(text);
        if (!match.Success)
            return false;
        var power = "KMGT".IndexOf(match.Groups[2].Value[0], StringComparison.Ordinal) + 1;
        var size = double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * Math.Pow(match.Groups[3].Length > 0 ? 1024 : 1000, power);
        if (size > long.MaxValue / 2)
            return false;
        bytes = (long)Math.Round(size);
        return true;
    }

    /// <summary>Writes a size as disks and downloads are labelled, in powers of 1000: <c>18.6 GB</c>.</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        >= 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB"),
        >= 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes"),
    };

    [GeneratedRegex(@"^(\d{1,12}(?:\.\d{1,9})?)(us|µs|ms|s|m|h)$")]
    private static partial Regex Duration();

    [GeneratedRegex(@"^(\d{1,12}(?:\.\d{1,9})?)([KMGT])(i?)B$")]
    private static partial Regex Size();
}
