using System.CommandLine;
using Afterburner.Proposers.Downloads;
using Afterburner.Evaluation.Tasks;

namespace Afterburner.Cli.Evaluate;

/// <summary><c>afterburner evaluate pull NAME</c>: fetches a published data set.</summary>
internal static class EvaluatePullCommand
{
    public static Command Create()
    {
        var set = new Argument<string>("NAME") { Description = $"{DataSetCatalogue.Names}, or the https address of a file" };
        var folder = new Option<DirectoryInfo?>("--directory") { Description = "Folder of the data sets. Default: afterburner/datasets in your data directory", HelpName = "DIR" };
        var command = new Command("pull", "Fetch a published data set and check it; an interrupted pull goes on where it was") { set, folder };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var name = parsed.GetValue(set)!;
            var options = new PullOptions { HuggingFaceToken = ModelsCommand.HuggingFaceToken() };
            IReadOnlyList<PulledFile> files = [];
            var path = await PullDisplay.WatchAsync(name, async progress =>
            {
                (var made, files) = await DataSetCatalogue.PullAsync(name, parsed.GetValue(folder)?.FullName ?? DataSetChoice.Folder, options, progress, TimeProvider.System, cancellationToken).ConfigureAwait(false);
                return made;
            }).ConfigureAwait(false);
            foreach (var pulled in files)
                Console.WriteLine($"{(pulled.Fetched ? "pulled" : "already here")}: {pulled.Path} ({Quantities.Bytes(pulled.Bytes)}, SHA-256 {pulled.Sha256})");
            if (files.Any(f => f.FirstPull))
                Console.WriteLine($"The SHA-256 is recorded in {DataSetCatalogue.Kind.LockName} and enforced from now on; nothing else vouched for it.");
            Console.WriteLine($"Measure on it: afterburner evaluate {(DataSetCatalogue.Find(name) is not null && parsed.GetValue(folder) is null ? name : path)}");
            return ExitCode.Done;
        });
        return command;
    }
}
