namespace Afterburner.Suggestions.Plots;

/// <summary>Maps values to positions, evenly or by their logarithm.</summary>
internal sealed class Scale
{
    private readonly bool _logarithmic;
    private readonly double _low;
    private readonly double _high;
    private readonly double _start;
    private readonly double _end;

    private Scale(bool logarithmic, double low, double high, double start, double end) =>
        (_logarithmic, _low, _high, _start, _end) = (logarithmic, low, high, start, end);

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

    public double this[double value] => _logarithmic
        ? _start + (_end - _start) * Math.Log(value / _low) / Math.Log(_high / _low)
        : _start + (_end - _start) * (value - _low) / (_high - _low);

    /// <summary>Round values inside the scale, about <paramref name="wanted"/> of them.</summary>
    public IReadOnlyList<double> Ticks(int wanted)
    {
        var ticks = _logarithmic ? LogarithmicTicks(wanted) : LinearTicks(wanted);
        return ticks.Count >= 2 || !_logarithmic ? ticks : LinearTicks(wanted);
    }

    private List<double> LinearTicks(int wanted)
    {
        var rough = (_high - _low) / Math.Max(1, wanted);
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = (rough / power) switch { <= 1.001 => 1, <= 2.001 => 2, <= 5.001 => 5, _ => 10 } * power;
        var ticks = new List<double>();
        for (var i = Math.Ceiling(_low / step); i * step <= _high; i++)
            ticks.Add(i * step);
        return [.. ticks.Where(t => !_logarithmic || t > 0)];
    }

    private List<double> LogarithmicTicks(int wanted)
    {
        var every = (int)Math.Ceiling(Math.Log10(_high / _low) / wanted);
        return new[] { Candidates([1, 2, 5], 1), Candidates([1, 3], 1), Candidates([1], 1) }
            .FirstOrDefault(ticks => ticks.Count <= wanted + 1) ?? Candidates([1], every);
    }

    private List<double> Candidates(ReadOnlySpan<int> digits, int every)
    {
        var first = (int)Math.Floor(Math.Log10(_low));
        var last = (int)Math.Ceiling(Math.Log10(_high));
        var values = new List<double>();
        for (var power = first; power <= last; power++)
        {
            foreach (var digit in digits)
            {
                var value = digit * Math.Pow(10, power);
                if (power % every == 0 && value >= _low && value <= _high)
                    values.Add(value);
            }
        }

        return values;
    }
}
