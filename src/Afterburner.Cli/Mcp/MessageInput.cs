namespace Afterburner.Cli.Mcp;

/// <summary>
/// Standard input as the protocol reads it: a message a line. Tells when the client has closed it, and takes no line that would fill the memory of this machine.
/// </summary>
internal sealed class MessageInput(Stream inner) : Stream
{
    /// <summary>Bytes of one message: the largest patch with every character escaped, and some.</summary>
    public const int Longest = 16 << 20;

    private readonly CancellationTokenSource _ended = new();
    private int _line;

    /// <summary>Cancelled once nothing more comes.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>What is told where a message is too long; null where none was.</summary>
    public string? TooLong { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (TooLong is not null)
            return 0;
        // A read of standard input listens to nobody.
        var count = await inner.ReadAsync(buffer, cancellationToken).AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
        var end = buffer.Span[..count].LastIndexOf((byte)'\n');
        _line = end < 0 ? _line + count : count - end - 1;
        if (_line > Longest)
            TooLong = $"a message of the client is longer than {Longest >> 20} MiB: give larger patches to `afterburner check --patch FILE`.";
        if (count > 0 && TooLong is null)
            return count;
        await _ended.CancelAsync().ConfigureAwait(false);
        return 0;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
        // Nothing is written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    // Standard input is this process's, and a read of it may still be waiting.
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
        _ended.Dispose();
        GC.SuppressFinalize(this);
    }
}
