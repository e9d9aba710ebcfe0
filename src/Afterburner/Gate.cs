using Afterburner.Changes;
using Afterburner.Checks;
using Afterburner.Functions;
using Afterburner.Gates;
using Afterburner.GitHub;
using Afterburner.Languages;
using Afterburner.Runs;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Trials;
using Afterburner.Verdicts;

namespace Afterburner;

/// <summary>
/// The regression gate: change, functions on both sides, calls, interleaved trials of head and base, answers, report. Each
/// side runs in its own tree, with its own helpers and constants; only a proven slowdown fails, and a gain that is required and not proven.
/// </summary>
/// <param name="progress">Told what is being done, a line at a time.</param>
/// <param name="acceptance">Who may accept a slowdown; null where there is no pull request.</param>
public sealed class Gate(ISandbox sandbox, Action<string> progress, TimeProvider time, Acceptance? acceptance = null)
{
    /// <summary>Compares and writes the run's files. The report is returned as well.</summary>
    /// <exception cref="UsageException">The request cannot be: a ref that is missing, a folder that is no repository.</exception>
    /// <exception cref="EnvironmentFailureException">Tests do not pass at head.</exception>
    public async Task<GateReport> RunAsync(GateRequest request, CancellationToken cancellationToken)
    {
        var book = new TimeBook(time);
        var configuration = request.Configuration;

        progress("reading the change");
        var repository = await GitRepository.OpenAsync(request.Repository, cancellationToken).ConfigureAwait(false);
        var change = await repository.ReadChangeAsync(request.Base ?? configuration.Base, request.Head, cancellationToken).ConfigureAwait(false);
        using var journal = new Journal(request.Out, time);
        journal.Write(new RunStarted(
            change.Base, change.Head, configuration.Objective, configuration.Seed, sandbox.Name,
            new Dictionary<string, string>(configuration.Named(null, null, [])) { ["gate"] = "true" }, Machine.EnvironmentOf()));

        using var head = Workspace.Create();
        using var earlier = Workspace.Create();
        var uncopied = await repository.ExportAsync(change.Head, head.Head, configuration.Workspace.MostBytes, cancellationToken).ConfigureAwait(false);
        await repository.ExportAsync(change.Base, earlier.Head, configuration.Workspace.MostBytes, cancellationToken).ConfigureAwait(false);
        await repository.ExportNamedAsync(change.Base, Language.AllDeclare, head.Declared, cancellationToken).ConfigureAwait(false);
        foreach (var (path, reason) in await repository.IncludeAsync(configuration.Workspace.Include, head.Head, cancellationToken).ConfigureAwait(false))
            progress($"{path} is not copied: {reason}");
        await repository.IncludeAsync(configuration.Workspace.Include, earlier.Head, cancellationToken).ConfigureAwait(false);

        progress("finding the functions that exist on both sides");
        var finder = new GatePairs(sandbox, request, repository, change, head.Head, earlier.Head);
        var (pairs, skipped, leftOut) = await finder.FindAsync(uncopied, cancellationToken).ConfigureAwait(false);
        var required = new RequiredGains(configuration.Gate.RequireFaster, request.RequiredBy);
        var reports = new List<GateFunctionReport>(skipped);
        var benchmarks = new List<GateBenchmarkReport>();
        var commands = request.Shard.IsFirst ? configuration.Gate.Benchmarks : [];
        var bounded = new BoundedSandbox(sandbox, configuration.MemoryLimit);
        var run = new GateRun(head.Head, earlier.Head, change, configuration, journal, book, progress) { Required = required };
        var runtimes = new GateRuntimes(bounded, repository, head.Head, configuration, request.Dependencies, progress);
        var groups = LanguageSupport.Grouped(pairs, p => p.Head, head.Head, configuration.Projects);
        var added = LanguageSupport.Grouped(finder.Added, f => f, head.Head, configuration.Projects).ToDictionary(g => g.By, g => g.Items);
        var others = groups.Count - 1;
        foreach (var (kind, compared) in groups)
        {
            try
            {
                var harness = await runtimes.OpenAsync(kind, cancellationToken).ConfigureAwait(false);
                var (calls, functions) = (new GateCalls(harness, run), new GateFunctions(harness, run));
                var gains = new ProvenGains(harness, run, functions, calls, added.GetValueOrDefault(kind, []));
                reports.AddRange(await functions.CompareAsync(compared, calls, gains.OfAsync, cancellationToken).ConfigureAwait(false));
            }
            catch (EnvironmentFailureException e) when (others-- > 0)
            {
                progress($"{kind}: {e.Message}");
                reports.AddRange(compared.Select(p => GateFunctionReport.Of(p.Head, GateStatus.CannotTell, $"{kind} cannot be run here: {e.Message}")));
            }
        }

        if (commands.Count > 0)
        {
            var tools = await runtimes.ToolsAsync(cancellationToken).ConfigureAwait(false);
            using var built = await run.Book.BookAsync(Part.Measure, () => BuiltTrees.MakeAsync(
                bounded, tools, configuration.Gate.Build, run.Base, run.Head, run.Limits, cancellationToken)).ConfigureAwait(false);
            foreach (var command in commands)
            {
                progress($"running the benchmark: {command}");
                benchmarks.Add(await new GateBenchmark(bounded, tools, built, run).CompareAsync(command, cancellationToken).ConfigureAwait(false));
                progress($"  {benchmarks[^1].Reason}");
            }
        }

        var same = pairs.Where(p => p.IsSame).Select(p => (p.Head.Path, p.Head.Name, p.Head.StartLine)).ToHashSet();
        var report = new GateReport
        {
            Version = Machine.Version,
            Base = change.Base,
            Head = change.Head,
            Objective = configuration.Objective,
            MaxSlowdown = configuration.Gate.MaxSlowdown,
            Floor = configuration.ToGateObjective().MinimumSaving,
            Shard = request.Shard.Name,
            Sandbox = sandbox.Name,
            Seed = configuration.Seed,
            DurationSeconds = book.Total.TotalSeconds,
            Split = book.Split(),
            Machine = Machine.Describe(),
            Functions =
            [
                .. reports.Select(r => required.Marked(r, same.Contains((r.Path, r.Name, r.StartLine))))
                    .OrderBy(r => r.Path, StringComparer.Ordinal).ThenBy(r => r.StartLine),
            ],
            RequiredBy = request.RequiredBy,
            Benchmarks = benchmarks,
            LeftOut = LeftOutReport.Of(leftOut),
        };
        journal.Write(new RunFinished(report.DurationSeconds, report.Fails ? 1 : 0));
        GateFolder.Write(report, request.Out);
        if (report.Fails && acceptance is not null && await AcceptedAsync(report).ConfigureAwait(false) is { } by)
        {
            report = report with { AcceptedBy = by };
            GateFolder.Write(report, request.Out);
        }

        return report;
    }

    /// <summary>What nobody could be asked about is not accepted.</summary>
    private async Task<string?> AcceptedAsync(GateReport report)
    {
        try
        {
            return await acceptance!.OfAsync(report.Head).ConfigureAwait(false);
        }
        catch (EnvironmentFailureException e)
        {
            progress($"nobody could be asked whether that is accepted: {e.Message}");
            return null;
        }
    }
}
