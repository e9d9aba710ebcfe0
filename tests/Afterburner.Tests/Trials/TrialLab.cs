using System.Text.Json.Nodes;
using Afterburner.Languages.Python;
using Afterburner.Sandboxes;
using Afterburner.Tests.Sandboxes;
using Afterburner.Tests.Workloads;
using Afterburner.Trials;
using Afterburner.Verdicts;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Trials;

/// <summary>One function in one file, versions of it, and calls to it, in the real sandbox.</summary>
internal sealed class TrialLab : IDisposable
{
    private const string FileName = "mod.py";

    private static readonly Objective Time = new(ObjectiveKind.Time);

    private readonly TemporaryFolder _folder = new();
    private readonly string _baseline;
    private readonly string _name;

    /// <param name="baseline">Text of the file; its function is the one under comparison.</param>
    public TrialLab(BubblewrapFixture fixture, string baseline, string name = "work")
    {
        (_baseline, _name) = (baseline, name);
        _folder.Write(FileName, baseline);
        var python = SystemPython.Program(fixture.Sandbox, TestRunner.Unittest);
        Harness = new Harness(fixture.Sandbox, python);
    }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public Harness Harness { get; }

    public string Workspace => _folder.Path;

    private Target Target => new(
        FileName, _name, 1 + Array.FindIndex(_baseline.Split('\n'), l => l.Contains($"def {_name}(", StringComparison.Ordinal)));

    /// <summary>Calls with these arguments, all as captured.</summary>
    /// <param name="seconds">About how long each takes.</param>
    public async Task<IReadOnlyList<RecordedCall>> CallsAsync(double seconds, params IReadOnlyList<JsonObject> arguments)
    {
        await using var runner = await Runner.StartAsync(
            Harness, new RunnerVersion(Workspace, Target, Target, null, null, []), new Limits(), 0, Cancel);
        var blobs = await runner.EncodeAsync(new JsonArray([.. arguments]), TimeSpan.FromMinutes(1), Cancel);
        return [.. blobs.Select((blob, i) => new RecordedCall($"call{i}", "test", seconds, "", 1, blob))];
    }

    /// <summary>A runner of one version.</summary>
    /// <param name="source">Text of the file; null: the baseline.</param>
    public Task<Runner> RunnerAsync(string? source = null, RecordedCall? like = null) => Runner.StartAsync(
        Harness, new RunnerVersion(Workspace, Target, Target, source, like, []), new Limits(), 0, Cancel);

    public Workload Workload(IReadOnlyList<RecordedCall> captured, params IReadOnlyList<RecordedCall> amplified) => new(
        WorkloadKind.Replay, Target, Target, captured, amplified, [], new Dictionary<string, ObservedValue>());

    public TrialPlan Plan(
        IReadOnlyList<RecordedCall> calls, string candidate, ObjectiveKind objective = ObjectiveKind.Time, bool confirming = false, bool fresh = false) =>
        TrialPlan.Of(Workload(calls), Pace.Default, calls, new FileVersions(_baseline, candidate), objective, seed: 1, fresh) with { Confirming = confirming };

    /// <summary>Runs a trial of at most a few pairs.</summary>
    public Task<Trial> RunAsync(TrialPlan plan, int pairs = 6, Limits? limits = null)
    {
        var seen = 0;
        return new TrialRunner(Harness, Workspace, limits ?? new Limits()).RunAsync(plan, _ => ++seen >= pairs, Cancel);
    }

    /// <summary>The whole way to a verdict.</summary>
    /// <param name="fresh">Calls of the confirmation; none: the calls of the claim again.</param>
    public Task<Compared<Verdict>> CompareAsync(
        IReadOnlyList<RecordedCall> calls, string candidate, IReadOnlyList<RecordedCall>? fresh = null, Objective? objective = null) =>
        new PairedComparison<Verdict>(
            new ReplayTrials(Harness, Workspace, new Limits(), Workload(calls), new FileVersions(_baseline, candidate), (objective ?? Time).Kind)
            {
                Fresh = (_, _) => Task.FromResult(fresh ?? []),
            },
            new Judge(objective ?? Time)).RunAsync(seed: 1, Cancel);

    public void Dispose() => _folder.Dispose();
}
