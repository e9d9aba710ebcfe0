using System.Text.Json;
using System.Text.Json.Nodes;

namespace Afterburner.Trainer.Files;

/// <summary>Files that are there as a whole or not at all, whenever a run ends.</summary>
internal static class WholeFile
{
    // Files that other programs read hold texts as they are.
    private static readonly JsonSerializerOptions Form = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void WriteJson(string file, JsonObject content) => Write(file, stream => JsonSerializer.Serialize(stream, content, Form));

    public static void Write(string file, Action<Stream> content)
    {
        var beside = $"{file}.{Environment.ProcessId}.part";
        try
        {
            using (var stream = new FileStream(beside, FileMode.Create, FileAccess.Write))
            {
                content(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(beside, file, overwrite: true);
        }
        finally
        {
            File.Delete(beside);
        }
    }
}
