using Afterburner.Suggestions;
using Afterburner.Tests.Suggestions;
using Afterburner.Verdicts;

namespace Afterburner.Tests.GitHub;

/// <summary>A gate of the sample change, as if it had been measured.</summary>
internal static class SampleGate
{
    /// <summary><c>unique</c> is slower and answers differently, a benchmark is slower, everything else is not.</summary>
    public static GateReport Slower(PublishFixture fixture) => Fine(fixture) with
    {
        Functions = [Unique, .. Fine(fixture).Functions],
        Benchmarks = [new GateBenchmarkReport { Command = "make bench", Status = GateStatus.Slower, Reason = "CPU time: 1.20x slower", Slowdown = 1.2, Low = 1.1, High = 1.3, Pairs = 20 }],
    };

    /// <summary>Nothing is slower.</summary>
    public static GateReport Fine(PublishFixture fixture) => new()
    {
        Base = fixture.Report.Base,
        Head = fixture.Report.Head,
        Objective = ObjectiveKind.Time,
        MaxSlowdown = 1.05,
        Floor = 50e-6,
        Sandbox = "bubblewrap",
        Seed = 1,
        DurationSeconds = 3,
        Functions =
        [
            Function("total", 12, GateStatus.NotSlower) with { Slowdown = 1.01, Low = 0.99, High = 1.03, Pairs = 12 },
            Function("Index.find", 16, GateStatus.CannotTell),
            Function("tiny", 22, GateStatus.Skipped),
        ],
    };

    /// <summary><c>unique</c> is proven faster.</summary>
    public static GateReport Faster(PublishFixture fixture) => Fine(fixture) with
    {
        Functions =
        [
            Function("unique", 4, GateStatus.NotSlower) with
            {
                EndLine = 9, Slowdown = 0.33, Pairs = 12, Gain = new() { Status = CheckStatus.Faster, Reason = "3.00x faster in 40 confirming pairs", Speedup = 3, Low = 2.8, High = 3.2, Pairs = 40 },
            },
            .. Fine(fixture).Functions,
        ],
    };

    /// <summary><c>unique</c> has to be faster and is not proven to be.</summary>
    public static GateReport Lacking(PublishFixture fixture) => Fine(fixture) with
    {
        Functions =
        [
            Function("unique", 4, GateStatus.NotSlower) with
            {
                EndLine = 9, Slowdown = 1, Pairs = 12, RequiredBy = "src/shop/**", Gain = new() { Status = CheckStatus.NotFaster, Reason = "no difference could be proven in 24 pairs", Pairs = 24 },
            },
            .. Fine(fixture).Functions,
        ],
    };

    public static GateFunctionReport Unique => Function("unique", 4, GateStatus.Slower) with
    {
        EndLine = 9,
        Slowdown = 1.5,
        Low = 1.31,
        High = 1.62,
        Pairs = 40,
        LostPerCall = 1e-3,
        Reason = "1.50x slower on calls as the tests make them",
        BehaviourChanged = "returns a list",
    };

    public static GateFunctionReport Function(string name, int line, GateStatus status) => new()
    {
        Path = SampleReport.Path, Name = name, StartLine = line, EndLine = line + 1, Status = status, Reason = $"{name} was looked at",
    };
}
