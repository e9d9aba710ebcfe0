using System.Text;

namespace Afterburner.Suggestions;

/// <summary>Lines as git counts them: ended by '\n', which belongs to the line; the last one may lack it.</summary>
internal static class Lines
{
    public static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static List<string> Of(string text)
    {
        var lines = new List<string>();
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start) + 1;
            if (end == 0)
                end = text.Length;
            lines.Add(text[start..end]);
            start = end;
        }

        return lines;
    }

    public static List<ReadOnlyMemory<byte>> Of(ReadOnlyMemory<byte> text)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        while (!text.IsEmpty)
        {
            var end = text.Span.IndexOf((byte)'\n') + 1;
            if (end == 0)
                end = text.Length;
            lines.Add(text[..end]);
            text = text[end..];
        }

        return lines;
    }
}
