using System.Globalization;
using Afterburner.Sandboxes;
using Afterburner.Trials;
using Afterburner.Worker.Demo;
using Xunit;

namespace Afterburner.Tests.Worker;

/// <summary>Cores that are set apart for samples: the worker is not on them, and samples can be.</summary>
public sealed class MeasuringCoresTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_thread_of_the_worker_is_on_a_core_that_is_set_apart()
    {
        Assert.SkipWhen(Cores.All.Count < 2, "there is one core, which cannot be set apart");
        using var folder = new TemporaryFolder();
        await using var gitHub = await StandIn.StartAsync(TimeProvider.System);
        var apart = Cores.All[^1].ToString(CultureInfo.InvariantCulture);
        using var worker = await WorkerProcess.StartAsync("one", PostgresServer.FreePort(), gitHub, null, folder.Path, new() { ["MEASURING_CORES"] = apart });
        using var client = new HttpClient();
        await WhenAsync(async () => (await client.GetAsync(new Uri(worker.Url, "/health/live"), Cancel)).IsSuccessStatusCode);

        var allowed = Directory.GetDirectories($"/proc/{worker.Id.ToString(CultureInfo.InvariantCulture)}/task")
            .Select(CoresOf).OfType<string>().Distinct();

        Assert.Equal(Cores.All.SkipLast(1), Cores.Parse(Assert.Single(allowed))!);
    }

    [Fact]
    public async Task A_sample_gets_onto_a_core_that_the_program_that_started_it_is_not_on()
    {
        Assert.SkipWhen(Cores.All.Count < 2, "there is one core, which cannot be set apart");
        using var folder = new TemporaryFolder();
        var (first, last) = (Cores.All[0].ToString(CultureInfo.InvariantCulture), Cores.All[^1].ToString(CultureInfo.InvariantCulture));

        var run = await (await SharedSandbox.OpenAsync()).RunAsync(
            new SandboxCommand(["taskset", "--cpu-list", first, "python3", "-c", $"import os; os.sched_setaffinity(0, {{{last}}}); print(*os.sched_getaffinity(0))"], folder.Path), new Limits(), Cancel);

        Assert.Equal(last, run.Text.Trim());
    }

    /// <returns>Null of a thread that has ended since it was listed.</returns>
    private static string? CoresOf(string thread)
    {
        try
        {
            return File.ReadLines(Path.Combine(thread, "status")).First(l => l.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal)).Split('\t')[1];
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static async Task WhenAsync(Func<Task<bool>> holds)
    {
        for (var until = TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(1); ; await Task.Delay(100, Cancel))
        {
            try
            {
                if (await holds())
                    return;
            }
            catch (HttpRequestException) when (TimeProvider.System.GetUtcNow() < until)
            {
                // Not yet.
            }
        }
    }
}
