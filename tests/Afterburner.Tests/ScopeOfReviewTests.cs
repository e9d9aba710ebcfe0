using Afterburner.Reviews;
using Afterburner.Runs;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Tests.Changes;
using Xunit;

namespace Afterburner.Tests;

/// <summary>Which code a whole review looks at: the work tree or a commit, how many functions, and what it leaves out.</summary>
public sealed class ScopeOfReviewTests(ReviewFixture fixture) : IClassFixture<ReviewFixture>
{
    private const string Slow = """
        def unique(items):
            assert len(items) <= 1_000  # no larger calls are made and measured
            found = []
            for item in items:
                if item in found:
                    continue
                found.append(item)
            return found

        """;

    private const string Fast = """
        def unique(items):
            assert len(items) <= 1_000  # no larger calls are made and measured
            return list(dict.fromkeys(items))
        """;

    private const string Tests = """
        import lists

        def test_unique():
            assert lists.unique(list(range(500)) * 2) == list(range(500))

        """;

    [Theory]
    [InlineData("chat:tiny", true)]
    [LongData("llama:tiny", true)]
    [LongData("recipes", false)]
    public async Task Models_are_shown_the_hot_lines_and_what_detectors_find_wherever_they_run(string name, bool shown)
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("lists.py", Slow);
        repository.Write("test_lists.py", Tests);
        await repository.CommitAsync();
        var proposer = new ScriptedProposer { Name = name, IsRuleBased = !shown, ReadsPrompt = shown };
        var run = fixture.NewFolder("run");

        await fixture.ReviewAsync(new ReviewRequest(repository.Path, run, Configuration.Default) { Function = "lists.py::unique" }, _ => proposer);

