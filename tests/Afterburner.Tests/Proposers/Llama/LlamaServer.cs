using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Afterburner.Tests.Proposers.Llama;

/// <summary>A real llama.cpp behind the OpenAI-compatible test server of <c>tests/Tools/llama</c>.</summary>
internal sealed class LlamaServer : IAsyncDisposable
{
    private static readonly string Tool = Path.Combine(Repository.Root, "tests", "Tools", "llama");

    private readonly TemporaryFolder _folder;
    private readonly CancellationTokenSource _stop;
    private readonly Task<ProcessRun> _process;
    private readonly HttpClient _http = new();

    private LlamaServer(TemporaryFolder folder, CancellationTokenSource stop, Task<ProcessRun> process, int port)
    {
        _folder = folder;
        _stop = stop;
        _process = process;
        Url = $"http://127.0.0.1:{port}/v1";
    }

    public const string Model = "tiny";

    public string Url { get; }

    /// <param name="replyTokens">Most tokens a reply may have, whatever the client allows.</param>
    public static async Task<LlamaServer> StartAsync(TinyModel model, int replyTokens = 200)
    {
        var token = TestContext.Current.CancellationToken;
        var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, Model + ".gguf");
        var portFile = Path.Combine(folder.Path, "port");
        model.Save(file);
        var stop = new CancellationTokenSource();
        var process = Processes.RunAsync(
            new ProcessStart("sh", "-c", "exec node server.mjs \"$0\" 16384 \"$1\" >\"$2\"", file, $"{replyTokens}", portFile) { WorkingDirectory = Tool },
            cancellationToken: stop.Token);
        while (!process.IsCompleted)
        {
            if (File.Exists(portFile) && await File.ReadAllTextAsync(portFile, token) is { Length: > 1 } port && port.EndsWith('\n'))
                return new LlamaServer(folder, stop, process, int.Parse(port, System.Globalization.CultureInfo.InvariantCulture));
            await Task.Delay(50, token);
        }

        var run = await process;
        throw new InvalidOperationException($"llama.cpp did not start (npm ci --ignore-scripts --prefix tests/Tools/llama): {run.ErrorText}");
    }

    /// <summary>Requests by how they went: <c>started</c>, <c>finished</c>, <c>cancelled</c>.</summary>
    public async Task<int> CountAsync(string what) =>
        (int)(await _http.GetFromJsonAsync<JsonNode>(new Uri(new Uri(Url), "/counts"), TestContext.Current.CancellationToken))![what]!;

    /// <summary>Waits until so many requests went a way; a minute without it fails the test.</summary>
    public async Task UntilAsync(string what, int count)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        while (await CountAsync(what) < count)
            await Task.Delay(20, patience.Token);
    }

    /// <summary>The answer to a request.</summary>
    public async Task<JsonNode> AskAsync(JsonObject request)
    {
        using var response = await _http.PostAsJsonAsync(Url + "/chat/completions", request, TestContext.Current.CancellationToken);
        return (await response.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))!;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAny(_process);
        _stop.Dispose();
        _http.Dispose();
        _folder.Dispose();
    }
}
