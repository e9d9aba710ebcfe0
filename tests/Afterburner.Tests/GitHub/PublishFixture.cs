using System.Text;
using Afterburner.Functions;
using Afterburner.GitHub;
using Afterburner.Proposers;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Tests.Changes;
using Afterburner.Tests.Suggestions;
using Afterburner.Verdicts;
using Afterburner.Workloads;

namespace Afterburner.Tests.GitHub;

/// <summary>A repository with a pull request on the fake GitHub, and the directory of a finished review of it.</summary>
internal sealed class PublishFixture : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();

    private PublishFixture(TestRepository repository, FakeGitHub gitHub, Report report)
    {
        (Repository, GitHub, Report) = (repository, gitHub, report);
        WriteReport(report);
    }

    public TestRepository Repository { get; }

    public FakeGitHub GitHub { get; }

    public Report Report { get; private set; }

    public InstantTime Time { get; } = new();

    public string Directory => Path.Combine(_folder.Path, "run");

    public string StepSummary => Path.Combine(_folder.Path, "step-summary.md");

    public FakePullRequest Pull => GitHub.Pull;

    /// <summary>The sample review: <c>unique</c> was changed by the pull request, <c>total</c> is outside its diff.</summary>
    public static Task<PublishFixture> SampleAsync() => CreateAsync(
        new() { [SampleReport.Path] = SampleReport.Head.Replace("if item not in seen", "if not item in seen", StringComparison.Ordinal) },
        new() { [SampleReport.Path] = SampleReport.Head },
        SampleReport.Build());

    /// <summary>One new file for each function, all of them in the diff, all with a suggestion.</summary>
    public static Task<PublishFixture> ManyAsync(int functions)
    {
        var files = Enumerable.Range(0, functions).ToDictionary(i => $"src/shop/part{i}.py", Slow);
        return CreateAsync(new() { ["README.md"] = "A shop.\n" }, files, SampleReport.Build() with
        {
            Functions = [.. files.Select((f, i) => Improved(f.Key, f.Value, $"total{i}", 2 + i))],
        });

        static string Slow(int i) => $"def total{i}(orders):\n    return sum([o.price for o in orders])\n";
    }

    /// <summary>A function whose better version needs an import at the top of its file, which the pull request adds, or changes near its end only.</summary>
    public static Task<PublishFixture> WithImportAsync(bool isInDiff)
    {
        const string File = "# Sums.\nimport os\n\n\n\n\n\n\n\n\ndef total(orders):\n    return sum([o.price for o in orders])\n";
        const string Path = "src/shop/sums.py";
        var start = File.IndexOf("def total", StringComparison.Ordinal);
        var function = SampleReport.FunctionAt(File, "total", start, File.Length - 1) with { Path = Path };
        var (edit, elsewhere) = Edit.Of(Encoding.UTF8.GetBytes(File), function, new Candidate("recipes", 1, "", "")
        {
            Placed = new PlacedCode("def total(orders):\n    return math.fsum(o.price for o in orders)", [new LineEdit(2, 0, "import math\n")]),
        })!.Value;
        var before = isInDiff ? new Dictionary<string, string> { ["README.md"] = "A shop.\n" }
            : new() { [Path] = File.Replace("sum([o.price for o in orders])", "0", StringComparison.Ordinal) };
        return CreateAsync(before, new() { [Path] = File }, SampleReport.Build() with
        {
            Functions =
            [
                FunctionReport.Of(function, FunctionStatus.Improved, "proven better") with
                {
                    Suggestion = Suggestion.Of(edit, new Verdict(VerdictKind.Improved, "proven better", 2, 1.9, 2.1, 40)) with { Elsewhere = elsewhere },
                },
            ],
        });
    }

    /// <summary>A suggestion for the one function of a file: a generator instead of a list.</summary>
    public static FunctionReport Improved(string path, string file, string name, double speedup)
    {
        var start = file.IndexOf($"def {name}", StringComparison.Ordinal);
        var function = SampleReport.FunctionAt(file, name, start, file.Length - 1) with { Path = path };
        var head = Encoding.UTF8.GetBytes(file);
        var edit = Edit.Between(head, Edit.CandidateFile(head, function, function.Source.Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal)))!;
        return FunctionReport.Of(function, FunctionStatus.Improved, "proven better") with
        {
            Suggestion = Suggestion.Of(edit, new Verdict(VerdictKind.Improved, "proven better", speedup, speedup * 0.9, speedup * 1.1, 40)) with
            {
                Title = "sum a generator",
                Proposer = "recipes",
                Rationale = "No list is made.",
            },
        };
    }

    public static async Task<PublishFixture> CreateAsync(Dictionary<string, string> @base, Dictionary<string, string> head, Report report)
    {
        var repository = await TestRepository.CreateAsync();
        foreach (var (path, text) in @base)
            repository.Write(path, text);
        var from = await repository.CommitAsync("base");
        await repository.GitAsync("checkout", "--quiet", "-b", "reports");
        foreach (var (path, text) in head)
            repository.Write(path, text);
        var to = await repository.CommitAsync("head");
        var gitHub = await FakeGitHub.StartAsync(repository, new FakePullRequest(repository, from) { HeadSha = to });
        return new PublishFixture(repository, gitHub, report with { Base = from, Head = to });
    }

    /// <summary>A new push to the pull request, and the report of a review of it.</summary>
    public async Task PushAsync(string path, string text, Func<Report, Report> review)
    {
        Repository.Write(path, text);
        Pull.HeadSha = await Repository.CommitAsync("another push");
        WriteReport(review(Report) with { Head = Pull.HeadSha });
    }

    public void WriteReport(Report report)
    {
        Report = report;
        ReportFolder.Write(report, Directory);
    }

    /// <summary>A finished gate: beside the review, or in a folder of its own.</summary>
    public string WriteGate(GateReport report, string folder = "run")
    {
        var directory = Path.Combine(_folder.Path, folder);
        GateFolder.Write(report, directory);
        return directory;
    }

    public async Task<PublishOutcome> PublishAsync(
        Configuration? configuration = null, bool dryRun = false, bool sarif = false, string token = FakeGitHub.Token, Uri? through = null,
        IReadOnlyList<string>? directories = null, bool failOnRegression = true)
    {
        var stop = Xunit.TestContext.Current.CancellationToken;
        var sandbox = await SharedSandbox.OpenAsync();
        using var api = new GitHubApi(GitHubAddress.Of((through ?? GitHub.Url).ToString(), null), new Secret(token), Time, stop);
        var astGrep = AstGrep.Find(sandbox);
        var publish = new Publish(api, new SuggestionCheck(new FunctionFinder(astGrep), astGrep), Time);
        return await publish.RunAsync(
            new PublishRequest(
                directories ?? [Directory], new PullRequestName(FakeGitHub.Owner, FakeGitHub.Name, Pull.Number), configuration ?? Configuration.Default,
                sarif, dryRun, StepSummary)
            { FailOnRegression = failOnRegression },
            stop);
    }

    public async ValueTask DisposeAsync()
    {
        await GitHub.DisposeAsync();
        Repository.Dispose();
        _folder.Dispose();
    }
}
