using Afterburner.Workloads;

namespace Afterburner.Trials;

/// <summary>What a trial in progress has found so far.</summary>
/// <param name="twoTrees">Whether versions of a repository are compared: then it is the candidate that may be claimed to cost more.</param>
internal sealed class Course(TrialPlan plan, Pace pace, Func<Pair, bool> enough, bool twoTrees)
{
    private readonly List<Reading> _empty = [];
    private readonly List<(Reading Baseline, Reading Candidate)> _taken = [];
    private readonly List<(double Baseline, double Candidate)> _starting = [];
    private readonly List<Pair> _pairs = [];
    private bool _mayResetPeak = true;

    public TrialPlan Plan => plan;

    public int Processes { get; set; }

    /// <summary>Over all processes: where each serves one pair, too, each side comes first as often.</summary>
    public PairTurns Turns { get; } = new(plan.Seed);

    public IReadOnlyList<Batch> Batches { get; set; } = [];

    public AnswerForm? Form { get; set; }

    /// <summary>The answers of both sides; null until the first process knows how they are written.</summary>
    public AnswerBook? Answers { get; set; }

    /// <value>How long a sample of the candidate is waited for.</value>
    public TimeSpan Patience { get; set; } = TimeSpan.MaxValue;

    public int Passes { get; set; } = 1;

    /// <summary>Calls of one pass, which a confirmation deals to several samples: the median.</summary>
    public int CallsOfPass => Batches.Count == 0 ? plan.Calls.Count : (int)Medians.Of(Batches.Select(b => (double)b.Calls.Count / b.Passes));

    /// <value>See <see cref="Trial.Unmade"/>.</value>
    public int Unmade { get; set; }

    /// <value>See <see cref="Trial.MoreAtFirst"/>.</value>
    public double MoreAtFirst { get; set; }

    /// <value>How the answers differ; null as long as they agree.</value>
    public string? Difference { get; set; }

    public IReadOnlyList<Pair> Pairs => _pairs;

    /// <summary>What a pass of no cost takes, median.</summary>
    public Sample Empty => _empty.Count == 0 ? default
        : new Sample(Medians.Of(_empty.Select(e => e.Cpu)) / Passes, Medians.Of(_empty.Select(e => e.Wall)) / Passes, 0, 0);

    /// <summary>Samples of no cost that are enough to know what a pass of no cost takes.</summary>
    private const int EmptyEnough = 3;

    /// <value>See <see cref="SampleOrder.Room"/>; 0 where the objective is about memory.</value>
    public long Room { get; set; }

    /// <value>A pair that was taken without room, which alone tells of memory where the others have some. Defaults to null: then nothing does.</value>
    public (Reading Baseline, Reading Candidate)? WithoutRoom { get; set; }

    /// <value>Whether what a pass of no cost takes is not known well enough yet.</value>
    public bool NeedsEmpty => _empty.Count < EmptyEnough;

    /// <value>
    /// In a confirmation each pair takes processes of its own: where code and data lie favours one of two processes for as long as both live, which
    /// ten pairs of them would repeat ten times. Where each sample is a process anyway, it is enough that nothing is asked twice in a sandbox.
    /// Where the highest memory is that of all samples so far, each pair takes processes of its own, too.
    /// </value>
    public int PairsPerProcess => plan.Objective == ObjectiveKind.Memory && !_mayResetPeak ? 1
        : !plan.Confirming ? pace.PairsPerProcess
        : pace.StartsEachSample ? Math.Clamp(Batches.Count, 1, pace.PairsPerProcess)
        : 1;

    /// <summary>Pairs that were begun, whose number says which calls the next one of a confirmation gets: no sandbox is asked the same twice.</summary>
    public int Begun { get; set; }

    /// <summary>Whoever looks at the pairs knows enough.</summary>
    public bool IsDecided { get; private set; }

    public bool IsOver => IsDecided || Pairs.Count >= TrialRunner.MostPairs || Processes >= MostProcesses;

    /// <summary>A process that serves one pair is soon over.</summary>
    private int MostProcesses => PairsPerProcess > 1 ? pace.MostProcesses : 2 * pace.MostProcesses;

    /// <summary>Children of one sample from now on, see <see cref="Spread"/>. A confirmation asks nothing twice.</summary>
    public int Forks => plan.Confirming ? 1 : Spread.Of(_pairs, plan.Objective).Forks;

    public void Starting(Sides sides)
    {
        _starting.Add(sides.Starting);
        _mayResetPeak &= sides.MayResetPeak;
    }

    public void AddEmpty(Reading reading) => _empty.Add(reading);

    public void Add((Reading Baseline, Reading Candidate) pair)
    {
        _taken.Add(pair);
        _pairs.Add(Net(pair));
        IsDecided = enough(_pairs[^1]);
    }

    /// <summary>CPU seconds that each side used while nothing was asked: before a sample, and until it was loaded. Medians.</summary>
    public Unasked Unasked() => _taken.Count == 0 || _starting.Count == 0 ? default : new Unasked(
        Medians.Of(_taken.Select(t => t.Baseline.Before)), Medians.Of(_taken.Select(t => t.Candidate.Before)),
        Medians.Of(_starting.Select(s => s.Baseline)), Medians.Of(_starting.Select(s => s.Candidate)));

    private Pair Net((Reading Baseline, Reading Candidate) pair)
    {
        var memory = Room == 0 ? pair : WithoutRoom;
        return new(
            Net(pair.Baseline, memory?.Baseline, high: twoTrees), Net(pair.Candidate, memory?.Candidate, high: !twoTrees), Processes - 1)
        {
            Calls = CallsOfPass,
        };
    }

    /// <summary>Of one pass; CPU time without what a pass of no cost takes. Wall time is only asked whether it is worse.</summary>
    private Sample Net(Reading reading, Reading? memory, bool high) => new(
        Math.Max(0, (reading.Cpu / Passes) - Empty.Cpu),
        reading.Wall / Passes,
        (high ? memory?.PeakHigh : memory?.PeakLow) ?? 0,
        (reading.ByteSeconds ?? 0) / Passes)
    {
        Whole = reading.Whole / Passes,
    };
}
