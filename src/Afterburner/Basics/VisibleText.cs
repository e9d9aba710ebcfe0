using System.Globalization;
using System.Text;

namespace Afterburner.Basics;

/// <summary>
/// Makes text of others safe to look at: every character that a reader does not see, or that makes a terminal or a page
/// show something else than is there, appears as its number, <c>[U+001B]</c>. The one place that decides which these are.
/// </summary>
public static class VisibleText
{
    /// <summary>Unicode's Default_Ignorable_Code_Point that are neither control, format nor unassigned, and marks and letters that show as nothing.</summary>
    private static readonly (int First, int Last)[] Blank =
    [
        (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2800, 0x2800), (0x3164, 0x3164), (0xFE00, 0xFE0F),
        (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFC), (0x13441, 0x13442), (0x16FE4, 0x16FE4), (0x1D159, 0x1D159), (0xE0000, 0xE0FFF),
    ];

    /// <summary>Text of several lines: line ends and tabs stay as they are.</summary>
    public static string Of(string text) => Shown(text.Replace("\r\n", "\n", StringComparison.Ordinal), ['\n', '\t'], Number);

    /// <summary>A name, or any text that has to stay on its line: line ends and tabs are numbers too.</summary>
    public static string Line(string text) => Shown(text, [], Number);

    /// <summary>JSON that means the same and hides nothing: such characters are only in strings, where JSON has escapes for them.</summary>
    public static string Json(string json) => Shown(
        json, ['\n', '\t', '\r'], rune => string.Concat(rune.ToString().Select(c => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"))));

    /// <summary>Whether a reader does not see it: controls (line ends and tabs too), directions, joiners, selectors, spaces that are not U+0020, blanks.</summary>
    public static bool IsHidden(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate => true,
        UnicodeCategory.SpaceSeparator => rune.Value != ' ',
        _ => Blank.Any(b => b.First <= rune.Value && rune.Value <= b.Last),
    };

    /// <summary>How a character is named: <c>U+FE0F</c>.</summary>
    public static string Name(int codePoint) => string.Create(CultureInfo.InvariantCulture, $"U+{codePoint:X4}");

    private static string Number(Rune rune) => $"[{Name(rune.Value)}]";

    private static string Shown(string text, ReadOnlySpan<char> kept, Func<Rune, string> number)
    {
        // Nearly all text is printable ASCII.
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return text;
        var shown = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (!Rune.TryGetRuneAt(text, i, out var rune))
            {
                shown.Append(CultureInfo.InvariantCulture, $"[{Name(text[i])}]");
                continue;
            }

            if (IsHidden(rune) && !kept.Contains(text[i]))
                shown.Append(number(rune));
            else
                shown.Append(rune.ToString());
            i += rune.Utf16SequenceLength - 1;
        }

        return shown.ToString();
    }
}
