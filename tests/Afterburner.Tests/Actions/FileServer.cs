using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Afterburner.Tests.Actions;

/// <summary>Gives one file to whoever asks, on loopback.</summary>
internal sealed class FileServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly byte[] _file;
    private Task _serving = Task.CompletedTask;

    private FileServer(byte[] file) => _file = file;

    public Uri Url => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/"));

    /// <summary>SHA-256 of the file, hexadecimal.</summary>
    public string Digest => Convert.ToHexStringLower(SHA256.HashData(_file));

    public static Task<FileServer> StartAsync(byte[] file)
    {
        var server = new FileServer(file);
        server._listener.Start();
        server._serving = server.ServeAsync();
        return Task.FromResult(server);
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
                while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 })
                {
                }

                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {_file.Length}\r\nConnection: close\r\n\r\n"), _stop.Token);
                await stream.WriteAsync(_file, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _listener.Dispose();
        _stop.Dispose();
    }
}
