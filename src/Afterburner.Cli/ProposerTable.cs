using Afterburner.Suggestions;
using Spectre.Console;
using Words = Afterburner.Suggestions.Wording;

namespace Afterburner.Cli;

/// <summary>What each proposer contributed and cost, on a terminal.</summary>
internal static class ProposerTable
{
    public static void Show(Report report, IAnsiConsole console)
    {
        if (report.Proposers.Count > 0)
        {
            console.WriteLine();
            console.Write(Of(report.Proposers));
        }

        foreach (var proposer in report.Proposers.Where(p => p.Failure is not null))
            console.MarkupLineInterpolated($"[yellow]note[/] {proposer.Name} {Words.Stopped(proposer)!}");
        if (report.Proposers is [{ Name: "recipes", Proposed: 0, Failure: null }] && report.Functions.Any(f => f.Status == FunctionStatus.NoImprovement))
            console.MarkupLine("[grey]No recipe fits these functions. A model proposes where none does: --proposer recipes --proposer chat --model-url URL --model NAME[/]");
    }

    private static Table Of(IReadOnlyList<ProposerReport> proposers)
    {
        string[] numbers = ["Proposed", "Equal", "Faster", "Suggested", "Had another first", "Time", "Requests", "Tokens in", "Tokens out"];
        var table = new Table().Border(TableBorder.Rounded).AddColumn("Proposer");
        foreach (var name in numbers)
            table.AddColumn(new TableColumn(name).RightAligned());
        foreach (var p in proposers)
        {
            table.AddRow(
                [Markup.Escape(p.Name), .. new long[] { p.Proposed, p.Verified, p.Faster, p.Suggested, p.Duplicates }.Select(Words.Whole),
                Words.Seconds(p.Seconds), Cost(p.Requests), Cost(p.InputTokens), Cost(p.OutputTokens)]);
        }

        return table;
    }

    private static string Cost(long count) => count > 0 ? Words.Whole(count) : "-";
}
