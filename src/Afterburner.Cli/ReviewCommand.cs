using System.CommandLine;
using Afterburner.Changes;

namespace Afterburner.Cli;

/// <summary><c>afterburner review</c>: suggestions for a change.</summary>
internal static class ReviewCommand
{
    public static Command Create()
    {
        var repository = new Option<DirectoryInfo>("--repo") { Description = "The git repository", DefaultValueFactory = _ => new DirectoryInfo("."), HelpName = "DIR" };
        var from = new Option<string?>("--base") { Description = "What the change is based on. Default: the default branch", HelpName = "REF" };
        var head = new Option<string?>("--head") { Description = "What is reviewed. Default: HEAD", HelpName = "REF" };
        var shard = ShardOption();
        var common = new CommonOptions();
        var command = new Command("review", "Review the functions that changed between the merge base and head") { repository, from, head, shard };
        common.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var request = await common.RequestAsync(
                parsed, parsed.GetValue(repository)!.FullName, parsed.GetValue(from), parsed.GetValue(head), cancellationToken).ConfigureAwait(false);
            return await ReviewRun.RunAsync(
                request with { Shard = Shard(parsed, shard) }, common.Run(parsed), cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    public static Option<string?> ShardOption() => new("--shard") { Description = "Only this part of the change, for example 2/4 ('plan' names them)", HelpName = "K/N" };

    public static Shard Shard(ParseResult parsed, Option<string?> option) =>
        parsed.GetValue(option) is { } text ? Changes.Shard.Parse(text) : Changes.Shard.Whole;
}
