using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Afterburner.Cli.Network;
using Xunit;

namespace Afterburner.Tests.Worker;

/// <summary>Where the set-up of a repository can connect to.</summary>
public sealed class EgressProxyTests : IAsyncLifetime
{
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private int Port => ((IPEndPoint)_server.LocalEndpoint).Port;

    public ValueTask InitializeAsync()
    {
        _server.Start();
        _ = ServeAsync();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task An_address_of_the_administrators_network_is_reached_where_it_is_named_with_its_port()
    {
        await using var proxy = EgressProxy.Open(Allowed($"127.0.0.1:{Port}"), "AFTERBURNER_SETUP_HOSTS");

        var (head, echoed) = await TunnelAsync(proxy, $"127.0.0.1:{Port}", "hello");

        Assert.Equal(("HTTP/1.1 200 Connection established", "you said: hello"), (head, echoed));
        Assert.Empty(proxy.Refused);
    }

    [Fact]
    public async Task A_plain_request_is_passed_on_as_a_server_expects_it()
    {
        await using var proxy = EgressProxy.Open(Allowed($"127.0.0.1:{Port}"), "AFTERBURNER_SETUP_HOSTS");

        var answer = await AskAsync(proxy, string.Create(CultureInfo.InvariantCulture, $"GET http://127.0.0.1:{Port}/simple/?a=b HTTP/1.1\r\nHost: 127.0.0.1\r\nProxy-Connection: keep-alive\r\nAccept: */*\r\n\r\n"));

        Assert.Equal("you said: GET /simple/?a=b HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\nConnection: close\r\n\r\n", answer);
    }

    [Fact]
    public async Task Hosts_that_nobody_named_are_refused_and_told()
    {
        await using var proxy = EgressProxy.Open(Allowed("index.example.org"), "AFTERBURNER_SETUP_HOSTS");

        var answer = await AskAsync(proxy, "CONNECT elsewhere.example.org:443 HTTP/1.1\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
        Assert.Equal(["elsewhere.example.org:443"], proxy.Refused);
    }

    /// <summary>Whoever owns a name that is allowed chooses where it leads.</summary>
    [Fact]
    public async Task A_name_without_a_port_does_not_lead_to_this_machine_or_its_network()
    {
        await using var proxy = EgressProxy.Open(Allowed("localhost"), "AFTERBURNER_SETUP_HOSTS");

        var answer = await AskAsync(proxy, "CONNECT localhost:443 HTTP/1.1\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
        Assert.Contains("no public address", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1")]
    [InlineData("CONNECT HTTP/1.1")]
    [InlineData("CONNECT user@index.example.org:443 HTTP/1.1")]
    [InlineData("CONNECT index.example.org:443/path HTTP/1.1")]
    [InlineData("CONNECT index.example.org HTTP/1.1")]
    [InlineData("GET http://user:word@index.example.org/ HTTP/1.1")]
    [InlineData("GET file:///etc/passwd HTTP/1.1")]
    [InlineData("\u0016\u0003\u0001")]
    public async Task What_is_no_request_to_a_proxy_is_refused(string line)
    {
        await using var proxy = EgressProxy.Open(Allowed("index.example.org"), "AFTERBURNER_SETUP_HOSTS");

        Assert.StartsWith("HTTP/1.1 400 ", await AskAsync(proxy, line + "\r\n\r\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("index.example.org", "index.example.org", 443, true)]
    [InlineData("index.example.org", "INDEX.example.org.", 443, true)]
    [InlineData("index.example.org", "index.example.org", 22, false)]
    [InlineData("index.example.org", "a.index.example.org", 443, false)]
    [InlineData("*.example.org", "index.example.org", 443, true)]
    [InlineData("*.example.org", "example.org", 443, false)]
    [InlineData("*.example.org", "badexample.org", 443, false)]
    [InlineData("10.0.0.5:3141", "10.0.0.5", 3141, true)]
    [InlineData("10.0.0.5:3141", "10.0.0.5", 443, false)]
    [InlineData("a.example.org, [::1]:8080", "[::1]", 8080, true)]
    [InlineData("", "index.example.org", 443, false)]
    public void Hosts_are_compared_as_a_whole(string allowed, string host, int port, bool may) => Assert.Equal(may, Allowed(allowed).Find(host, port) is not null);

    [Theory]
    [InlineData("https://index.example.org/simple")]
    [InlineData("index.example.org:port")]
    [InlineData("index.example.org:0")]
    [InlineData("*")]
    [InlineData("a.*.example.org")]
    public void What_is_no_host_is_named(string text)
    {
        Assert.Null(AllowedHosts.Read(text, out var whyNot));

        Assert.StartsWith($"'{text}' is no host", whyNot, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("93.184.215.14", true)]
    [InlineData("2606:2800:21f:cb07:6820:80da:af6b:8b2c", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.0.1", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("::10.0.0.1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("2002:a00:1::", false)]
    [InlineData("fd00::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fec0::1", false)]
    [InlineData("::ffff:0:10.0.0.1", false)]
    [InlineData("168.63.129.16", false)]
    public void Only_addresses_for_everybody_are_public(string address, bool isPublic) => Assert.Equal(isPublic, AllowedHosts.IsPublic(IPAddress.Parse(address)));

    public ValueTask DisposeAsync()
    {
        _server.Dispose();
        return ValueTask.CompletedTask;
    }

    private static AllowedHosts Allowed(string text) => AllowedHosts.Read(text, out var whyNot) ?? throw new InvalidOperationException(whyNot);

    /// <summary>Says what it was told, once.</summary>
    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _server.AcceptTcpClientAsync();
                var stream = client.GetStream();
                var buffer = new byte[4096];
                var read = await stream.ReadAsync(buffer, CancellationToken.None);
                await stream.WriteAsync(Encoding.ASCII.GetBytes("you said: " + Encoding.ASCII.GetString(buffer, 0, read)));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
        {
            // The test is over.
        }
    }

    private static async Task<NetworkStream> OpenAsync(EgressProxy proxy)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(proxy.Folder.Path, "proxy")), Cancel);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private static async Task<string> AskAsync(EgressProxy proxy, string request)
    {
        await using var stream = await OpenAsync(proxy);
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), Cancel);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync(Cancel);
    }

    private static async Task<(string Head, string Answer)> TunnelAsync(EgressProxy proxy, string target, string said)
    {
        await using var stream = await OpenAsync(proxy);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n"), Cancel);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var head = await reader.ReadLineAsync(Cancel);
        Assert.Equal("", await reader.ReadLineAsync(Cancel));
        await stream.WriteAsync(Encoding.ASCII.GetBytes(said), Cancel);
        return (head!, await reader.ReadToEndAsync(Cancel));
    }
}
