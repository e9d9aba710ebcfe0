using System.Text;

namespace Afterburner.Proposers;

/// <summary>
/// A key that must not be seen: it prints as <c>***</c>, takes no part in serialisation, and can take itself out of
/// the text of others (a server may echo it in an error).
/// </summary>
public sealed class Secret(string value)
{
    /// <summary>Characters of a key that may be seen: less than this many in a row.</summary>
    private const int PartLength = 8;

    private readonly string _value = value;

    /// <summary>The key itself, for the one place that sends it.</summary>
    public string Reveal() => _value;

    /// <summary>Whether the whole key stands in a text.</summary>
    public bool IsIn(string text) => _value.Length > 0 && text.Contains(_value, StringComparison.Ordinal);

    /// <summary>The text with every occurrence of the key, and of every part of it that tells something, replaced.</summary>
    public string Mask(string text)
    {
        if (_value.Length == 0)
            return text;
        text = text.Replace(_value, "***", StringComparison.Ordinal);
        if (_value.Length < 2 * PartLength)
            return text;

        // Servers shorten keys in their errors ("sk-abcd...wxyz"), and an error may be cut off in the middle of one.
        var masked = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            var length = PartAt(text.AsSpan(i));
            masked.Append(length > 0 ? "***" : text.AsSpan(i, 1));
            i += Math.Max(1, length);
        }

        return masked.ToString();
    }

    public override string ToString() => "***";

    /// <summary>Length of the longest part of the key that a text begins with; 0 when it is too short to tell anything.</summary>
    private int PartAt(ReadOnlySpan<char> text)
    {
        var longest = 0;
        for (var start = 0; start + PartLength <= _value.Length; start++)
            longest = Math.Max(longest, text.CommonPrefixLength(_value.AsSpan(start)));
        return longest >= PartLength ? longest : 0;
    }
}
