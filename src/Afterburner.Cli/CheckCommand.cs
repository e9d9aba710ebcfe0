using System.CommandLine;
using System.Text.Json;
using Afterburner.Checks;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Spectre.Console;

namespace Afterburner.Cli;

/// <summary><c>afterburner check</c>: judges an edit that somebody else made; exit 1 on what is slower or different.</summary>
internal static class CheckCommand
{
    /// <summary>One byte more than is read of a patch tells that it is too large.</summary>
    private const int MostBytes = (16 << 20) + 1;

    public static Command Create()
    {
        var here = Environment.CurrentDirectory;
        var repository = new Option<DirectoryInfo>("--repo") { Description = "The git repository", DefaultValueFactory = _ => new DirectoryInfo("."), HelpName = "DIR" };
        var patch = new Option<string?>("--patch") { Description = "Judge this patch, applied to --base: a file, or - for standard input", HelpName = "FILE" };
        var from = new Option<string?>("--base") { Description = "What the edit is compared with. Default: HEAD; with --head the default branch", HelpName = "REF" };
        var head = new Option<string?>("--head") { Description = "Judge this commit. Default: the work tree as it lies, new files included", HelpName = "REF" };
        var faster = new Option<bool>("--require-faster") { Description = "Exit 1 unless something is proven faster, too" };
        var decide = new Option<bool>("--tests-decide") { Description = "Call what differs only on calls that no test makes 'cannot tell', not 'different'" };
        var common = new CommonOptions();
        var command = new Command("check", "Judge an edit that somebody else made, function by function: equal and faster, slower, different; exit 1 on what is slower or different")
        {
            repository, patch, from, head, faster, decide,
        };
        common.AddGateTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var directory = parsed.GetValue(repository)!.FullName;
            var (named, to, file) = (parsed.GetValue(from), parsed.GetValue(head), parsed.GetValue(patch));
            if (file is not null && to is not null)
                throw new UsageException("--patch and --head are two edits: name one of them.");
            var bytes = file is null ? (ReadOnlyMemory<byte>?)null : await ReadAsync(file, here, cancellationToken).ConfigureAwait(false);
            var gate = await common.GateAsync(parsed, directory, named ?? (to is null ? "HEAD" : null), to ?? (file is null ? null : named), cancellationToken).ConfigureAwait(false);
            var request = new EditRequest(directory, gate.Out, gate.Configuration) { Base = named, Head = to, Patch = bytes, TestsDecide = parsed.GetValue(decide) };
            return await RunAsync(request, common.Run(parsed), parsed.GetValue(faster), cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(string file, string here, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(file, here);
        if (file != "-" && !File.Exists(path))
            throw new UsageException($"there is no file '{VisibleText.Line(path)}': name a patch with --patch, or - for standard input.");
        await using var stream = file == "-" ? Console.OpenStandardInput() : File.OpenRead(path);
        var bytes = new byte[64 << 10];
        using var read = new MemoryStream();
        for (int count; read.Length < MostBytes && (count = await stream.ReadAsync(bytes, cancellationToken).ConfigureAwait(false)) > 0;)
            read.Write(bytes, 0, count);
        return read.ToArray();
    }

    private static async Task<int> RunAsync(EditRequest request, RunOptions options, bool requireFaster, CancellationToken cancellationToken)
    {
        await using var sandbox = await SandboxChoice.OpenAsync(
            request.Configuration.Sandbox, request.Configuration.ToSandboxOptions(), TimeProvider.System, cancellationToken).ConfigureAwait(false);
        var lines = options.Json ? Console.Error : Console.Out;
        var report = await new EditCheck(sandbox, line => lines.WriteLine(VisibleText.Line(line)), TimeProvider.System).RunAsync(request, cancellationToken).ConfigureAwait(false);
        if (options.Json)
            await Console.Out.WriteLineAsync(VisibleText.Json(JsonSerializer.Serialize(report, ReportJson.Readable.CheckReport))).ConfigureAwait(false);
        else
            Show(report, request.Out, AnsiConsole.Console);
        if (report.IsClean && requireFaster && !report.IsFaster)
            await Console.Error.WriteLineAsync("afterburner: nothing is proven faster, which --require-faster asks for.").ConfigureAwait(false);
        return report.IsClean && (report.IsFaster || !requireFaster) ? ExitCode.Done : ExitCode.Regression;
    }

    private static void Show(CheckReport report, string directory, IAnsiConsole console)
    {
        if (Console.IsOutputRedirected)
            console.Profile.Width = 120;
        console.WriteLine();
        var table = new Table().Border(TableBorder.Rounded).AddColumns("What", "Answer", "Why");
        table.Columns[1].NoWrap();
        foreach (var test in report.Tests)
            table.AddRow(Markup.Escape(VisibleText.Line(test.Test)), "[red]test[/]", Markup.Escape($"{test.Base} at base, {test.Edit} with the edit"));
        foreach (var function in report.Functions)
        {
            table.AddRow(
                Markup.Escape($"{VisibleText.Line(function.Path)}:{function.StartLine}\n{VisibleText.Line(function.Name)}"), Answer(function),
                Markup.Escape(function.Difference is { Input: { } input, Base: { } was, Edit: { } now }
                    ? $"{VisibleText.Line(input)}{(function.Difference.IsOfTests ? "" : " (no test makes this call)")}\n{VisibleText.Line(function.Difference.Where ?? "")}\nbase: {VisibleText.Line(was)}\nedit: {VisibleText.Line(now)}" : ConsoleWording.FirstLine(function.Reason)));
        }

        if (table.Rows.Count > 0)
            console.Write(table);
        if (report.LeftOut.Count > 0)
            console.MarkupLineInterpolated($"[grey]{Suggestions.Wording.LeftOut(report.LeftOut)} of the edit left out: check.json says why[/]");
        if (CheckMarkdown.WhyNothing(report) is { } nothing)
            console.WriteLine(VisibleText.Line(nothing));
        if (report.Split is { } split)
            console.MarkupLineInterpolated($"[grey]{ConsoleWording.Split(split, report.DurationSeconds)}[/]");
        console.MarkupLineInterpolated($"[bold]{CheckMarkdown.Headline(report)}[/] ({report.DurationSeconds:0.0} s). Reports: {Path.GetFullPath(directory)} (check.json, check.md, journal.jsonl)");
    }

    private static string Answer(CheckFunctionReport function)
    {
        var ratio = CheckMarkdown.Ratio(function)?.Replace('×', 'x').Replace(" (", "\n(", StringComparison.Ordinal);
        return function.Status switch
        {
            CheckStatus.Faster => $"[green]{ratio}{(function.OnlyLike is null ? "" : "\non some calls")}[/]",
            CheckStatus.Slower => $"[red]{ratio}[/]",
            CheckStatus.Different => "[red]different[/]",
            CheckStatus.NotFaster => "equal, not faster",
            CheckStatus.CannotTell => "cannot tell",
            CheckStatus.New => "[grey]new[/]",
        };
    }
}
