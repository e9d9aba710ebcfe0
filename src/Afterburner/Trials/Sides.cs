using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Trials;

/// <summary>A side of a trial that cannot go on, and how the trial ends by that.</summary>
internal sealed class SideBrokenException(TrialEnd end, string message, Exception? inner = null) : Exception(message, inner)
{
    public TrialEnd End => end;
}

/// <summary>The runners of both versions.</summary>
/// <param name="most">The longest any sample may take.</param>
internal sealed class Sides(Runner baseline, Runner candidate, TimeSpan most, CancellationToken cancellationToken)
{
    public const string Baseline = "baseline", Candidate = "candidate";

    /// <summary>How long any sample is waited for, whoever makes it: not so long that a process, or whoever waits, has no time for others.</summary>
    /// <param name="limits">Of the process that takes it.</param>
    public static TimeSpan LongestSample(Limits limits) => TimeSpan.FromSeconds(Math.Min(30, limits.Wall.TotalSeconds / 4));

    /// <value>Whether both samples of a pair are prepared at the same time, see <see cref="Pace.StartsEachSample"/>. Defaults to false: one after the other.</value>
    public bool PreparesTogether { get; init; }

    /// <value>How long a sample of the candidate is waited for, if not as long as any. Defaults to as long as any.</value>
    public TimeSpan Patience { get; set; } = TimeSpan.MaxValue;

    /// <summary>CPU seconds until each of them was loaded.</summary>
    public (double Baseline, double Candidate) Starting => (baseline.Starting, candidate.Starting);

    /// <summary>Whether the highest memory can be told of each sample alone, see <see cref="Runner.MayResetPeak"/>.</summary>
    public bool MayResetPeak => baseline.MayResetPeak && candidate.MayResetPeak;

    /// <summary>Whether what an objective is about can be read here.</summary>
    public bool Know(ObjectiveKind objective) => baseline.Knows(objective) && candidate.Knows(objective);

    /// <exception cref="SideBrokenException">What an objective is about cannot be read here.</exception>
    public void Require(ObjectiveKind objective) => Require(objective, baseline, candidate);

    /// <inheritdoc cref="Require(ObjectiveKind)"/>
    public static void Require(ObjectiveKind objective, params IEnumerable<Runner> runners)
    {
        if (!runners.All(r => r.Knows(objective)))
            throw new SideBrokenException(TrialEnd.SandboxFailed, "how much memory is in use cannot be read here: that takes a control group");
    }

    /// <summary>Takes one sample of one side by itself.</summary>
    /// <exception cref="SideBrokenException">It cannot be taken.</exception>
    public Task<Reading> SampleAsync(string side, Batch batch, SampleOrder order) => OfAsync(
        side, (runner, patience) => runner.SampleAsync(batch.Inputs, batch.Calls.Count, order, patience, cancellationToken));

    /// <summary>
    /// Takes a sample of each side. Both are prepared first, so that little time passes between the two spans: a machine that others
    /// use changes its speed from one tenth of a second to the next.
    /// </summary>
    /// <param name="names">The sides, in the order they come.</param>
    /// <exception cref="SideBrokenException">One cannot be taken.</exception>
    public async Task<IReadOnlyDictionary<string, Reading>> PairAsync(IReadOnlyList<string> names, Batch batch, SampleOrder order)
    {
        if (PreparesTogether)
        {
            // Both come to their end before one is told that broke: nobody is at a side that is given up.
            var (baselines, candidates) = (PrepareAsync(Baseline), PrepareAsync(Candidate));
            await Task.WhenAny(Task.WhenAll(baselines, candidates)).ConfigureAwait(false);
            await baselines.ConfigureAwait(false);
            await candidates.ConfigureAwait(false);
        }
        else
        {
            foreach (var name in names)
                await PrepareAsync(name).ConfigureAwait(false);
        }

        var taken = new Dictionary<string, Reading>();
        foreach (var name in names)
        {
            taken[name] = await OfAsync(
                name, (runner, patience) => runner.TakeAsync(batch.Inputs, batch.Calls.Count, order, patience, cancellationToken)).ConfigureAwait(false);
        }

        return taken;

        Task<double> PrepareAsync(string side) =>
            OfAsync(side, (runner, patience) => runner.PrepareAsync(batch.Inputs, order, patience, cancellationToken));
    }

    /// <summary>How answers can be written: as the baseline does, whose form a candidate has to keep, or as both can.</summary>
    /// <exception cref="SideBrokenException">They cannot.</exception>
    public async Task<AnswerForm> ProbeAsync(Batch batch, bool both)
    {
        var form = await ProbeAsync(Baseline).ConfigureAwait(false);
        if (!both)
            return form;
        var other = await ProbeAsync(Candidate).ConfigureAwait(false);
        return new AnswerForm(form.Encoder == other.Encoder ? form.Encoder : AnswerForm.Any, form.Arguments || other.Arguments);

        Task<AnswerForm> ProbeAsync(string side) => OfAsync(side, (runner, _) => runner.ProbeAsync(batch.Inputs, most, cancellationToken));
    }

    /// <summary>The calls that both versions can make, and how many only the baseline can.</summary>
    /// <exception cref="SideBrokenException">There is none.</exception>
    public async Task<(IReadOnlyList<RecordedCall> Calls, int Unmade)> CommonAsync(IReadOnlyList<RecordedCall> calls)
    {
        var inputs = Frames.Pack(calls);
        var baseline = await MadeAsync(Baseline).ConfigureAwait(false);
        var both = (await MadeAsync(Candidate).ConfigureAwait(false)).Intersect(baseline).Order().ToList();
        return both.Count > 0 ? ([.. both.Select(i => calls[i])], baseline.Count - both.Count) : throw None(Candidate);

        async Task<IReadOnlySet<int>> MadeAsync(string side)
        {
            var made = await OfAsync(side, (runner, _) => runner.DecodableAsync(inputs, most, cancellationToken)).ConfigureAwait(false);
            return made.Where(i => i >= 0 && i < calls.Count).ToHashSet() is { Count: > 0 } some ? some : throw None(side);
        }

        static SideBrokenException None(string side) =>
            Broken(side, new RunnerBrokenException("none of the calls can be made there: their values need code that it does not have", side: true));
    }

    private async Task<T> OfAsync<T>(string side, Func<Runner, TimeSpan, Task<T>> ask)
    {
        try
        {
            return side == Baseline
                ? await ask(baseline, most).ConfigureAwait(false)
                : await ask(candidate, Patience < most ? Patience : most).ConfigureAwait(false);
        }
        catch (RunnerBrokenException e)
        {
            throw Broken(side, e);
        }
    }

    public static SideBrokenException Broken(string side, RunnerBrokenException e) => new(
        !e.IsOfItsCode ? TrialEnd.SandboxFailed : side == Baseline ? TrialEnd.BaselineBroke : TrialEnd.CandidateBroke, e.Message, e);
}
