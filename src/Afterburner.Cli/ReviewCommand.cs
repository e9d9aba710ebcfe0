using System.CommandLine;

namespace Afterburner.Cli;

/// <summary><c>afterburner review</c>: suggestions for a change.</summary>
internal static class ReviewCommand
{
    public static Command Create()
    {
        var repository = new Option<DirectoryInfo>("--repo") { Description = "The git repository", DefaultValueFactory = _ => new DirectoryInfo("."), HelpName = "DIR" };
        var from = new Option<string?>("--base") { Description = "What the change is based on. Default: the default branch", HelpName = "REF" };
        var head = new Option<string?>("--head") { Description = "What is reviewed. Default: HEAD", HelpName = "REF" };
        var common = new CommonOptions();
        var command = new Command("review", "Review the functions that changed between the merge base and head") { repository, from, head };
        common.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var request = common.Request(parsed, parsed.GetValue(repository)!.FullName) with
            {
                Base = parsed.GetValue(from),
                Head = parsed.GetValue(head),
            };
            return ReviewRun.RunAsync(request, common.Run(parsed), cancellationToken);
        });
        return command;
    }
}
