namespace Afterburner.Trainer.Files;

/// <summary>Files that are there as a whole or not at all, whenever a run ends.</summary>
internal static class WholeFile
{
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
