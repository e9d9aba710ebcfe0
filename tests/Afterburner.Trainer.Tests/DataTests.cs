using System.Text.Json;
using Afterburner.Evaluation.Programs;
using Afterburner.Evaluation.Rewards;
using Afterburner.Evaluation.Solvers;
using Afterburner.Evaluation.Tasks;
using Afterburner.Runs;
using Afterburner.Trainer.Data;
using Afterburner.Trainer.Tokens;
using Afterburner.Verdicts;
using Parquet.Serialization;
using Xunit;

namespace Afterburner.Trainer.Tests;

public sealed class DataTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_supervised_reply_is_a_program_that_needs_less_than_the_one_in_the_prompt_by_the_objective()
    {
        var task = Task(("a", 1, 30), ("b", 2, 20), ("c", 2.05, 10));

        var examples = new TrainingSets(new TrainingSetOptions()).Supervised(task).ToList();

        var pairs = examples.Select(e => (e.Objective, Worse: PaperPrompt.OriginalIn(e.Prompt)!.Trim(), Better: ReplyForm.Read(e.Completion))).ToList();
        Assert.All(pairs, p => Assert.True(p.Better.HasForm));
        // By time b and c are too near each other to be told apart.
        Assert.Equal([("b", "a"), ("c", "a")], pairs.Where(p => p.Objective == "time").Select(p => (p.Worse, p.Better.Program.Trim())).Order());
        Assert.Equal([("a", "b"), ("a", "c"), ("b", "c")], pairs.Where(p => p.Objective == "memory").Select(p => (p.Worse, p.Better.Program.Trim())).Order());
        Assert.Contains("time-efficient", examples[0].Prompt, StringComparison.Ordinal);
        Assert.Contains("Passed: True / Time: 2", examples[0].Prompt, StringComparison.Ordinal);
    }

    [Fact]
    public void A_preference_has_the_best_of_three_before_the_worst_and_the_middle_one_in_the_prompt()
    {
        var task = Task(("a", 1, 1), ("b", 2, 2), ("c", 4, 4));

        var example = new TrainingSets(new TrainingSetOptions { Most = 1, Objectives = [ObjectiveKind.Time] }).Preferences(task).Single();

        Assert.Equal(("b", "a", "c"), (PaperPrompt.OriginalIn(example.Prompt)!.Trim(), ReplyForm.Read(example.Chosen).Program.Trim(), ReplyForm.Read(example.Rejected).Program.Trim()));
    }

    [Fact]
    public void What_starting_takes_hides_small_differences_which_make_no_example()
    {
        var people = Task(("a", 0.010, 1), ("b", 0.013, 1), ("c", 0.030, 1));

        var sets = new TrainingSets(new TrainingSetOptions { Objectives = [ObjectiveKind.Time] });

        Assert.Equal(["a", "a", "b"], Better(people with { Tests = people.Tests with { Empty = new Cost(0.001, 0, 0) } }));
        Assert.Equal(["a", "b"], Better(people with { Tests = people.Tests with { Empty = new Cost(0.1, 0, 0) } }));

        IEnumerable<string> Better(PreparedTask task) => sets.Supervised(task).Select(e => ReplyForm.Read(e.Completion).Program.Trim()).Order();
    }

    [Fact]
    public void Preferences_are_drawn_until_there_are_as_many_different_ones_as_asked_for()
    {
        // Of the five that are alike no two make a triple.
        var task = Task([.. Enumerable.Range(0, 5).Select(i => ($"same{i}", 1.0 + (0.001 * i), 1.0)), ("b", 2, 1), ("c", 4, 1)]);

        var examples = new TrainingSets(new TrainingSetOptions { Most = 5, Objectives = [ObjectiveKind.Time] }).Preferences(task).ToList();

        Assert.Equal(5, examples.DistinctBy(e => (e.Prompt, e.Chosen, e.Rejected)).Count());
    }

    [Fact]
    public void A_cold_start_has_prompts_from_nothing_and_with_a_program_and_any_program_as_the_reply()
    {
        var task = Task(("a", 1, 1), ("b", 2, 2), ("c", 4, 4));

        var examples = new TrainingSets(new TrainingSetOptions { Most = 20 }).Cold(task).ToList();

        Assert.Equal((20, 10), (examples.Count, examples.Count(e => PaperPrompt.OriginalIn(e.Prompt) is null)));
        Assert.Equal(3, examples.Select(e => ReplyForm.Read(e.Completion).Program).Distinct().Count());
    }

    [Fact]
    public void A_task_gives_no_more_examples_than_asked_for_and_the_same_ones_for_a_seed()
    {
        var task = Task([.. Enumerable.Range(0, 12).Select(i => ($"p{i}", Math.Pow(2, i), Math.Pow(2, i)))]);

        var (one, again, other) = (Made(1), Made(1), Made(2));

        Assert.Equal(5, one.Count);
        Assert.Equal(one, again);
        Assert.NotEqual(one, other);

        List<string> Made(int seed) => [.. new TrainingSets(new TrainingSetOptions { Most = 5, Seed = seed, Objectives = [ObjectiveKind.Time] }).Supervised(task).Select(e => e.Prompt + e.Completion)];
    }

    [Fact]
    public void A_rewarded_example_is_a_row_for_verl_whose_reward_function_finds_task_and_program()
    {
        var example = new TrainingSets(new TrainingSetOptions()).Rewarded(Task(("a", 1, 1))).First();

        var row = example.ToVerl();

        Assert.Equal("t", (string?)row["reward_model"]!["ground_truth"]);
        Assert.Equal(example.Original, (string?)row["extra_info"]!["original"]);
        Assert.Equal(["system", "user"], row["prompt"]!.AsArray().Select(t => (string?)t!["role"]));
        Assert.Equal((example.System, example.Prompt), ((string?)row["prompt"]![0]!["content"], (string?)row["prompt"]![1]!["content"]));
    }

    [Fact]
    public async Task Prompts_for_verl_are_a_Parquet_file_with_the_same_rows()
    {
        RewardedExample[] examples = [new("t", "time", "größer?\n", "x = 1"), new("u", "memory", "smaller", "y = 2")];

        await VerlFile.WriteAsync(_folder.At("grpo.parquet"), examples, TestContext.Current.CancellationToken);

        await using var file = File.OpenRead(_folder.At("grpo.parquet"));
        var rows = (await ParquetSerializer.DeserializeUntypedAsync(file, cancellationToken: TestContext.Current.CancellationToken)).Data;
        Assert.Equal(
            examples.Select(e => e.ToVerl().ToJsonString()),
            rows.Select(r => JsonSerializer.SerializeToNode(new { data_source = r["data_source"], prompt = r["prompt"], ability = r["ability"], reward_model = r["reward_model"], extra_info = r["extra_info"] })!.ToJsonString()));
    }

    [Fact]
    public void A_rewarded_prompt_may_begin_with_a_program_that_fails_and_says_why()
    {
        var sets = new TrainingSets(new TrainingSetOptions { Objectives = [ObjectiveKind.Time], Rewarded = 10, Prompt = PromptKind.Brief });

        var examples = sets.Rewarded(Task(("a", 1, 1 << 20)), ("b", Measurement.Failed("test 3: another answer than the right one", 2))).ToList();

        Assert.Equal(["a", "b"], examples.Select(e => e.Original).Order());
        Assert.Equal("time: Add.\nfailed: test 3: another answer than the right one\nb\n", examples.Single(e => e.Original == "b").Prompt);
        Assert.Equal("time: Add.\npassed: 1 s, 1 MiB\na\n", examples.Single(e => e.Original == "a").Prompt);
    }

    [Fact]
    public void Examples_are_read_as_they_were_written_and_a_line_that_is_none_is_named()
    {
        var file = _folder.At("sft.jsonl");
        SupervisedExample[] examples = [new("t", "time", "größer?\n", "ja"), new("u", "memory", "", "x")];
        ExampleFile.Write(file, examples);

        Assert.Equal(examples, ExampleFile.Read<SupervisedExample>(file));
        File.AppendAllText(file, "{\"task\": \"t\", \"objective\": \"time\", \"prompt\": null, \"completion\": \"x\"}\n");
        Assert.Contains("sft.jsonl:3 is no example", Assert.Throws<UsageException>(() => ExampleFile.Read<SupervisedExample>(file)).Message, StringComparison.Ordinal);
        Assert.Contains("sft.jsonl:1 is no example", Assert.Throws<UsageException>(() => ExampleFile.Read<PreferenceExample>(file)).Message, StringComparison.Ordinal);
        File.WriteAllText(file, "\n");
        Assert.Contains("holds no example", Assert.Throws<UsageException>(() => ExampleFile.Read<SupervisedExample>(file)).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be read", Assert.Throws<UsageException>(() => ExampleFile.Read<SupervisedExample>(_folder.At("none"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_prompt_is_a_turn_of_a_chat_where_the_tokenizer_has_turns()
    {
        var (chat, plain) = (ByteLevelBpe.Learn(["a"], 270, "<|im_start|>", "<|im_end|>"), ByteLevelBpe.Learn(["a"], 270, "<|end|>"));

        var (turn, text) = (new PromptForm(chat), new PromptForm(plain));

        Assert.Equal("user\nhi\nassistant\n", chat.Decode(turn.Prompt("hi")));
        Assert.Equal("system\nbe brief\nuser\nhi\nassistant\n", chat.Decode(turn.Prompt("hi", "be brief")));
        Assert.Equal("be brief\n\nhi", plain.Decode(text.Prompt("hi", "be brief")));
        Assert.Equal([chat.IdOf("<|im_start|>"), turn.End, chat.IdOf("<|im_start|>")], turn.Prompt("hi").Where(chat.Special.Contains));
        Assert.Equal("hi", plain.Decode(text.Prompt("hi")));
        Assert.Equal((text.End, "yo"), (text.Reply("yo")[^1], text.Text(text.Reply("yo"))));
        // What a text says is no token of that kind.
        Assert.Single(turn.Prompt("<|im_end|>"), t => t == turn.End);
        Assert.Contains("no token that ends a reply", Assert.Throws<UsageException>(() => new PromptForm(ByteLevelBpe.Learn(["a"], 256))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_review_proved_is_a_good_reply_and_better_than_what_it_refused()
    {
        JournalEvent[] events =
        [
            new RunStarted("b", "h", ObjectiveKind.Time, 0, "bubblewrap", new Dictionary<string, string>(), new Dictionary<string, string>()),
            Of(new FunctionStarted("1") { Source = "def f(a):\n    return sorted(a)[0]\n", Language = "python" }),
            Of(new CandidateProposed(1, "recipes", 1, "Ask for the smallest.", "def f(a):\n    return min(a)")),
            Of(new VerdictReached(1, new Verdict(VerdictKind.Improved, "", 3))),
            Of(new ProposalReceived("chat:m", 1, "PROMPT", "<thinking>no</thinking><solution>\n```python\ndef f(a):\n    return a[0]\n```\n</solution>", 1, 1, 1)),
            Of(new CandidateProposed(2, "chat:m", 1, "no", "def f(a):\n    return a[0]")),
            Of(new VerdictReached(2, new Verdict(VerdictKind.Rejected, "differs"))),
            Of(new CandidateProposed(3, "recipes", 1, "", "def f(a):\n    return sorted(a)[:1][0]")),
            Of(new VerdictReached(3, new Verdict(VerdictKind.Inconclusive, "neither"))),
            new FunctionStarted("2") { Function = "old.py::g" },
            new CandidateProposed(1, "recipes", 1, "", "def g(): pass") { Function = "old.py::g" },
            new VerdictReached(1, new Verdict(VerdictKind.Improved, "", 2)) { Function = "old.py::g" },
        ];
        var sets = new JournalSets();

        sets.Add(events);

        var good = Assert.Single(sets.Supervised);
        Assert.Equal(("f.py::f", "time", "def f(a):\n    return min(a)\n"), (good.Task, good.Objective, ReplyForm.Read(good.Completion).Program));
        Assert.Contains("```python\ndef f(a):\n    return sorted(a)[0]\n```", good.Prompt, StringComparison.Ordinal);
        var preferred = Assert.Single(sets.Preferences);
        Assert.Equal((good.Prompt, good.Completion), (preferred.Prompt, preferred.Chosen));
        Assert.Contains("<thinking>no</thinking>", preferred.Rejected, StringComparison.Ordinal);
        Assert.Equal(1, sets.WithoutPrompt);

        static JournalEvent Of(JournalEvent entry) => entry with { Function = "f.py::f" };
    }

    [Fact]
    public void A_version_that_a_model_wrote_stands_behind_the_prompt_it_was_asked_with()
    {
        var sets = new JournalSets();

        sets.Add(
        [
            new FunctionStarted("1") { Source = "def f(): return 1", Language = "python", Function = "f.py::f" },
            new ProposalReceived("chat:m", 2, "PROMPT", "REPLY def f(): return 2", 1, 1, 1) { Function = "f.py::f" },
            new CandidateProposed(1, "chat:m", 2, "", "def f(): return 2") { Function = "f.py::f" },
            new VerdictReached(1, new Verdict(VerdictKind.Improved, "", 2)) { Function = "f.py::f" },
        ]);

        Assert.Equal(("PROMPT", "REPLY def f(): return 2"), (sets.Supervised[0].Prompt, sets.Supervised[0].Completion));
    }

    private static PreparedTask Task(params (string Program, double Seconds, double Bytes)[] people) => new(
        new EvaluationTask("t", "Add."), new TestSet([], [], 1, "", 0, new Cost(0, 0, 0)),
        [.. people.OrderBy(p => p.Seconds).Select(p => (p.Program, new Measurement(true, p.Seconds, p.Bytes, p.Seconds * p.Bytes)))]);
}
