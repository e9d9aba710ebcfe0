using System.Text.Json.Nodes;
using Afterburner.Sandboxes;
using Afterburner.Trials;
using Afterburner.Workloads;

namespace Afterburner.Verdicts;

/// <summary>One decision of a calibration about versions of known difference.</summary>
/// <param name="Elapsed">Wall time from the first process to the verdict.</param>
/// <param name="Pairs">Pairs of all its trials.</param>
public sealed record CalibrationDecision(Compared<Verdict> Compared, TimeSpan Elapsed, int Pairs)
{
    public VerdictKind Kind => Compared.Verdict.Kind;
}

/// <summary>Decisions about one known difference.</summary>
/// <param name="Gain">How much less work the candidate did: 0 for identical code, 0.05 for 1.05 times the speed.</param>
public sealed record CalibrationSeries(double Gain, IReadOnlyList<CalibrationDecision> Decisions)
{
    public int Count(VerdictKind kind) => Decisions.Count(d => d.Kind == kind);

    /// <summary>Median seconds of a decision.</summary>
    public double MedianSeconds =>
        Decisions.Count == 0 ? 0 : Decisions.Select(d => d.Elapsed.TotalSeconds).Order().ElementAt(Decisions.Count / 2);

    /// <summary>Half of the pairs are off the true ratio by less than this: 0.01 is 1 %.</summary>
    public double Noise
    {
        get
        {
            double[] off = [.. Decisions
                .SelectMany(d => d.Compared.Evidence.Captured?.Pairs ?? [])
                .Select(p => Math.Abs(Math.Log(RatioInterval.Ratio(p.Baseline.Cpu, p.Candidate.Cpu * (1 + Gain)))))
                .Order()];
            return off.Length == 0 ? 0 : off[off.Length / 2];
        }
    }

    /// <summary>
    /// With 95 % confidence the share of decisions that claim something is below this: the upper bound of Clopper and
    /// Pearson (Biometrika, 1934); 1 when there is no decision.
    /// </summary>
    public double ClaimBound => UpperBound(Count(VerdictKind.Improved) + Count(VerdictKind.Regressed), Decisions.Count);

    internal static double UpperBound(int claims, int decisions)
    {
        if (claims >= decisions)
            return 1;
        var (low, high) = (0.0, 1.0);
        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = AtMost(claims, decisions, middle) > 0.05 ? (middle, high) : (low, middle);
        }

        return high;
    }

    /// <summary>P(Bin(n, p) ≤ k).</summary>
    private static double AtMost(int k, int n, double p)
    {
        var term = Math.Pow(1 - p, n);
        var sum = term;
        for (var i = 0; i < k; i++)
        {
            term *= (double)(n - i) / (i + 1) * p / (1 - p);
            sum += term;
        }

        return sum;
    }
}

/// <summary>
/// Measures what this machine's verdicts are worth: decisions about identical code (every claim is false) and about code
/// that really does less, through the real sandbox. Behind <c>doctor --calibrate</c> and the benchmark <c>verdicts</c>.
/// </summary>
public sealed class Calibration : IDisposable
{
    /// <summary>Seconds of one call, as in typical reviews of functions that matter.</summary>
    private const double CallSeconds = 0.003;

    /// <summary>Calls of a confirmation: two for each of its first pairs.</summary>
    private int FreshCalls => 2 * _harness.Program.Pace.PairsPerProcess;

    private readonly Harness _harness;
    private readonly Objective _objective;
    private readonly Limits _limits;
    private readonly TimeProvider _clock;
    private readonly string _workspace = SharedFolder.Create("afterburner-calibration-");
    private readonly CalibrationLoad _load;
    private readonly Target _work;
    private readonly string _source;
    private Workload? _workload;
    private IReadOnlyList<RecordedCall> _fresh = [];

    /// <param name="objective">How decisions are made. A gain below its minimum ratio is not found by design.</param>
    public Calibration(Harness harness, Objective objective, Limits limits, TimeProvider? clock = null)
    {
        (_harness, _objective, _limits, _clock) = (harness, objective, limits, clock ?? TimeProvider.System);
        _load = harness.Program.Calibration ?? throw new EnvironmentFailureException($"there is no calibration for {harness.Program.Language}");
        (_work, _source) = (new Target(_load.FileName, _load.Function, 1), _load.Source(0));
        File.WriteAllText(Path.Combine(_workspace, _load.FileName), _source);
    }

