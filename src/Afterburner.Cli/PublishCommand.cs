using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Afterburner.Functions;
using Afterburner.GitHub;
using Afterburner.Proposers;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Suggestions;

namespace Afterburner.Cli;

/// <summary><c>afterburner publish DIR --pr OWNER/REPO#N</c>: posts a finished run to its pull request.</summary>
internal static class PublishCommand
{
    public static Command Create()
    {
        // Where the user is, before the program leaves it.
        var here = Environment.CurrentDirectory;
        var directories = new Argument<string[]>("DIR") { Description = "Directory of a finished review, gate or both; several are shards of one", Arity = ArgumentArity.ZeroOrMore };
        var pull = new Option<string?>("--pr") { Description = "The pull request", HelpName = "OWNER/REPO#N" };
        var sweep = new Option<string?>("--sweep") { Description = "Instead: open one pull request with what optimize --all proved, one a week at most", HelpName = "OWNER/REPO" };
        var config = new Option<FileInfo?>("--config") { Description = "Configuration that a person with rights wrote, never the pull request's. Default: none", HelpName = "FILE" };
        var most = new Option<int?>("--max-suggestions") { Description = "Suggestions shown on the pull request, 0 to 50", HelpName = "N" };
        var failOn = new Option<string>("--fail-on") { Description = "Whether a slowdown that the gate proved, or a gain that is required and not proven, fails its check and this command (exit 1) unless somebody accepted it", HelpName = "WHEN", DefaultValueFactory = _ => "regression" };
        failOn.AcceptOnlyFromAmong("regression", "never");
        var always = new Option<bool>("--always-summary") { Description = "Comment even when there is nothing to say" };
        var begin = new Option<bool>("--begin") { Description = "Instead of posting a run, say that the gate has begun: its check is in progress" };
        var broken = new Option<string?>("--broken") { Description = "Instead of posting a run, say why the gate that had begun came to nothing: its check fails unless it has its conclusion", HelpName = "REASON" };
        var head = new Option<string?>("--head") { Description = "Of --begin and --broken: the commit that the gate is about. Default: the newest of the pull request", HelpName = "COMMIT" };
        var sarif = new Option<bool>("--sarif") { Description = "Also hand the suggestions to code scanning" };
        var dry = new Option<bool>("--dry-run") { Description = "Print what would be posted; write nothing to GitHub" };
        var json = new Option<bool>("--json") { Description = "Print the outcome as JSON" };
        var command = new Command("publish", "Post a finished run to its pull request (token: GITHUB_TOKEN, address: GITHUB_API_URL)")
            { directories, pull, sweep, config, most, failOn, always, begin, broken, head, sarif, dry, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string[] runs = [.. parsed.GetValue(directories)!.Select(d => Path.GetFullPath(d, here))];
            if (parsed.GetValue(pull) is null == parsed.GetValue(sweep) is null)
                throw new UsageException("publish needs --pr OWNER/REPO#N, or --sweep OWNER/REPO, and not both");
            var (begins, reason) = (parsed.GetValue(begin), parsed.GetValue(broken));
            if (Convert.ToInt32(begins) + Convert.ToInt32(reason is not null) + Convert.ToInt32(runs.Length > 0) != 1 || (runs.Length == 0 && parsed.GetValue(pull) is null))
                throw new UsageException("publish needs the directory of a finished run, or with --pr --begin or --broken REASON: one of them.");
            if (runs.Length == 0)
                return await TellAsync(PullRequestName.Parse(parsed.GetValue(pull)!), parsed.GetValue(head), reason, cancellationToken).ConfigureAwait(false);
            var configuration = parsed.GetValue(config) is { } file ? Configuration.Load(file.FullName) : Configuration.Default;
            var limit = parsed.GetValue(most) ?? configuration.MaxSuggestions;
            if (limit is < 0 or > 50)
                throw new UsageException("--max-suggestions: a number from 0 to 50 was expected");
            if (parsed.GetValue(sweep) is { } repository)
            {
                var swept = new SweepRequest(runs, RepositoryName.Parse(repository), limit, parsed.GetValue(dry));
                return await SweepAsync(swept, configuration, parsed.GetValue(json), cancellationToken).ConfigureAwait(false);
            }

            var request = new PublishRequest(
                runs, PullRequestName.Parse(parsed.GetValue(pull)!),
                configuration with { MaxSuggestions = limit, AlwaysSummary = parsed.GetValue(always) || configuration.AlwaysSummary },
                parsed.GetValue(sarif), parsed.GetValue(dry), Variable("GITHUB_STEP_SUMMARY"))
            {
                FailOnRegression = parsed.GetValue(failOn) == "regression",
            };
            return await RunAsync(request, parsed.GetValue(json), cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task<int> SweepAsync(SweepRequest request, Configuration configuration, bool json, CancellationToken cancellationToken)
    {
        using var api = Api(cancellationToken);
        await using var sandbox = await SandboxChoice.OpenAsync(configuration.Sandbox, configuration.ToSandboxOptions(), TimeProvider.System, cancellationToken).ConfigureAwait(false);
        var astGrep = AstGrep.Find(sandbox);
        var outcome = await new SweepPublish(api, new SuggestionCheck(new FunctionFinder(astGrep), astGrep), TimeProvider.System)
            .RunAsync(request, cancellationToken).ConfigureAwait(false);
        IEnumerable<string> lines =
        [
            .. outcome.End == SweepEnd.DryRun ? [Indented(outcome.Body)] : Array.Empty<string>(),
            .. outcome.Withheld.Select(w => VisibleText.Line($"withheld: {w.Function.Id}: {w.Reason}")),
            .. outcome.Declined > 0 ? [$"{Wording.Count(outcome.Declined, "suggestion")} left out: declined before."] : Array.Empty<string>(),
            outcome.Message,
        ];
        var text = api.Redaction.Mask(json ? AsJson(outcome) : string.Join('\n', lines));
        await Console.Out.WriteLineAsync(Variable("GITHUB_ACTIONS") == "true" ? WorkflowCommands.Harmless(text) : text).ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static string AsJson(SweepOutcome outcome) => new JsonObject
    {
        ["outcome"] = JsonNamingPolicy.KebabCaseLower.ConvertName(outcome.End.ToString()),
        ["message"] = outcome.Message,
        ["pullRequest"] = outcome.Address,
        ["offered"] = outcome.Offered,
        ["declined"] = outcome.Declined,
        ["withheld"] = outcome.Withheld.Count,
    }.ToJsonString();

    /// <param name="reason">Why the gate came to nothing; null where it begins.</param>
    private static async Task<int> TellAsync(PullRequestName pull, string? head, string? reason, CancellationToken cancellationToken)
    {
        using var api = Api(cancellationToken);
        var check = new GateCheck(api, pull, TimeProvider.System);
        var said = api.Redaction.Mask(await (reason is null ? check.BeginAsync(head) : check.BreakAsync(head, VisibleText.Line(reason))).ConfigureAwait(false));
        await Console.Out.WriteLineAsync(Variable("GITHUB_ACTIONS") == "true" ? WorkflowCommands.Harmless(said) : said).ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> RunAsync(PublishRequest request, bool json, CancellationToken cancellationToken)
    {
        var inActions = Variable("GITHUB_ACTIONS") == "true";
        using var api = Api(cancellationToken);
        // What is posted is parsed again, and was written by others.
        await using var sandbox = await SandboxChoice.OpenAsync(
            request.Configuration.Sandbox, request.Configuration.ToSandboxOptions(), TimeProvider.System, cancellationToken).ConfigureAwait(false);
        var astGrep = AstGrep.Find(sandbox);
        var publish = new Publish(api, new SuggestionCheck(new FunctionFinder(astGrep), astGrep), TimeProvider.System);
        var outcome = await publish.RunAsync(request, cancellationToken).ConfigureAwait(false);
        if (inActions)
        {
            foreach (var line in WorkflowCommands.Annotate(outcome.Annotations))
                await Console.Out.WriteLineAsync(api.Redaction.Mask(line)).ConfigureAwait(false);
        }

        var text = api.Redaction.Mask(json ? AsJson(outcome) : AsWords(outcome));
        await Console.Out.WriteLineAsync(inActions ? WorkflowCommands.Harmless(text) : text).ConfigureAwait(false);
        return outcome.Gate is { Fails: true } ? ExitCode.Regression : ExitCode.Done;
    }

    /// <summary>GitHub with the token and at the address of the environment. On a runner the token is masked first.</summary>
    public static GitHubApi Api(CancellationToken cancellationToken)
    {
        var token = new Secret(Variable("GITHUB_TOKEN") ?? throw new UsageException("GITHUB_TOKEN is not set: set it to a token that may read the pull request, or write to it to publish"));
        if (Variable("GITHUB_ACTIONS") == "true")
            Console.Out.WriteLine(WorkflowCommands.Mask(token.Reveal()));
        return new GitHubApi(GitHubAddress.Of(Variable("GITHUB_API_URL"), Variable("GITHUB_GRAPHQL_URL")), token, TimeProvider.System, cancellationToken);
    }

    private static string AsWords(PublishOutcome outcome)
    {
        var lines = new List<string>();
        if (outcome.End == PublishEnd.DryRun)
        {
            foreach (var planned in outcome.Plan?.Suggestions ?? [])
            {
                var (function, suggestion) = (planned.Checked.Function, planned.Checked.Suggestion);
                lines.Add($"{planned.Placement}: {VisibleText.Line(function.Path)}:{suggestion.StartLine}-{suggestion.EndLine} {VisibleText.Line(function.Name)} {planned.Note}".TrimEnd());
                if (planned.Body is { } body)
                    lines.Add(Indented(body));
            }

            lines.AddRange((outcome.Plan?.Retired ?? []).Select(t => $"Take back: thread {t.Id}"));
            lines.Add(outcome.Summary.Length > 0 ? "Summary:\n" + Indented(outcome.Summary) : "No summary: there is nothing to say.");
        }

        lines.AddRange(outcome.Plan?.Run.Withheld.Select(w => VisibleText.Line($"withheld: {w.Function.Id}: {w.Reason}")) ?? []);
        lines.AddRange(outcome.Notes);
        if (outcome.Gate is { Report: { } gate })
            lines.Add($"gate: {GateMarkdown.Headline(gate)}{(gate.AcceptedBy is { } by ? $" by {by}" : "")}");
        lines.Add(outcome.Message);
        return string.Join('\n', lines);
    }

    private static string Indented(string text) => string.Join('\n', text.TrimEnd().Split('\n').Select(l => $"    {l}"));

    private static string AsJson(PublishOutcome outcome) => new JsonObject
    {
        ["outcome"] = JsonNamingPolicy.KebabCaseLower.ConvertName(outcome.End.ToString()),
        ["message"] = outcome.Message,
        ["posted"] = outcome.Posted,
        ["retired"] = outcome.Retired,
        ["suggestions"] = new JsonObject(Enum.GetValues<Placement>().Select(p => KeyValuePair.Create(
            JsonNamingPolicy.KebabCaseLower.ConvertName(p.ToString()), (JsonNode?)(outcome.Plan?.At(p).Count() ?? 0)))),
        ["withheld"] = outcome.Plan?.Run.Withheld.Count ?? 0,
        ["regressions"] = outcome.Gate?.Report.Regressions ?? 0,
        ["faster"] = outcome.Gate?.Report.Faster.Count ?? 0,
        ["requiredGainsNotProven"] = outcome.Gate?.Report.Lacking ?? 0,
        ["acceptedBy"] = outcome.Gate?.Report.AcceptedBy,
        ["requests"] = outcome.Requests,
        ["notes"] = new JsonArray([.. outcome.Notes.Select(n => (JsonNode)n)]),
    }.ToJsonString();

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
