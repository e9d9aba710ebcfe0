using System.CommandLine;
using System.Text.Json.Nodes;
using Afterburner.Changes;
using Afterburner.Sandboxes;
using Afterburner.Settings;

namespace Afterburner.Cli;

/// <summary><c>afterburner plan</c>: the shards of a change, as a matrix of GitHub Actions reads them.</summary>
internal static class PlanCommand
{
    public static Command Create()
    {
        var repository = new Option<DirectoryInfo>("--repo") { Description = "The git repository", DefaultValueFactory = _ => new DirectoryInfo("."), HelpName = "DIR" };
        var from = new Option<string?>("--base") { Description = "What the change is based on. Default: the default branch", HelpName = "REF" };
        var head = new Option<string?>("--head") { Description = "What is reviewed. Default: HEAD", HelpName = "REF" };
        var shards = new Option<int>("--shards") { Description = "Most shards; fewer when there are few functions", DefaultValueFactory = _ => 4, HelpName = "N" };
        var common = new CommonOptions();
        var command = new Command("plan", "Print how the functions of a change are split for --shard, as JSON") { repository, from, head, shards };
        common.AddPlanTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var most = parsed.GetValue(shards);
            if (most is < 1 or > Shard.Most)
                throw new UsageException($"--shards: a number from 1 to {Shard.Most} was expected");
            var request = await common.RequestAsync(
                parsed, parsed.GetValue(repository)!.FullName, parsed.GetValue(from), parsed.GetValue(head), cancellationToken).ConfigureAwait(false);
            await using var sandbox = await SandboxChoice.OpenAsync(
                request.Configuration.Sandbox, request.Configuration.ToSandboxOptions(), TimeProvider.System, cancellationToken).ConfigureAwait(false);
            var plan = await Plan.OfAsync(sandbox, request, most, cancellationToken).ConfigureAwait(false);
            await Console.Out.WriteLineAsync(new JsonObject
            {
                ["count"] = plan.Count,
                ["include"] = new JsonArray([.. plan.Shards.Select(s => (JsonNode)new JsonObject { ["shard"] = s.ToString() })]),
            }.ToJsonString()).ConfigureAwait(false);
            return ExitCode.Done;
        });
        return command;
    }
}
