using Afterburner.Functions;
using Afterburner.Proposers;
using Afterburner.Reviews;
using Afterburner.Settings;
using Afterburner.Tests.Changes;
using Afterburner.Verdicts;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Languages;

/// <summary>
/// One repository that holds every case of a language. Its tests run, and its calls are recorded, once for all cases; then each candidate
/// is verified as in a review. Nothing is measured, so that nothing depends on time.
/// </summary>
public abstract class RuntimeFixture : IAsyncLifetime
{
    private readonly ReviewFixture _reviews = new();
    private TestRepository? _repository;
    private ReviewedChange? _run;
    private ReviewContext? _context;
    private IReadOnlyList<Function> _functions = [];
    private IReadOnlyDictionary<Target, CaptureOutcome> _captured = new Dictionary<Target, CaptureOutcome>();

    protected abstract Language Language { get; }

    /// <summary>How the language is run in this repository.</summary>
    protected virtual Configuration Configuration => Configuration.Default;

    /// <summary>Files beside those of the cases, by path.</summary>
    protected virtual IReadOnlyDictionary<string, string> Common => new Dictionary<string, string>();

    internal abstract IReadOnlyDictionary<string, CaseSources> Sources { get; }

    public Abilities Abilities => _context!.Harness.Program.Abilities;

    public async ValueTask InitializeAsync()
    {
        var cancel = TestContext.Current.CancellationToken;
        await _reviews.InitializeAsync();
        _repository = await TestRepository.CreateAsync();
        await _repository.CommitAsync("before");
        foreach (var (path, text) in Common.Concat(Sources.Values.SelectMany(s => s.Files)))
            _repository.Write(path, text);
        await _repository.CommitAsync("after");
        var request = new ReviewRequest(_repository.Path, _reviews.NewFolder("run"), Configuration with { MaxFunctions = 1000, Budget = TimeSpan.FromHours(1) })
        {
            Base = "HEAD~1", Head = "HEAD",
        };
        _run = await ReviewedChange.ReadAsync(_reviews.Sandbox, request, new ReviewFixture.Silent(), TimeProvider.System, cancel);
        var (by, functions) = Assert.Single(await _run.FindFunctionsAsync(cancel), f => f.By.Language.Language == Language);
        _functions = functions;
        _context = Assert.IsType<ReviewContext>(await _run.BaselineAsync(by, functions, (_, _) => [new ScriptedProposer()], cancel));
        _captured = await _run.CaptureAsync(_context, [.. Sources.Values.Select(FunctionOf)], cancel);
    }

    /// <summary>What comes of a case.</summary>
    internal async Task<Ending> EndingAsync(string name, CancellationToken cancellationToken)
    {
        var sources = Sources[name];
        var function = FunctionOf(sources);
        var captured = _captured[Target.Of(function)];
        if (captured.Workload is not { } workload)
            return Ending.Skipped(captured.SkipReason!);
        var head = await File.ReadAllBytesAsync(Path.Combine(_context!.Workspace.Head, function.Path), cancellationToken);
        var verified = await new CandidateReview(_context, function, workload, head)
            .VerifyAsync(new Candidate("suite", 1, sources.Candidate, name), cancellationToken);
        return verified.Refusal switch
        {
            null => Ending.Verified,
            { Verdict.Kind: VerdictKind.Rejected } refusal => Ending.Rejected($"{refusal.Verdict.Reason}\n{refusal.Output}"),
            { } refusal => new Ending(EndingKind.Inconclusive, refusal.Verdict.Reason),
        };
    }

    private Function FunctionOf(CaseSources sources)
    {
        Function[] found = [.. _functions.Where(f => f.Path == sources.Path && f.Name == sources.Function).OrderBy(f => f.StartLine)];
        return found.Length > sources.Place ? found[sources.Place]
            : throw new InvalidOperationException($"{sources.Path} has no {sources.Function}; it has {string.Join(", ", _functions.Where(f => f.Path == sources.Path).Select(f => f.Name))}");
    }

    public async ValueTask DisposeAsync()
    {
        _run?.Dispose();
        _repository?.Dispose();
        await _reviews.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
