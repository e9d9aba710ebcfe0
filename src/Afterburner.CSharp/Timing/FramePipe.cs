using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Afterburner.CSharp.Timing;

/// <summary>Frames both ways: length of the content (4 bytes, lowest first), kind (1 byte), content.</summary>
internal sealed class FramePipe(Stream inbox, Stream outbox)
{
    public const byte Command = (byte)'C', Inputs = (byte)'I', Go = (byte)'G', Write = (byte)'W', Leave = (byte)'L', Again = (byte)'N';

    public const byte Ready = (byte)'R', Decoded = (byte)'D', Stopped = (byte)'S', Answers = (byte)'A', Ended = (byte)'E', Reply = (byte)'J';

    private const int Head = 5, Largest = 1 << 30;

    /// <summary>By descriptors of this process.</summary>
    public static FramePipe Of(int inbox, int outbox) => new(Open(inbox, FileAccess.Read), Open(outbox, FileAccess.Write));

    /// <summary>The content of the next frame.</summary>
    /// <exception cref="EndOfStreamException">Nobody asks any more.</exception>
    /// <exception cref="InvalidDataException">It is of another kind.</exception>
    public byte[] Receive(byte kind)
    {
        var head = new byte[Head];
        inbox.ReadExactly(head);
        var length = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (length is < 0 or > Largest)
            throw new InvalidDataException("a frame is too long");
        var content = new byte[length];
        inbox.ReadExactly(content);
        return head[4] == kind ? content : throw new InvalidDataException($"a frame {(char)kind} was expected");
    }

    public void Send(byte kind, ReadOnlySpan<byte> content = default)
    {
        var whole = new byte[Head + content.Length];
        BinaryPrimitives.WriteInt32LittleEndian(whole, content.Length);
        whole[4] = kind;
        content.CopyTo(whole.AsSpan(Head));
        outbox.Write(whole);
        outbox.Flush();
    }

    public void Say<T>(T message) => Send(Reply, JsonSerializer.SerializeToUtf8Bytes(message));

    /// <summary>Parts, each after its length.</summary>
    public static byte[] Pack(IEnumerable<byte[]> parts)
    {
        using var packed = new MemoryStream();
        Span<byte> length = stackalloc byte[4];
        foreach (var part in parts)
        {
            BinaryPrimitives.WriteInt32LittleEndian(length, part.Length);
            packed.Write(length);
            packed.Write(part);
        }

        return packed.ToArray();
    }

    /// <exception cref="InvalidDataException">They are not whole.</exception>
    public static List<byte[]> Unpack(byte[] content)
    {
        var parts = new List<byte[]>();
        for (var at = 0; at < content.Length;)
        {
            if (content.Length - at < 4 || BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(at)) is var length && (length < 0 || length > content.Length - at - 4))
                throw new InvalidDataException("the inputs are not whole");
            parts.Add(content[(at + 4)..(at + 4 + length)]);
            at += 4 + length;
        }

        return parts;
    }

    private static FileStream Open(int descriptor, FileAccess access) => new(new SafeFileHandle(descriptor, ownsHandle: false), access, bufferSize: 0);
}
