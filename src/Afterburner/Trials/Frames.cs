using System.Buffers.Binary;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Trials;

/// <summary>
/// The messages between a runner and whoever asks it. All that comes is hostile.
/// </summary>
internal sealed class Frames(SandboxProcess process)
{
    /// <summary>What a runner is sent: see <c>frames.py</c>.</summary>
    public const byte Command = (byte)'C', Again = (byte)'N', Inputs = (byte)'I', Go = (byte)'G', Write = (byte)'W', Leave = (byte)'L';

    /// <summary>What it answers.</summary>
    public const byte Ready = (byte)'R', Decoded = (byte)'D', Stopped = (byte)'S', Answers = (byte)'A', Ended = (byte)'E', Reply = (byte)'J', Message = (byte)'M';

    private const int MostAnswer = 256 << 20;

    /// <summary>The inputs of a sample: the calls as stored, one after the other.</summary>
    public static byte[] Pack(IEnumerable<RecordedCall> calls)
    {
        using var all = new MemoryStream();
        Span<byte> length = stackalloc byte[4];
        foreach (var call in calls)
        {
            var blob = Convert.FromBase64String(call.Blob);
            BinaryPrimitives.WriteInt32LittleEndian(length, blob.Length);
            all.Write(length);
            all.Write(blob);
        }

        return all.ToArray();
    }

    /// <summary>The parts of an answer.</summary>
    /// <exception cref="RunnerBrokenException">It is not made of parts.</exception>
    public static List<byte[]> Split(byte[] content)
    {
        var parts = new List<byte[]>();
        for (var at = 0; at < content.Length;)
        {
            var length = at + 4 <= content.Length ? BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(at)) : -1;
            if (length < 0 || length > content.Length - at - 4)
                throw new RunnerBrokenException("its answer is cut short", side: true);
            parts.Add(content[(at + 4)..(at + 4 + length)]);
            at += 4 + length;
        }

        return parts;
    }

    public async Task SendAsync(byte kind, byte[] content)
    {
        await process.Input.WriteAsync(FrameHead.With(kind, content)).ConfigureAwait(false);
        await process.Input.FlushAsync().ConfigureAwait(false);
    }

    /// <exception cref="RunnerBrokenException">The content is too large.</exception>
    public async Task<(byte Kind, byte[] Content)> ReceiveAsync()
    {
        var head = new byte[FrameHead.Size];
        await process.Output.ReadExactlyAsync(head).ConfigureAwait(false);
        var (length, kind) = FrameHead.Read(head);
        if (length is < 0 or > MostAnswer)
            throw new RunnerBrokenException("its answer is too large to be compared", side: true);
        var content = new byte[length];
        await process.Output.ReadExactlyAsync(content).ConfigureAwait(false);
        return (kind, content);
    }
}
