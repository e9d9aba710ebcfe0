using System.CommandLine;
using System.CommandLine.Help;
using Afterburner.Cli;
using Afterburner.Cli.Evaluate;
using Afterburner.Cli.Mcp;

VisibleConsole.Use();
using var interruption = new Interruption();
// A root command would take its name from the file of the program, which nobody types.
var root = new Command("afterburner", "Afterburner reviews changes for efficiency: it proposes faster versions of the functions a change touches and reports what is proven faster and equal.")
{
    InitCommand.Create(),
    ReviewCommand.Create(),
    GateCommand.Create(),
    CheckCommand.Create(),
    McpCommand.Create(),
    PlanCommand.Create(),
    OptimizeCommand.Create(),
    DemoCommand.Create(),
    EvaluateCommand.Create(),
    DoctorCommand.Create(),
    PublishCommand.Create(),
    StatsCommand.Create(),
    ModelsCommand.Create(),
    new HelpOption { Recursive = true },
    new VersionOption(),
};

// Files and folders that options name are absolute from here on. No file is read for options (@file): the launcher sees all that are given.
var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
ProgramPath.LeaveFolder();
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors)
        await Console.Error.WriteLineAsync($"afterburner: {error.Message.Replace("System.Nullable`1[System.Int32]", "whole number", StringComparison.Ordinal).Replace("System.Int32", "whole number", StringComparison.Ordinal).Replace("System.Double", "number", StringComparison.Ordinal)}");
    // Of the command that was given, with those above it: "afterburner evaluate pull".
    var given = parsed.CommandResult.Command;
    var names = given == root ? "" : string.Concat(given.Parents.OfType<Command>().Where(c => c != root).Append(given).Select(c => $" {c.Name}"));
    await Console.Error.WriteLineAsync($"Run 'afterburner{names} --help'{(names.Length == 0 ? ", or with a command: 'afterburner review --help'" : "")}.");
    return ExitCode.Usage;
}

// What a command above takes by itself, as "evaluate FILE" does, is nothing to give along with one of its own: its help would show it.
if (parsed.Action is HelpAction)
{
    foreach (var above in parsed.CommandResult.Command.Parents.OfType<Command>())
        above.Arguments.Clear();
}

return await Ending.OfAsync(
    "afterburner", "cancelled; what was finished is kept (a review goes on with --resume DIR, an evaluation with the same command).",
    () => parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, interruption.Token));
