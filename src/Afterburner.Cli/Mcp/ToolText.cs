namespace Afterburner.Cli.Mcp;

/// <summary>Text of others in an answer: visible, and no longer than an agent has room for.</summary>
internal static class ToolText
{
    public const int MostMessage = 2_000;

    private const int MostLine = 300;

    /// <summary>On one line.</summary>
    public static string Line(string text, int most = MostLine) => Cut(VisibleText.Line(Cut(text, most).ReplaceLineEndings(" ")), most);

    /// <summary>Several lines.</summary>
    public static string Of(string text, int most) => Cut(VisibleText.Of(Cut(text, most)), most);

    /// <summary>Four significant digits, which is more than any of them is good for; null where it is no number that JSON has.</summary>
    public static double? Rounded(double? value) =>
        value is not { } number || !double.IsFinite(number) ? null
        : number == 0 ? 0
        : double.Parse(number.ToString("G4", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture);

    private static string Cut(string text, int most) =>
        text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)] + "...";
}
