using System.Text;

namespace Afterburner.Basics;

/// <summary>Source files as text.</summary>
internal static class SourceText
{
    /// <summary>UTF-8 without the byte order mark, which parsers of text take for a character.</summary>
    public static string Of(ReadOnlySpan<byte> file) => Encoding.UTF8.GetString(file.StartsWith(Encoding.UTF8.Preamble) ? file[Encoding.UTF8.Preamble.Length..] : file);
}
