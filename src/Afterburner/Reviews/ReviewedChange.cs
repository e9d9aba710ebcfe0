using Afterburner.Changes;
using Afterburner.Functions;
using Afterburner.Languages;
using Afterburner.Proposers;
using Afterburner.Runs;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Workloads;

namespace Afterburner.Reviews;

/// <summary>A change while it is reviewed: its files, its functions, and what is known of them so far.</summary>
internal sealed class ReviewedChange : IDisposable
{
    private readonly ISandbox _sandbox;
    private readonly ReviewRequest _request;
    private readonly IReviewObserver _observer;
    private readonly TimeBook _book;
    private readonly GitRepository _repository;
    private readonly Change _change;
    private readonly string? _workTree;
    private readonly IReadOnlyList<LeftOut> _uncopied;
    private readonly Workspace _workspace;
    private readonly FinishedFunctions _finished;
    private readonly Journal _journal;
    private readonly Tally _tally = new();
    private readonly List<FunctionReport> _reports = [];
    private readonly List<string> _failing = [];
    private readonly Dictionary<string, string> _environment = [];
    private IEnumerable<LeftOut> _leftOut = [];
    private int _captured;

    /// <summary>Languages and projects that may still fail without ending the review.</summary>
    private int _others;

    private ReviewedChange(ISandbox sandbox, ReviewRequest request, IReviewObserver observer, TimeProvider time, Opened opened)
    {
        (_sandbox, _request, _observer) = (sandbox, request, observer);
        (_book, _repository, _change, _workspace, _workTree, _uncopied) = opened;
        var started = new RunStarted(
            _change.Base, _change.Head, Configuration.Objective, Configuration.Seed, sandbox.Name,
            new Dictionary<string, string>(Configuration.Named(request.Everything ? "*" : request.Function, _workTree, request.OwnRecipes)) { ["shard"] = request.Shard.ToString() },
            Machine.EnvironmentOf());
        _finished = request.Resume ? Journal.Resume(request.Out, started) : FinishedFunctions.None;
        _journal = new Journal(request.Out, time, request.Secrets);
        _journal.Write(started);
    }

    private Configuration Configuration => _request.Configuration;

    /// <summary>Reads the change and puts the code under review into a workspace.</summary>
    /// <exception cref="UsageException">A ref is missing, a folder is no repository, or another run is writing the same files.</exception>
    public static async Task<ReviewedChange> ReadAsync(
        ISandbox sandbox, ReviewRequest request, IReviewObserver observer, TimeProvider time, CancellationToken cancellationToken)
    {
        var book = new TimeBook(time);
        observer.Stage("reading the change");
        var repository = await GitRepository.OpenAsync(request.Repository, cancellationToken).ConfigureAwait(false);
        var change = await repository.ReadChangeAsync(
            request.IsOfChange ? request.Base ?? request.Configuration.Base : request.Head ?? "HEAD", request.Head, cancellationToken).ConfigureAwait(false);
        var workspace = Workspace.Create();
        try
        {
            var (workTree, uncopied) = await FillAsync(workspace, request, repository, change, cancellationToken).ConfigureAwait(false);
            foreach (var (path, reason) in await repository.IncludeAsync(request.Configuration.Workspace.Include, workspace.Head, cancellationToken).ConfigureAwait(false))
                observer.PassedOver($"{path} is not copied: {reason}");
            return new ReviewedChange(sandbox, request, observer, time, new Opened(book, repository, change, workspace, workTree, uncopied));
        }
        catch
        {
            workspace.Dispose();
            throw;
        }
    }

    /// <summary>What was read of a change.</summary>
    /// <param name="WorkTree">See <see cref="FillAsync"/>.</param>
    /// <param name="Uncopied">See <see cref="FillAsync"/>.</param>
    private sealed record Opened(
        TimeBook Book, GitRepository Repository, Change Change, Workspace Workspace, string? WorkTree, IReadOnlyList<LeftOut> Uncopied);

