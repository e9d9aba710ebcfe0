#pragma warning disable
using Afterburner.Sandboxes;
using Afterburner.Workloads;
namespace Afterburner
{
    public sealed record TestSettings { public TestRunner? Runner { get; init; } public IReadOnlyList<string> Arguments { get; init; } = []; public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5); }
    public sealed record Materiality { public double Speedup { get; init; } = 1.10; public TimeSpan Saving { get; init; } = TimeSpan.FromMicroseconds(50); }
    public sealed record Configuration
    {
        public Configuration With(string k, string? v) => this;
 public static Configuration Default { get; } = new();
        public static Configuration Load(string path) => Default;
        public string? Base { get; init; }
        public ObjectiveKind Objective { get; init; }
        public IReadOnlyList<string> Proposers { get; init; } = [];
        public string? ModelUrl { get; init; }
        public string? Model { get; init; }
        public int Iterations { get; init; } = 10;
        public int Candidates { get; init; } = 1;
        public TimeSpan Budget { get; init; } = TimeSpan.FromMinutes(10);
        public SandboxKind Sandbox { get; init; }
        public string? DockerImage { get; init; }
        public string? Python { get; init; }
        public TestSettings Tests { get; init; } = new();
        public IReadOnlyList<string> Include { get; init; } = [];
        public IReadOnlyList<string> Exclude { get; init; } = [];
        public int MaxFunctions { get; init; } = 20;
        public Materiality Materiality { get; init; } = new();
        public double Tolerance { get; init; } = 1e-9;
        public long Seed { get; init; }
        public long MemoryLimit { get; init; } = 2L << 30;
        public bool Reviews(string path) => true;
    }
}
namespace Afterburner.Workloads
{
    public static class Amplifier { public static Task<IReadOnlyList<RecordedCall>> AmplifyAsync(PythonHarness h, string w, Workload l, long seed, int n, Limits limits, CancellationToken c) => Task.FromResult<IReadOnlyList<RecordedCall>>([]); }
    public static class LineProfile { public static Task<IReadOnlyList<HotLine>> MeasureAsync(PythonHarness h, string w, Workload l, Limits limits, CancellationToken c) => Task.FromResult<IReadOnlyList<HotLine>>([]); }
}
