using System.Globalization;
using System.Text;
using Docker.DotNet;

namespace Afterburner.Sandboxes;

/// <summary>
/// Both output streams of a container up to the line that <see cref="Launcher.Over"/> puts at their ends. The two come
/// through different pipes and overtake each other, so a run is over only when both ends have arrived.
/// </summary>
internal sealed class DockerStreams(Launcher launcher, long mostBytes) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly MemoryStream _output = new();
    private readonly MemoryStream _error = new();
    private int? _outputEnd;
    private int? _errorEnd;
    private long _total;

    /// <summary>Exit code that the launcher reported; null when it did not come to that.</summary>
    public int? ExitCode { get; private set; }

    public byte[] Output => Kept(_output, _outputEnd);

    public byte[] Error => Kept(_error, _errorEnd);

    public void Dispose()
    {
        lock (_lock)
        {
            _output.Dispose();
            _error.Dispose();
        }
    }

    /// <summary>Reads until the command is over.</summary>
    /// <returns>False when it wrote more than it may; true when both ends, or the end of the container, were seen.</returns>
    public async Task<bool> ReadAsync(MultiplexedStream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        while (_outputEnd is null || _errorEnd is null)
        {
            var read = await stream.ReadOutputAsync(buffer, 0, buffer.Length, cancellationToken).ConfigureAwait(false);
            if (read.EOF)
                return true;
            if ((_total += read.Count) > mostBytes)
                return false;
            lock (_lock)
            {
                if (!_output.CanWrite)
                    return true; // Nobody waits for it any more.
                if (read.Target == MultiplexedStream.TargetStream.StandardError)
                    _errorEnd ??= Append(_error, buffer.AsSpan(0, read.Count), $"\n{launcher.Over} ", isError: true);
                else
                    _outputEnd ??= Append(_output, buffer.AsSpan(0, read.Count), $"\n{launcher.Over}\n", isError: false);
            }
        }

        return true;
    }

    private byte[] Kept(MemoryStream stream, int? end)
    {
        lock (_lock)
            return stream.GetBuffer().AsSpan(0, end ?? (int)stream.Length).ToArray();
    }

    // Position of the end line, when it is complete.
    private int? Append(MemoryStream kept, ReadOnlySpan<byte> bytes, string line, bool isError)
    {
        const int LongestCode = 8;
        var from = (int)Math.Max(0, kept.Length - line.Length - LongestCode);
        kept.Write(bytes);
        var at = kept.GetBuffer().AsSpan(from, (int)kept.Length - from).IndexOf(Encoding.ASCII.GetBytes(line));
        if (at < 0)
            return null;
        at += from;
        if (!isError)
            return at;
        var code = kept.GetBuffer().AsSpan(at + line.Length, (int)kept.Length - at - line.Length);
        var newline = code.IndexOf((byte)'\n');
        if (newline < 0)
            return null;
        ExitCode = int.TryParse(Encoding.ASCII.GetString(code[..newline]), CultureInfo.InvariantCulture, out var number) ? number : -1;
        return at;
    }
}
