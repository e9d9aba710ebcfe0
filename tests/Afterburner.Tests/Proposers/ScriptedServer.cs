using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Afterburner.Tests.Proposers;

/// <summary>
/// An OpenAI-compatible server on loopback that plays a script: one step a request, the last one again and again.
/// What was asked is kept.
/// </summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    public delegate Task Step(NetworkStream connection, CancellationToken cancellationToken);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Step[] _steps;
    private readonly Task _serving;

    public ScriptedServer(params Step[] steps)
    {
        _steps = steps;
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/v1";

    /// <summary>Bodies of the requests, in order.</summary>
    public List<JsonNode> Requests { get; } = [];

    /// <summary>Heads of the requests, in order.</summary>
    public List<string> Heads { get; } = [];

    public static Step Reply(string content) => Json(200, new JsonObject
    {
        ["id"] = "1",
        ["object"] = "chat.completion",
        ["created"] = 1,
        ["model"] = "m",
        ["choices"] = new JsonArray(new JsonObject
        {
            ["index"] = 0,
            ["finish_reason"] = "stop",
            ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = content },
        }),
        ["usage"] = new JsonObject { ["prompt_tokens"] = 120, ["completion_tokens"] = 34, ["total_tokens"] = 154 },
    }.ToJsonString());

    public static Step Code(string code) => Reply($"<thinking>\nFewer steps.\n</thinking>\n<solution>\n```python\n{code}\n```\n</solution>");

    public static Step Json(int status, string body, string headers = "") => (connection, cancellationToken) =>
        connection.WriteAsync(Encoding.UTF8.GetBytes(Head(status, Encoding.UTF8.GetByteCount(body), headers) + body), cancellationToken).AsTask();

    /// <summary>Sends the head and some of the body, then nothing until the client gives up.</summary>
    public static Step Drip() => async (connection, cancellationToken) =>
    {
        await connection.WriteAsync(Encoding.UTF8.GetBytes(Head(200, 1000, "") + "{\"id\":"), cancellationToken);
        var one = new byte[1];
        while (await connection.ReadAsync(one, cancellationToken) > 0)
            ;
    };

    /// <summary>Ends the connection in the middle of the body.</summary>
    public static Step Break() => (connection, cancellationToken) =>
        connection.WriteAsync(Encoding.UTF8.GetBytes(Head(200, 1000, "") + "{\"id\":"), cancellationToken).AsTask();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _stop.Dispose();
    }

    private static string Head(int status, int length, string headers) =>
        $"HTTP/1.1 {status} Scripted\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n";

    private async Task ServeAsync()
    {
        var connections = new List<Task>();
        try
        {
            for (var i = 0; ; i++)
                connections.Add(AnswerAsync(await _listener.AcceptTcpClientAsync(_stop.Token), _steps[Math.Min(i, _steps.Length - 1)]));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task AnswerAsync(TcpClient client, Step step)
    {
        using var _ = client;
        try
        {
            var connection = client.GetStream();
            await ReadRequestAsync(connection);
            await step(connection, _stop.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client gave up, as some scripts want it to.
        }
    }

    private async Task ReadRequestAsync(NetworkStream connection)
    {
        var bytes = new List<byte>();
        var buffer = new byte[8192];
        int end;
        while ((end = Encoding.Latin1.GetString([.. bytes]).IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0)
            await MoreAsync();
        var head = Encoding.Latin1.GetString([.. bytes])[..end];
        var length = head.Split("\r\n").Where(l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
            .Select(l => int.Parse(l[15..], System.Globalization.CultureInfo.InvariantCulture)).FirstOrDefault();
        while (bytes.Count < end + 4 + length)
            await MoreAsync();
        lock (Requests)
        {
            Heads.Add(head);
            Requests.Add(JsonSerializer.Deserialize<JsonNode>(bytes.Skip(end + 4).ToArray())!);
        }

        async Task MoreAsync()
        {
            var n = await connection.ReadAsync(buffer, _stop.Token);
            if (n == 0)
                throw new IOException("closed");
            bytes.AddRange(buffer[..n]);
        }
    }
}
