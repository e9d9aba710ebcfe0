using System.Diagnostics;
using System.Globalization;
using Afterburner.Languages.Python;
using Afterburner.Sandboxes;
using Afterburner.Trials;
using Afterburner.Verdicts;
using Afterburner.Workloads;
using Spectre.Console;

namespace Afterburner.Benchmarks;

/// <summary>
/// How often verdicts are wrong and how long they take, through the real sandbox:
/// <c>verdicts [--quick] [--identical N] [--gain N] [--seed N] [--every] [--memory] [--without-groups] [--beside N [--apart N]]</c>; <c>--every</c> prints every
/// decision, <c>--memory</c> has calls that touch megabytes, whose processes differ more from each other, <c>--without-groups</c> measures as where no control group can be read, by a first process. <c>--beside</c> lets that many reviews of the sample
/// repository and a model with a thread a core run meanwhile, as in a hosted worker, and <c>--apart</c> sets so many cores apart for samples, as one does.
/// </summary>
internal static class VerdictsBenchmark
{
    private const double RealGain = 0.05;

    /// <summary>Makes, cuts and searches texts that do not fit into a core's own caches.</summary>
    private const string Memory = """
        def work(rounds, answer):
            text = b"name: value of it, " * len(range(rounds))
            parts = text.split(b", ")
            again = b"; ".join(parts)
            kept = [part.partition(b": ")[2] for part in again.split(b"; ")]
            return answer

        """;

    public static async Task<int> RunAsync(string[] args)
    {
        var quick = args.Contains("--quick");
        var identical = (int)Number(args, "--identical", quick ? 30 : 300);
        var gaining = (int)Number(args, "--gain", quick ? 10 : 40);
        var seed = Number(args, "--seed", 1);
        var every = args.Contains("--every");
        var (beside, apart) = ((int)Number(args, "--beside", 0), (int)Number(args, "--apart", 0));
        if (apart > 0)
            await Cores.SetApartAsync([.. Cores.All.TakeLast(apart)], CancellationToken.None);
        await using var sandbox = await BubblewrapSandbox.OpenAsync(
            new BubblewrapOptions { UseControlGroups = !args.Contains("--without-groups") }, TimeProvider.System, CancellationToken.None);
        var python = new PythonProject("/usr/bin/python3", new Dictionary<string, MachineDirectory>(), ["."], TestRunner.Unittest);
        var program = (await python.CompiledAsync(sandbox, CancellationToken.None)).Program;
        if (args.Contains("--memory"))
            program = program with { Calibration = program.Calibration! with { Source = extra => Memory.Replace("range(rounds)", string.Create(CultureInfo.InvariantCulture, $"range(int(rounds * {1 + extra}))"), StringComparison.Ordinal) } };
        var harness = new Harness(sandbox, program);
        using var calibration = new Calibration(harness, Calibration.Sharpest, new Limits());
        AnsiConsole.WriteLine((await harness.MeasuringAsync(new Limits(), CancellationToken.None)).Words);

        await using var neighbours = await Neighbours.StartAsync(sandbox, beside, beside == 0 ? 0 : Cores.All.Count);
        var watch = Stopwatch.StartNew();
        var same = await SeriesAsync(calibration, 0, identical, seed, every);
        var faster = await SeriesAsync(calibration, RealGain, gaining, seed + 1_000_003, every);
        Print(same, faster, watch.Elapsed);
        if (beside > 0)
            AnsiConsole.WriteLine($"beside {beside} reviews at a time ({neighbours.Done} ended) and a model with {Cores.All.Count} threads, on {Cores.All.Count} cores, {(apart > 0 ? $"{apart} of them for samples alone" : "none of them set apart")}");
        var good = same.Count(VerdictKind.Improved) + same.Count(VerdictKind.Regressed) <= identical / 100.0
            && faster.Count(VerdictKind.Improved) >= gaining * 0.95;
        return good ? 0 : 1;
    }

    private static Task<CalibrationSeries> SeriesAsync(Calibration calibration, double gain, int decisions, long seed, bool every)
    {
        var done = 0;
        return calibration.RunAsync(gain, decisions, seed, Show, CancellationToken.None);

        void Show(CalibrationDecision decision)
        {
            done++;
            if (every || decision.Kind != (gain > 0 ? VerdictKind.Improved : VerdictKind.Inconclusive) || done % 25 == 0)
            {
                AnsiConsole.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{done}/{decisions} at {gain:0%}: {decision.Kind} in {decision.Elapsed.TotalSeconds:0.00} s, {decision.Pairs} pairs: {decision.Compared.Verdict.Reason}"));
            }
        }
    }

    private static void Print(CalibrationSeries same, CalibrationSeries faster, TimeSpan elapsed)
    {
        var table = new Table().AddColumns("", "identical code", "5% real gain");
        Row("decisions", s => s.Decisions.Count.ToString(CultureInfo.InvariantCulture));
        Row("Improved", s => s.Count(VerdictKind.Improved).ToString(CultureInfo.InvariantCulture));
        Row("Regressed", s => s.Count(VerdictKind.Regressed).ToString(CultureInfo.InvariantCulture));
        Row("Inconclusive", s => s.Count(VerdictKind.Inconclusive).ToString(CultureInfo.InvariantCulture));
        Row("Rejected", s => s.Count(VerdictKind.Rejected).ToString(CultureInfo.InvariantCulture));
        Row("median seconds a decision", s => s.MedianSeconds.ToString("0.00", CultureInfo.InvariantCulture));
        Row("mean pairs a decision", s => s.Decisions.Average(d => d.Pairs).ToString("0.0", CultureInfo.InvariantCulture));
        Row("noise of a pair (median)", s => s.Noise.ToString("0.00%", CultureInfo.InvariantCulture));
        AnsiConsole.Write(table);
        var all = same.Decisions.Concat(faster.Decisions).Select(d => d.Elapsed.TotalSeconds).Order().ToList();
        AnsiConsole.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"false claims: {same.Count(VerdictKind.Improved) + same.Count(VerdictKind.Regressed)} of {same.Decisions.Count} (95% bound {same.ClaimBound:0.00%}); "
            + $"found at 5%: {faster.Count(VerdictKind.Improved)} of {faster.Decisions.Count}; "
            + $"median decision {all[all.Count / 2]:0.00} s; all of it {elapsed.TotalSeconds:0} s"));

        void Row(string name, Func<CalibrationSeries, string> value) => table.AddRow(name, value(same), value(faster));
    }

    private static long Number(string[] args, string name, long otherwise)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? long.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
    }
}
