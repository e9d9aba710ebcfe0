using Afterburner.Proposers.Downloads;
using Spectre.Console;

namespace Afterburner.Cli;

/// <summary>Shows how far a pull is: a bar on a terminal, a line for each tenth elsewhere.</summary>
internal static class PullDisplay
{
    public static async Task<T> WatchAsync<T>(string name, Func<Action<PullProgress>, Task<T>> pull)
    {
        if (!AnsiConsole.Profile.Capabilities.Interactive || Console.IsOutputRedirected)
            return await pull(Lines(Console.Error)).ConfigureAwait(false);
        return await AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var tasks = new Dictionary<PullStage, ProgressTask>();
                return await pull(p =>
                {
                    if (!tasks.TryGetValue(p.Stage, out var task))
                        tasks[p.Stage] = task = context.AddTask(Markup.Escape($"{Word(p.Stage)} {name}"), maxValue: p.Total);
                    task.MaxValue = p.Total;
                    task.Value = p.Done;
                }).ConfigureAwait(false);
            }).ConfigureAwait(false);
    }

    private static Action<PullProgress> Lines(TextWriter writer)
    {
        var last = (Stage: PullStage.Downloading, Tenth: -1L);
        return p =>
        {
            var now = (p.Stage, p.Done * 10 / Math.Max(1, p.Total));
            if (now == last)
                return;
            last = now;
            writer.WriteLine($"{Word(p.Stage)}: {Quantities.Bytes(p.Done)} of {Quantities.Bytes(p.Total)}");
        };
    }

    private static string Word(PullStage stage) => stage switch
    {
        PullStage.Downloading => "downloading",
        PullStage.Checking => "checking",
    };
}
