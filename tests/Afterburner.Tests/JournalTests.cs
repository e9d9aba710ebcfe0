using System.Text.Json.Nodes;
using Afterburner.Runs;
using Afterburner.Suggestions;
using Afterburner.Tests.Suggestions;
using Afterburner.Trials;
using Afterburner.Verdicts;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests;

public sealed class JournalTests : IDisposable
{
    private static readonly RunStarted Run = new(
        "base", "head", ObjectiveKind.Time, 1, "bubblewrap",
        new Dictionary<string, string> { ["iterations"] = "10" }, new Dictionary<string, string> { ["python"] = "3.11.2" });

    private readonly TemporaryFolder _folder = new();

    private string JournalPath => Path.Combine(_folder.Path, Journal.FileName);

    [Fact]
    public void Every_kind_of_event_reads_back_as_it_was_written()
    {
        var report = SampleReport.Build().Functions[0];
        JournalEvent[] events =
        [
            Run,
            new FunctionStarted("abc") { Function = "f.py::f" },
            new BaselineTested(new Dictionary<string, int> { ["passed"] = 12 }, 1.5),
            new WorkloadChosen(WorkloadKind.Replay, ["test_f"], [new JournalCall("c1", "test_f", 1e-4, "items: list[3] of int", 1)], 2),
            new ProposalReceived("chat:m", 1, "prompt\nwith lines", "<solution>", 10, 20, 0.5),
            new CandidateProposed(1, "recipes", 1, "title", "def f():\n    pass"),
            new EquivalenceChecked(1, false, "differs", new Dictionary<string, int> { ["tests"] = 3 }, 1),
            new TrialMeasured(1, "captured", [new Pair(new Sample(1, 2, 3, 4), new Sample(5, 6, 7, 8), 0)], 1),
            new VerdictReached(1, new Verdict(VerdictKind.Improved, "better", 2, 1.9, double.PositiveInfinity, 6)),
            new SuggestionMade(report.Suggestion!),
            new FunctionFinished("abc", report),
            new RunFinished(12, 0),
            new RunFailed("no sandbox", null),
        ];
        using (var journal = new Journal(_folder.Path, TimeProvider.System))
        {
            foreach (var entry in events)
                journal.Write(entry);
        }

        var read = Journal.Read(JournalPath).ToList();

        Assert.Equal(events.Select(e => e.GetType()), read.Select(e => e.GetType()));
        Assert.All(read, e => Assert.NotEqual(default, e.Time));
        Assert.Equal([new Pair(new Sample(1, 2, 3, 4), new Sample(5, 6, 7, 8), 0)], read.OfType<TrialMeasured>().Single().Pairs);
        Assert.Null(read.OfType<VerdictReached>().Single().Verdict.High);
        Assert.Equal("prompt\nwith lines", read.OfType<ProposalReceived>().Single().Prompt);
        Assert.Equal(report.Suggestion!.Edit, read.OfType<FunctionFinished>().Single().Report.Suggestion!.Edit);
        // One event a line, whatever its text holds, and a kind that other tools can read.
        var lines = File.ReadAllLines(JournalPath);
        Assert.Equal(events.Length, lines.Length);
        Assert.Equal("run-started", (string?)JsonNode.Parse(lines[0])!["event"]);
    }

    [Fact]
    public void What_has_happened_can_be_read_while_the_run_goes_on()
    {
        using var journal = new Journal(_folder.Path, TimeProvider.System);
        journal.Write(Run);

        Assert.Single(Journal.Read(JournalPath));
    }

    [Fact]
    public void A_line_torn_by_a_crash_is_left_out_and_cut_off_before_the_next_event()
    {
        WriteRun();
        File.AppendAllText(JournalPath, """{"event":"trial","cand""");

        Assert.Single(Journal.Read(JournalPath));
        WriteRun();
        Assert.Equal(2, Journal.Read(JournalPath).Count());
    }

