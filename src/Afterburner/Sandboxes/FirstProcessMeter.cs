using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Afterburner.Sandboxes;

/// <summary>
/// Asks process 1 of a sandbox (<c>first.py</c>) what all others there use, and talks through it to the command behind it. Only
/// process 1 has the pipes, so that nothing the command writes can be taken for an answer of the meter.
/// </summary>
/// <remarks>
/// It knows of memory nothing. A sample's CPU time is exact after <see cref="Finish"/>, when all that took part in it is dead; before
/// that, children that the sample reaped count in ticks of 10 ms.
/// </remarks>
internal sealed class FirstProcessMeter : IMeter
{
    private const byte Relay = (byte)'R', Clock = (byte)'C', Stop = (byte)'S', Go = (byte)'G', Start = (byte)'B', End = (byte)'F', Hello = (byte)'H', Answer = (byte)'A';

    /// <summary>Bytes that nobody has read before no more are taken, as long as no answer is waited for.</summary>
    private const int MostWaiting = 1 << 20;

    private readonly Stream _to;
    private readonly Stream _from;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly Lock _asking = new();
    private readonly BlockingCollection<long> _answers = [];
    private readonly Channel<byte[]> _output = Channel.CreateUnbounded<byte[]>();
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly object _flow = new();
    private int _waiting;
    private bool _isAsked, _isOver;

    /// <param name="to">Standard input of process 1.</param>
    /// <param name="from">Its standard output.</param>
    public FirstProcessMeter(Stream to, Stream from)
    {
        (_to, _from) = (to, from);
        (Input, Output) = (new ToCommand(this), new FromCommand(this));
        new Thread(Listen) { IsBackground = true, Name = "first process" }.Start();
    }

    /// <summary>Standard input of the command.</summary>
    public Stream Input { get; }

    /// <summary>Standard output of the command.</summary>
    public Stream Output { get; }

    /// <summary>Ends when process 1 has said whether it can be used, or is gone.</summary>
    public Task Opened => _opened.Task;

    /// <summary>Why it cannot be used; null when it can.</summary>
    public string? WhyNot { get; private set; }

    public string Means => "a first process";

    public bool KillsSamples => true;

    public bool MayResetPeak => false;

    /// <exception cref="EndOfStreamException">The sandbox is gone.</exception>
    public long CpuNanoseconds() => Ask(Clock, []);

    public long? Memory() => null;

    public long? Peak() => null;

    public bool ResetPeak() => false;

    public bool Rest(TimeSpan patience) => Ask(Stop, Milliseconds(patience)) != 0;

    public void Resume() => Send(Go, []);

    public void Begin() => Send(Start, []);

    public bool Finish(TimeSpan patience) => Ask(End, Milliseconds(patience)) != 0;

    /// <summary>Whoever made the pipes closes them.</summary>
    public void Dispose()
    {
        lock (_flow)
        {
            _isOver = true;
            Monitor.PulseAll(_flow);
        }
    }

    private static byte[] Milliseconds(TimeSpan time)
    {
        var number = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(number, (long)time.TotalMilliseconds);
        return number;
    }

    private long Ask(byte kind, byte[] content)
    {
        lock (_asking)
        {
            SetAsked(true);
            try
            {
                Send(kind, content);
                return _answers.Take();
            }
            catch (InvalidOperationException e)
            {
                throw new EndOfStreamException("the first process of the sandbox is gone", e);
            }
            finally
            {
                SetAsked(false);
            }
        }
    }

    private void SetAsked(bool isAsked)
    {
        lock (_flow)
        {
            _isAsked = isAsked;
            Monitor.PulseAll(_flow);
        }
    }

    private void Send(byte kind, byte[] content)
    {
        _writing.Wait();
        try
        {
            _to.Write(FrameHead.With(kind, content));
            _to.Flush();
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task SendAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _to.WriteAsync(FrameHead.With(Relay, content.Span), cancellationToken).ConfigureAwait(false);
            await _to.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Takes apart what comes, until nothing does.</summary>
    private void Listen()
    {
        try
        {
            var head = new byte[FrameHead.Size];
            while (true)
            {
                _from.ReadExactly(head);
                var (length, kind) = FrameHead.Read(head);
                var content = new byte[length];
                _from.ReadExactly(content);
                Take(kind, content);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OverflowException)
        {
            // The sandbox is gone, or was killed: everyone who waits is told.
        }
        finally
        {
            _opened.TrySetResult();
            _output.Writer.TryComplete();
            _answers.CompleteAdding();
        }
    }

    private void Take(byte kind, byte[] content)
    {
        switch (kind)
        {
            case Hello:
                WhyNot = content.Length == 0 ? null : System.Text.Encoding.UTF8.GetString(content);
                _opened.TrySetResult();
                break;
            case Answer:
                _answers.Add(BinaryPrimitives.ReadInt64LittleEndian(content));
                break;
            case Relay:
                _output.Writer.TryWrite(content);
                lock (_flow)
                {
                    _waiting += content.Length;
                    while (_waiting > MostWaiting && !_isAsked && !_isOver)
                        Monitor.Wait(_flow);
                }

                break;
        }
    }

    private void Taken(int bytes)
    {
        lock (_flow)
        {
            _waiting -= bytes;
            Monitor.PulseAll(_flow);
        }
    }

    private sealed class FromCommand(FirstProcessMeter meter) : OneWayStream
    {
        private ReadOnlyMemory<byte> _rest;

        public override bool CanRead => true;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (_rest.IsEmpty)
            {
                if (!await meter._output.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
                    return 0;
                if (meter._output.Reader.TryRead(out var next))
                    _rest = next;
            }

            var count = Math.Min(buffer.Length, _rest.Length);
            _rest[..count].CopyTo(buffer);
            _rest = _rest[count..];
            meter.Taken(count);
            return count;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    private sealed class ToCommand(FirstProcessMeter meter) : OneWayStream
    {
        public override bool CanWrite => true;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            await meter.SendAsync(buffer, cancellationToken).ConfigureAwait(false);

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            meter.SendAsync(buffer.AsMemory(offset, count), cancellationToken);
    }
}
