using Afterburner.Workloads.Protocol;

namespace Afterburner.Trials;

/// <summary>A call in a test at which a runner stands still.</summary>
/// <param name="Ordinal">Which call of the target in this test, from 0.</param>
/// <param name="Rank">Which of the chosen calls, best first.</param>
internal sealed record Stop(string Test, long Ordinal, int Rank)
{
    public (string, long) Place => (Test, Ordinal);
}

/// <summary>What a trial at calls inside tests has found so far.</summary>
internal sealed class Stops(Func<Pair, bool> enough, long seed)
{
    private readonly List<Pair> _pairs = [];
    private TrialEnd _end = TrialEnd.Completed;
    private string? _failure;
    private string? _difference;
    private Exercised _exercised = Exercised.Nothing;
    private int _compared;
    private bool _decided;

    /// <summary>Over all calls and processes.</summary>
    public PairTurns Turns { get; } = new(seed);

    public bool IsOver => _decided || _difference is not null || _end != TrialEnd.Completed;

    public void Break(TrialEnd end, string failure) => (_end, _failure) = (end, failure);

    public void Differ(string difference) => _difference ??= difference;

    /// <summary>Notes a call on which both agree.</summary>
    public void Compared(TracedCall? baseline, TracedCall? candidate)
    {
        _compared++;
        if (baseline is not null && candidate is not null)
            _exercised = _exercised.With(Exercised.Of(baseline, candidate));
    }

    /// <summary>Notes a pair of samples; what a call of no cost takes is taken off both.</summary>
    public void Add(Reading baseline, Reading candidate, Reading empty, int process)
    {
        var pair = new Pair(Net(baseline, baseline.PeakLow), Net(candidate, candidate.PeakHigh), process);
        if (pair.Baseline.Cpu <= 0)
            return;
        _pairs.Add(pair);
        _decided = enough(pair);

        // Memory over time is not followed here: the highest memory times the CPU time stands for it.
        Sample Net(Reading reading, double peak)
        {
            var cpu = Math.Max(0, reading.Cpu - empty.Cpu);
            return new Sample(cpu, reading.Wall, peak, peak * cpu) { Whole = reading.Whole };
        }
    }

    public InTestTrial ToTrial(TimeSpan duration) =>
        new(new Trial(_end, _failure, _pairs, 1, 1, 1) { Duration = duration }, _difference, _compared) { Exercised = _exercised };
}
