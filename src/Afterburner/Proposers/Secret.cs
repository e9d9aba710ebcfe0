namespace Afterburner.Proposers;

/// <summary>
/// A key that must not be seen: it prints as <c>***</c>, takes no part in serialisation, and can take itself out of
/// the text of others (a server may echo it in an error).
/// </summary>
public sealed class Secret(string value)
{
    private readonly string _value = value;

    /// <summary>The key itself, for the one place that sends it.</summary>
    public string Reveal() => _value;

    /// <summary>The text with every occurrence of the key, and of its visible half, replaced.</summary>
    public string Mask(string text)
    {
        if (_value.Length == 0)
            return text;
        text = text.Replace(_value, "***", StringComparison.Ordinal);
        // Servers shorten keys in their errors ("sk-abcd...wxyz"): hide both ends as well.
        return _value.Length < 16
            ? text
            : text.Replace(_value[..8], "***", StringComparison.Ordinal).Replace(_value[^8..], "***", StringComparison.Ordinal);
    }

    public override string ToString() => "***";
}
