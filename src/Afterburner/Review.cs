using Afterburner.Changes;
using Afterburner.Functions;
using Afterburner.Proposers;
using Afterburner.Sandboxes;
using Afterburner.Suggestions;
using Afterburner.Workloads;

namespace Afterburner;

/// <summary>
/// The whole walk: change, functions, baseline, (propose, verify, measure, judge) for each function, suggestions, report.
/// Works in a copy; the repository's work tree and index are never touched.
/// </summary>
/// <param name="proposers">Makes the proposers once it is known how the repository's Python is run; what they want recorded goes to the journal.</param>
public sealed class Review(
    ISandbox sandbox, Func<PythonHarness, Action<JournalEvent>, IReadOnlyList<IProposer>> proposers, IReviewObserver observer, TimeProvider time)
{
    /// <summary>Reviews and writes the run's files. The report is returned as well.</summary>
    /// <exception cref="UsageException">The request cannot be: a ref that is missing, a folder that is no repository.</exception>
    /// <exception cref="EnvironmentFailureException">Tests do not pass on the baseline, a model cannot be reached.</exception>
    public async Task<Report> RunAsync(ReviewRequest request, CancellationToken cancellationToken)
    {
        var book = new TimeBook(time);
        var configuration = request.Configuration;

        observer.Stage("reading the change");
        var repository = await GitRepository.OpenAsync(request.Repository, cancellationToken).ConfigureAwait(false);
        var change = await repository.ReadChangeAsync(
            request.Function is null ? request.Base ?? configuration.Base : request.Head ?? "HEAD", request.Head, cancellationToken).ConfigureAwait(false);
        using var workspace = Workspace.Create();
        var (workTree, uncopied) = await FillAsync(workspace, request, repository, change, cancellationToken).ConfigureAwait(false);
        var started = RunOf(request, change, workTree);
        var finished = request.Resume ? Journal.Resume(request.Out, started) : FinishedFunctions.None;
        using var journal = new Journal(request.Out, time, request.Secrets);
        journal.Write(started);

        observer.Stage("finding the functions it touches");
        var (functions, unmeasured, leftOut) = await FunctionsAsync(
            sandbox, request, repository, change, workspace, uncopied, cancellationToken).ConfigureAwait(false);
        observer.FunctionsFound(functions);
        var reports = new List<FunctionReport>(unmeasured);
        var tally = new Tally();
        var environment = new Dictionary<string, string>();
        if (functions.Count > 0)
        {
            var context = await PrepareAsync(request, repository, change, workspace, journal, book, tally, cancellationToken).ConfigureAwait(false);
            environment["python"] = context.Harness.Project.Interpreter;
            environment["runner"] = context.Harness.Project.Runner.ToString();
            var captures = await CaptureAsync(context, functions, finished, cancellationToken).ConfigureAwait(false);
            foreach (var function in functions)
                reports.Add(await ReviewAsync(context, function, captures, finished, cancellationToken).ConfigureAwait(false));
        }

        var report = new Report
        {
            Version = Machine.Version,
            Base = request.Function is null ? change.Base : "",
            Head = change.Head,
            WorkTree = workTree is not null,
            Objective = configuration.Objective,
            Shard = request.Shard.Name,
            Sandbox = sandbox.Name,
            Seed = configuration.Seed,
            DurationSeconds = book.Total.TotalSeconds,
            Machine = Machine.Describe(),
            Environment = environment,
            Split = book.Split(),
            Proposers = tally.Of(reports),
            LeftOut = LeftOutReport.Of(leftOut),
            Functions = [.. reports.OrderBy(r => r.Path, StringComparer.Ordinal).ThenBy(r => r.StartLine)],
        };
        journal.Write(new RunFinished(report.DurationSeconds, 0));
        ReportFolder.Write(report, request.Out);
        return report;
    }

    /// <summary>Puts the code under review into the workspace.</summary>
    /// <returns>A hash of it when it is the work tree, null when it is the head; and what could not be put there.</returns>
    private static async Task<(string? WorkTree, IReadOnlyList<LeftOut> Uncopied)> FillAsync(
        Workspace workspace, ReviewRequest request, GitRepository repository, Change change, CancellationToken cancellationToken)
    {
        if (request is { Function: not null, Head: null } && repository.HasWorkTree)
        {
            var (uncopied, hash) = await repository.CopyWorkTreeAsync(workspace.Head, cancellationToken).ConfigureAwait(false);
            return (hash, uncopied);
        }

        return (null, await repository.ExportAsync(change.Head, workspace.Head, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The functions to review, reports of those that cannot be measured, and what was not looked at.</summary>
    internal static async Task<(IReadOnlyList<Function> Functions, IEnumerable<FunctionReport> Unmeasured, IEnumerable<LeftOut> LeftOut)> FunctionsAsync(
        ISandbox sandbox, ReviewRequest request, GitRepository repository, Change change, Workspace workspace, IReadOnlyList<LeftOut> uncopied,
        CancellationToken cancellationToken)
    {
        var finder = new FunctionFinder(AstGrep.Find(sandbox));
        if (request.Function is { } id)
            return ([await OneFunctionAsync(finder, workspace, id, cancellationToken).ConfigureAwait(false)], [], []);

        var found = await new ChangedFunctions(
            finder, new PathFilter(request.Configuration.Include, request.Configuration.Exclude),
            (path, token) => repository.TryReadFileAsync(change.Base, path, token))
            .FindAsync(change, workspace.Head, uncopied, cancellationToken).ConfigureAwait(false);
        var python = found.Functions.Where(f => f.Language == Language.Python).ToList();
        if (!request.Shard.IsFirst)
            return (request.Shard.Of(python), [], []);
        return (
            request.Shard.Of(python),
            found.Functions.Except(python).Select(
                f => FunctionReport.Of(f, FunctionStatus.Skipped, $"functions in {f.Language} are found but not measured yet")),
            found.LeftOut);
    }

    private static async Task<Function> OneFunctionAsync(
        FunctionFinder finder, Workspace workspace, string id, CancellationToken cancellationToken)
    {
        if (id.Split("::") is not [var path, var wanted])
            throw new UsageException($"'{id}' does not name a function: write FILE::QUALIFIED.NAME, for example src/shop.py::Cart.total");
        var name = wanted.Split('@')[0];
        if (!File.Exists(Path.Combine(workspace.Head, path)))
            throw new UsageException($"'{path}' does not exist, or git ignores it: name the file relative to the repository's root");
        var (found, leftOut) = await finder.FindAsync(workspace.Head, [path], cancellationToken).ConfigureAwait(false);
        var named = found.Where(f => f.Name == name && f.Language == Language.Python).ToList();
        if (named.FirstOrDefault(f => f.Id == $"{path}::{wanted}") is { } one)
            return one;
        if (leftOut.FirstOrDefault(l => l.Path == path) is { } left)
            throw new UsageException($"'{path}' is not read: {left.Reason}");
        throw new UsageException(named.Count > 0
            ? $"'{path}' has the name '{name}' in {(named.Count > 1 ? "several places" : "one place")}: write {string.Join(" or ", named.Select(f => f.Id))}"
            : $"'{path}' has no Python function '{name}'; it has {string.Join(", ", found.Take(8).Select(f => f.Name).Distinct())}{(found.Count > 8 ? ", ..." : "")}");
    }

    private async Task<ReviewContext> PrepareAsync(
        ReviewRequest request, GitRepository repository, Change change, Workspace workspace, Journal journal, TimeBook book,
        Tally tally, CancellationToken cancellationToken)
    {
        var configuration = request.Configuration;
        observer.Stage("finding out how its tests are run");
        var bounded = new BoundedSandbox(sandbox, configuration.MemoryLimit);
        var project = await PythonProjectFinder.FindAsync(
            bounded, repository, workspace.Head, configuration.ToPythonOptions(), cancellationToken).ConfigureAwait(false);
        foreach (var reason in project.PassedOver)
            observer.PassedOver(reason);
        var harness = new PythonHarness(bounded, project);
        var limits = configuration.ToLimits();

        observer.Stage("running its tests twice");
        var baseline = await book.BookAsync(Part.Tests, () => RepositoryTests.EstablishBaselineAsync(
            harness, workspace.Head, limits, cancellationToken)).ConfigureAwait(false);
        journal.Write(new BaselineTested(
            baseline.Outcomes.Values.CountBy(o => o.ToString()).ToDictionary(c => c.Key, c => c.Value), baseline.Wall.TotalSeconds));
        return new ReviewContext
        {
            Configuration = configuration,
            Objective = configuration.ToObjective(),
            Change = request.Function is null ? change : null,
            Workspace = workspace,
            Harness = harness,
            Baseline = baseline,
            Proposers = proposers(harness, entry =>
            {
                journal.Write(entry);
                if (entry is ProposalReceived exchange)
                    tally.Exchanged(exchange);
            }),
            Detectors = new Detectors(AstGrep.Find(sandbox), harness),
            Journal = journal,
            Observer = observer,
            Book = book,
            Limits = limits,
            BudgetSpent = () => book.Total > configuration.Budget,
            Tally = tally,
        };
    }

    private static async Task<Dictionary<Target, CaptureOutcome>> CaptureAsync(
        ReviewContext context, IReadOnlyList<Function> functions, FinishedFunctions finished, CancellationToken cancellationToken)
    {
        context.Observer.Stage("recording the calls its tests make");
        var targets = functions.Where(f => finished.Find(f) is null).Select(Target.Of).ToList();
        var done = functions.Count(f => finished.Find(f)?.Workload is not null);
        var outcomes = await context.Book.BookAsync(Part.Capture, () => CallCapture.CaptureAsync(
            context.Harness, context.Workspace.Head, targets, context.Baseline,
            new CaptureOptions
            {
                Seed = context.Configuration.Seed, Limits = context.Limits, MaxTargets = Math.Max(0, context.Configuration.MaxFunctions - done),
            },
            cancellationToken)).ConfigureAwait(false);
        return outcomes.ToDictionary(o => o.Target);
    }

    private static async Task<FunctionReport> ReviewAsync(
        ReviewContext context, Function function, Dictionary<Target, CaptureOutcome> captures, FinishedFunctions finished,
        CancellationToken cancellationToken)
    {
        if (finished.Find(function) is { } earlier)
        {
            context.Observer.FunctionFinished(earlier);
            return earlier;
        }

        var hash = Journal.SourceHash(function.Source);
        context.Journal.Write(new FunctionStarted(hash) { Function = function.Id });
        FunctionReport report;
        try
        {
            report = await ReviewFreshAsync(context, function, captures[Target.Of(function)], cancellationToken).ConfigureAwait(false);
        }
        catch (EnvironmentFailureException e)
        {
            context.Journal.Write(new RunFailed(e.Message, null) { Function = function.Id });
            throw;
        }

        context.Journal.Write(new FunctionFinished(hash, report) { Function = function.Id });
        context.Observer.FunctionFinished(report);
        return report;
    }

    private static async Task<FunctionReport> ReviewFreshAsync(
        ReviewContext context, Function function, CaptureOutcome capture, CancellationToken cancellationToken)
    {
        if (capture.Workload is not { } workload)
            return FunctionReport.Of(function, FunctionStatus.Skipped, capture.SkipReason ?? "no test reaches it");
        if (context.BudgetSpent())
            return FunctionReport.Of(function, FunctionStatus.Skipped, "the time budget was spent before its turn");

        context.Observer.Step(function, "making larger calls");
        if (workload.Kind is WorkloadKind.Replay or WorkloadKind.Caller)
        {
            var amplified = await context.Book.BookAsync(Part.Capture, () => Amplifier.AmplifyAsync(
                context.Harness, context.Workspace.Head, workload.Target, workload.Entry, workload.Captured, context.Configuration.Seed,
                AmplifiedCalls, context.Limits, cancellationToken)).ConfigureAwait(false);
            workload = workload with { Amplified = amplified.Calls };
        }

        context.Journal.Write(new WorkloadChosen(
            workload.Kind,
            workload.CoveringTests,
            [.. workload.Captured.Concat(workload.Amplified).Select(c => new JournalCall(c.Id, c.Test, c.Seconds, c.Shape, c.Scale))],
            workload.SlowestCall) { Function = function.Id });
        if (context.TooSmall(workload.SlowestCall, workload) is { } reason)
            return FunctionReport.Of(function, FunctionStatus.Skipped, reason) with { Workload = WorkloadReport.Of(workload) };

        var head = await File.ReadAllBytesAsync(Path.Combine(context.Workspace.Head, function.Path), cancellationToken).ConfigureAwait(false);
        return await new FunctionReview(context, function, workload, head).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Amplified calls of one size, with different values.</summary>
    private const int AmplifiedCalls = 4;

    private RunStarted RunOf(ReviewRequest request, Change change, string? workTree) => new(
        change.Base, change.Head, request.Configuration.Objective, request.Configuration.Seed, sandbox.Name,
        new Dictionary<string, string>(request.Configuration.Named(request.Function, workTree, request.OwnRecipes)) { ["shard"] = request.Shard.ToString() },
        Machine.EnvironmentOf());
}
