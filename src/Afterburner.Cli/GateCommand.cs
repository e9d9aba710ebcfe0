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

/// <summary><c>afterburner gate</c>: exit 1 on a proven regression.</summary>
internal static class GateCommand
{
    public static Command Create()
    {
        var repository = new Option<DirectoryInfo>("--repo") { Description = "The git repository", DefaultValueFactory = _ => new DirectoryInfo("."), HelpName = "DIR" };
        var from = new Option<string?>("--base") { Description = "What head is compared with. Default: the default branch", HelpName = "REF" };
        var head = new Option<string?>("--head") { Description = "What is tested. Default: HEAD", HelpName = "REF" };
        var shard = ReviewCommand.ShardOption();
        var pull = new Option<string?>("--pr") { Description = "Pull request on which people with write permission may accept a slowdown (token: GITHUB_TOKEN)", HelpName = "OWNER/REPO#N" };
        var common = new CommonOptions();
        var command = new Command("gate", "Compare the speed of every changed function at base and at head; exit 1 on a proven slowdown") { repository, from, head, shard, pull };
        common.AddGateTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var directory = parsed.GetValue(repository)!.FullName;
            var request = await common.GateAsync(
                parsed, directory, parsed.GetValue(from), parsed.GetValue(head), cancellationToken).ConfigureAwait(false);
            request = request with { Shard = ReviewCommand.Shard(parsed, shard) };
            using var api = parsed.GetValue(pull) is null ? null : PublishCommand.Api(cancellationToken);
            var acceptance = parsed.GetValue(pull) is { } name ? new Acceptance(api!, PullRequestName.Parse(name)) : null;
            return await RunAsync(request, common.Run(parsed), acceptance, cancellationToken).ConfigureAwait(false);
        });
        return command;
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
        return report.Regressions > 0 && report.AcceptedBy is null ? ExitCode.Regression : ExitCode.Done;
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
            measured.Status switch
            {
                GateStatus.Slower => $"[red]{ConsoleWording.Times(measured.Slowdown ?? 1)} slower[/]",
                GateStatus.NotSlower => "[green]not slower[/]",
                GateStatus.CannotTell => "cannot tell",
                GateStatus.Skipped => "[grey]skipped[/]",
            },
            Markup.Escape(ConsoleWording.FirstLine(measured.Reason)));
    }
}
