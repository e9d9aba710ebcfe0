using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Afterburner.Overviews;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Spectre.Console;

namespace Afterburner.Cli;

/// <summary><c>afterburner init</c>: the first minutes in a repository.</summary>
internal static partial class InitCommand
{
    private const int MostNamed = 5;

    public static Command Create()
    {
        var repository = new Option<DirectoryInfo>("--repo") { Description = "The git repository", DefaultValueFactory = _ => new DirectoryInfo("."), HelpName = "DIR" };
        var yes = new Option<bool>("--yes") { Description = "Write the files without asking" };
        var action = new Option<string?>("--action") { Description = "The action in the workflow. Default: a place to be filled in", HelpName = "OWNER/REPO@COMMIT" };
        var common = new CommonOptions();
        var command = new Command("init", "Say what a review will see of a repository, and write a configuration and a workflow for it") { repository, yes, action };
        common.AddInitTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var named = parsed.GetValue(action);
            if (named is not null && !ActionName().IsMatch(named))
                throw new UsageException($"--action {VisibleText.Line(named)}: write OWNER/REPO@ and the full hash of the commit that you trust");
            var directory = parsed.GetValue(repository)!.FullName;
            var configuration = await common.InitAsync(parsed, directory, cancellationToken).ConfigureAwait(false);
            return await RunAsync(new OverviewRequest(directory, configuration), named, parsed.GetValue(yes), cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task<int> RunAsync(OverviewRequest request, string? action, bool yes, CancellationToken cancellationToken)
    {
        RepositoryOverview overview;
        await using (var sandbox = await SandboxChoice.OpenAsync(
            request.Configuration.Sandbox, request.Configuration.ToSandboxOptions(), TimeProvider.System, cancellationToken).ConfigureAwait(false))
        {
            overview = await new Overview(sandbox, line => Console.WriteLine(VisibleText.Line(line))).OfAsync(request, cancellationToken).ConfigureAwait(false);
        }

        Show(overview, AnsiConsole.Console);
        if (!overview.IsReviewable)
        {
            await Console.Error.WriteLineAsync(overview.Projects.Count == 0
                ? "afterburner: there is no function here that can be measured, so nothing was written (languages: see the reference)."
                : "afterburner: nothing was written, as a review would see nothing: mend what is said above, and run init again.").ConfigureAwait(false);
            return ExitCode.Environment;
        }

        if (!overview.HasWorkTree)
            throw new UsageException($"'{overview.Root}' has no work tree to write into: clone it, and run init there.");
        var files = new List<(string Path, string Text)>();
        foreach (var (path, text) in StarterFiles.Of(overview, action))
        {
            if (IsThere(overview.Root, path))
                Console.WriteLine($"{path} is there already, and stays as it is.");
            else
                files.Add((path, text));
        }

        if (files.Count == 0)
            return ExitCode.Done;
        foreach (var (path, text) in files)
            Console.WriteLine($"\n--- /dev/null\n+++ b/{path}\n" + string.Join('\n', text.TrimEnd('\n').Split('\n').Select(l => $"+{VisibleText.Line(l)}")));
        Console.WriteLine();
        if (!yes && !IsWanted(files.Count))
        {
            Console.WriteLine("Nothing was written. `afterburner init --yes` writes without asking.");
            return ExitCode.Done;
        }

        foreach (var (path, _) in files)
            DemandFolders(overview.Root, path);
        foreach (var (path, text) in files)
        {
            Write(overview.Root, path, text);
            Console.WriteLine($"wrote {path}");
        }

        if (action is null && files.Exists(f => f.Path == StarterFiles.WorkflowPath))
            Console.WriteLine($"In {StarterFiles.WorkflowPath} OWNER and the hash stand for the copy of the action that you trust.");
        Console.WriteLine("Next: commit them, or try `afterburner review` on a branch and `afterburner check` on an edit.");
        return ExitCode.Done;
    }

    private static bool IsWanted(int files)
    {
        if (Console.IsInputRedirected)
            return false;
        Console.Write($"Write {(files == 1 ? "this file" : $"these {files} files")}? [y/N] ");
        return Console.ReadLine()?.Trim().ToUpperInvariant() is "Y" or "YES";
    }

    private static bool IsThere(string root, string path) => Path.Exists(Path.Combine(root, path)) || new FileInfo(Path.Combine(root, path)).LinkTarget is not null;

    /// <summary>A repository may bring a link along in the place of a folder, and what is written would end up wherever it points.</summary>
    private static void DemandFolders(string root, string path)
    {
        string[] parts = path.Split('/');
        for (var i = 1; i < parts.Length; i++)
        {
            if (new DirectoryInfo(Path.Combine([root, .. parts[..i]])) is { LinkTarget: not null } folder)
                throw new UsageException($"'{folder.FullName}' is a link: nothing was written.");
        }
    }

    private static void Write(string root, string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, path))!);
        using var file = new StreamWriter(new FileStream(Path.Combine(root, path), FileMode.CreateNew, FileAccess.Write));
        file.Write(text);
    }

    private static void Show(RepositoryOverview overview, IAnsiConsole console)
    {
        if (Console.IsOutputRedirected)
            console.Profile.Width = 120;
        console.WriteLine();
        var table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumns("", "");
        table.Columns[0].NoWrap();
        Row("Languages", string.Join('\n', overview.Languages.Select(l => $"{l.Name}: {Count(l.Functions, "function")} in {Count(l.Files, "file")}{(l.WhyNot is { } why ? $"; {why}{(l.Example is { } example ? $"\n  such as {example}" : "")}" : "")}")));
        if (overview.Languages.Count == 0)
            Row("Languages", "none of those that Afterburner reads");
        foreach (var project in overview.Projects)
            Show(project, Row);
        foreach (var reason in overview.LeftOut.CountBy(l => l.Reason).OrderByDescending(r => r.Value).Take(MostNamed))
            Row("Not looked at", $"{Count(reason.Value, "file")}: {reason.Key}");
        console.Write(table);

        void Row(string what, string text) => table.AddRow(Markup.Escape(what), Markup.Escape(string.Join('\n', text.Split('\n').Select(VisibleText.Line))));
    }

    private static void Show(ProjectOverview project, Action<string, string> row)
    {
        var of = project.Folder.Length == 0 ? "" : $" of {project.Folder}";
        if (project.Stopped is { } stopped)
        {
            row($"[!] Tests{of}", $"{(project.Versions.Count == 0 ? "" : $"{StarterFiles.Place(project)}. ")}{stopped}");
            return;
        }

        var tests = project.Tests!;
        row($"Tests{of}", string.Create(CultureInfo.InvariantCulture, $"{StarterFiles.Place(project)}: {tests.Passed} of {Count(tests.Collected, "test")} passed in {tests.Wall.TotalSeconds:0.0} s, in the sandbox, without a network"));
        if (tests.Failing.Count > 0)
            row("[!] Failing", $"{Suggestions.Wording.Failing(tests.Failing)}\n{FirstLine(tests.FailureText(tests.Failing[0]))}");
        if (tests.Flaky.Count > 0)
            row("[!] Not steady", Suggestions.Wording.Flaky(tests.Flaky));
        foreach (var reason in project.PassedOver)
            row("[!] Not used", reason);
        row("A review sees", $"{project.Reached.Count} of {Count(project.Functions, "function")}: those that tests reach"
            + (project.Unwatched is { } why ? $", and others: watching them did not come to its end ({why})"
                : project.Reached.Count < project.Functions ? $"; a test that calls one of the other {project.Functions - project.Reached.Count} lets it be seen" : ""));
        if (project.Reached.Count > 0)
        {
            row("Most time is in", string.Join('\n', project.Reached.Take(MostNamed).Select(r => r.Function)) + $"\nTry: afterburner optimize '{project.Reached[0].Function}'");
        }
    }

    private static string FirstLine(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "";

    private static string Count(int count, string one) => $"{count.ToString("N0", CultureInfo.InvariantCulture)} {(count == 1 ? one : one + "s")}";

    [GeneratedRegex(@"^[A-Za-z0-9-]+/[A-Za-z0-9._-]+@[0-9a-f]{40}\z")]
    private static partial Regex ActionName();
}
