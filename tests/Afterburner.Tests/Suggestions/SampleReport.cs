using System.Text;
using Afterburner.Functions;
using Afterburner.Languages.Python;
using Afterburner.Suggestions;
using Afterburner.Verdicts;
using Afterburner.Workloads;

namespace Afterburner.Tests.Suggestions;

/// <summary>A review as it comes out of a real run: two suggestions in one file, a refusal, a skip, a failure.</summary>
internal static class SampleReport
{
    public const string Path = "src/shop/orders.py";

    public const string Head = """
        import re


        def unique(items):
            seen = []
            for item in items:
                if item not in seen:
                    seen.append(item)
            return seen


        class Index:
            def __init__(self, rows):
                self.rows = rows

            def find(self, key):
                for row in self.rows:
                    if row["key"] == key:
                        return row
                return None


        def total(orders):
            return sum([o.price for o in orders])

        """;

    public static Function Unique { get; } = FunctionAt(Head, "unique", Head.IndexOf("def unique", StringComparison.Ordinal), Head.IndexOf("\n\n\nclass", StringComparison.Ordinal));

    public static Function Total { get; } = FunctionAt(Head, "total", Head.IndexOf("def total", StringComparison.Ordinal), Head.Length - 1);

    public static Report Build()
    {
        var head = Encoding.UTF8.GetBytes(Head);
        var unique = Edit.Between(head, Edit.CandidateFile(head, Unique, "def unique(items):\n    return list(dict.fromkeys(items))"))!;
        var total = Edit.Between(head, Edit.CandidateFile(head, Total, "def total(orders):\n    return sum(o.price for o in orders)"))!;
        var random = new Random(7);
        return new Report
        {
            Version = "0.1.0",
            Base = "4f2d1c9b7a6e5d4c3b2a19080706050403020100",
            Head = "9e8d7c6b5a4f3e2d1c0b0a090807060504030201",
            Objective = ObjectiveKind.Time,
            Sandbox = "bubblewrap",
            Seed = 1,
            DurationSeconds = 48.2,
            Machine = new MachineReport { Cpu = "AMD EPYC 7B13", Cores = 2, MemoryBytes = 24L << 30, System = "Debian GNU/Linux 12, Linux 6.1" },
            Environment = new Dictionary<string, string> { ["python"] = "3.11.2", ["pytest"] = "7.2.1", ["ast-grep"] = "0.51.1" },
            Split = new TimeSplit { TestsSeconds = 6.1, CaptureSeconds = 4.4, VerifySeconds = 9.8, MeasureSeconds = 23.5, ModelSeconds = 1.2, OverheadSeconds = 3.2 },
            Proposers =
            [
                new ProposerReport { Name = "recipes", Proposed = 5, Verified = 4, Faster = 2, Suggested = 2, Seconds = 0.31 },
                new ProposerReport { Name = "chat:qwen2.5-coder-7b", Proposed = 6, Verified = 3, Faster = 1, Duplicates = 1, Seconds = 1.2, Requests = 7, Tokens = 14_212, InputTokens = 12_004, OutputTokens = 2_208 },
            ],
            LeftOut =
            [
                new LeftOutReport { Reason = "test code (by its name)", Count = 2, Examples = ["tests/test_export.py", "tests/test_shop.py"], Names = ["tests/test_export.py", "tests/test_shop.py"] },
                new LeftOutReport { Reason = "larger than 1 MiB", Count = 1, Examples = ["src/shop/countries.py"], Names = ["src/shop/countries.py"] },
            ],
            Functions =
            [
                FunctionReport.Of(Unique, FunctionStatus.Improved, "2 of 6 candidates are proven better.") with
                {
                    Workload = new WorkloadReport { Tests = 12, CapturedCalls = 34, AmplifiedCalls = 8, Kind = WorkloadKind.Replay, SlowestCallSeconds = 0.00042 },
                    Candidates = [.. Candidates()],
                    Suggestion = Suggestion.Of(unique, new Verdict(VerdictKind.Improved, "12.4x less CPU time", 12.4, 11.9, 12.8, 48)) with
                    {
                        MemoryRatio = 0.81,
                        CapturedRatio = 1.34,
                        Title = "keep the order with dict.fromkeys instead of searching a list",
                        Rationale = "Membership in a list is a linear search, so the loop is quadratic; dict keys are unique and keep their order.",
                        Proposer = "recipes",
                        Hunk = true,
                        Growth = [.. new[] { 10, 100, 1_000, 10_000, 50_000 }.Select(n => new GrowthPoint { Size = n, BaselineSeconds = 2e-7 + 1.1e-8 * n * n / 2, CandidateSeconds = 4e-7 + 4.1e-8 * n })],
                        Samples = Samples(random, 0.0412, 0.00332),
                    },
                },
                new FunctionReport
                {
                    Path = Path, Name = "Index.find", Language = PythonLanguage.Python, StartLine = 16, EndLine = 20,
                    Status = FunctionStatus.NoImprovement, Reason = "3 candidates tried, none is proven better and equal.",
                    Workload = new WorkloadReport { Tests = 4, CapturedCalls = 9, AmplifiedCalls = 9, Kind = WorkloadKind.Replay },
                    Candidates =
                    [
                        new CandidateReport { Proposer = "recipes", Recipe = "loop-to-any", Iteration = 1, Verdict = VerdictKind.Rejected, Reason = "find({'key': 'a'}, 'b') returned False instead of None" },
                        new CandidateReport { Proposer = "chat:qwen2.5-coder-7b", Iteration = 1, Verdict = VerdictKind.Rejected, Reason = "remembers results across calls" },
                        new CandidateReport { Proposer = "chat:qwen2.5-coder-7b", Iteration = 2, Verdict = VerdictKind.Inconclusive, Reason = "no difference could be proven in 60 pairs", Ratio = 1.01, Low = 0.98, High = 1.04, Pairs = 60 },
                    ],
                },
                FunctionReport.Of(Total, FunctionStatus.Improved, "1 of 2 candidates is proven better.") with
                {
                    Workload = new WorkloadReport { Tests = 3, CapturedCalls = 5, AmplifiedCalls = 4, Kind = WorkloadKind.Replay },
                    Candidates =
                    [
                        new CandidateReport { Proposer = "recipes", Recipe = "sum-generator", Iteration = 1, Verdict = VerdictKind.Improved, Reason = "1.18x less CPU time", Ratio = 1.18, Low = 1.12, High = 1.25, Pairs = 60 },
                        new CandidateReport { Proposer = "recipes", Recipe = "sum-map", Iteration = 1, Verdict = VerdictKind.Regressed, Reason = "proven slower", Ratio = 0.91, Low = 0.88, High = 0.94, Pairs = 36 },
                    ],
                    Suggestion = Suggestion.Of(total, new Verdict(VerdictKind.Improved, "1.18x less CPU time", 1.18, 1.12, 1.25, 60)) with
                    {
                        MemoryRatio = 1.92, Title = "sum a generator", Proposer = "recipes", Samples = Samples(random, 0.0021, 0.00178),
                        Growth = [.. new[] { 100, 1_000, 10_000 }.Select(n => new GrowthPoint { Size = n, BaselineSeconds = 5.2e-8 * n, CandidateSeconds = 4.4e-8 * n })],
                    },
                },
                new FunctionReport
                {
                    Path = Path, Name = "Index.__init__", Language = PythonLanguage.Python, StartLine = 13, EndLine = 14,
                    Status = FunctionStatus.Skipped, Reason = "too small to matter: its slowest call takes 0.3 µs, amplified 0.4 µs",
                },
                new FunctionReport
                {
                    Path = "src/shop/export.py", Name = "to_csv", Language = PythonLanguage.Python, StartLine = 8, EndLine = 31,
                    Status = FunctionStatus.Skipped, Reason = "no test reaches it",
                },
            ],
        };
    }

