using System.CommandLine;
using Afterburner.Cli;
using Afterburner.Trainer.Data;
using Afterburner.Trainer.Miniature;

namespace Afterburner.Trainer.Commands;

/// <summary><c>trainer family</c>: tasks on which a small model can be trained and judged.</summary>
internal static class FamilyCommand
{
    public static Command Create()
    {
        var here = Environment.CurrentDirectory;
        var folder = new Option<DirectoryInfo>("--out") { Description = "Folder of the two data sets", DefaultValueFactory = _ => new DirectoryInfo(Path.Combine(here, "family")), HelpName = "DIR" };
        var seed = new Option<int>("--seed") { Description = "Of every random choice", HelpName = "N" };
        var command = new Command("family", "Make a family of small Python tasks with good and bad programs, for a small model: some to be trained on, others held out (in APPS's layout, which 'afterburner evaluate' reads)") { folder, seed };
        command.SetAction(parsed =>
        {
            var place = parsed.GetValue(folder)!.FullName;
            var (trained, heldOut) = TaskFamily.Make(parsed.GetValue(seed));
            Directory.CreateDirectory(place);
            ExampleFile.Write(Path.Combine(place, "trained.jsonl"), trained.Select(t => t.ToApps()));
            ExampleFile.Write(Path.Combine(place, "held-out.jsonl"), heldOut.Select(t => t.ToApps()));
            Console.WriteLine($"{place}: {trained.Count} tasks to be trained on, {heldOut.Count} held out");
            return ExitCode.Done;
        });
        return command;
    }
}
