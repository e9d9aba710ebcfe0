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

    public int Id => int.Parse(_id, CultureInfo.InvariantCulture);

    /// <summary>What it is called among others where nobody names it.</summary>
    public string Name => $"{System.Environment.MachineName}-{_id}";

    /// <param name="postgres">Null: a file of SQLite.</param>
    /// <param name="settings">Without their prefix.</param>
    public static async Task<WorkerProcess> StartAsync(string name, int port, StandIn gitHub, string? postgres, string folder, Dictionary<string, string> settings)
    {
        var key = Path.Combine(folder, "key.pem");
        await File.WriteAllTextAsync(key, gitHub.PrivateKeyPem);
        var url = new Uri($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}");
        var log = Path.Combine(folder, $"{name}.log");
        var process = Processes.Open(new ProcessStart("/bin/sh", "-c", $"echo $$; exec '{Program}' >> '{log}' 2>&1")
        {
            Environment = Environment(),
        });
        using var reader = new StreamReader(process.Output, leaveOpen: true);
        return new WorkerProcess(process, (await reader.ReadLineAsync())!, url);

        Dictionary<string, string> Environment()
        {
            var all = new Dictionary<string, string>
            {
                ["ROOT"] = Repository.Root,
                ["APP_ID"] = StandIn.AppId,
                ["PRIVATE_KEY"] = key,
                ["WEBHOOK_SECRET"] = gitHub.WebhookSecret.Reveal(),
                ["DATA"] = Path.Combine(folder, name),
                ["URLS"] = url.ToString(),
                ["GITHUB_API_URL"] = gitHub.Url.ToString(),
                ["SILENCE"] = "4s",
                ["BACKOFF"] = "1s",
            };
            if (postgres is not null)
                all["POSTGRES"] = postgres;
            return Processes.Environment.Concat(settings.Concat(all).DistinctBy(s => s.Key).Select(s => KeyValuePair.Create($"AFTERBURNER_{s.Key}", s.Value))).ToDictionary();
        }
    }

    public Task SleepAsync() => SignalAsync("STOP");

    public Task WakeAsync() => SignalAsync("CONT");

    public void Kill() => _process.Kill();

    public void Dispose() => _process.Kill();

    private async Task SignalAsync(string signal) => await Processes.RunAsync(new ProcessStart("kill", $"-{signal}", _id));
}
