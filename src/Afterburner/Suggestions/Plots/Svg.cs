using System.Globalization;
using System.Net;
using System.Text;

namespace Afterburner.Suggestions.Plots;

/// <summary>A drawing for a page. Colours come from the page's style sheet by class, so that it fits light and dark.</summary>
internal sealed class Svg(double width, double height, string title)
{
    private readonly StringBuilder _shapes = new();

    public void Line(double x1, double y1, double x2, double y2, string style) =>
        _shapes.Append(CultureInfo.InvariantCulture, $"<line class=\"{style}\" x1=\"{x1:0.#}\" y1=\"{y1:0.#}\" x2=\"{x2:0.#}\" y2=\"{y2:0.#}\"/>");

    public void Circle(double x, double y, double radius, string style, string? tip = null) =>
        _shapes.Append(CultureInfo.InvariantCulture, $"<circle class=\"{style}\" cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"{radius:0.#}\">{Tip(tip)}</circle>");

    public void Rectangle(double x, double y, double width, double height, string style) =>
        _shapes.Append(CultureInfo.InvariantCulture, $"<rect class=\"{style}\" x=\"{x:0.#}\" y=\"{y:0.#}\" width=\"{width:0.#}\" height=\"{height:0.#}\" rx=\"2\"/>");

    public void Cross(double x, double y, string style, string? tip = null) =>
        _shapes.Append(CultureInfo.InvariantCulture, $"<path class=\"{style}\" d=\"M{x - 3.5:0.#} {y - 3.5:0.#}l7 7m0 -7l-7 7\">{Tip(tip)}</path>");

    public void Path(IEnumerable<(double X, double Y)> points, string style) =>
        _shapes.Append(CultureInfo.InvariantCulture, $"<polyline class=\"{style}\" points=\"{string.Join(' ', points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.X:0.#},{p.Y:0.#}")))}\"/>");

    /// <param name="anchor"><c>start</c>, <c>middle</c> or <c>end</c>.</param>
    public void Text(double x, double y, string text, string style = "tick", string anchor = "start") =>
        _shapes.Append(CultureInfo.InvariantCulture, $"<text class=\"{style}\" x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\">{WebUtility.HtmlEncode(text)}</text>");

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"<svg viewBox=\"0 0 {width:0} {height:0}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(title)}\"><text class=\"title\" x=\"0\" y=\"14\">{WebUtility.HtmlEncode(title)}</text>{_shapes}</svg>");

    private static string Tip(string? tip) => tip is null ? "" : $"<title>{WebUtility.HtmlEncode(tip)}</title>";
}
