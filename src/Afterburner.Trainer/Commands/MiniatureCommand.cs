using System.CommandLine;
using System.Globalization;
using Afterburner.Cli;
using Afterburner.Cli.Evaluate;
using Afterburner.Sandboxes;
using Afterburner.Trainer.Miniature;

namespace Afterburner.Trainer.Commands;

/// <summary><c>trainer miniature</c>: the paper's comparison with a model so small that it is trained anywhere.</summary>
internal static class MiniatureCommand
{
    private const string PageFile = "miniature.html", JsonFile = "miniature.json";

    public static Command Create()
    {
        var here = Environment.CurrentDirectory;
        var folder = new Option<DirectoryInfo>("--out") { Description = "Folder of all that is made; an experiment that is there goes on", DefaultValueFactory = _ => new DirectoryInfo(Path.Combine(here, "miniature")), HelpName = "DIR" };
        var quick = new Option<bool>("--quick") { Description = "Minutes instead of hours: shows that every stage works, and nothing of what the models are worth" };
        var threads = new Option<int?>("--threads") { Description = "Threads that compute. Default: one for each core", HelpName = "N" };
        var seeds = new Option<int?>("--seeds") { Description = "How many seeds. Default: 3", HelpName = "N" };
        var trainedTasks = new Option<int?>("--trained-tasks") { Description = "Tasks that models are trained on", HelpName = "N" };
        var heldOutTasks = new Option<int?>("--held-out-tasks") { Description = "Tasks that they are judged by", HelpName = "N" };
        var coldExamples = new Option<int?>("--cold-examples") { Description = "Examples of the cold start", HelpName = "N" };
        var steps = new Option<int?>("--steps") { Description = "Steps of GRPO", HelpName = "N" };
        var development = new Option<bool>("--development") { Description = "Judge by other held-out tasks than those of the experiment: what numbers are chosen by" };
        var command = new Command("miniature", "Train a small model by SFT, DPO and GRPO on made-up tasks, and compare them on held-out ones over the iterations of the paper's loop") { folder, quick, threads, seeds, trainedTasks, heldOutTasks, coldExamples, steps, development };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(threads) is < 1)
                throw new UsageException("--threads is at least 1");
            LibTorch.Start(parsed.GetValue(threads));
            var place = parsed.GetValue(folder)!.FullName;
            var options = parsed.GetValue(quick) ? MiniatureOptions.Quick : new MiniatureOptions();
            options = options with
            {
                Seeds = [.. Enumerable.Range(0, Number(seeds, options.Seeds.Count))],
                TrainedTasks = Number(trainedTasks, options.TrainedTasks),
                IsDevelopment = parsed.GetValue(development),
                HeldOutTasks = Number(heldOutTasks, options.HeldOutTasks),
                ColdExamples = Number(coldExamples, options.ColdExamples),
                Rewarded = options.Rewarded with { MostSteps = Number(steps, options.Rewarded.MostSteps!.Value) },
            };
            await using var sandbox = await SandboxChoice.OpenAsync(SandboxKind.Auto, new SandboxOptions(), TimeProvider.System, cancellationToken).ConfigureAwait(false);
            var result = await new MiniatureExperiment(options, place, await Harnesses.OpenAsync(sandbox, cancellationToken).ConfigureAwait(false), Console.WriteLine).RunAsync(cancellationToken).ConfigureAwait(false);
            await File.WriteAllTextAsync(Path.Combine(place, JsonFile), MiniaturePage.Json(result), cancellationToken).ConfigureAwait(false);
            await File.WriteAllTextAsync(Path.Combine(place, PageFile), MiniaturePage.Render(result), cancellationToken).ConfigureAwait(false);
            foreach (var metric in result.Curves().GroupBy(c => c.Metric))
                Console.WriteLine($"{metric.Key}: {string.Join(", ", metric.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Model} {100 * c.Values[0].Value:0.0} to {100 * c.Values[^1].Value:0.0}")))}");
            Console.WriteLine($"page: {Path.Combine(place, PageFile)}");
            return ExitCode.Done;

            int Number(Option<int?> option, int otherwise) => EvaluateCommand.Bounded(option.Name, parsed.GetValue(option) ?? otherwise, 1, 1_000_000);
        });
        return command;
    }
}
