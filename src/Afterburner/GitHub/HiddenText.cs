using System.Globalization;
using System.Text;

namespace Afterburner.GitHub;

/// <summary>
/// Finds characters that make code read otherwise than it runs (<see cref="VisibleText.IsHidden"/>) in what is to replace
/// other code. One that the replaced code already has may stay, as often as it is there: an emoji's selector, a space in a text.
/// </summary>
internal static class HiddenText
{
    /// <summary>The first character that must not be there, named for a message; null when there is none.</summary>
    /// <param name="original">What is replaced; its characters are those of the file, as was checked elsewhere.</param>
    public static string? Added(string original, string replacement)
    {
        var had = Counted(original);
        foreach (var (character, count) in Counted(replacement))
        {
            if (count > had.GetValueOrDefault(character) || ShapesLines(character))
                return VisibleText.Name(character);
        }

        return null;
    }

    /// <summary>
    /// Whether it decides what is a line, a comment or an order of reading: where it stands matters more than how often,
    /// so none of these may be anywhere.
    /// </summary>
    private static bool ShapesLines(int character) => !Rune.TryCreate(character, out var rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || character is 0x061C or 0x200E or 0x200F or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);

    /// <summary>Hidden characters, halves of pairs included, by how often they occur; without line ends (a return only before one) and tabs.</summary>
    private static Dictionary<int, int> Counted(string code)
    {
        var counts = new Dictionary<int, int>();
        for (var i = 0; i < code.Length; i++)
        {
            var whole = Rune.TryGetRuneAt(code, i, out var rune);
            var character = whole ? rune.Value : code[i];
            if (whole && (!VisibleText.IsHidden(rune) || character is '\n' or '\t' || code.AsSpan(i).StartsWith("\r\n")))
            {
                i += rune.Utf16SequenceLength - 1;
                continue;
            }

            counts[character] = counts.GetValueOrDefault(character) + 1;
            i += whole ? rune.Utf16SequenceLength - 1 : 0;
        }

        return counts;
    }
}
