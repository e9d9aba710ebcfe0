using System.CommandLine;
using System.Text.Json;
using Afterburner.Gates;
using Afterburner.GitHub;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Verdicts;
using Spectre.Console;

namespace Afterburner.Cli;

/// <summary><c>afterburner gate</c>: exit 1 on a proven regression, or where a gain that is required is not proven.</summary>
internal static class GateCommand
{
    public static Command Create()
    {
        var repository = new Option<DirectoryInfo>("--repo") { Description = "The git repository", DefaultValueFactory = _ => new DirectoryInfo("."), HelpName = "DIR" };
        var from = new Option<string?>("--base") { Description = "What head is compared with. Default: the default branch", HelpName = "REF" };
        var head = new Option<string?>("--head") { Description = "What is tested. Default: HEAD", HelpName = "REF" };
        var shard = ReviewCommand.ShardOption();
        var faster = new Option<bool>("--require-faster") { Description = "Exit 1 unless something is proven faster, too" };
        var pull = new Option<string?>("--pr") { Description = "Pull request whose labels count, and on which people with write permission may accept what would fail (token: GITHUB_TOKEN)", HelpName = "OWNER/REPO#N" };
        var common = new CommonOptions();
        var command = new Command("gate", "Compare the speed of every changed function at base and at head; exit 1 on a proven slowdown") { repository, from, head, shard, faster, pull };
        common.AddGateTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var directory = parsed.GetValue(repository)!.FullName;
            var request = await common.GateAsync(
                parsed, directory, parsed.GetValue(from), parsed.GetValue(head), cancellationToken).ConfigureAwait(false);
            using var api = parsed.GetValue(pull) is null ? null : PublishCommand.Api(cancellationToken);
            var name = parsed.GetValue(pull) is { } said ? PullRequestName.Parse(said) : null;
            var acceptance = name is null ? null : new Acceptance(api!, name);
            request = request with
            {
                Shard = ReviewCommand.Shard(parsed, shard),
                RequiredBy = parsed.GetValue(faster) ? "--require-faster" : name is null ? null : await ByLabelAsync(api!, name, request.Configuration).ConfigureAwait(false),
            };
            return await RunAsync(request, common.Run(parsed), acceptance, cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    /// <summary>Whoever publishes asks again: what cannot be read now is said, and left away.</summary>
    private static async Task<string?> ByLabelAsync(GitHubApi api, PullRequestName name, Configuration configuration)
    {
        try
        {
            return (await new PullRequestSource(api, name).ReadAsync().ConfigureAwait(false)).RequiredBy(configuration.Gate.FasterLabel);
        }
        catch (EnvironmentFailureException e)
        {
            await Console.Error.WriteLineAsync($"the labels of {name} could not be read: {e.Message}").ConfigureAwait(false);
            return null;
        }
    }

    private static async Task<int> RunAsync(
        GateRequest request, RunOptions options, Acceptance? acceptance, CancellationToken cancellationToken)
    {
        await using var sandbox = await SandboxChoice.OpenAsync(
            request.Configuration.Sandbox, request.Configuration.ToSandboxOptions(), TimeProvider.System, cancellationToken).ConfigureAwait(false);
        var lines = options.Json ? Console.Error : Console.Out;
        var report = await new Gate(sandbox, line => lines.WriteLine(VisibleText.Line(line)), TimeProvider.System, acceptance).RunAsync(request, cancellationToken).ConfigureAwait(false);
        if (options.Json)
            await Console.Out.WriteLineAsync(VisibleText.Json(JsonSerializer.Serialize(report, ReportJson.Readable.GateReport))).ConfigureAwait(false);
        else
            Show(report, request.Out, AnsiConsole.Console);
        if (report.AcceptedBy is null)
        {
            foreach (var function in report.Unproven)
                await Console.Error.WriteLineAsync(VisibleText.Line($"afterburner: {function.Path}::{function.Name} has to be faster (gate.require-faster: {function.RequiredBy}) and is not proven to be: {function.Gain?.Reason ?? function.Reason}")).ConfigureAwait(false);
            if (report.LacksGain)
                await Console.Error.WriteLineAsync(VisibleText.Line($"afterburner: nothing is proven faster, which {report.RequiredBy} asks for.")).ConfigureAwait(false);
        }

        return report.Fails && report.AcceptedBy is null ? ExitCode.Regression : ExitCode.Done;
    }

    private static void Show(GateReport report, string directory, IAnsiConsole console)
    {
        if (Console.IsOutputRedirected)
            console.Profile.Width = 120;
        console.WriteLine();
        var table = new Table().Border(TableBorder.Rounded).AddColumns("What", "Answer", "Why");
        table.Columns[1].NoWrap();
        foreach (var function in report.Functions)
            Row($"{VisibleText.Line(function.Path)}:{function.StartLine}\n{VisibleText.Line(function.Name)}{(function.BehaviourChanged is null ? "" : " (answers differently)")}", function);
        foreach (var benchmark in report.Benchmarks)
            Row(VisibleText.Line(benchmark.Command), benchmark);
        if (table.Rows.Count > 0)
            console.Write(table);
        if (report.LeftOut.Count > 0)
            console.MarkupLineInterpolated($"[grey]{Suggestions.Wording.LeftOut(report.LeftOut)} of the change left out: gate.json says why[/]");
        if (report.Compared == 0)
            console.MarkupLineInterpolated($"Nothing was compared: {VisibleText.Line(GateMarkdown.WhyNothing(report))}.");
        if (report.Split is { } split)
            console.MarkupLineInterpolated($"[grey]{ConsoleWording.Split(split, report.DurationSeconds)}[/]");
        console.MarkupLineInterpolated($"[bold]{GateMarkdown.Headline(report)}[/] ({report.DurationSeconds:0.0} s). Reports: {Path.GetFullPath(directory)} (gate.json, gate.md, journal.jsonl)");

        void Row(string what, GateMeasurement measured) => table.AddRow(
            Markup.Escape(what),
            measured switch
            {
                GateFunctionReport { IsFaster: true, Gain: { } gain } => $"[green]{ConsoleWording.Times(gain.Speedup ?? 1)} faster{(gain.OnlyLike is null ? "" : "\non some calls")}[/]",
                GateFunctionReport { RequiredBy: not null, Status: not GateStatus.Slower } => "[red]not proven\nfaster[/]",
                _ => Answer(measured),
            },
            Markup.Escape(ConsoleWording.FirstLine(measured is GateFunctionReport { Gain: { } known } function && (function.IsFaster || function.RequiredBy is not null) ? known.Reason : measured.Reason)));

        static string Answer(GateMeasurement measured) => measured.Status switch
        {
            GateStatus.Slower => $"[red]{ConsoleWording.Times(measured.Slowdown ?? 1)} slower[/]",
            GateStatus.NotSlower => "[green]not slower[/]",
            GateStatus.CannotTell => "cannot tell",
            GateStatus.Skipped => "[grey]skipped[/]",
        };
    }
}
