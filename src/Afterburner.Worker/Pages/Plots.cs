using System.Globalization;
using System.Net;
using System.Text;

namespace Afterburner.Worker.Pages;

/// <param name="Day">UTC.</param>
/// <param name="Count">From 0.</param>
internal readonly record struct Bar(DateOnly Day, int Count);

/// <summary>Drawings of figures that a table beside them holds as well.</summary>
internal static class Plots
{
    private const int Width = 640, Height = 120, Foot = 18, Head = 22, MostDays = 60;

    /// <summary>The sum of each day, oldest first, up to sixty days before the newest.</summary>
    /// <param name="style">A class of the style sheet that gives the colour.</param>
    /// <returns>An SVG element; nothing where there is nothing to draw.</returns>
    public static string Bars(string title, IReadOnlyList<Bar> bars, string style)
    {
        if (bars.Sum(b => b.Count) == 0)
            return "";
        var newest = bars.Max(b => b.Day);
        var days = bars.GroupBy(b => newest.DayNumber - b.Day.DayNumber).Where(g => g.Key < MostDays).ToDictionary(g => g.Key, g => g.Sum(b => b.Count));
        var shown = Math.Max(7, days.Keys.Max() + 1);
        var most = Math.Max(1, days.Values.Max());
        var (step, room) = ((double)Width / shown, Height - Head - Foot);
        var shapes = new StringBuilder();
        for (var ago = 0; ago < shown; ago++)
        {
            var count = days.GetValueOrDefault(ago);
            if (count == 0)
                continue;
            var height = (double)room * count / most;
            var day = newest.AddDays(-ago).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            shapes.Append(CultureInfo.InvariantCulture, $"<rect class=\"bar {style}\" x=\"{Width - ((ago + 1) * step) + (step * 0.1):0.#}\" y=\"{Height - Foot - height:0.#}\" width=\"{step * 0.8:0.#}\" height=\"{height:0.#}\"><title>{day}: {count}</title></rect>");
        }

        var label = WebUtility.HtmlEncode($"{title} a day, at most {most.ToString(CultureInfo.InvariantCulture)}");
        return string.Create(CultureInfo.InvariantCulture,
            $"<svg class=\"plot\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{label}\"><text x=\"0\" y=\"14\">{label}</text>{shapes}<line class=\"axis\" x1=\"0\" y1=\"{Height - Foot}\" x2=\"{Width}\" y2=\"{Height - Foot}\"/><text x=\"0\" y=\"{Height - 4}\">{newest.AddDays(1 - shown):yyyy-MM-dd}</text><text x=\"{Width}\" y=\"{Height - 4}\" text-anchor=\"end\">{newest:yyyy-MM-dd}</text></svg>");
    }
}