    [Fact]
    public void A_damaged_line_in_the_middle_is_an_error_that_says_what_to_do()
    {
        WriteRun();
        File.WriteAllText(JournalPath, "garbage\n" + File.ReadAllText(JournalPath));

        var error = Assert.Throws<UsageException>(() => Journal.Read(JournalPath).ToList());
        Assert.Contains("line 1", error.Message, StringComparison.Ordinal);
        Assert.Contains("without --resume", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_event_of_a_later_version_is_left_out()
    {
        WriteRun();
        File.AppendAllText(JournalPath, """{"event":"weather","sunny":true}""" + "\n");
        WriteRun();

        Assert.Equal(2, Journal.Read(JournalPath).Count());
    }

    [Fact]
    public void Secrets_are_masked_wherever_they_stand()
    {
        const string Secret = "sk-\"quoted\"-0123456789";
        using (var journal = new Journal(_folder.Path, TimeProvider.System, [Secret, "", "x"]))
        {
            journal.Write(Run with { Environment = new Dictionary<string, string> { ["AFTERBURNER_API_KEY"] = Secret } });
            journal.Write(new ProposalReceived("chat:m", 1, $"a {Secret} b", "x", 1, 1, 0));
            journal.Write(new WorkloadChosen(WorkloadKind.Replay, ["tests/test_shop.py::test_total", $"test[{Secret}]"], [], 0));
        }

        Assert.DoesNotContain("0123456789", File.ReadAllText(JournalPath), StringComparison.Ordinal);
        var read = Journal.Read(JournalPath).ToList();
        Assert.Equal("***", ((RunStarted)read[0]).Environment["AFTERBURNER_API_KEY"]);
        Assert.Equal(("a *** b", "x"), (((ProposalReceived)read[1]).Prompt, ((ProposalReceived)read[1]).Reply));
    }

    [Fact]
    public void Events_of_many_threads_stay_whole()
    {
        using (var journal = new Journal(_folder.Path, TimeProvider.System))
            Parallel.For(0, 400, i => journal.Write(new FunctionStarted(new string('x', 1 + i % 50 * 100))));

        Assert.Equal(400, Journal.Read(JournalPath).Count());
    }

    [Fact]
    public void Only_one_run_writes_a_journal()
    {
        using var first = new Journal(_folder.Path, TimeProvider.System);

        Assert.Throws<UsageException>(() => new Journal(_folder.Path, TimeProvider.System));
    }

    [Fact]
    public void A_resumed_run_takes_over_what_was_finished_for_the_same_text_but_not_what_failed_or_was_left_for_lack_of_time()
    {
        var reports = SampleReport.Build().Functions;
        using (var journal = new Journal(_folder.Path, TimeProvider.System))
        {
            journal.Write(Run);
            journal.Write(new FunctionFinished(Journal.SourceHash(SampleReport.Unique.Source), reports[0]));
            journal.Write(new FunctionFinished(Journal.SourceHash(SampleReport.Total.Source), reports[2] with { Status = FunctionStatus.Error }));
            journal.Write(new FunctionFinished(Journal.SourceHash(SampleReport.Total.Source), reports[2] with { OutOfTime = true }));
        }

        var finished = Journal.Resume(_folder.Path, Run with { Seed = 2 });

        Assert.Equal(reports[0].Suggestion!.Edit, finished.Find(SampleReport.Unique)!.Suggestion!.Edit);
        Assert.Null(finished.Find(SampleReport.Unique with { Source = "def unique(items): return items" }));
        Assert.Null(finished.Find(SampleReport.Total));
        Assert.Equal((1, 1L), (finished.Count, finished.Run!.Seed));
    }

    [Fact]
    public void Functions_of_one_name_and_one_text_are_resumed_each_with_its_own_report()
    {
        var report = SampleReport.Build().Functions[0];
        var (first, second) = (SampleReport.Unique with { Namesake = 1 }, SampleReport.Unique with { Namesake = 2, StartLine = 900, EndLine = 950 });
        using (var journal = new Journal(_folder.Path, TimeProvider.System))
        {
            journal.Write(Run);
            journal.Write(new FunctionFinished(Journal.SourceHash(first.Source), report with { StartLine = first.StartLine, Reason = "first" }));
            journal.Write(new FunctionFinished(Journal.SourceHash(second.Source), report with { StartLine = second.StartLine, Reason = "second" }));
        }

        var finished = Journal.Resume(_folder.Path, Run);

        Assert.Equal(("first", "second"), (finished.Find(first)!.Reason, finished.Find(second)!.Reason));
    }

    [Fact]
    public void A_run_of_something_else_is_not_resumed_and_the_message_names_the_difference()
    {
        WriteRun();
        (RunStarted Run, string Says)[] others =
        [
            (Run with { Base = "other" }, "its base was base, this run has other"),
            (Run with { Head = "other" }, "its head was head, this run has other"),
            (Run with { Objective = ObjectiveKind.Memory }, "its objective was Time, this run has Memory"),
            (Run with { Options = new Dictionary<string, string>() }, "its iterations was 10, this run has none"),
        ];
        foreach (var (run, says) in others)
            Assert.Contains(says, Assert.Throws<UsageException>(() => Journal.Resume(_folder.Path, run)).Message, StringComparison.Ordinal);

        Assert.Throws<UsageException>(() => Journal.Resume(Path.Combine(_folder.Path, "nowhere"), Run));
    }

    public void Dispose() => _folder.Dispose();

    private void WriteRun()
    {
        using var journal = new Journal(_folder.Path, TimeProvider.System);
        journal.Write(Run);
    }
}
