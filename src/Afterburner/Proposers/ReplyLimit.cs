using System.ClientModel.Primitives;

namespace Afterburner.Proposers;

/// <summary>
/// Bounds what a server may send for one reply, whatever its form: <see cref="ReplyReader.Limit"/> counts the text of a reply
/// as it comes, and never sees one line without an end, one endless body, or events without text.
/// </summary>
internal sealed class ReplyLimit : PipelinePolicy
{
    /// <value>Bytes: 32 MiB, four times what 8,192 tokens take in events of 1 KiB each.</value>
    public const int Bytes = 32 * 1024 * 1024;

    public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex) =>
        throw new NotSupportedException("replies are read asynchronously");

    public override async ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        // The transport would read a whole body before anybody could count it.
        var whole = message.BufferResponse;
        message.BufferResponse = false;
        await ProcessNextAsync(message, pipeline, currentIndex).ConfigureAwait(false);
        message.BufferResponse = whole;
        if (message.Response is not { ContentStream: { } content } response)
            return;
        response.ContentStream = new Bounded(content);
        if (whole)
            await response.BufferContentAsync(message.CancellationToken).ConfigureAwait(false);
    }

    private sealed class Bounded(Stream inner) : Stream
    {
        private long _read;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _read;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Counted(inner.Read(buffer, offset, count));

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Counted(await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }

        private int Counted(int bytes) => (_read += bytes) <= Bytes
            ? bytes
            : throw new ReplyTooLongException($"the server sent more than {Bytes / 1024 / 1024} MiB for one reply");
    }
}
