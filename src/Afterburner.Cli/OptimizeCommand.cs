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
        command.SetAction((parsed, cancellationToken) =>
        {
            var request = common.Request(parsed, parsed.GetValue(repository)!.FullName) with
            {
                Function = parsed.GetValue(function),
                Head = parsed.GetValue(head),
            };
            return ReviewRun.RunAsync(request, common.Run(parsed), cancellationToken);
        });
        return command;
    }
}