        Assert.Equal(shown, proposer.Requests[0].HotLines.Any(l => l.Share > 0.3));
        Assert.Equal(shown ? [("search-in-loop", 5)] : [], proposer.Requests[0].Hints.Select(h => (h.Detector, h.Line)));
        Assert.Equal(
            proposer.Requests[0].Hints, Journal.Read(Path.Combine(run, Journal.FileName)).OfType<HintsFound>().SelectMany(h => h.Hints));
    }

    [Theory]
    [InlineData(false, 0, 1)]
    [LongData(true, 0)]
    public async Task A_round_without_anything_new_is_followed_by_one_more_unless_it_would_be_the_same_again(bool isRuleBased, params int[] idle)
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("lists.py", Slow);
        repository.Write("test_lists.py", Tests);
        await repository.CommitAsync();
        var proposer = new ScriptedProposer { IsRuleBased = isRuleBased };

        await fixture.ReviewAsync(
            new ReviewRequest(repository.Path, fixture.NewFolder("run"), Configuration.Default) { Function = "lists.py::unique" }, _ => proposer);

        Assert.Equal(idle, proposer.Requests.Select(r => r.IdleRounds));
    }

    [Theory]
    [InlineData(true, 0)]
    [LongData(false, 1)]
    public async Task Calls_are_recorded_only_where_somebody_may_have_something_to_propose(bool isRuleBased, int calls)
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("lists.py", Slow);
        repository.Write("test_lists.py", Tests);
        await repository.CommitAsync();

        var report = await fixture.ReviewAsync(
            new ReviewRequest(repository.Path, fixture.NewFolder("run"), Configuration.Default) { Function = "lists.py::unique" },
            _ => new ScriptedProposer { IsRuleBased = isRuleBased });

        var function = Assert.Single(report.Functions);
        Assert.Equal((FunctionStatus.NoImprovement, "nothing was proposed"), (function.Status, function.Reason));
        Assert.Equal((1, calls), (function.Workload!.Tests, function.Workload.CapturedCalls));
    }

    [LongForm]
    [Fact]
    public async Task A_file_that_begins_with_a_byte_order_mark_is_reviewed_and_keeps_it()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("lists.py", "\uFEFF" + Slow);
        repository.Write("test_lists.py", Tests);
        await repository.CommitAsync();
        var run = fixture.NewFolder("run");

        var report = await fixture.ReviewAsync(
            new ReviewRequest(repository.Path, run, Configuration.Default) { Function = "lists.py::unique" }, _ => new ScriptedProposer(Fast));

        var function = Assert.Single(report.Functions);
        Assert.True(function.Suggestion is not null, $"{function.Status}: {function.Reason}; {string.Join("; ", function.Candidates.Select(c => c.Reason))}");
        await repository.GitAsync("apply", Path.Combine(run, "suggestions.patch"));
        var bytes = await File.ReadAllBytesAsync(Path.Combine(repository.Path, "lists.py"), TestContext.Current.CancellationToken);
        Assert.StartsWith("\uFEFFdef unique(items):", System.Text.Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        Assert.Contains("return list(dict.fromkeys(items))", System.Text.Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_function_whose_calls_take_microseconds_is_skipped_as_too_small_before_a_model_is_asked()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("lists.py", "def unique(items):\n    return items[:1]\n");
        repository.Write("test_lists.py", "import lists\n\ndef test_unique():\n    assert lists.unique([1, 1]) == [1]\n");
        await repository.CommitAsync();
        var proposer = new ScriptedProposer();

        var report = await fixture.ReviewAsync(
            new ReviewRequest(repository.Path, fixture.NewFolder("run"), Configuration.Default) { Function = "lists.py::unique" }, _ => proposer);

        Assert.StartsWith("too small to matter", Assert.Single(report.Functions).Reason, StringComparison.Ordinal);
        Assert.Empty(proposer.Requests);
    }

    [LongForm]
    [Fact]
    public async Task One_function_is_reviewed_as_it_lies_in_the_work_tree_and_its_suggestion_has_the_lines_of_it()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("lists.py", "def unique(items):\n    return items\n");
        await repository.CommitAsync();
        var lying = "\"\"\"Lists.\"\"\"\n\nNAME = 'not committed'\n\n\n" + Slow;
        repository.Write("lists.py", lying);
        repository.Write("test_lists.py", Tests);
        var before = await StateAsync(repository);
        var run = fixture.NewFolder("run");

        var report = await fixture.ReviewAsync(
            new ReviewRequest(repository.Path, run, Configuration.Default) { Function = "lists.py::unique" }, _ => new ScriptedProposer(Fast));

        Assert.Equal(before, await StateAsync(repository));
        Assert.True(report.WorkTree);
        var function = Assert.Single(report.Functions);
        Assert.True(function.Suggestion is not null, $"{function.Status}: {function.Reason}");
        var (start, end) = (function.Suggestion.StartLine, function.Suggestion.EndLine);
        Assert.Equal("    found = []", lying.Split('\n')[start - 1]);
        Assert.Equal("    return found", lying.Split('\n')[end - 1]);
        await repository.GitAsync("apply", Path.Combine(run, "suggestions.patch"));
        Assert.Equal(
            "\"\"\"Lists.\"\"\"\n\nNAME = 'not committed'\n\n\n" + Fast + "\n",
            await File.ReadAllTextAsync(Path.Combine(repository.Path, "lists.py"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task One_function_of_a_commit_is_reviewed_when_the_commit_is_named()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("lists.py", Slow);
        repository.Write("test_lists.py", Tests);
        await repository.CommitAsync();
        repository.Write("lists.py", "raise SystemExit('not committed')\n");

        var report = await fixture.ReviewAsync(
            new ReviewRequest(repository.Path, fixture.NewFolder("run"), Configuration.Default) { Function = "lists.py::unique", Head = "HEAD" },
            _ => new ScriptedProposer());

        Assert.False(report.WorkTree);
        var unique = Assert.Single(report.Functions);
        Assert.Equal((FunctionStatus.NoImprovement, "nothing was proposed"), (unique.Status, unique.Reason));
    }

    [Fact]
    public async Task Files_that_cannot_be_read_line_by_line_are_left_out_by_name_and_the_others_are_reviewed()
    {
        using var repository = await TestRepository.CreateAsync();
        await repository.CommitAsync();
        repository.Write("latin.py", [.. "# -*- coding: latin-1 -*-\n# prix en "u8, 0xe9, .. "cus\ndef price(items):\n    return items\n"u8]);
        repository.Write("old.py", "# old\r# style comment\ndef style(items):\n    return items\n");
        repository.Write("lists.py", Slow);
        repository.Write("test_lists.py", "import latin, old\n" + Tests);
        await repository.CommitAsync();

        var report = await fixture.ReviewAsync(repository.Path, fixture.NewFolder("run"), _ => new ScriptedProposer());

        Assert.Equal([("unique", "nothing was proposed")], report.Functions.Select(f => (f.Name, f.Reason)));
        Assert.Equal(
            [("it holds a carriage return that is no line end", "old.py"), ("not UTF-8", "latin.py"), ("test code (by its name)", "test_lists.py")],
            report.LeftOut.Select(l => (l.Reason, Assert.Single(l.Examples))));
    }

    [Fact]
    public async Task Functions_that_no_test_reaches_take_no_place_and_what_is_left_out_is_counted()
    {
        using var repository = await TestRepository.CreateAsync();
        await repository.CommitAsync();
        repository.Write("lists.py", """
            def a_nobody_calls(items):
                return items


            def b_nobody_calls(items):
                return items


            """ + Slow + "\n\ndef unique_too(items):\n    return unique(items)\n");
        repository.Write("test_lists.py", Tests + "    assert len(lists.unique_too(list(range(500)) * 2)) == 500\n");
        repository.Write("schema_pb2.py", "def generated():\n    return 1\n");
        repository.Write("table.py", $"TABLE = '''{new string('x', 1 << 20)}'''\n");
        repository.Write("old/legacy.py", "def legacy():\n    return 1\n");
        repository.Write("notes.txt", "notes\n");
        repository.Write("picture.png", [0, 1, 2, 0]);
        await repository.CommitAsync();
        var run = fixture.NewFolder("run");

        var report = await fixture.ReviewAsync(
            new ReviewRequest(repository.Path, run, Configuration.Default with { MaxFunctions = 1, Exclude = ["old/**"] }) { Base = "HEAD~1" },
            _ => new ScriptedProposer());

        Assert.Equal(
            [
                ("a_nobody_calls", "no test reaches it"), ("b_nobody_calls", "no test reaches it"),
                ("unique", "nothing was proposed"), ("unique_too", "beyond max-functions"),
            ],
            report.Functions.Select(f => (f.Name, f.Reason)));
        Assert.Equal(
            [
                ("excluded by the configuration", "old/legacy.py"), ("generated code (by its name)", "schema_pb2.py"),
                ("larger than 1 MiB", "table.py"), ("not a language that Afterburner reads", "notes.txt"),
                ("not a text file", "picture.png"), ("test code (by its name)", "test_lists.py"),
            ],
            report.LeftOut.Select(l => (l.Reason, Assert.Single(l.Examples))));
        Assert.All(report.LeftOut, l => Assert.Equal(l.Examples, l.Names));
        Assert.All(report.LeftOut, l => Assert.Equal(1, l.Count));
        foreach (var name in new[] { "report.md", "report.html" })
        {
            var text = await File.ReadAllTextAsync(Path.Combine(run, name), TestContext.Current.CancellationToken);
            Assert.Contains("6 files and functions left out", text, StringComparison.Ordinal);
            Assert.Contains("larger than 1 MiB", text, StringComparison.Ordinal);
        }
    }

    private static Task<string> StateAsync(TestRepository repository) => TestRepository.RunAsync(
        repository.Path, "sh", "-c", "find . -path ./.git/objects -prune -o -type f -print0 | sort -z | xargs -0 sha256sum");
}