    /// <returns>A hash of the work tree when that is reviewed, null when it is the head; and what could not be copied.</returns>
    private static async Task<(string? WorkTree, IReadOnlyList<LeftOut> Uncopied)> FillAsync(
        Workspace workspace, ReviewRequest request, GitRepository repository, Change change, CancellationToken cancellationToken)
    {
        if (request is { IsOfChange: false, Head: null } && repository.HasWorkTree)
        {
            var (uncopied, hash) = await repository.CopyWorkTreeAsync(workspace.Head, cancellationToken).ConfigureAwait(false);
            return (hash, uncopied);
        }

        if (request.Function is null)
            await repository.ExportNamedAsync(change.Base, Language.AllDeclare, workspace.Declared, cancellationToken).ConfigureAwait(false);
        return (null, await repository.ExportAsync(change.Head, workspace.Head, request.Configuration.Workspace.MostBytes, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The functions to review, by how they are run. Those of languages that are not measured are reported at once.</summary>
    public async Task<IReadOnlyList<(RunBy By, IReadOnlyList<Function> Functions)>> FindFunctionsAsync(CancellationToken cancellationToken)
    {
        _observer.Stage(_request.Everything ? "finding all functions" : "finding the functions it touches");
        var found = await ReviewedFunctions.FindAsync(
            _sandbox, _request, _repository, _change, _workspace.Head, _uncopied, cancellationToken).ConfigureAwait(false);
        _observer.FunctionsFound(found.Functions);
        _reports.AddRange(found.Unmeasured);
        _leftOut = found.LeftOut;
        var groups = LanguageSupport.Grouped(found.Functions, f => f, _workspace.Head, Configuration.Projects);
        _others = groups.Count - 1;
        return groups;
    }

    /// <summary>Finds out how the code of a language, or of a project, is run, and runs the repository's tests on the code under review.</summary>
    /// <returns>Null where that does not work and the change has functions elsewhere: then it is said of these.</returns>
    /// <exception cref="EnvironmentFailureException">Something is missing, or the tests do not pass.</exception>
    public async Task<ReviewContext?> BaselineAsync(
        RunBy by, IReadOnlyList<Function> functions,
        Func<Harness, Action<JournalEvent>, IReadOnlyList<IProposer>> proposers, CancellationToken cancellationToken)
    {
        try
        {
            return await EstablishAsync(by, functions, proposers, cancellationToken).ConfigureAwait(false);
        }
        catch (EnvironmentFailureException e) when (_others-- > 0)
        {
            _observer.Stage($"{by}: {e.Message}");
            foreach (var function in functions)
                Keep(_finished.Find(function) ?? FunctionReport.Of(function, FunctionStatus.Error, $"{by} cannot be run here: {e.Message}"));
            return null;
        }
    }

    private async Task<ReviewContext> EstablishAsync(
        RunBy by, IReadOnlyList<Function> functions, Func<Harness, Action<JournalEvent>, IReadOnlyList<IProposer>> proposers, CancellationToken cancellationToken)
    {
        _observer.Stage($"finding out how {(by.Folder.Length == 0 ? "its tests" : $"the tests of {by.Folder}")} are run");
        var language = by.Language;
        var harness = await language.Runtime.OpenAsync(
            new BoundedSandbox(_sandbox, Configuration.MemoryLimit),
            new RuntimeRequest(_repository, _workspace.Head)
            {
                Folder = by.Folder, Settings = Configuration.ToRuntimeSettings(language.Language), Dependencies = _request.Dependencies,
            },
            cancellationToken).ConfigureAwait(false);
        foreach (var reason in harness.Program.PassedOver)
            _observer.PassedOver(reason);
        foreach (var (name, value) in harness.Program.Versions)
            _environment.TryAdd(name, value);

        _observer.Stage($"running its tests twice ({string.Join(", ", harness.Program.Versions.Values)})");
        var limits = Configuration.ToLimits();
        var (baseline, survey) = await _book.BookAsync(Part.Tests, () => RepositoryTests.EstablishAndSurveyAsync(
            harness, _workspace.Head, [.. Open(functions).Select(Target.Of).Distinct()], new CaptureOptions { Seed = Configuration.Seed, Limits = limits },
            cancellationToken)).ConfigureAwait(false);
        _journal.Write(new BaselineTested(
            baseline.Outcomes.Values.CountBy(o => o.ToString()).ToDictionary(c => c.Key, c => c.Value), baseline.Wall.TotalSeconds));
        _failing.AddRange(baseline.Failing);
        if (baseline.Failing.Count > 0)
            _observer.PassedOver(Wording.Failing(baseline.Failing));
        if (baseline.Flaky.Count > 0)
            _observer.PassedOver(Wording.Flaky(baseline.Flaky));
        return new ReviewContext
        {
            Configuration = Configuration,
            Objective = Configuration.ToObjective(),
            Change = _request.IsOfChange ? _change : null,
            Workspace = _workspace,
            Harness = harness,
            Text = language.Text,
            Baseline = baseline,
            Survey = survey,
            Proposers = proposers(harness, Record),
            Detectors = new Detectors(AstGrep.Find(_sandbox), harness),
            Journal = _journal,
            Observer = _observer,
            Book = _book,
            Limits = limits,
            BudgetSpent = () => _book.Total > Configuration.Budget,
            Tally = _tally,
        };
    }

    private void Record(JournalEvent entry)
    {
        _journal.Write(entry);
        if (entry is ProposalReceived exchange)
            _tally.Exchanged(exchange);
    }

    /// <summary>Those that no earlier part of a resumed run reviewed.</summary>
    private List<Function> Open(IReadOnlyList<Function> functions) => [.. functions.Where(f => _finished.Find(f) is null)];

    /// <summary>The functions of one language in the order in which they are looked at: without a change those first in which most time is spent.</summary>
    public IReadOnlyList<Function> InOrder(ReviewContext review, IReadOnlyList<Function> functions) => !_request.Everything ? functions :
    [
        .. functions.OrderByDescending(f => review.Survey?.Reaches.GetValueOrDefault(Target.Of(f).Id)?.Tests.Sum(t => t.Seconds) ?? 0)
            .ThenBy(f => f.Path, StringComparer.Ordinal).ThenBy(f => f.StartLine),
    ];

    /// <summary>Records the calls that the tests make of the functions of one language, but for those that an earlier part of a resumed run reviewed.</summary>
    public async Task<IReadOnlyDictionary<Target, CaptureOutcome>> CaptureAsync(
        ReviewContext review, IReadOnlyList<Function> functions, CancellationToken cancellationToken)
    {
        _observer.Stage("recording the calls its tests make");
        var open = Open(functions);
        _captured += functions.Count(f => _finished.Find(f)?.Workload is { } workload && (!_request.Everything || workload.CapturedCalls > 0));
        var outcomes = await _book.BookAsync(Part.Capture, () => CallCapture.CaptureAsync(
            review.Harness, _workspace.Head, [.. open.Select(Target.Of)], review.Baseline, review.Survey,
            new CaptureOptions
            {
                // Half of it is for what comes of the calls.
                IsOver = () => _book.Total > Configuration.Budget / 2,
                Remark = _observer.PassedOver,
                Seed = Configuration.Seed, Limits = review.Limits, MaxTargets = Math.Max(0, Configuration.MaxFunctions - _captured),
                CapsWanted = _request.Everything,
                IsWanted = (target, observed) => FunctionReview.IsWorthwhileAsync(
                    review, open.First(f => Target.Of(f) == target), observed, cancellationToken),
            },
            cancellationToken)).ConfigureAwait(false);
        _captured += outcomes.Count(o => o.Workload is { } workload && (!_request.Everything || workload.IsOfCalls));
        return outcomes.ToDictionary(o => o.Target);
    }

    /// <summary>Reviews a function, unless an earlier part of a resumed run did, and keeps what was found.</summary>
    public async Task ReportAsync(Function function, Func<Task<FunctionReport>> review)
    {
        if (_finished.Find(function) is { } earlier)
        {
            Keep(earlier);
            return;
        }

        var hash = Journal.SourceHash(function.Source);
        _journal.Write(new FunctionStarted(hash) { Function = function.Id, Source = function.Source, Language = function.Language.Name });
        try
        {
            var report = await review().ConfigureAwait(false);
            _journal.Write(new FunctionFinished(hash, report) { Function = function.Id });
            Keep(report);
        }
        catch (EnvironmentFailureException e)
        {
            _journal.Write(new RunFailed(e.Message, null) { Function = function.Id });
            throw;
        }
    }

    private void Keep(FunctionReport report)
    {
        _reports.Add(report);
        _observer.FunctionFinished(report);
    }

    /// <summary>Writes the run's files.</summary>
    public Report Finish()
    {
        var report = new Report
        {
            Version = Machine.Version,
            Base = _request.IsOfChange ? _change.Base : "",
            Head = _change.Head,
            WorkTree = _workTree is not null,
            Objective = Configuration.Objective,
            Shard = _request.Shard.Name,
            Sandbox = _sandbox.Name,
            Seed = Configuration.Seed,
            DurationSeconds = _book.Total.TotalSeconds,
            Machine = Machine.Describe(),
            Environment = _environment,
            Split = _book.Split(),
            Proposers = _tally.Of(_reports),
            FailingTests = [.. _failing.Take(Report.MostFailingTests)],
            LeftOut = LeftOutReport.Of(_leftOut),
            Functions = [.. _reports.OrderBy(r => r.Path, StringComparer.Ordinal).ThenBy(r => r.StartLine)],
        };
        _journal.Write(new RunFinished(report.DurationSeconds, 0));
        ReportFolder.Write(report, _request.Out);
        return report;
    }

    public void Dispose()
    {
        _journal.Dispose();
        _workspace.Dispose();
    }
}
