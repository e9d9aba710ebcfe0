using Afterburner.Changes;
using Afterburner.Checks;
using Afterburner.Functions;
using Afterburner.Gates;
using Afterburner.Languages;
using Afterburner.Runs;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Suggestions;

namespace Afterburner;

/// <summary>
/// Judges an edit that somebody else made: both trees, the functions that it touches, the tests and the calls of both sides, answers, timing, report. Each side runs
/// in its own tree, with its own helpers and constants, so an edit may touch whatever it needs to.
/// </summary>
/// <param name="progress">Told what is being done, a line at a time.</param>
public sealed class EditCheck(ISandbox sandbox, Action<string> progress, TimeProvider time)
{
    /// <summary>Judges and writes the run's files. The report is returned as well.</summary>
    /// <exception cref="UsageException">The request cannot be: a ref that is missing, a patch that does not apply.</exception>
    /// <exception cref="EnvironmentFailureException">Tests do not pass at base.</exception>
    public async Task<CheckReport> RunAsync(EditRequest request, CancellationToken cancellationToken)
    {
        var book = new TimeBook(time);
        var configuration = request.Configuration;

        progress("reading the edit");
        using var trees = await EditedTrees.ReadAsync(request, progress, cancellationToken).ConfigureAwait(false);
        var change = trees.Change;
        using var journal = new Journal(request.Out, time);
        journal.Write(new RunStarted(
            change.Base, change.Head, configuration.Objective, configuration.Seed, sandbox.Name,
            new Dictionary<string, string>(configuration.Named(null, null, [])) { ["check"] = request.Kind.ToString() }, Machine.EnvironmentOf()));

        progress("finding the functions that it touches");
        var finder = new GatePairs(
            sandbox, new GateRequest(request.Repository, request.Out, configuration), trees.Commits, change, trees.Edited.Head, trees.Base.Head);
        var (pairs, unpaired, leftOut) = await finder.FindAsync(trees.Uncopied, cancellationToken).ConfigureAwait(false);
        var reports = new List<CheckFunctionReport>();
        var tests = new List<CheckTestReport>();
        var compared = 0;
        var run = new GateRun(trees.Edited.Head, trees.Base.Head, change, configuration, journal, book, progress) { HeadName = "the edit" };
        var runtimes = new GateRuntimes(
            new BoundedSandbox(sandbox, configuration.MemoryLimit), trees.Repository, trees.Edited.Head, configuration, request.Dependencies, progress);
        var groups = LanguageSupport.Grouped(pairs, p => p.Head, trees.Edited.Head, configuration.Projects);
        var added = LanguageSupport.Grouped(finder.Added, f => f, trees.Edited.Head, configuration.Projects).ToDictionary(g => g.By, g => g.Items);
        var others = groups.Count - 1;
        foreach (var (kind, ofKind) in groups)
        {
            try
            {
                var harness = await runtimes.OpenAsync(kind, cancellationToken).ConfigureAwait(false);
                var (functions, otherwise, count) = await new CheckedFunctions(harness, run, request.TestsDecide).CompareAsync(ofKind, added.GetValueOrDefault(kind, []), cancellationToken).ConfigureAwait(false);
                reports.AddRange(functions);
                tests.AddRange(otherwise);
                compared += count;
            }
            catch (EnvironmentFailureException e) when (others-- > 0)
            {
                progress($"{kind}: {e.Message}");
                reports.AddRange(ofKind.Select(p => CheckFunctionReport.Of(p.Head, CheckStatus.CannotTell, $"{kind} cannot be run here: {e.Message}")));
            }
        }

        // What goes away, and what is bound at the top of a file, shows in the tests of a language alone.
        foreach (var kind in change.Files.Count == 0 ? [] : (await KindsAsync(trees.Edited.Head, configuration, cancellationToken).ConfigureAwait(false)).Except(groups.Select(g => g.By)))
        {
            try
            {
                var (_, otherwise, count) = await new CheckedFunctions(await runtimes.OpenAsync(kind, cancellationToken).ConfigureAwait(false), run, request.TestsDecide).TestsAsync(cancellationToken).ConfigureAwait(false);
                tests.AddRange(otherwise);
                compared += count;
            }
            catch (EnvironmentFailureException e)
            {
                progress($"{kind}: its tests were not run: {e.Message}");
            }
        }

        var known = reports.Select(r => (r.Path, r.Name, r.StartLine)).ToHashSet();
        reports.AddRange(unpaired.Select(CheckedFunctions.Unpaired).Where(r => !known.Contains((r.Path, r.Name, r.StartLine))));
        var report = new CheckReport
        {
            Version = Machine.Version,
            Base = change.Base,
            Head = request.Kind == EditKind.Commits ? change.Head : null,
            Edit = request.Kind,
            Objective = configuration.Objective,
            MinSpeedup = configuration.Materiality.Speedup,
            MaxSlowdown = configuration.Gate.MaxSlowdown,
            Sandbox = sandbox.Name,
            Seed = configuration.Seed,
            DurationSeconds = book.Total.TotalSeconds,
            Split = book.Split(),
            Machine = Machine.Describe(),
            Functions = [.. reports.OrderBy(r => r.Path, StringComparer.Ordinal).ThenBy(r => r.StartLine)],
            Tests = tests,
            TestsCompared = compared,
            LeftOut = LeftOutReport.Of(leftOut),
        };
        journal.Write(new RunFinished(report.DurationSeconds, report.IsClean ? 0 : 1));
        CheckFolder.Write(report, request.Out);
        return report;
    }

    /// <summary>The languages and projects of a tree whose tests can be run.</summary>
    private async Task<IReadOnlyList<RunBy>> KindsAsync(string tree, Configuration configuration, CancellationToken cancellationToken)
    {
        var files = SourceFiles.In(tree, new PathFilter(configuration.Include, configuration.Exclude));
        var found = await new FunctionFinder(AstGrep.Find(sandbox)).FindAsync(tree, files.Read, cancellationToken).ConfigureAwait(false);
        var measured = found.Functions.Where(f => LanguageSupport.WhyNot(f.Language, configuration.ToRuntimeSettings(f.Language)) is null);
        return [.. LanguageSupport.Grouped(measured, f => f, tree, configuration.Projects).Select(g => g.By)];
    }
}
