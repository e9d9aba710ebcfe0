using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Afterburner.Tests.Proposers.Models;

/// <summary>Serves one file on loopback, with ranges like a real file server, and misbehaves as a test wants.</summary>
internal sealed class FileServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    public FileServer(byte[] content)
    {
        Content = content;
        _listener.Start();
        _serving = ServeAsync();
    }

    public byte[] Content { get; set; }

    public string? ETag { get; set; } = "\"one\"";

    /// <value>Bytes of a body after which a connection is cut, one for each request; none cut when empty.</value>
    public Queue<int> Breaks { get; } = [];

    public bool IgnoresRange { get; set; }

    /// <value>Sends ranges of whatever there is, whatever the client asks it to compare.</value>
    public bool IgnoresIfRange { get; set; }

    /// <value>Status lines and headers to answer with instead of the file, one for each request.</value>
    public Queue<string> Instead { get; } = [];

    /// <value>Further headers of the file.</value>
    public string Headers { get; set; } = "";

    /// <summary>Heads of the requests, in order.</summary>
    public List<string> Heads { get; } = [];

    public string Url(string file) => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/repository/resolve/main/{file}";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await AnswerAsync(client.GetStream());
            }
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(NetworkStream connection)
    {
        try
        {
            var head = await ReadHeadAsync(connection);
            Heads.Add(head);
            if (Instead.TryDequeue(out var instead))
            {
                await connection.WriteAsync(Encoding.Latin1.GetBytes($"HTTP/1.1 {instead}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), _stop.Token);
                return;
            }

            var from = Header(head, "Range") is { } range && !IgnoresRange && (IgnoresIfRange || Header(head, "If-Range") is not { } seen || seen == ETag)
                ? int.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture)
                : (int?)null;
            await connection.WriteAsync(Encoding.Latin1.GetBytes(HeadOf(from)), _stop.Token);
            var body = Content.AsMemory(Math.Min(from ?? 0, Content.Length));
            if (Breaks.TryDequeue(out var after))
                body = body[..Math.Min(after, body.Length)];
            await connection.WriteAsync(body, _stop.Token);
        }
        catch (IOException)
        {
            // The client gave up.
        }
    }

    private string HeadOf(int? from)
    {
        var head = new StringBuilder(from switch
        {
            null => $"HTTP/1.1 200 OK\r\nContent-Length: {Content.Length}\r\n",
            { } f when f >= Content.Length => $"HTTP/1.1 416 Range\r\nContent-Range: bytes */{Content.Length}\r\nContent-Length: 0\r\n",
            { } f => $"HTTP/1.1 206 Part\r\nContent-Length: {Content.Length - f}\r\nContent-Range: bytes {f}-{Content.Length - 1}/{Content.Length}\r\n",
        });
        if (ETag is not null)
            head.Append(CultureInfo.InvariantCulture, $"ETag: {ETag}\r\n");
        return head.Append(Headers).Append("Connection: close\r\n\r\n").ToString();
    }

    private async Task<string> ReadHeadAsync(NetworkStream connection)
    {
        var head = new StringBuilder();
        var buffer = new byte[4096];
        while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            var n = await connection.ReadAsync(buffer, _stop.Token);
            if (n == 0)
                throw new IOException("closed");
            head.Append(Encoding.Latin1.GetString(buffer, 0, n));
        }

        return head.ToString();
    }

    private static string? Header(string head, string name) =>
        head.Split("\r\n").FirstOrDefault(l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
}
