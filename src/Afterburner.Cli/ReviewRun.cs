using Afterburner.Changes;
using Afterburner.Functions;
using Afterburner.Proposers;
using Afterburner.Reviews;
using Afterburner.Runs;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Spectre.Console;

namespace Afterburner.Cli;

/// <summary>Runs a review for a command and shows it: live on a terminal, line by line elsewhere, as JSON when asked.</summary>
internal static class ReviewRun
{
    private const int WidestCode = 10_000;

    /// <summary>Of more functions those are shown for which something was proposed, and of the others how many there are of each kind.</summary>
    private const int MostShown = 30, MostReasons = 8;

    public static async Task<int> RunAsync(ReviewRequest request, RunOptions options, CancellationToken cancellationToken)
    {
        await using var sandbox = await SandboxChoice.OpenAsync(
            request.Configuration.Sandbox, request.Configuration.ToSandboxOptions(), TimeProvider.System, cancellationToken).ConfigureAwait(false);
        if (options.Unwanted.Count > 0)
            await (options.Json ? Console.Error : Console.Out).WriteLineAsync($"not asked, since people turned down what they suggested: {string.Join(", ", options.Unwanted.Order(StringComparer.Ordinal))}").ConfigureAwait(false);
        var report = await ObservedAsync(options, observer => ReviewAsync(sandbox, request, options, observer, cancellationToken)).ConfigureAwait(false);

        if (options.Json)
            await Console.Out.WriteLineAsync(VisibleText.Json(JsonReport.Write(report))).ConfigureAwait(false);
        else
            Show(report, request.Out, AnsiConsole.Console);
        return ExitCode.Done;
    }

