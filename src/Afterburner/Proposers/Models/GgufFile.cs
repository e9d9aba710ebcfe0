namespace Afterburner.Proposers.Models;

/// <summary>The little this project needs to know of a GGUF file before llama.cpp reads it.</summary>
internal static class GgufFile
{
    /// <value>Bytes that tell a GGUF file from anything else.</value>
    public const int MagicBytes = 4;

    public static bool IsMagic(ReadOnlySpan<byte> start) => start.StartsWith("GGUF"u8);

    /// <exception cref="UsageException">There is no such file, it is no regular one, or it is no GGUF file.</exception>
    public static void Check(string path)
    {
        // Links are followed: caches of models are made of them, and nobody but who runs this names a model.
        using var file = RegularFile.TryOpen(path, "the model file", followLinks: true)
            ?? throw new UsageException($"there is no model file '{path}'.");
        var start = new byte[MagicBytes];
        if (RandomAccess.Read(file, start, 0) < MagicBytes || !IsMagic(start))
            throw new UsageException($"'{path}' is no GGUF file: llama.cpp reads only GGUF (see afterburner models list).");
    }
}
