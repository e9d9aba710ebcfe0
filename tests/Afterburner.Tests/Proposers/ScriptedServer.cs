using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Afterburner.Tests.Proposers;

/// <summary>
/// An OpenAI-compatible server on loopback that plays a script: one step a request, the last one again and again, or a step
/// chosen by the request. Replies are streamed when the client asks for it. What was asked is kept.
/// </summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    public delegate Task Step(NetworkStream connection, JsonNode request, CancellationToken cancellationToken);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<int, JsonNode, Step> _choose;
    private readonly Task _serving;

    public ScriptedServer(params Step[] steps) : this((number, _) => steps[Math.Min(number, steps.Length - 1)])
    {
    }

    /// <param name="choose">Gets the number of the request, from 0, and its body.</param>
    public ScriptedServer(Func<int, JsonNode, Step> choose)
    {
        _choose = choose;
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/v1";

    /// <summary>Bodies of the requests, in order.</summary>
    public List<JsonNode> Requests { get; } = [];

    /// <summary>Heads of the requests, in order.</summary>
    public List<string> Heads { get; } = [];

    public static Step Reply(string content) => (connection, request, cancellationToken) =>
        ((bool?)request["stream"] == true
            ? Stream([.. content.Chunk(200).Select(c => Delta(new string(c))), Finish("stop"), Usage, "[DONE]"])
            : Plain(content))(connection, request, cancellationToken);

    /// <summary>A server that cannot stream and answers in one piece whatever it is asked.</summary>
    public static Step Plain(string content) => Json(200, new JsonObject
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

    /// <summary>Sends events and ends the connection.</summary>
    public static Step Stream(params string[] events) => (connection, _, cancellationToken) =>
        SendAsync(connection, StreamHead + string.Concat(events.Select(e => $"data: {e}\n\n")), cancellationToken);

    /// <summary>The event of a piece of the reply.</summary>
    public static string Delta(string content) => Chunk(new JsonObject { ["role"] = "assistant", ["content"] = content }, null);

    /// <summary>The event that says why the reply is over.</summary>
    public static string Finish(string reason) => Chunk([], reason);

    /// <summary>The event that counts 120 and 34 tokens.</summary>
    public const string Usage =
        """{"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{"prompt_tokens":120,"completion_tokens":34,"total_tokens":154}}""";

    public static Step Json(int status, string body, string headers = "") => (connection, _, cancellationToken) =>
        SendAsync(connection, Head(status, Encoding.UTF8.GetByteCount(body), headers) + body, cancellationToken);

    /// <summary>Sends the head and one word, then nothing until the client gives up.</summary>
    public static Step Hang() => async (connection, _, cancellationToken) =>
    {
        await SendAsync(connection, StreamHead + $"data: {Delta("I")}\n\n", cancellationToken);
        await GoneAsync(connection, cancellationToken);
    };

    /// <summary>Does something when the request has come, before it is answered.</summary>
    public static Step Then(Action action, Step step) => (connection, request, cancellationToken) =>
    {
        action();
        return step(connection, request, cancellationToken);
    };

    /// <summary>Sends a word every so often, for as long as the client listens.</summary>
    public static Step Drip(TimeSpan pause, string word = "and ") => async (connection, _, cancellationToken) =>
    {
        await SendAsync(connection, StreamHead, cancellationToken);
        var gone = GoneAsync(connection, cancellationToken);
        while (!gone.IsCompleted)
        {
            await SendAsync(connection, $"data: {Delta(word)}\n\n", cancellationToken);
            await Task.WhenAny(gone, Task.Delay(pause, cancellationToken));
        }
    };

    /// <summary>Sends one line that goes on for as long as the client listens.</summary>
    public static Step Endless(string contentType, string start) => async (connection, _, cancellationToken) =>
    {
        await SendAsync(connection, $"HTTP/1.1 200 Scripted\r\nContent-Type: {contentType}\r\nConnection: close\r\n\r\n{start}", cancellationToken);
        for (var more = new string('x', 1 << 20); ;)
            await SendAsync(connection, more, cancellationToken);
    };

    /// <summary>Ends the connection in the middle of the body.</summary>
    public static Step Break() => (connection, _, cancellationToken) =>
        SendAsync(connection, Head(200, 1000, "") + "{\"id\":", cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _stop.Dispose();
    }

    private const string StreamHead = "HTTP/1.1 200 Scripted\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";

    private static string Chunk(JsonObject delta, string? finish) => new JsonObject
    {
        ["id"] = "1",
        ["object"] = "chat.completion.chunk",
        ["created"] = 1,
        ["model"] = "m",
        ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = finish }),
    }.ToJsonString();

    private static Task SendAsync(NetworkStream connection, string text, CancellationToken cancellationToken) =>
        connection.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken).AsTask();

    /// <summary>Ends when the client closes the connection.</summary>
    private static async Task GoneAsync(NetworkStream connection, CancellationToken cancellationToken)
    {
        var one = new byte[1];
        while (await connection.ReadAsync(one, cancellationToken) > 0)
            ;
    }

    private static string Head(int status, int length, string headers) =>
        $"HTTP/1.1 {status} Scripted\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n";

    private async Task ServeAsync()
    {
        var connections = new List<Task>();
        try
        {
            for (var i = 0; ; i++)
                connections.Add(AnswerAsync(await _listener.AcceptTcpClientAsync(_stop.Token), i));
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task AnswerAsync(TcpClient client, int number)
    {
        using var _ = client;
        try
        {
            var connection = client.GetStream();
            var request = await ReadRequestAsync(connection);
            await _choose(number, request)(connection, request, _stop.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client gave up, as some scripts want it to.
        }
    }

    private async Task<JsonNode> ReadRequestAsync(NetworkStream connection)
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
        var request = JsonSerializer.Deserialize<JsonNode>(bytes.Skip(end + 4).ToArray())!;
        lock (Requests)
        {
            Heads.Add(head);
            Requests.Add(request);
        }

        return request;

        async Task MoreAsync()
        {
            var n = await connection.ReadAsync(buffer, _stop.Token);
            if (n == 0)
                throw new IOException("closed");
            bytes.AddRange(buffer[..n]);
        }
    }
}
