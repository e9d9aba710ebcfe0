namespace Afterburner.Suggestions.Plots;

/// <summary>Maps values to positions, evenly or by their logarithm.</summary>
internal sealed class Scale
{
    private readonly bool logarithmic;
    private readonly double low;
    private readonly double high;
    private readonly double start;
    private readonly double end;

    private Scale(bool logarithmic, double low, double high, double start, double end) =>
        (this.logarithmic, this.low, this.high, this.start, this.end) = (logarithmic, low, high, start, end);

    /// <param name="values">At least one, finite; positive for a logarithmic scale.</param>
    /// <param name="start">Position of the lowest value.</param>
    /// <param name="end">Position of the highest value.</param>
    public static Scale Over(IEnumerable<double> values, double start, double end, bool logarithmic)
    {
        var all = values.ToList();
        var (low, high) = (all.Min(), all.Max());
        if (logarithmic)
        {
            var room = Math.Max(1.12, Math.Pow(high / low, 0.06));
            return new Scale(true, low / room, high * room, start, end);
        }

        var margin = high > low ? (high - low) * 0.08 : Math.Max(Math.Abs(high) * 0.1, double.Epsilon);
        return new Scale(false, low - margin, high + margin, start, end);
    }

    public double this[double value] => logarithmic
        ? start + (end - start) * Math.Log(value / low) / Math.Log(high / low)
        : start + (end - start) * (value - low) / (high - low);

    /// <summary>Round values inside the scale, about <paramref name="wanted"/> of them.</summary>
    public IReadOnlyList<double> Ticks(int wanted)
    {
        var ticks = logarithmic ? LogarithmicTicks(wanted) : LinearTicks(wanted);
        return ticks.Count >= 2 || !logarithmic ? ticks : LinearTicks(wanted);
    }

    private List<double> LinearTicks(int wanted)
    {
        var rough = (high - low) / Math.Max(1, wanted);
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = (rough / power) switch { <= 1.001 => 1, <= 2.001 => 2, <= 5.001 => 5, _ => 10 } * power;
        var ticks = new List<double>();
        for (var i = Math.Ceiling(low / step); i * step <= high; i++)
            ticks.Add(i * step);
        return [.. ticks.Where(t => !logarithmic || t > 0)];
    }

    private List<double> LogarithmicTicks(int wanted)
    {
        var every = (int)Math.Ceiling(Math.Log10(high / low) / wanted);
        return new[] { Candidates([1, 2, 5], 1), Candidates([1, 3], 1), Candidates([1], 1) }
            .FirstOrDefault(ticks => ticks.Count <= wanted + 1) ?? Candidates([1], every);
    }

    private List<double> Candidates(ReadOnlySpan<int> digits, int every)
    {
        var first = (int)Math.Floor(Math.Log10(low));
        var last = (int)Math.Ceiling(Math.Log10(high));
        var values = new List<double>();
        for (var power = first; power <= last; power++)
        {
            foreach (var digit in digits)
            {
                var value = digit * Math.Pow(10, power);
                if (power % every == 0 && value >= low && value <= high)
                    values.Add(value);
            }
        }

        return values;
    }
}
