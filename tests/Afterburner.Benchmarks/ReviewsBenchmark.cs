using System.Diagnostics;
using System.Globalization;
using Afterburner.Gates;
using Afterburner.Proposers;
using Afterburner.Reviews;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Verdicts;
using Spectre.Console;

namespace Afterburner.Benchmarks;

/// <summary>
/// Rewrites as maintainers and models write them, some right and some wrong, through the whole walk: <c>reviews [DIR]</c>. DIR holds
/// <c>right</c> and <c>wrong</c>, each a repository with tests, and beside each a transcript of rewrites of its functions. Of the right ones
/// four of five must be proven, and the gate must catch four of five of the steps back and clear none; no wrong one may be proven.
/// </summary>
internal static class ReviewsBenchmark
{
    private const double Enough = 0.8;

    private static readonly Configuration Settings = Configuration.Default with { Iterations = 5, MaxFunctions = 1000, Budget = TimeSpan.FromHours(2) };

    public static async Task<int> RunAsync(string[] args)
    {
        var cases = Path.GetFullPath(args.FirstOrDefault() ?? Path.Combine("tests", "Fixtures", "reviews"));
        await using var sandbox = await SandboxChoice.OpenAsync(SandboxKind.Auto, new SandboxOptions(), TimeProvider.System, CancellationToken.None);
        var watch = Stopwatch.StartNew();
        var right = await ReviewAsync(sandbox, cases, "right");
        var wrong = await ReviewAsync(sandbox, cases, "wrong");
        var back = await GateAsync(sandbox, cases, right);

        var (proven, forged) = (Tried(right).Count(IsProven), Tried(wrong).Count(IsProven));
        var (caught, cleared) = (back.Count(f => f.Status == GateStatus.Slower), back.Count(f => f.Status == GateStatus.NotSlower));
        AnsiConsole.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"right: {proven} of {Tried(right).Count()} proven; wrong: {forged} of {Tried(wrong).Count()} proven; steps back: {caught} of {back.Count} caught, {cleared} cleared; {watch.Elapsed.TotalSeconds:0} s"));
        return proven >= Enough * Tried(right).Count() && forged == 0 && caught >= Enough * back.Count && cleared == 0 ? 0 : 1;
    }

    private static async Task<Report> ReviewAsync(ISandbox sandbox, string cases, string kind)
    {
        var folder = Directory.CreateTempSubdirectory("afterburner-reviews-");
        try
        {
            var repository = await RepositoryAsync(folder, Path.Combine(cases, kind));
            var proposer = new ReplayProposer(Path.Combine(cases, $"{kind}.jsonl"));
            var report = await new Review(sandbox, (_, _) => [proposer], new QuietObserver(), TimeProvider.System).RunAsync(
                new ReviewRequest(repository, Path.Combine(folder.FullName, "run"), Settings) { Base = "HEAD~1", Head = "HEAD" }, CancellationToken.None);
            Print(kind, report);
            return report;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The functions as they are, on a base with the proven versions in their place.</summary>
    private static async Task<IReadOnlyList<GateFunctionReport>> GateAsync(ISandbox sandbox, string cases, Report right)
    {
        var folder = Directory.CreateTempSubdirectory("afterburner-reviews-");
        try
        {
            var repository = await RepositoryAsync(folder, Path.Combine(cases, "right"));
            foreach (var file in right.Improved.GroupBy(f => f.Path))
            {
                var path = Path.Combine(repository, file.Key);
                var bytes = file.OrderByDescending(f => f.Suggestion!.StartLine)
                    .Aggregate(await File.ReadAllBytesAsync(path), (text, f) => f.Suggestion!.Edit.Apply(text));
                await File.WriteAllBytesAsync(path, bytes);
            }

            await CommitAsync(repository, "faster");
            await GitAsync(repository, "checkout", "--quiet", "HEAD~1", "--", ".");
            await CommitAsync(repository, "a step back");
            var report = await new Gate(sandbox, _ => { }, TimeProvider.System).RunAsync(
                new GateRequest(repository, Path.Combine(folder.FullName, "run"), Settings) { Base = "HEAD~1" }, CancellationToken.None);
            var table = new Table().AddColumns("step back", "gate", "why");
            foreach (var function in report.Functions)
                table.AddRow(Markup.Escape(function.Name), function.Status.ToString(), Markup.Escape(function.Reason));
            AnsiConsole.Write(table);
            return report.Functions;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<CandidateReport> Tried(Report report) => report.Functions.SelectMany(f => f.Candidates);

    private static bool IsProven(CandidateReport candidate) => candidate.Verdict == VerdictKind.Improved;

    private static void Print(string kind, Report report)
    {
        var table = new Table().AddColumns(kind, "verdict", "why");
        foreach (var function in report.Functions.Where(f => f.Candidates.Count > 0 || f.Status == FunctionStatus.Skipped))
        {
            foreach (var candidate in function.Candidates)
                table.AddRow(Markup.Escape(function.Name), candidate.Verdict.ToString(), Markup.Escape(candidate.Reason));
            if (function.Candidates.Count == 0)
                table.AddRow(Markup.Escape(function.Name), "", Markup.Escape(function.Reason));
        }

        AnsiConsole.Write(table);
        AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.DurationSeconds:0} s"));
    }

    private static async Task<string> RepositoryAsync(DirectoryInfo folder, string files)
    {
        var repository = folder.CreateSubdirectory("repository").FullName;
        await GitAsync(repository, "init", "--quiet", "--initial-branch=main");
        await GitAsync(repository, "-c", "user.name=reviews", "-c", "user.email=reviews@example.org", "commit", "--quiet", "--allow-empty", "--message", "nothing");
        foreach (var file in Directory.GetFiles(files, "*.py", SearchOption.AllDirectories))
        {
            var to = Path.Combine(repository, Path.GetRelativePath(files, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }

        await CommitAsync(repository, Path.GetFileName(files));
        return repository;
    }

    private static async Task CommitAsync(string repository, string message)
    {
        await GitAsync(repository, "add", "--all");
        await GitAsync(repository, "-c", "user.name=reviews", "-c", "user.email=reviews@example.org", "commit", "--quiet", "--message", message);
    }

    private static async Task GitAsync(string repository, params string[] arguments)
    {
        var run = await Processes.RunAsync(new ProcessStart("git", ["-C", repository, .. arguments]));
        if (!run.Succeeded)
            throw new InvalidOperationException(run.ErrorText);
    }
}
