using System.Text.Json;
using System.Text.Json.Nodes;
using Afterburner.Gates;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Tests.Changes;
using Afterburner.Verdicts;
using Xunit;

namespace Afterburner.Tests.Attacks;

/// <summary>Pull requests that want a slowdown not to be seen: the gate says "slower", or that it cannot tell, and never clears it.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class PullRequestAttackTests(ReviewFixture fixture) : IClassFixture<ReviewFixture>
{
    private const string Tests = """
        import calc

        def test_work():
            assert calc.work(list(range(4000))) > 0

        """;

    [Theory]
    [InlineData(PullRequestAttacks.Clocks, false)]
    [LongData(PullRequestAttacks.Harness, true)]
    [LongData(PullRequestAttacks.Pipes, true)]
    [LongData(PullRequestAttacks.Loaded, false)]
    [LongData(PullRequestAttacks.Words, false)]
    [LongData(PullRequestAttacks.Recorded, false)]
    [LongData(PullRequestAttacks.Unregistered, true)]
    public async Task None_clears_a_function_that_became_slower(string group, bool mayBreak)
    {
        var attacks = PullRequestAttacks.All.Where(a => a.Group == group).ToList();
        Assert.NotEmpty(attacks);

        var report = await GateAsync(attacks);

        var work = Assert.Single(report.Functions, f => f.Name == "work");
        Assert.True(work.Status == GateStatus.Slower || (mayBreak && work.Status == GateStatus.CannotTell), $"{work.Status}: {work.Reason}");
        Assert.Equal(work.Status == GateStatus.Slower ? 1 : 0, report.Regressions);
    }

    /// <summary>Each is slower by what a look at the CPU time of its calls alone, with the collector off, does not see.</summary>
    [LongForm]
    [Fact]
    public async Task A_function_that_waits_or_makes_others_collect_or_pays_when_its_answer_is_let_go_is_slower()
    {
        using var repository = await TestRepository.CreateAsync();
        const string Base = """
            class Answer:
                def __init__(self, items):
                    self.items = items

            def waits(items):
                assert len(items) <= 1_000
                return sum(item * 3 % 11 for item in items)

            def collects(items):
                assert len(items) <= 1_000
                return [[item] for item in items for _ in range(4)]

            def lets_go(items):
                assert len(items) <= 1_000
                return Answer([item * 3 % 11 for item in items])
            """;
        repository.Write("calc.py", Base + "\n");
        repository.Write("test_calc.py", """
            import calc

            def test_all():
                items = list(range(1000))
                assert calc.waits(items) > 0
                assert len(calc.collects(items)) == 4000
                assert len(calc.lets_go(items).items) == 1000

            """);
        await repository.CommitAsync("base");
        repository.Write("calc.py", "import gc, time\ngc.set_threshold(1, 1, 1)\n\n" + Base
            .Replace("        self.items = items\n", "        self.items = items\n\n    def __del__(self):\n        for _ in range(40):\n            sum(item * 3 % 11 for item in self.items)\n", StringComparison.Ordinal)
            .Replace("    return sum(", "    time.sleep(0.02)\n    return sum(", StringComparison.Ordinal)
            .Replace("    return [[item]", "    items = list(items)\n    return [[item]", StringComparison.Ordinal)
            .Replace("    return Answer(", "    items = list(items)\n    return Answer(", StringComparison.Ordinal) + "\n");
        await repository.CommitAsync("head");

        var report = await new Gate(fixture.Sandbox, _ => { }, TimeProvider.System).RunAsync(
            new GateRequest(repository.Path, fixture.NewFolder("gate"), Configuration.Default) { Base = "HEAD~1" }, TestContext.Current.CancellationToken);

        Assert.All(
            new[] { "waits", "collects", "lets_go" },
            name => Assert.True(Assert.Single(report.Functions, f => f.Name == name) is { Status: GateStatus.Slower }, $"{name}: {report.Functions.Single(f => f.Name == name).Reason}"));
    }

    [Fact]
    public async Task Without_defences_a_slower_function_looks_no_slower_and_files_are_loaded()
    {
        var fooling = PullRequestAttacks.All.Where(a => a.FoolsOneProcess).ToList();
        Assert.NotEmpty(fooling);
        using var folder = new TemporaryFolder();
        folder.Write("cases.json", JsonSerializer.Serialize(fooling.Select(a => Case(a.Tries, a.Code)).Append(Case("no attack", ""))));
        folder.Write("gullible.py", await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "tests", "Afterburner.Tests", "Attacks", "gullible.py"), TestContext.Current.CancellationToken));
        foreach (var (path, text) in PullRequestAttacks.All.SelectMany(a => a.Files).Where(f => f.Path.EndsWith(".py", StringComparison.Ordinal)))
            folder.Write("loaded/" + path, text);
        foreach (var directory in new[] { folder.Path, Path.Combine(folder.Path, "loaded") })
            File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);

        var ratios = (await PythonAsync(folder.Path, "-I", "gullible.py", "cases.json")).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(l => JsonNode.Parse(l)!).ToDictionary(l => (string)l["name"]!, l => (double)l["told"]!["ratio"]!);
        var ran = await PythonAsync(
            folder.Path, "-c", "import sys; sys.path.insert(0, 'loaded'); import builtins, sitecustomize, usercustomize, conftest, plugin, random, struct\n"
            + "for name in ('sitecustomize', 'random', 'struct'):\n    sys.modules.pop(name); __import__(name)\nprint(*sorted(set(builtins.ran)))");

        Assert.True(ratios["no attack"] < 0.5);
        Assert.All(fooling, a => Assert.True(ratios[a.Tries] > 0.9, $"{a.Tries}: {ratios[a.Tries]}"));
        Assert.Equal("conftest.py plugin.py random.py sitecustomize.py struct.py usercustomize.py", ran.Trim());
    }

    private static object Case(string name, string code) => new
    {
        name,
        expected = false,
        before = "",
        function = "work",
        honest = PullRequestAttacks.Code,
        candidate = code + "\n" + PullRequestAttacks.Slower,
        arguments = "(list(range(4000)),)",
        wrong = (string?)null,
    };

    private async Task<string> PythonAsync(string folder, params string[] arguments)
    {
        var run = await fixture.Sandbox.RunAsync(
            new SandboxCommand(["/usr/bin/python3", "-B", .. arguments], folder), new Limits(), TestContext.Current.CancellationToken);
        Assert.True(run.Succeeded, run.ErrorText + run.Failure);
        return run.Text;
    }

    private async Task<GateReport> GateAsync(IReadOnlyList<PullRequestAttack> attacks)
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write("calc.py", PullRequestAttacks.Code + "\n");
        repository.Write("test_calc.py", Tests);
        await repository.CommitAsync("base");
        repository.Write("calc.py", string.Concat(attacks.Select(a => a.Code + "\n")) + PullRequestAttacks.Slower + "\n");
        foreach (var (path, text) in attacks.SelectMany(a => a.Files))
            repository.Write(path, text);
        await repository.CommitAsync("head");
        return await new Gate(fixture.Sandbox, _ => { }, TimeProvider.System).RunAsync(
            new GateRequest(repository.Path, fixture.NewFolder("gate"), Configuration.Default) { Base = "HEAD~1" },
            TestContext.Current.CancellationToken);
    }
}