    /// <summary>The objective that finds gains as small as the sequential test can: 3 %, of any size.</summary>
    public static Objective Sharpest { get; } = new(ObjectiveKind.Time) { MinimumRatio = 1.03, MinimumSaving = 0 };

    /// <summary>Makes decisions about a candidate that does less work by a known amount.</summary>
    /// <param name="gain">0 for identical code, 0.05 for 1.05 times the speed, negative for more work.</param>
    /// <exception cref="EnvironmentFailureException">The calls cannot be made here.</exception>
    public async Task<CalibrationSeries> RunAsync(
        double gain, int decisions, long seed, Action<CalibrationDecision>? progress, CancellationToken cancellationToken)
    {
        _workload ??= await ScaledAsync(cancellationToken).ConfigureAwait(false);
        var more = _load.Source(Math.Max(0, gain));
        var less = _load.Source(Math.Max(0, -gain));
        var made = new List<CalibrationDecision>();
        for (var i = 0; i < decisions; i++)
        {
            var chosen = unchecked(seed + 7919L * i);
            var start = _clock.GetTimestamp();
            var trials = new ReplayTrials(_harness, _workspace, _limits, _workload, new FileVersions(more, less), _objective.Kind) { Clock = _clock, Fresh = (_, _) => Task.FromResult(_fresh) };
            var compared = await new PairedComparison<Verdict>(trials, new Judge(_objective)).RunAsync(chosen, cancellationToken).ConfigureAwait(false);
            var pairs = new[] { compared.Evidence.Captured, compared.Evidence.Confirmation }.Sum(t => t?.Pairs.Count ?? 0);
            made.Add(new CalibrationDecision(compared, _clock.GetElapsedTime(start), pairs));
            progress?.Invoke(made[^1]);
        }

        return new CalibrationSeries(gain, made);
    }

    public void Dispose() => Directory.Delete(_workspace, recursive: true);

    /// <summary>Calls that take about as long as wanted here.</summary>
    private async Task<Workload> ScaledAsync(CancellationToken cancellationToken)
    {
        const int FirstGuess = 10_000;
        var first = await WorkloadAsync(FirstGuess, cancellationToken).ConfigureAwait(false);
        var plan = TrialPlan.Of(first, _harness.Program.Pace, first.Captured, new FileVersions(_source, _source), ObjectiveKind.Time, 0);
        var measured = await BaselineMeasurement.MeasureAsync(_harness, _workspace, plan, _limits, cancellationToken).ConfigureAwait(false);
        if (measured.End != TrialEnd.Completed || measured.Pass.Cpu <= 0)
            throw new EnvironmentFailureException($"the calibration cannot run here: {measured.Failure}");
        var rounds = FirstGuess * CallSeconds / measured.Pass.Cpu;
        return await WorkloadAsync((int)Math.Clamp(rounds, 100, 10_000_000), cancellationToken).ConfigureAwait(false);
    }

    private async Task<Workload> WorkloadAsync(int rounds, CancellationToken cancellationToken)
    {
        var (most, least) = (rounds, rounds / 30);
        int[] all = [most, least, .. Enumerable.Range(1, FreshCalls).Select(i => most + i)];
        var blobs = await EncodeAsync(all, cancellationToken).ConfigureAwait(false);
        _fresh = [.. blobs.Skip(2).Select((blob, i) => new RecordedCall($"fresh{i}", "", CallSeconds, $"rounds: int {all[i + 2]}", 1, blob))];
        return new Workload(
            WorkloadKind.Replay, _work, _work,
            [
                new RecordedCall("calibration", "", CallSeconds, $"rounds: int {most}", 1, blobs[0]),
                new RecordedCall("warm-up", "", CallSeconds / 30, $"rounds: int {least}", 1, blobs[1]),
            ],
            [], [], new Dictionary<string, ObservedValue>());
    }

    private async Task<IReadOnlyList<string>> EncodeAsync(IReadOnlyList<int> rounds, CancellationToken cancellationToken)
    {
        try
        {
            await using var runner = await Runner.StartAsync(
                _harness, new RunnerVersion(_workspace, _work, _work, null, null, []), _limits, 0, cancellationToken).ConfigureAwait(false);
            var arguments = new JsonArray([.. rounds.Select((r, i) => (JsonNode)new JsonObject { ["rounds"] = r, ["answer"] = i })]);
            return await runner.EncodeAsync(arguments, TimeSpan.FromMinutes(1), cancellationToken).ConfigureAwait(false);
        }
        catch (RunnerBrokenException e)
        {
            throw new EnvironmentFailureException($"the calibration cannot run here: {e.Message}", e);
        }
    }
}
