namespace Afterburner.Suggestions.Plots;

/// <summary>Time over input size, both axes logarithmic: a change of complexity class shows as a change of slope.</summary>
internal static class GrowthPlot
{
    private const double Width = 420, Height = 350, Left = 58, Right = 336, Top = 34, Bottom = 304;

    /// <returns>Null when there are fewer than two sizes.</returns>
    public static string? Draw(IReadOnlyList<GrowthPoint> growth)
    {
        var points = growth
            .Where(p => p.Size > 0 && p.BaselineSeconds > 0 && p.CandidateSeconds > 0)
            .OrderBy(p => p.Size)
            .ToList();
        if (points.Select(p => p.Size).Distinct().Count() < 2)
            return null;

        var svg = new Svg(Width, Height, "Growth: CPU time of one call over input size");
        var x = Scale.Over(points.Select(p => p.Size), Left, Right, logarithmic: true);
        var y = Scale.Over(points.SelectMany(p => new[] { p.BaselineSeconds, p.CandidateSeconds }), Bottom, Top, logarithmic: true);
        foreach (var tick in y.Ticks(5))
        {
            svg.Line(Left, y[tick], Right, y[tick], "grid");
            svg.Text(Left - 7, y[tick] + 4, Wording.Round(Wording.Seconds(tick)), anchor: "end");
        }

        foreach (var tick in x.Ticks(5))
        {
            svg.Line(x[tick], Bottom, x[tick], Bottom + 4, "axis");
            svg.Text(x[tick], Bottom + 18, Size(tick), anchor: "middle");
        }

        svg.Line(Left, Bottom, Right, Bottom, "axis");
        svg.Text((Left + Right) / 2, Height - 6, "size of input", anchor: "middle");
        Series(p => p.BaselineSeconds, "baseline", "as changed");
        Series(p => p.CandidateSeconds, "suggested", "suggested");
        return svg.ToString();

        void Series(Func<GrowthPoint, double> value, string style, string label)
        {
            svg.Path(points.Select(p => (x[p.Size], y[value(p)])), $"line {style}");
            foreach (var point in points)
                svg.Circle(x[point.Size], y[value(point)], 3.5, $"dot {style}", $"{label}, size {Size(point.Size)}: {Wording.Seconds(value(point))}");
            svg.Text(x[points[^1].Size] + 9, LabelY(value), label, $"label {style}");
        }

        // Labels at the ends of the lines; kept apart where the lines meet.
        double LabelY(Func<GrowthPoint, double> value)
        {
            var (own, first, second) = (y[value(points[^1])], y[points[^1].BaselineSeconds], y[points[^1].CandidateSeconds]);
            var apart = Math.Abs(first - second) >= 16 ? 0 : own <= (first + second) / 2 ? -8 : 8;
            if (first == second)
                apart = 0;
            return own + 4 + apart;
        }
    }

    private static string Size(double size) => size switch
    {
        >= 1e6 => $"{Trim(size / 1e6)}M",
        >= 1e4 => $"{Trim(size / 1e3)}k",
        _ => Trim(size),
    };

    private static string Trim(double value) => value.ToString("0.##", System.Globalization.CultureInfo.InvariantCulture);
}
