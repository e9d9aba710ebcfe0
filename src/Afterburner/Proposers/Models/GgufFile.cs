namespace Afterburner.Proposers.Models;

/// <summary>The little this project needs to know of a GGUF file before llama.cpp reads it.</summary>
public static class GgufFile
{
    /// <value>Bytes that tell a GGUF file from anything else.</value>
    public const int MagicBytes = 4;

    public static bool IsMagic(ReadOnlySpan<byte> start) => start.StartsWith("GGUF"u8);

    /// <exception cref="UsageException">There is no such file, or it is no GGUF file.</exception>
    public static void Check(string path)
    {
        if (!File.Exists(path))
            throw new UsageException($"there is no model file '{path}'.");
        try
        {
            using var file = File.OpenRead(path);
            var start = new byte[MagicBytes];
            if (file.ReadAtLeast(start, MagicBytes, throwOnEndOfStream: false) < MagicBytes || !IsMagic(start))
                throw new UsageException($"'{path}' is no GGUF file: llama.cpp reads only GGUF (see afterburner models list).");
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new UsageException($"the model file '{path}' cannot be read: {e.Message}", e);
        }
    }
}
