using System.Text.Json;
using System.Text.Json.Nodes;
using Afterburner.Sandboxes;
using Xunit;

namespace Afterburner.Tests.Attacks;

/// <summary>Each candidate of the suite is an attack: where nothing defends itself it is believed.</summary>
[LongForm]
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class GullibleTests(GullibleTests.Run run) : IClassFixture<GullibleTests.Run>
{
    private const string Honest = "an honest candidate";

    public static TheoryData<string> Names => [.. CandidateAttacks.All.Select(a => a.ToString())];

    [Theory]
    [MemberData(nameof(Names))]
    public void Without_defences_it_is_called_equal_and_faster(string name)
    {
        var attack = CandidateAttacks.All.Single(a => a.ToString() == name);
        var told = run.Told[name];

        Assert.True(told is not null, "it said nothing");
        Assert.True(run.Believed[name], told.ToJsonString());
        if (attack.Wrong is not null && told["wrong"] is { } wrong && (double)told["ratio"]! < 999)
            Assert.True((bool)wrong, $"it is not wrong on {attack.Wrong}: {told.ToJsonString()}");
    }

    [Fact]
    public void An_honest_candidate_is_believed_as_well()
    {
        Assert.True(run.Believed[Honest], run.Told[Honest]?.ToJsonString());
    }

    [Fact]
    public void A_version_that_is_wrong_or_no_faster_is_not_believed()
    {
        Assert.False(run.Believed["wrong"], run.Told["wrong"]?.ToJsonString());
        Assert.False((bool?)run.Told["wrong"]?["equal"]);
        Assert.False(run.Believed["the same"], run.Told["the same"]?.ToJsonString());
    }

    public sealed class Run : IAsyncLifetime
    {
        public IReadOnlyDictionary<string, JsonObject?> Told { get; private set; } = new Dictionary<string, JsonObject?>();

        public IReadOnlyDictionary<string, bool> Believed { get; private set; } = new Dictionary<string, bool>();

        public async ValueTask InitializeAsync()
        {
            await using var sandbox = await BubblewrapSandbox.OpenAsync(new BubblewrapOptions(), TimeProvider.System, CancellationToken.None);
            using var folder = new TemporaryFolder();
            CandidateAttack[] others =
            [
                new("", Honest, HonestCode.Faster), new("", "wrong", "def common(left, right):\n    return []"),
                new("", "the same", HonestCode.Functions["common"].Replace("found", "kept", StringComparison.Ordinal)),
            ];
            folder.Write("cases.json", JsonSerializer.Serialize(CandidateAttacks.All.Select(a => Case(a, a.ToString())).Concat(others.Select(a => Case(a, a.Tries, a.Tries == Honest)))));
            folder.Write("gullible.py", await File.ReadAllTextAsync(
                Path.Combine(Repository.Root, "tests", "Afterburner.Tests", "Attacks", "gullible.py"), TestContext.Current.CancellationToken));
            File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);
            var outcome = await sandbox.RunAsync(
                new SandboxCommand(["/usr/bin/python3", "-I", "-B", "gullible.py", "cases.json"], folder.Path),
                new Limits { Wall = TimeSpan.FromMinutes(5), Cpu = TimeSpan.FromMinutes(5) }, TestContext.Current.CancellationToken);
            Assert.True(outcome.Succeeded, outcome.ErrorText + outcome.Failure + outcome.Text);
            List<JsonObject> lines = [.. outcome.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!.AsObject())];
            Told = lines.ToDictionary(l => (string)l["name"]!, l => l["told"] as JsonObject);
            Believed = lines.ToDictionary(l => (string)l["name"]!, l => (bool)l["believed"]!);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private static object Case(CandidateAttack attack, string name, bool expected = true) => new
        {
            name,
            expected,
            before = HonestCode.Before,
            function = attack.Function,
            honest = HonestCode.Functions[attack.Function],
            candidate = attack.Source,
            arguments = attack.Arguments,
            wrong = attack.Wrong,
        };
    }
}