    /// <summary>A review with the proposers that its configuration names.</summary>
    /// <exception cref="UsageException">There is no such proposer, or it lacks something; or see <see cref="Review.RunAsync"/>.</exception>
    /// <exception cref="EnvironmentFailureException">See <see cref="Review.RunAsync"/>.</exception>
    public static async Task<Report> ReviewAsync(
        ISandbox sandbox, ReviewRequest request, RunOptions options, IReviewObserver observer, CancellationToken cancellationToken)
    {
        request = request with { OwnRecipes = await OwnRecipesAsync(request, sandbox, cancellationToken).ConfigureAwait(false) };
        using var made = new ProposerSet(request.Configuration, options.ApiKey, options.Record, options.Llama, request.OwnRecipes, options.TranscriptFolder ?? request.Repository, command: options.Command, unwanted: options.Unwanted);
        request = request with { Secrets = made.Secrets };
        return await new Review(sandbox, made.For, observer, TimeProvider.System).RunAsync(request, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<IReadOnlyList<Recipe>> OwnRecipesAsync(ReviewRequest request, ISandbox sandbox, CancellationToken cancellationToken)
    {
        if (request.RecipesAt is null || (request.Configuration.Proposers is { } named && !named.Contains("recipes")))
            return [];
        var repository = await GitRepository.OpenAsync(request.Repository, cancellationToken).ConfigureAwait(false);
        return await OwnRecipes.ReadAsync(repository, request.RecipesAt, AstGrep.Find(sandbox), cancellationToken).ConfigureAwait(false);
    }

    private static async Task<Report> ObservedAsync(RunOptions options, Func<IReviewObserver, Task<Report>> work)
    {
        if (options.Json || options.Plain || !AnsiConsole.Profile.Capabilities.Interactive || Console.IsOutputRedirected)
            return await work(new PlainObserver(options.Json ? Console.Error : Console.Out)).ConfigureAwait(false);
        return await AnsiConsole.Status().Spinner(Spinner.Known.Dots)
            .StartAsync("starting", status => work(new LiveObserver(AnsiConsole.Console, status))).ConfigureAwait(false);
    }

    private static void Show(Report report, string directory, IAnsiConsole console)
    {
        // A pipe or a file has no width of its own; 80 columns would fold every line.
        if (Console.IsOutputRedirected)
            console.Profile.Width = 120;
        console.WriteLine();
        if (report.Functions.Count == 0)
        {
            console.WriteLine("The change touches no function that can be reviewed.");
        }
        else
        {
            var table = new Table().Border(TableBorder.Rounded).AddColumns("Function", "Outcome", "Why");
            table.Columns[1].NoWrap();
            var shown = report.Functions.Count <= MostShown ? report.Functions : [.. report.Functions.Where(f => f.Candidates.Count > 0)];
            foreach (var function in shown)
            {
                var suggestion = function.Suggestion;
                table.AddRow(
                    Markup.Escape($"{VisibleText.Line(function.Path)}:{function.StartLine}\n{VisibleText.Line(function.Name)}"),
                    suggestion is null
                        ? $"[grey]{Outcome(function)}[/]"
                        : $"[green]{ConsoleWording.Times(suggestion.Speedup)} {(report.Objective == ObjectiveKind.Time ? "faster" : "leaner")}[/]{(suggestion.OnlyLike is null ? "" : "\non some calls")}{(Suggestions.Wording.IsLossAtTests(suggestion) ? $"\n{ConsoleWording.Times(suggestion.CapturedRatio!.Value)} at the tests' sizes" : "")}\n[grey]99 %: {ConsoleWording.Times(suggestion.Low)} to {(suggestion.High is { } high ? ConsoleWording.Times(high) : "?")}[/]",
                    Markup.Escape(suggestion is not null ? VisibleText.Line(suggestion.Title) : ConsoleWording.FirstLine(function.Reason)));
            }

            if (shown.Count > 0)
                console.Write(table);
            foreach (var others in report.Functions.Except(shown).GroupBy(f => ConsoleWording.FirstLine(f.Reason)).OrderByDescending(g => g.Count()).Take(MostReasons))
                console.WriteLine($"{Suggestions.Wording.Count(others.Count(), "function")}: {others.Key}");
        }

        foreach (var (function, candidate) in report.Functions.SelectMany(f => f.Candidates.Select(c => (f, c)))
            .Where(p => p.c.Verdict == Verdicts.VerdictKind.Rejected).Take(5))
            console.MarkupLineInterpolated($"[red]rejected[/] {VisibleText.Line(function.Name)}: {VisibleText.Line(candidate.Title ?? candidate.Proposer)}: [grey]{ConsoleWording.FirstLine(candidate.Reason)}[/]");
        // Lines of code are not folded where they may be copied.
        var width = console.Profile.Width;
        console.Profile.Width = Console.IsOutputRedirected ? WidestCode : width;
        foreach (var function in report.Improved)
        {
            console.WriteLine();
            console.MarkupLineInterpolated($"[bold]{VisibleText.Line(function.Id)}[/]  {ConsoleWording.Status(function)}");
            foreach (var line in function.Candidates.Last(c => c.Verdict == Verdicts.VerdictKind.Improved && c.Ratio == function.Suggestion!.Speedup).Diff.TrimEnd().Split('\n').Skip(2))
                console.MarkupLine($"[{(line.StartsWith('+') ? "green" : line.StartsWith('-') ? "red" : "grey")}]{Markup.Escape(VisibleText.Of(line))}[/]");
        }

        console.Profile.Width = width;
        if (Suggestions.Wording.OutOfTime(report) is { } outOfTime)
            console.MarkupLineInterpolated($"[yellow]{outOfTime}[/]");
        if (report.LeftOut.Count > 0)
            console.MarkupLineInterpolated($"[grey]{Suggestions.Wording.LeftOut(report.LeftOut)} of the change left out: report.json says why[/]");
        ProposerTable.Show(report, console);
        console.WriteLine();
        if (report.Split is { } split)
            console.MarkupLineInterpolated($"[grey]{ConsoleWording.Split(split, report.DurationSeconds)}[/]");
        console.MarkupLineInterpolated($"Reports: {Path.GetFullPath(directory)} (report.html, report.md, report.json, results.sarif, suggestions.patch, journal.jsonl)");
        if (report.Improved.Any())
            console.MarkupLineInterpolated($"Take them all: git apply {Path.GetFullPath(Path.Combine(directory, "suggestions.patch"))}");
    }

    private static string Outcome(FunctionReport function) => function.Status switch
    {
        FunctionStatus.Improved => "improved",
        FunctionStatus.NoImprovement => "nothing proven",
        FunctionStatus.Skipped => "skipped",
        FunctionStatus.Error => "error",
    };
}
