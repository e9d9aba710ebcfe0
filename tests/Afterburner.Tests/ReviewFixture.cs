using Afterburner.Functions;
using Afterburner.Gates;
using Afterburner.Languages.Python;
using Afterburner.Proposers;
using Afterburner.Reviews;
using Afterburner.Runs;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Tests.Changes;
using Afterburner.Verdicts;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests;

/// <summary>Whole reviews of small repositories, with a real git, a real sandbox and real tests.</summary>
public sealed class ReviewFixture : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private ISandbox? _sandbox;

    public ISandbox Sandbox => _sandbox!;

    public async ValueTask InitializeAsync() => _sandbox = await SharedSandbox.OpenAsync();

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>An empty folder for a run.</summary>
    public string NewFolder(string name) => Directory.CreateDirectory(Path.Combine(_folder.Path, $"{name}-{Guid.NewGuid():N}")).FullName;

    /// <summary>Reviews what the last commit of a repository changed.</summary>
    public Task<Report> ReviewAsync(string repository, string directory, params Func<Harness, IProposer>[] proposers) =>
        ReviewAsync(new ReviewRequest(repository, directory, Configuration.Default) { Base = "HEAD~1", Head = "HEAD" }, proposers);

    public Task<Report> ReviewAsync(ReviewRequest request, params Func<Harness, IProposer>[] proposers) =>
        new Review(Sandbox, (harness, _) => [.. proposers.Select(p => p(harness))], new Silent(), TimeProvider.System)
            .RunAsync(request, TestContext.Current.CancellationToken);

    /// <summary>Reviews what the last commit of a repository changed, with those candidates of a transcript that are for some functions.</summary>
    /// <param name="transcript">A file of <see cref="ReplayProposer"/>.</param>
    public async Task<Report> ReplayAsync(string repository, string transcript, IReadOnlyList<string> names)
    {
        var lines = await File.ReadAllLinesAsync(transcript, TestContext.Current.CancellationToken);
        var some = Path.Combine(NewFolder("transcript"), "some.jsonl");
        await File.WriteAllLinesAsync(some, lines.Where(l => names.Any(n => l.Contains(n + '"', StringComparison.Ordinal))), TestContext.Current.CancellationToken);
        return await ReviewAsync(repository, NewFolder("run"), _ => new ReplayProposer(some));
    }

    /// <summary>Reviews one file with its tests, and gives what became of one of its functions with one candidate.</summary>
    public async Task<FunctionReport> ReviewFileAsync(string code, string tests, string name, string candidate, Configuration? configuration = null, string? reply = null)
    {
        using var repository = await TestRepository.CreateAsync();
        await repository.CommitAsync("empty");
        repository.Write("lib.py", code + "\n");
        repository.Write("test_lib.py", tests + "\n");
        await repository.CommitAsync("code");
        var report = await ReviewAsync(
            new ReviewRequest(repository.Path, NewFolder("run"), configuration ?? Configuration.Default) { Base = "HEAD~1", Head = "HEAD" },
            _ => new ScriptedProposer(candidate) { For = name, Reply = reply, IsRuleBased = true });
        return Assert.Single(report.Functions, f => f.Name == name);
    }

    /// <summary>Judges what a change did to the one function of a file.</summary>
    public async Task<GateFunctionReport> GateFileAsync(string @base, string tests, string head)
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("lib.py", @base + "\n");
        repository.Write("test_lib.py", tests + "\n");
        await repository.CommitAsync("base");
        repository.Write("lib.py", head + "\n");
        await repository.CommitAsync("head");
        var report = await new Gate(Sandbox, _ => { }, TimeProvider.System).RunAsync(
            new GateRequest(repository.Path, NewFolder("gate"), Configuration.Default) { Base = "HEAD~1" }, TestContext.Current.CancellationToken);
        return Assert.Single(report.Functions);
    }

    /// <summary>What became of a function, for the message of a test that expects something else.</summary>
    public static string Why(FunctionReport function) =>
        $"{function.Status}: {function.Reason}; {string.Join("; ", function.Candidates.Select(c => c.Reason))}";

    internal sealed class Silent : IReviewObserver
    {
        public void Stage(string what) { }

        public void FunctionsFound(IReadOnlyList<Function> functions) { }

        public void Step(Function function, string what) { }

        public void CandidateJudged(Function function, Candidate candidate, Verdict verdict) { }

        public void FunctionFinished(FunctionReport report) { }
    }
}

/// <summary>Proposes given bodies for a function (for one of a name, or for each) in the first round, and nothing more.</summary>
internal sealed class ScriptedProposer(params string[] sources) : IProposer
{
    public string Name { get; init; } = "scripted";

    public string? For { get; init; }

    public bool IsRuleBased { get; init; }

    public bool ReadsPrompt { get; init; }

    /// <value>A model's reply, of which the candidate is read; null: the sources are candidates as they are.</value>
    public string? Reply { get; init; }

    public List<ProposalRequest> Requests { get; } = [];

    public Task<IReadOnlyList<Candidate>> ProposeAsync(ProposalRequest request, CancellationToken cancellationToken)
    {
        Requests.Add(request);
        return Task.FromResult<IReadOnlyList<Candidate>>(request is { Iteration: 1, Repair: null } && (For ?? request.Function.Name) == request.Function.Name
            ? [.. sources.Select(s => Reply is null ? s : ReplyReader.Read(Reply, request.Function, request.FileSource, new PythonText()).Source!).Select((s, i) => new Candidate(Name, 1, s.Trim(), $"scripted {i + 1}"))]
            : []);
    }
}
