using System.CommandLine;

namespace Afterburner.Cli.Mcp;

/// <summary><c>afterburner mcp</c>: serves one repository to an agent, by the Model Context Protocol over standard input and output.</summary>
internal static class McpCommand
{
    public static Command Create()
    {
        var repository = new Option<DirectoryInfo>("--repo") { Description = "The git repository that is served, and no other", DefaultValueFactory = _ => new DirectoryInfo("."), HelpName = "DIR" };
        var common = new CommonOptions();
        var command = new Command("mcp", "Serve a coding agent over standard input and output (Model Context Protocol): judge its edits, and say what is known of functions") { repository };
        common.AddServerTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (input, output) = (Console.OpenStandardInput(), Console.OpenStandardOutput());
            // Nothing but the protocol goes there: whatever is printed elsewhere is for whoever reads the log of the client.
            Console.SetOut(Console.Error);
            var served = await common.ServedAsync(parsed, parsed.GetValue(repository)!.FullName, cancellationToken).ConfigureAwait(false);
            await using var tools = new ServedTools(served, common.Run(parsed));
            await McpConnection.ServeAsync(tools, input, output, cancellationToken).ConfigureAwait(false);
            return ExitCode.Done;
        });
        return command;
    }
}
