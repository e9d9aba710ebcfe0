using Afterburner.Cli;
using Afterburner.Functions;
using Afterburner.Proposers;
using Afterburner.Reviews;
using Afterburner.Runs;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Verdicts;
using Xunit;

namespace Afterburner.Tests;

/// <summary>What a newcomer sees: the review of the sample repository with recipes only.</summary>
public sealed class SampleReviewTests(SampleReviewTests.Sample sample) : IClassFixture<SampleReviewTests.Sample>
{
    private Report Report => sample.Report;

    [Fact]
    public void Quadratic_functions_get_proven_suggestions()
    {
        Assert.Equal(FunctionStatus.Improved, Function("customers").Status);
        Assert.Equal(FunctionStatus.Improved, Function("popularity").Status);
        Assert.All(Report.Improved, f => Assert.True(f.Suggestion!.Low > 1, $"{f.Name}: {f.Suggestion.Low}"));
    }

    [Fact]
    public void What_each_suggestion_saves_of_the_tests_time_is_known_and_what_it_takes_to_start() => Assert.All(Report.Improved, f =>
    {
        Assert.InRange(f.Suggestion!.Worth!.SavedShare!.Value, -1, 1);
        Assert.True(f.Suggestion.Worth.StartSeconds >= 0, f.Name);
        Assert.True(f.Workload!.TestSeconds > 0, f.Name);
    });

    [Fact]
    public void A_rewrite_that_changes_an_error_message_is_rejected_and_the_difference_is_named()
    {
        var candidate = Assert.Single(Function("delivery_span").Candidates, c => c.Recipe == "strptime-iso");

        Assert.Equal(VerdictKind.Rejected, candidate.Verdict);
        Assert.Contains("tomorrow", candidate.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_function_that_no_test_reaches_is_skipped()
    {
        Assert.Equal(FunctionStatus.Skipped, Function("refund_letter").Status);
        Assert.Contains("no test", Function("refund_letter").Reason, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void For_a_function_for_which_nobody_proposes_anything_no_larger_calls_are_made()
    {
        Assert.Equal((FunctionStatus.NoImprovement, "nothing was proposed"), (Function("is_large").Status, Function("is_large").Reason));
        Assert.Equal(0, Function("is_large").Workload!.AmplifiedCalls);
        Assert.Empty(Function("is_large").Candidates);
    }

    [Fact]
    public void Functions_the_change_does_not_touch_are_not_reviewed() =>
        Assert.DoesNotContain(Report.Functions, f => f.Name is "total" or "parse" or "parse_line");

    [Fact]
    public async Task The_patch_applies_to_the_reviewed_branch_and_its_tests_still_pass()
    {
        var clone = sample.Fixture.NewFolder("clone");
        await RunAsync(clone, "git", "clone", "--quiet", "--branch", SampleRepository.ChangeBranch, sample.Repository, ".");
        await RunAsync(clone, "git", "apply", Path.Combine(sample.Folder, "suggestions.patch"));

        await RunAsync(clone, "/usr/bin/python3", "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider");
    }

    [Fact]
    public void Every_kind_of_report_is_written_and_the_journal_holds_every_verdict()
    {
        Assert.All(
            new[] { "report.json", "report.md", "report.html", "results.sarif", "suggestions.patch", "journal.jsonl" },
            name => Assert.True(new FileInfo(Path.Combine(sample.Folder, name)).Length > 0, name));
        var verdicts = Journal.Read(Path.Combine(sample.Folder, Journal.FileName)).OfType<VerdictReached>().Count();
        Assert.Equal(Report.Functions.Sum(f => f.Candidates.Count), verdicts);
    }

    [Fact]
    public void The_work_tree_and_the_index_are_untouched() => Assert.Equal(sample.StatusBefore, sample.StatusAfter);

    [Fact]
    public async Task A_finished_run_resumes_without_reviewing_anything_again()
    {
        var proposer = new ScriptedProposer();
        var resumed = await sample.Fixture.ReviewAsync(sample.Request with { Resume = true }, _ => proposer);

        Assert.Empty(proposer.Requests);
        Assert.Equal(Report.Functions.Select(f => (f.Name, f.Status)), resumed.Functions.Select(f => (f.Name, f.Status)));
    }

    private FunctionReport Function(string name) => Assert.Single(Report.Functions, f => f.Name == name);

    private static async Task<string> RunAsync(string directory, string program, params string[] arguments)
    {
        var run = await Processes.RunAsync(
            new ProcessStart(program, arguments) { WorkingDirectory = directory }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(run.Succeeded, run.Text + run.ErrorText);
        return run.Text;
    }

    public sealed class Sample : IAsyncLifetime
    {
        public ReviewFixture Fixture { get; } = new();

        public Report Report { get; private set; } = null!;

        public string Repository { get; private set; } = "";

        public string Folder { get; private set; } = "";

        public ReviewRequest Request { get; private set; } = null!;

        public string StatusBefore { get; private set; } = "";

        public string StatusAfter { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            await Fixture.InitializeAsync();
            Repository = Fixture.NewFolder("sample");
            Folder = Fixture.NewFolder("run");
            await SampleRepository.CreateAsync(Repository, TestContext.Current.CancellationToken);
            StatusBefore = await StatusAsync();
            Request = new ReviewRequest(Repository, Folder, Configuration.Default)
            {
                Base = SampleRepository.BaseBranch,
                Head = SampleRepository.ChangeBranch,
            };
            Report = await Fixture.ReviewAsync(Request, harness => new RecipeProposer(AstGrep.Find(harness.Sandbox), harness, RecipeCatalogue.BuiltIn()));
            StatusAfter = await StatusAsync();
        }

        public ValueTask DisposeAsync() => Fixture.DisposeAsync();

        private async Task<string> StatusAsync() =>
            await RunAsync(Repository, "sh", "-c", "git rev-parse HEAD; find . -path ./.git/objects -prune -o -type f -print0 | sort -z | xargs -0 sha256sum");
    }
}
