using System.Diagnostics;
using System.Globalization;
using Afterburner.Sandboxes;

namespace Afterburner.Benchmarks;

/// <summary>
/// Start to finish of <c>true</c> in each sandbox, with the filter, control groups and limits on. Goal: bubblewrap under
/// 40 ms at the median. Arguments: the daemon's endpoint and the image, where Docker is not where it usually is.
/// </summary>
public static class SandboxBenchmark
{
    public static async Task<int> RunAsync(string[] args)
    {
        var docker = new DockerSandboxOptions();
        if (args.Length > 0)
            docker = docker with { Endpoint = new Uri(args[0]) };
        if (args.Length > 1)
            docker = docker with { Image = args[1] };
        var options = new SandboxOptions { Docker = docker };

        await MeasureAsync(SandboxKind.Bubblewrap, options, runs: 50, writable: false);
        await MeasureAsync(SandboxKind.Bubblewrap, options, runs: 50, writable: true);
        await MeasureAsync(SandboxKind.Docker, options, runs: 10, writable: false);
        return 0;
    }

    private static async Task MeasureAsync(SandboxKind kind, SandboxOptions options, int runs, bool writable)
    {
        var workspace = SharedFolder.Create("afterburner-benchmark-");
        try
        {
            await using var sandbox = await SandboxChoice.OpenAsync(kind, options, TimeProvider.System, CancellationToken.None);
            var command = new SandboxCommand(["true"], workspace) { Writable = writable };
            var times = new List<double>();
            for (var i = 0; i < runs; i++)
            {
                var watch = Stopwatch.StartNew();
                var run = await sandbox.RunAsync(command, new Limits(), CancellationToken.None);
                times.Add(watch.Elapsed.TotalMilliseconds);
                if (!run.Succeeded)
                    throw new InvalidOperationException($"{run.End}: {run.Failure}");
            }

            times.Sort();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{sandbox.Name,-11} {(writable ? "writable copy" : "read-only"),-14} n={runs,-3} min {times[0],6:F1}  median {times[runs / 2],6:F1}  p90 {times[runs * 9 / 10],6:F1}  max {times[^1],6:F1} ms"));
        }
        catch (EnvironmentFailureException e)
        {
            Console.WriteLine($"{kind}: not measured: {e.Message}");
        }
        finally
        {
            Directory.Delete(workspace, recursive: true);
        }
    }
}
