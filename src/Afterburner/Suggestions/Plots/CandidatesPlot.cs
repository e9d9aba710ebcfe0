using Afterburner.Verdicts;

namespace Afterburner.Suggestions.Plots;

/// <summary>What the loop tried, round by round: the factor of each candidate, the best so far, and those not admissible.</summary>
internal static class CandidatesPlot
{
    private const double Width = 420, Height = 220, Left = 58, Right = 408, Top = 48, Bottom = 150, Refused = 172;

    /// <returns>Null when there are fewer than two candidates, or none was measured.</returns>
    public static string? Draw(IReadOnlyList<CandidateReport> candidates)
    {
        var measured = candidates.Where(c => c.Ratio is > 0 && double.IsFinite(c.Ratio.Value)).ToList();
        if (candidates.Count < 2 || measured.Count == 0)
            return null;

        var svg = new Svg(Width, Height, "Candidates: factor against the code as changed");
        var y = Scale.Over(measured.Select(c => c.Ratio!.Value).Append(1), Bottom, Top, logarithmic: true);
        var rounds = candidates.Select(c => c.Iteration).Distinct().Order().ToList();
        var step = (Right - Left) / rounds.Count;
        foreach (var tick in y.Ticks(4))
        {
            svg.Line(Left, y[tick], Right, y[tick], tick == 1 ? "axis" : "grid");
            svg.Text(Left - 7, y[tick] + 4, Wording.Round(Wording.Times(tick)), anchor: "end");
        }

        for (var round = 0; round < rounds.Count; round++)
        {
            if (rounds.Count <= 12 || round % ((rounds.Count / 10) + 1) == 0)
                svg.Text(Left + (round + 0.5) * step, Refused + 22, $"{rounds[round]}", anchor: "middle");
        }

        svg.Text((Left + Right) / 2, Height - 4, "round", anchor: "middle");
        Legend(svg);
        if (candidates.Any(c => c.Ratio is null))
            svg.Text(Left - 7, Refused + 4, "refused", anchor: "end");
        svg.Path(BestSoFar(), "line suggested");
        foreach (var group in candidates.GroupBy(c => c.Iteration))
        {
            var all = group.ToList();
            for (var i = 0; i < all.Count; i++)
            {
                var x = Left + step * (rounds.IndexOf(group.Key) + (i + 1.0) / (all.Count + 1));
                var tip = $"{all[i].Proposer}: {all[i].Verdict}{(all[i].Ratio is { } r ? $", {Wording.Times(r)}" : "")}";
                if (all[i].Ratio is { } ratio and > 0)
                    svg.Circle(x, y[ratio], 4, $"dot {Style(all[i].Verdict)}", tip);
                else
                    svg.Cross(x, Refused, "cross", tip);
            }
        }

        return svg.ToString();

        IEnumerable<(double, double)> BestSoFar()
        {
            var best = 1.0;
            yield return (Left, y[best]);
            for (var round = 0; round < rounds.Count; round++)
            {
                var middle = Left + (round + 0.5) * step;
                yield return (middle, y[best]);
                best = measured
                    .Where(c => c.Iteration == rounds[round] && c.Verdict == VerdictKind.Improved)
                    .Select(c => c.Ratio!.Value)
                    .Append(best)
                    .Max();
                yield return (middle, y[best]);
            }

            yield return (Right, y[best]);
        }
    }

    private static void Legend(Svg svg)
    {
        var x = Left + 4;
        foreach (var (style, text, width) in new[] { ("suggested", "better", 58.0), ("unclear", "cannot tell", 84), ("worse", "worse", 0) })
        {
            svg.Circle(x, 30, 4, $"dot {style}");
            svg.Text(x + 8, 34, text);
            x += width;
        }
    }

    private static string Style(VerdictKind verdict) => verdict switch
    {
        VerdictKind.Improved => "suggested",
        VerdictKind.Regressed => "worse",
        VerdictKind.Inconclusive => "unclear",
        VerdictKind.Rejected => "worse",
    };
}
