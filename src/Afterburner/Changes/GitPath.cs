using System.Text;

namespace Afterburner.Changes;

/// <summary>A path as git stores it: bytes, usually but not always UTF-8.</summary>
/// <param name="Text">The path, or where it is not UTF-8 the way git displays it: quoted, odd bytes in octal.</param>
internal sealed record GitPath(string Text, bool IsUtf8)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// Whether a checkout may hold it: relative, without <c>.</c>, <c>..</c> or <c>.git</c>. Git refuses others too, but
    /// a hostile tree object can hold them.
    /// </summary>
    public bool IsSafe => IsUtf8 && Text.Split('/').All(part =>
        part is not ("" or "." or "..") && !part.Equals(".git", StringComparison.OrdinalIgnoreCase));

    public static GitPath Of(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return new GitPath(Strict.GetString(bytes), true);
        }
        catch (DecoderFallbackException)
        {
            return new GitPath(Quote(bytes), false);
        }
    }

    private static string Quote(ReadOnlySpan<byte> bytes)
    {
        var quoted = new StringBuilder("\"");
        foreach (var b in bytes)
        {
            if (b is (byte)'"' or (byte)'\\')
                quoted.Append('\\').Append((char)b);
            else if (b is >= 0x20 and < 0x7f)
                quoted.Append((char)b);
            else
                quoted.Append('\\').Append(Convert.ToString(b, 8).PadLeft(3, '0'));
        }

        return quoted.Append('"').ToString();
    }
}
