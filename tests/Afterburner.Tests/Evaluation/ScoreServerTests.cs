using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Afterburner.Evaluation.Loop;
using Afterburner.Evaluation.Rewards;
using Afterburner.Evaluation.Serving;
using Afterburner.Evaluation.Tasks;
using Xunit;

namespace Afterburner.Tests.Evaluation;

/// <summary>The reward over HTTP, with real programs in a real sandbox.</summary>
public sealed class ScoreServerTests(TemporaryFolder people) : IClassFixture<TemporaryFolder>
{
    private const string Token = "a-token-for-this-test";

    private const string Prompt = $"## Problem Description\nAdd.\n\n## Original Solution\n```python\n{Programs.Slow}```\n\n## Original Performance\nPassed: True\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Replies_are_rewarded_by_the_formula_of_the_paper_in_their_order()
    {
        await using var served = await ServeAsync(new ScorerOptions { Reward = new RewardOptions { Noise = 0 } });

        var told = await served.ScoreAsync(new { task = "sum", prompt = Prompt, completions = new[] { Formed(Programs.Right), "no program", Formed("print(0)"), Programs.Right } });

        Assert.True((bool)told["original"]!["passed"]!);
        var scores = told["scores"]!.AsArray();
        Assert.Equal([1, -1, 1, -1], scores.Select(s => (double)s!["form"]!));
        // From passing to passing, and from passing to failing.
        Assert.Equal([0.5, -1, -1, 0.5], scores.Select(s => (double)s!["correctness"]!));
        Assert.Equal([0, 0], new[] { 1, 2 }.Select(i => (double)scores[i]!["efficiency"]!));
        Assert.Contains("another answer", (string?)scores[2]!["program"]!["failure"], StringComparison.Ordinal);
        var (before, after) = ((double)told["original"]!["seconds"]!, (double)scores[0]!["program"]!["seconds"]!);
        Assert.Equal(Math.Tanh((before - after) / (before + 1e-9)), (double)scores[0]!["efficiency"]!, 9);
        Assert.All(scores, s => Assert.Equal((0.2 * (double)s!["form"]!) + (0.5 * (double)s["correctness"]!) + (0.3 * (double)s["efficiency"]!), (double)s["reward"]!, 9));
        // The same program in another reply of the group is the same measurement.
        Assert.Equal((double)scores[0]!["efficiency"]!, (double)scores[3]!["efficiency"]!);
    }

    [Fact]
    public async Task A_reply_has_no_say_in_what_another_one_of_its_group_is_worth()
    {
        await using var served = await ServeAsync();
        // Three blanks are no program; one that disturbs what runs it, and one that answers with half of a character, are wrong alone.
        string[] others = [Formed($"   {Programs.Right}"), "import resource, os\nresource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, (9, 9))", "import sys\nsys.stdout.buffer.write(b'\\xff')"];

        var told = await served.ScoreAsync(new { task = "sum", completions = (string[])[.. others, Formed(Programs.Right), .. others] });

        Assert.Equal([false, false, false, true, false, false, false], told["scores"]!.AsArray().Select(s => (bool)s!["program"]!["passed"]!));
    }

    [Theory]
    [InlineData("## Original Solution\n\n```python\n")]
    [InlineData("## Original Solution  \r\n```\n")]
    public async Task The_program_of_the_prompt_given_back_saves_nothing(string begin)
    {
        await using var served = await ServeAsync();

        var told = await served.ScoreAsync(new { task = "sum", prompt = $"{begin}{Programs.Slow}```\n", completions = new[] { Formed(Programs.Slow), Formed($"{Programs.Slow}# the same\n") } });

        var scores = told["scores"]!.AsArray();
        Assert.True((bool)told["original"]!["passed"]!);
        Assert.Equal((0.5, 0.0), ((double)scores[0]!["correctness"]!, (double)scores[0]!["efficiency"]!));
        Assert.InRange((double)scores[1]!["efficiency"]!, -0.76, 0.76);
    }

