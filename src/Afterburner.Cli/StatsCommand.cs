using System.CommandLine;
using System.Globalization;
using Afterburner.GitHub;
using Spectre.Console;

namespace Afterburner.Cli;

/// <summary><c>afterburner stats OWNER/REPO</c>: which of the posted suggestions people took, by recipe and proposer.</summary>
internal static class StatsCommand
{
    private const int MostPulls = 2_000, Width = 30;

    public static Command Create()
    {
        var name = new Argument<string>("OWNER/REPO") { Description = "The repository on GitHub" };
        var pulls = new Option<int>("--pulls") { Description = "Pull requests that are looked at, those first in which something happened last", DefaultValueFactory = _ => 100, HelpName = "N" };
        var json = new Option<bool>("--json") { Description = "Print the figures as JSON" };
        var file = new Option<FileInfo?>("--out") { Description = "Also write them there as JSON, for --stats of review", HelpName = "FILE" };
        var command = new Command("stats", "Say which of the posted suggestions people took, by recipe and proposer (token: GITHUB_TOKEN of the account that posts, address: GITHUB_API_URL)") { name, pulls, json, file };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(pulls) is < 1 or > MostPulls)
                throw new UsageException($"--pulls: a number from 1 to {MostPulls} is expected");
            using var api = PublishCommand.Api(cancellationToken);
            var repository = RepositoryName.Parse(parsed.GetValue(name)!);
            var figures = SuggestionStatistic.Of(await new SuggestionHistory(api, repository).ReadAsync(parsed.GetValue(pulls)).ConfigureAwait(false));
            if (parsed.GetValue(file) is { } to)
                await File.WriteAllTextAsync(to.FullName, StatsFile.Write(figures), cancellationToken).ConfigureAwait(false);
            if (parsed.GetValue(json))
                await Console.Out.WriteLineAsync(StatsFile.Write(figures)).ConfigureAwait(false);
            else
                Show(figures, AnsiConsole.Console);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Show(IReadOnlyList<SuggestionStatistic> figures, IAnsiConsole console)
    {
        if (figures.Count == 0)
        {
            console.WriteLine("No suggestion of this token's account was found. Comments count that it wrote: in a workflow that is GITHUB_TOKEN's.");
            return;
        }

        var table = new Table().Border(TableBorder.Rounded).AddColumns("Recipe or proposer", "Posted", "Taken", "Turned down", "Left", "Open", "Share taken");
        foreach (var figure in figures.Append(new SuggestionStatistic("all", figures.Sum(f => f.Posted), figures.Sum(f => f.Taken), figures.Sum(f => f.Dismissed), figures.Sum(f => f.Ignored))))
        {
            table.AddRow(
                Markup.Escape(figure.Name.Length > 0 ? figure.Name : "(not told)"), Text(figure.Posted), Text(figure.Taken), Text(figure.Dismissed), Text(figure.Ignored),
                Text(figure.Posted - figure.Taken - figure.Dismissed - figure.Ignored),
                figure.ShareTaken is { } share ? Bar(share) : "-");
        }

        console.Write(table);
    }

    private static string Bar(double share)
    {
        var full = (int)Math.Round(share * Width);
        return string.Create(CultureInfo.InvariantCulture, $"{new string('#', full)}{new string('.', Width - full)} {100 * share:0} %");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
