using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Afterburner.Sandboxes;

namespace Afterburner.Cli.Network;

/// <summary>
/// The way out of a sandbox that has no network: an HTTP proxy (<c>CONNECT</c>, and plain requests) behind a socket that is a file, which only connects to
/// hosts that were named, and to public addresses unless one is named with its port.
/// </summary>
internal sealed class EgressProxy : IAsyncDisposable
{
    private const int LongestHead = 32 << 10, MostConnections = 64, MostRefusals = 10;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20), Idle = TimeSpan.FromMinutes(5);

    private static readonly string[] CertificateFolders = ["/etc/ssl/certs", "/etc/pki/tls/certs", "/etc/pki/ca-trust"];

    private readonly AllowedHosts _allowed;
    private readonly string _named;
    private readonly Socket _listener;
    private readonly DirectoryInfo _folder;
    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _free = new(MostConnections);
    private readonly ConcurrentDictionary<string, bool> _refused = new();
    private readonly Task _accepting;

    private EgressProxy(AllowedHosts allowed, string named, Socket listener, DirectoryInfo folder)
    {
        (_allowed, _named, _listener, _folder) = (allowed, named, listener, folder);
        _accepting = AcceptAsync();
    }

    /// <summary>What is mounted as <c>/network</c>: the socket, and the program that passes on to it.</summary>
    public MachineDirectory Folder => MachineDirectory.Own(_folder.FullName);

    /// <summary>Certificates of this machine, where programs look for them; what they lead to lies below /usr.</summary>
    public static IReadOnlyDictionary<string, MachineDirectory> Certificates =>
        CertificateFolders.Where(Directory.Exists).ToDictionary(c => c, MachineDirectory.Own);

    /// <summary>Starts a command that goes through here.</summary>
    public static IReadOnlyList<string> Through(params string[] command) => ["python3", "-I", "-S", "/network/forward.py", .. command];

    /// <summary>What was asked for and not allowed, as <c>HOST:PORT</c>; ten at most.</summary>
    public IReadOnlyCollection<string> Refused => [.. _refused.Keys.Order(StringComparer.Ordinal)];

    /// <param name="named">Where the hosts are named, for those who are refused.</param>
    public static EgressProxy Open(AllowedHosts allowed, string named)
    {
        // Nobody else on this machine walks to it.
        var closed = Directory.CreateTempSubdirectory("afterburner-network-");
        var folder = closed.CreateSubdirectory("network");
        using (var program = new StreamReader(typeof(EgressProxy).Assembly.GetManifestResourceStream("Network/forward.py")!))
            File.WriteAllText(Path.Combine(folder.FullName, "forward.py"), program.ReadToEnd());
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var socket = Path.Combine(folder.FullName, "proxy");
        listener.Bind(new UnixDomainSocketEndPoint(socket));
        listener.Listen(MostConnections);
        // Commands in a sandbox may run as another user.
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder.FullName, (UnixFileMode)0b111_101_101);
            File.SetUnixFileMode(Path.Combine(folder.FullName, "forward.py"), (UnixFileMode)0b110_100_100);
            File.SetUnixFileMode(socket, (UnixFileMode)0b110_110_110);
        }

        return new EgressProxy(allowed, named, listener, folder);
    }

    /// <summary>Ends every connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        for (var i = 0; i < MostConnections; i++)
            await _free.WaitAsync().ConfigureAwait(false);
        _folder.Parent!.Delete(recursive: true);
        _free.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                await _free.WaitAsync(_end.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            try
            {
                var client = await _listener.AcceptAsync(_end.Token).ConfigureAwait(false);
                _ = ServeAsync(client);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                _free.Release();
                // No descriptor may be left: there will be.
                await Task.Delay(TimeSpan.FromMilliseconds(100), CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        try
        {
            using var stream = new NetworkStream(client, ownsSocket: true);
            idle.CancelAfter(Patience);
            var (head, after) = await ReadHeadAsync(stream, idle.Token).ConfigureAwait(false);
            if (ProxyRequest.Read(head) is not { } request)
            {
                await AnswerAsync(stream, "400 Bad Request", "this is a proxy", idle.Token).ConfigureAwait(false);
                return;
            }

            using var server = await ConnectAsync(stream, request, idle.Token).ConfigureAwait(false);
            if (server is null)
                return;
            using var there = new NetworkStream(server, ownsSocket: false);
            if (request.IsTunnel)
                await stream.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray(), idle.Token).ConfigureAwait(false);
            else
                await there.WriteAsync(request.Forwarded, idle.Token).ConfigureAwait(false);
            await there.WriteAsync(after, idle.Token).ConfigureAwait(false);
            await Task.WhenAll(PassOnAsync(stream, there, server, idle), PassOnAsync(there, stream, client, idle)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side is gone, or nothing came for too long: the program in the sandbox says so.
        }
        finally
        {
            _free.Release();
        }
    }

    /// <returns>Null where the client was told why not.</returns>
    private async Task<Socket?> ConnectAsync(NetworkStream client, ProxyRequest request, CancellationToken cancellationToken)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{request.Host}:{request.Port}");
        if (_allowed.Find(request.Host, request.Port) is not { } counts)
        {
            if (_refused.Count < MostRefusals)
                _refused.TryAdd(name, true);
            await AnswerAsync(client, "403 Forbidden", $"{name} is none of the hosts that {_named} names", cancellationToken).ConfigureAwait(false);
            return null;
        }

        // Looked up here, and connected to what was looked up: a name may lead elsewhere the next time.
        Socket? socket = null;
        try
        {
            var addresses = (await Dns.GetHostAddressesAsync(request.Host, cancellationToken).ConfigureAwait(false)).Where(counts).ToArray();
            if (addresses.Length == 0)
            {
                await AnswerAsync(client, "403 Forbidden", $"{name} is no public address; {_named} has to name it with its port", cancellationToken).ConfigureAwait(false);
                return null;
            }

            socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(addresses, request.Port, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            await AnswerAsync(client, "502 Bad Gateway", $"{name}: {e.Message}", cancellationToken).ConfigureAwait(false);
            return null;
        }
    }

    private static async Task<(byte[] Head, byte[] After)> ReadHeadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[LongestHead];
        for (var length = 0; length < buffer.Length;)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
            if (read == 0)
                return ([], []);
            length += read;
            var end = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
                return (buffer[..(end + 4)], buffer[(end + 4)..length]);
        }

        return ([], []);
    }

    private static ValueTask AnswerAsync(NetworkStream stream, string status, string words, CancellationToken cancellationToken) => stream.WriteAsync(
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: {words.Length}\r\n\r\n{words}")), cancellationToken);

    private static async Task PassOnAsync(NetworkStream from, NetworkStream to, Socket target, CancellationTokenSource idle)
    {
        var buffer = new byte[64 << 10];
        int read;
        try
        {
            while ((read = await from.ReadAsync(buffer, idle.Token).ConfigureAwait(false)) > 0)
            {
                idle.CancelAfter(Idle);
                await to.WriteAsync(buffer.AsMemory(0, read), idle.Token).ConfigureAwait(false);
            }

            target.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            // The other way has nobody to talk to any more.
            await idle.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }
}

/// <summary>What a client asks of a proxy (RFC 9110, 9112).</summary>
/// <param name="IsTunnel">Whether all that follows is passed on as it is.</param>
/// <param name="Forwarded">Else: the head as the server gets it.</param>
internal sealed record ProxyRequest(string Host, int Port, bool IsTunnel, byte[] Forwarded)
{
    private static readonly string[] OfThisConnection = ["connection:", "proxy-connection:", "proxy-authorization:", "keep-alive:"];

    /// <summary>Null for what a proxy is not asked.</summary>
    public static ProxyRequest? Read(byte[] head)
    {
        var lines = Encoding.Latin1.GetString(head).Split("\r\n");
        if (lines[0].Split(' ') is not [var method, var target, "HTTP/1.1" or "HTTP/1.0"])
            return null;
        if (method == "CONNECT")
        {
            return Uri.TryCreate($"https://{target}/", UriKind.Absolute, out var authority) && target.Contains(':', StringComparison.Ordinal) && authority is { UserInfo: "", PathAndQuery: "/" }
                ? new ProxyRequest(authority.DnsSafeHost, authority.Port, true, []) : null;
        }

        if (!Uri.TryCreate(target, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttp || url.UserInfo.Length > 0)
            return null;
        // One request a connection: the next may be meant for another host.
        var kept = lines.Skip(1).TakeWhile(l => l.Length > 0).Where(l => !OfThisConnection.Any(o => l.StartsWith(o, StringComparison.OrdinalIgnoreCase)));
        return new ProxyRequest(url.DnsSafeHost, url.Port, false,
            Encoding.Latin1.GetBytes($"{method} {url.PathAndQuery} HTTP/1.1\r\n{string.Concat(kept.Select(l => l + "\r\n"))}Connection: close\r\n\r\n"));
    }
}
