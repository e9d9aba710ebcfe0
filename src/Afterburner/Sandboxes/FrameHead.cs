using System.Buffers.Binary;

namespace Afterburner.Sandboxes;

/// <summary>How messages over a pipe begin, to and from all of our own programs in a sandbox: the length of the content (4 bytes, little endian), its kind (1 byte).</summary>
internal static class FrameHead
{
    public const int Size = 5;

    /// <summary>A whole message.</summary>
    public static byte[] With(byte kind, ReadOnlySpan<byte> content)
    {
        var frame = new byte[Size + content.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, content.Length);
        frame[4] = kind;
        content.CopyTo(frame.AsSpan(Size));
        return frame;
    }

    /// <param name="head">Its bytes; a hostile length may be negative.</param>
    public static (int Length, byte Kind) Read(ReadOnlySpan<byte> head) => (BinaryPrimitives.ReadInt32LittleEndian(head), head[4]);
}