    [Fact]
    public async Task Without_a_program_in_the_prompt_passing_is_worth_most_and_weights_are_as_configured()
    {
        await using var served = await ServeAsync(new ScorerOptions { Objective = ObjectiveKind.Memory, Reward = new RewardOptions { Form = 0, Correctness = 2, Efficiency = 0 } });

        var told = await served.ScoreAsync(new { task = "sum", prompt = "## Original Solution\nThere is none.\n", completions = new[] { Programs.Right, "print(0)" } });

        Assert.Null(told["original"]);
        Assert.Equal("memory", (string?)told["objective"]);
        Assert.Equal([2, -1], told["scores"]!.AsArray().Select(s => (double)s!["reward"]!));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer another-token")]
    [InlineData("Basic a-token-for-this-test")]
    [InlineData("Bearer")]
    public async Task Whoever_has_no_token_runs_nothing(string? authorization)
    {
        await using var served = await ServeAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(served.Server.Address, "/score")) { Content = JsonContent.Create(new { task = "sum", completions = new[] { Programs.Right } }) };
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);

        using var answer = await served.Client.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("a token is expected", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"task": "other", "completions": ["x"]}""", 404, "there is no task 'other'")]
    [InlineData("""{"task": "unsolved", "completions": ["x"]}""", 422, "none of 1 programs of people passes its tests")]
    [InlineData("""{"completions": ["x"]}""", 400, "task")]
    [InlineData("""{"task": "sum", "completions": []}""", 400, "1 to 256 replies are expected")]
    [InlineData("""{"task": "sum", "completions": [null]}""", 400, "a reply is null")]
    [InlineData("""{"task": "sum", "completions": ["x"], "objective": "beauty"}""", 400, "objective")]
    [InlineData("""{"task": "sum", "completions": "x"}""", 400, "completions")]
    [InlineData("""{"task": """, 400, "")]
    public async Task What_cannot_be_rewarded_is_told_in_one_message(string body, int status, string said)
    {
        await using var served = await ServeAsync();

        using var answer = await served.PostAsync(new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        var told = await answer.Content.ReadFromJsonAsync<JsonObject>(Cancel);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains(said, (string?)told!["detail"], StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Who_comes_when_all_places_are_taken_is_told_to_come_again()
    {
        await using var served = await ServeAsync(serving: new ScoreServerOptions("http://127.0.0.1:0", Token) { AtOnce = 1, MostWaiting = 0 });

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => served.PostAsync(JsonContent.Create(new { task = "sum", completions = new[] { Programs.Right } }))));

        Assert.Contains(answers, a => a.StatusCode == HttpStatusCode.OK);
        Assert.All(answers.Where(a => a.StatusCode != HttpStatusCode.OK), a => Assert.Equal((HttpStatusCode.TooManyRequests, "5"), (a.StatusCode, a.Headers.GetValues("Retry-After").Single())));
        Assert.Contains(answers, a => a.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.All(answers, a => a.Dispose());
    }

    [Fact]
    public async Task Its_document_says_what_it_takes_and_that_it_wants_a_token()
    {
        await using var served = await ServeAsync();

        var document = JsonNode.Parse(await served.Client.GetStringAsync(new Uri(served.Server.Address, "/openapi/v1.json"), Cancel))!;

        Assert.StartsWith("3.", (string?)document["openapi"], StringComparison.Ordinal);
        var score = document["paths"]!["/score"]!["post"]!;
        Assert.Equal(["200", "400", "401", "404", "422", "429", "503"], score["responses"]!.AsObject().Select(r => r.Key));
        var schemas = document["components"]!["schemas"]!;
        Assert.Equal(["completions", "objective", "original", "prompt", "task"], schemas["ScoreRequest"]!["properties"]!.AsObject().Select(p => p.Key).Order());
        Assert.Equal(["task", "completions"], schemas["ScoreRequest"]!["required"]!.AsArray().Select(r => (string)r!));
        Assert.Equal("bearer", (string?)document["components"]!["securitySchemes"]!["bearer"]!["scheme"]);
        Assert.Equal("ready", await served.Client.GetStringAsync(new Uri(served.Server.Address, "/health"), Cancel));
    }

    [Fact]
    public async Task The_functions_for_verl_and_TRL_give_what_those_libraries_expect()
    {
        await using var served = await ServeAsync();
        // The shapes in which the libraries call: TRL with a column for each field and conversations, verl with single rows, and with arrays of a batch.
        const string Calls = """
            import json, sys
            sys.path.insert(0, sys.argv[1])
            import afterburner_reward as rewards
            right, wrong, prompt = json.loads(sys.argv[2])
            asked = [{"role": "system", "content": "You are"}, {"role": "user", "content": prompt}]
            replies = [[{"role": "assistant", "content": text}] for text in (right, wrong, right)]
            print(json.dumps({
                "trl": rewards.reward(prompts=[asked, asked, asked], completions=replies, task=["sum"] * 3, completion_ids=[[1]] * 3, trainer_state=None),
                "plain": rewards.reward(prompts=[prompt], completions=[right], task=["sum"]),
                "verl": rewards.compute_score(data_source="venus", solution_str=right, ground_truth="sum", extra_info={"prompt": prompt, "split": "train", "index": 0}),
                "batch": rewards.compute_score_batch(data_sources=["venus"] * 2, solution_strs=[wrong, right], ground_truths=["sum", "sum"], extra_infos=[{"prompt": prompt}, {}]),
            }))
            """;

        var run = await Processes.RunAsync(
            new ProcessStart("/usr/bin/python3", "-I", "-B", "-c", Calls, Path.Combine(Repository.Root, "models", "rewards"), JsonSerializer.Serialize(new[] { Formed(Programs.Right), "print(0)", Prompt }))
            {
                Environment = new Dictionary<string, string> { ["AFTERBURNER_SCORE_URL"] = served.Server.Address.ToString(), ["AFTERBURNER_SCORE_TOKEN"] = Token },
            }, cancellationToken: Cancel);

        Assert.True(run.Succeeded, run.ErrorText);
        var told = JsonNode.Parse(run.Text)!;
        var trl = told["trl"]!.AsArray().Select(r => (double)r!).ToList();
        Assert.Equal(3, trl.Count);
        Assert.True(trl[0] > 0.3 && trl[0].Equals(trl[2]), run.Text);
        Assert.Equal(-0.2 - 0.5, trl[1], 9);
        Assert.True((double)told["plain"]![0]! > 0.3);
        Assert.Equal(["score", "form", "correctness", "efficiency", "passed", "seconds"], told["verl"]!.AsObject().Select(f => f.Key));
        Assert.Equal((1, 0.5), ((double)told["verl"]!["passed"]!, (double)told["verl"]!["correctness"]!));
        // Without a program in the prompt the second one goes from failing to passing.
        Assert.Equal([-1, 1], told["batch"]!.AsArray().Select(r => (double)r!["correctness"]!));
    }

    private static string Formed(string program) => $"<thinking>\nfewer steps\n</thinking>\n<solution>\n```python\n{program.TrimEnd()}\n```\n</solution>";

    private async Task<Served> ServeAsync(ScorerOptions? options = null, ScoreServerOptions? serving = null)
    {
        var data = new DataSet("test", [Programs.Sum, Programs.Sum with { Id = "unsolved", Solutions = ["print(0)"] }], []);
        var scorer = new Scorer(await Programs.RunnerAsync(), data, new PeopleCache(people.Path), options ?? new ScorerOptions());
        return new Served(scorer, await ScoreServer.StartAsync(scorer, serving ?? new ScoreServerOptions("http://127.0.0.1:0", Token)));
    }

    private sealed record Served(Scorer Scorer, ScoreServer Server) : IAsyncDisposable
    {
        public HttpClient Client { get; } = new() { Timeout = TimeSpan.FromMinutes(5) };

        public async Task<HttpResponseMessage> PostAsync(HttpContent content)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Server.Address, "/score")) { Content = content };
            request.Headers.Authorization = new("Bearer", Token);
            return await Client.SendAsync(request, Cancel);
        }

        public async Task<JsonNode> ScoreAsync(object asked)
        {
            using var answer = await PostAsync(JsonContent.Create(asked));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancel))!;
        }

        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            await Server.DisposeAsync();
            Scorer.Dispose();
        }
    }
}
