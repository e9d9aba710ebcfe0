namespace Afterburner.Suggestions.Plots;

/// <summary>Every measured value of both sides, with the quartiles behind them: the reader sees how far apart and how noisy they are.</summary>
internal static class SamplesPlot
{
    private const double Width = 420, Height = 160, Left = 84, Right = 408, Top = 34, Bottom = 130, RowHeight = 44;

    /// <summary>From this factor between the extremes on, an even scale would press one side to a line.</summary>
    private const double LogarithmicFrom = 6;

    /// <summary>More points than this would hide each other and swell the page.</summary>
    private const int MostPoints = 150;

    /// <returns>Null when a side has no samples.</returns>
    public static string? Draw(MeasuredSamples samples)
    {
        var all = samples.Baseline.Concat(samples.Candidate).Where(double.IsFinite).ToList();
        if (!samples.Baseline.Any(double.IsFinite) || !samples.Candidate.Any(double.IsFinite))
            return null;

        var svg = new Svg(Width, Height, $"Samples: {Quantity(samples.Unit)} of one pass over the workload");
        var x = Scale.Over(all, Left, Right, logarithmic: all.Min() > 0 && all.Max() / all.Min() >= LogarithmicFrom);
        foreach (var tick in x.Ticks(5))
        {
            svg.Line(x[tick], Top, x[tick], Bottom, "grid");
            svg.Text(x[tick], Bottom + 17, Wording.Round(Wording.Measured(tick, samples.Unit)), anchor: "middle");
        }

        svg.Line(Left, Bottom, Right, Bottom, "axis");
        Row(samples.Baseline, Top + 24, "baseline", "as changed");
        Row(samples.Candidate, Top + 24 + RowHeight, "suggested", "suggested");
        return svg.ToString();

        void Row(IReadOnlyList<double> values, double y, string style, string label)
        {
            svg.Text(Left - 10, y + 4, label, $"label {style}", anchor: "end");
            var sorted = values.Where(double.IsFinite).Order().ToList();
            var (q1, q3) = (Quantile(sorted, 0.25), Quantile(sorted, 0.75));
            svg.Rectangle(x[q1], y - 13, Math.Max(1.5, x[q3] - x[q1]), 26, $"box {style}");
            for (var i = 0; i < sorted.Count; i += 1 + sorted.Count / MostPoints)
                svg.Circle(x[sorted[i]], y + (i * 7 % 17 - 8) * 1.15, 2.2, $"sample {style}");
            var median = Wording.Median(sorted);
            svg.Line(x[median], y - 15, x[median], y + 15, $"median {style}");
        }
    }

    private static string Quantity(string unit) => unit switch
    {
        "seconds" => "CPU time",
        "bytes" => "peak memory",
        _ => "memory over time",
    };

    private static double Quantile(List<double> sorted, double q)
    {
        var position = (sorted.Count - 1) * q;
        var below = (int)position;
        return below + 1 < sorted.Count ? sorted[below] + (sorted[below + 1] - sorted[below]) * (position - below) : sorted[below];
    }
}
