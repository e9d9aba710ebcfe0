using System.Globalization;
using System.Text;

namespace Afterburner.GitHub;

/// <summary>Characters that make code read otherwise than it runs: control, direction, zero-width, private and unpaired ones.</summary>
internal static class HiddenText
{
    public static bool In(string code)
    {
        for (var i = 0; i < code.Length; i++)
        {
            if (!Rune.TryGetRuneAt(code, i, out var rune))
                return true;
            if (rune.Utf16SequenceLength == 2)
                i++;
            var category = Rune.GetUnicodeCategory(rune);
            // A carriage return only as part of a line end.
            if (rune.Value == '\r' && i + 1 < code.Length && code[i + 1] == '\n')
                continue;
            if (rune.Value is not ('\n' or '\t')
                && category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse
                    or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned)
                return true;
        }

        return false;
    }
}
