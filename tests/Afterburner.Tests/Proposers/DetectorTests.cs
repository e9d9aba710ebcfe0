using Afterburner.Functions;
using Afterburner.Languages.Python;
using Afterburner.Proposers;
using Afterburner.Tests.Sandboxes;
using Afterburner.Tests.Workloads;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Proposers;

public sealed class DetectorTests(BubblewrapFixture sandbox) : IClassFixture<BubblewrapFixture>
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "Fixtures", "detectors");

    public static TheoryData<string> Ids => [.. Directory.GetDirectories(Folder).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task A_detector_finds_the_slow_lines_and_no_others(string id)
    {
        foreach (var path in Files(id, "fires*.py"))
        {
            var file = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
            var source = PythonSources.LastFunction(file).Source.Split('\n');
            var expected = source.Index().Where(l => l.Item.EndsWith("# here", StringComparison.Ordinal)).Select(l => l.Index + 1);

            var hints = (await FindAsync(file)).Where(h => h.Detector == id).ToList();

            Assert.Equal(expected, hints.Select(h => h.Line));
            Assert.All(hints, h => Assert.NotEmpty(h.Title));
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task A_detector_is_silent_where_nothing_is_slow(string id)
    {
        foreach (var path in Files(id, "not-*.py"))
        {
            var file = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
            Assert.DoesNotContain(await FindAsync(file), h => h.Detector == id);
        }
    }

    [Fact]
    public void Every_rule_has_a_fixture() => Assert.Empty(Detectors.Rules.Select(r => r.Id).Except(Ids.Select(i => i.Data)));

    [Fact]
    public async Task Lines_count_from_the_function_of_the_best_source_not_from_the_file()
    {
        const string File = "import re\n\n\nclass Log:\n    def a(self):\n        return 1\n\n    def b(self, lines):\n        return [re.match('a', l) for l in lines]\n";
        var request = PythonSources.Request(File);
        var best = request with { Best = new MeasuredSource("def b(self, lines):\n        x = 1\n        return [re.match('a', l) for l in lines]", Passed: true) };

        Assert.Equal([2], (await FindAsync(request)).Select(h => h.Line));
        Assert.Equal([3], (await FindAsync(best)).Select(h => h.Line));
    }

    [Fact]
    public async Task Code_that_does_not_parse_has_no_hints() => Assert.Empty(await FindAsync("def f(a:\n    return (\n"));

    private static string[] Files(string id, string pattern)
    {
        var files = Directory.GetFiles(Path.Combine(Folder, id), pattern);
        Assert.NotEmpty(files);
        return files;
    }

    private Task<IReadOnlyList<Hint>> FindAsync(string file) => FindAsync(PythonSources.Request(file));

    private Task<IReadOnlyList<Hint>> FindAsync(ProposalRequest request) => new Detectors(
        AstGrep.Find(sandbox.Sandbox),
        new Harness(sandbox.Sandbox, SystemPython.Program(sandbox.Sandbox, TestRunner.Pytest)))
        .FindAsync(request, TestContext.Current.CancellationToken);
}
