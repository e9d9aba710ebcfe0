using System.CommandLine;

namespace Afterburner.Cli;

/// <summary><c>afterburner optimize FILE::FUNCTION</c>: one function, no diff needed.</summary>
internal static class OptimizeCommand
{
    public static Command Create()
    {
        var function = new Argument<string>("FILE::FUNCTION") { Description = "The file relative to the repository's root, and the qualified name: src/shop.py::Cart.total" };
        var repository = new Option<DirectoryInfo>("--repo") { Description = "The git repository", DefaultValueFactory = _ => new DirectoryInfo("."), HelpName = "DIR" };
        var head = new Option<string?>("--head") { Description = "The commit to take it from. Default: the files as they lie in the work tree", HelpName = "REF" };
        var common = new CommonOptions();
        var command = new Command("optimize", "Optimise one function as it lies in the work tree, without a change") { function, repository, head };
        common.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var request = await common.RequestAsync(
                parsed, parsed.GetValue(repository)!.FullName, from: null, parsed.GetValue(head), cancellationToken).ConfigureAwait(false);
            return await ReviewRun.RunAsync(
                request with { Function = parsed.GetValue(function) }, common.Run(parsed), cancellationToken).ConfigureAwait(false);
        });
        return command;
    }
}
