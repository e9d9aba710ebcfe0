using System.CommandLine;
using System.CommandLine.Help;
using Afterburner.Cli;
using Afterburner.Trainer.Commands;
using Afterburner.Trainer.Training;

// A step is carried to where it can be left, and a checkpoint written: that takes as long as it takes.
using var interruption = new Interruption(Timeout.InfiniteTimeSpan);
var root = new Command("trainer", "Trains a model of the Qwen2 architecture to make programs more efficient, as the paper does (arXiv 2505.23387): SFT, DPO, or GRPO with rewards of programs that are run.")
{
    TrainCommands.Sft(),
    TrainCommands.Dpo(),
    TrainCommands.Grpo(),
    DataCommand.Create(),
    ExportCommand.Create(),
    FamilyCommand.Create(),
    MiniatureCommand.Create(),
    new HelpOption { Recursive = true },
    new VersionOption(),
};
var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
ProgramPath.LeaveFolder();
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors)
        await Console.Error.WriteLineAsync($"afterburner trainer: {error.Message}");
    return ExitCode.Usage;
}

return await Ending.OfAsync(
    "afterburner trainer", "ended; the same command goes on where it was.",
    async () =>
    {
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, interruption.Token);
        }
        catch (TrainingFailedException e)
        {
            throw new EnvironmentFailureException(e.Message, e);
        }
    });