    public static Function FunctionAt(string file, string name, int start, int end) => new(
        Path, PythonLanguage.Python, name,
        file[..start].Count(c => c == '\n') + 1, file[..end].Count(c => c == '\n') + 1,
        Encoding.UTF8.GetByteCount(file[..start]), Encoding.UTF8.GetByteCount(file[..end]), file[start..end], []);

    private static IEnumerable<CandidateReport> Candidates()
    {
        (string Proposer, int Round, VerdictKind Verdict, double? Ratio, string Reason)[] all =
        [
            ("recipes", 1, VerdictKind.Improved, 8.3, "8.3x less CPU time"),
            ("recipes", 1, VerdictKind.Rejected, null, "unique([1, True]) returned [1, True] instead of [1]"),
            ("chat:qwen2.5-coder-7b", 1, VerdictKind.Inconclusive, 1.02, "no difference could be proven in 60 pairs"),
            ("chat:qwen2.5-coder-7b", 2, VerdictKind.Rejected, null, "test_unique_keeps_order failed: assert ['b', 'a'] == ['a', 'b']"),
            ("chat:qwen2.5-coder-7b", 2, VerdictKind.Improved, 12.4, "12.4x less CPU time"),
            ("chat:qwen2.5-coder-7b", 3, VerdictKind.Regressed, 0.71, "proven slower"),
        ];
        return all.Select(c => new CandidateReport
        {
            Proposer = c.Proposer,
            Iteration = c.Round,
            Verdict = c.Verdict,
            Reason = c.Reason,
            Ratio = c.Ratio,
            Low = c.Ratio * 0.96,
            High = c.Ratio * 1.04,
            Pairs = c.Ratio is null ? 0 : 48,
        });
    }

    private static MeasuredSamples Samples(Random random, double baseline, double candidate)
    {
        double Noise() => 1 + random.NextDouble() * 0.04 + (random.Next(12) == 0 ? 0.1 : 0);
        return new MeasuredSamples
        {
            Unit = "seconds",
            Baseline = [.. Enumerable.Range(0, 48).Select(_ => baseline * Noise())],
            Candidate = [.. Enumerable.Range(0, 48).Select(_ => candidate * Noise())],
        };
    }
}
