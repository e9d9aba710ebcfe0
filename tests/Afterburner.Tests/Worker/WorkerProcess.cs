using System.Globalization;
using Afterburner.Worker.Demo;

namespace Afterburner.Tests.Worker;

/// <summary>A worker that is a process of its own, and can be killed or put to sleep.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private static readonly string Program = Path.Combine(Repository.Root, "artifacts", "bin", "Afterburner.Worker", "release", "Afterburner.Worker");

    private readonly OpenProcess _process;
    private readonly string _id;

    private WorkerProcess(OpenProcess process, string id, Uri url) => (_process, _id, Url) = (process, id, url);

    public Uri Url { get; }

    /// <summary>What it is called among others where nobody names it.</summary>
    public string Name => $"{Environment.MachineName}-{_id}";

    public static async Task<WorkerProcess> StartAsync(string name, int port, StandIn gitHub, string postgres, TimeSpan review, string folder)
    {
        var key = Path.Combine(folder, "key.pem");
        await File.WriteAllTextAsync(key, gitHub.PrivateKeyPem);
        var url = new Uri($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}");
        var log = Path.Combine(folder, $"{name}.log");
        var process = Processes.Open(new ProcessStart("/bin/sh", "-c", $"echo $$; exec '{Program}' >> '{log}' 2>&1")
        {
            Environment = new Dictionary<string, string>(Processes.Environment)
            {
                ["AFTERBURNER_ROOT"] = Repository.Root,
                ["AFTERBURNER_APP_ID"] = StandIn.AppId,
                ["AFTERBURNER_PRIVATE_KEY"] = key,
                ["AFTERBURNER_WEBHOOK_SECRET"] = gitHub.WebhookSecret.Reveal(),
                ["AFTERBURNER_POSTGRES"] = postgres,
                ["AFTERBURNER_DATA"] = Path.Combine(folder, name),
                ["AFTERBURNER_URLS"] = url.ToString(),
                ["AFTERBURNER_GITHUB_API_URL"] = gitHub.Url.ToString(),
                ["AFTERBURNER_SILENCE"] = "4s",
                ["AFTERBURNER_BACKOFF"] = "1s",
                ["AFTERBURNER_CONCURRENCY"] = "2",
                ["AFTERBURNER_STUB_REVIEW"] = $"{review.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)}ms",
            },
        });
        using var reader = new StreamReader(process.Output, leaveOpen: true);
        return new WorkerProcess(process, (await reader.ReadLineAsync())!, url);
    }

    public Task SleepAsync() => SignalAsync("STOP");

    public Task WakeAsync() => SignalAsync("CONT");

    public void Kill() => _process.Kill();

    public void Dispose() => _process.Kill();

    private async Task SignalAsync(string signal) => await Processes.RunAsync(new ProcessStart("kill", $"-{signal}", _id));
}
