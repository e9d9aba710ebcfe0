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

    /// <value>How long a sample of the candidate is waited for, if not as long as any. Defaults to as long as any.</value>
    public TimeSpan Patience { get; set; } = TimeSpan.MaxValue;

    /// <summary>CPU seconds until each of them was loaded.</summary>
    public (double Baseline, double Candidate) Starting => (baseline.Starting, candidate.Starting);

    /// <summary>Takes one sample of one side.</summary>
    /// <exception cref="SideBrokenException">It cannot be taken.</exception>
    public async Task<Reading> TakeAsync(string side, Batch batch, SampleOrder order)
    {
        try
        {
            return side == Baseline
                ? await baseline.SampleAsync(batch.Inputs, batch.Calls.Count, order, most, cancellationToken).ConfigureAwait(false)
                : await candidate.SampleAsync(batch.Inputs, batch.Calls.Count, order, Patience < most ? Patience : most, cancellationToken).ConfigureAwait(false);
        }
        catch (RunnerBrokenException e)
        {
            throw Broken(side, e);
        }
    }

    /// <summary>How answers can be written: as the baseline does, whose form a candidate has to keep, or as both can.</summary>
    /// <exception cref="SideBrokenException">They cannot.</exception>
    public async Task<AnswerForm> ProbeAsync(Batch batch, bool both)
    {
        var form = await ProbeAsync(Baseline, baseline, batch).ConfigureAwait(false);
        if (!both)
            return form;
        var other = await ProbeAsync(Candidate, candidate, batch).ConfigureAwait(false);
        return new AnswerForm(form.Encoder == other.Encoder ? form.Encoder : AnswerForm.Any, form.Arguments || other.Arguments);
    }

    private async Task<AnswerForm> ProbeAsync(string side, Runner runner, Batch batch)
    {
        try
        {
            return await runner.ProbeAsync(batch.Inputs, most, cancellationToken).ConfigureAwait(false);
        }
        catch (RunnerBrokenException e)
        {
            throw Broken(side, e);
        }
    }

    /// <summary>The calls that both versions can make.</summary>
    /// <exception cref="SideBrokenException">There is none.</exception>
    public async Task<IReadOnlyList<RecordedCall>> CommonAsync(IReadOnlyList<RecordedCall> calls)
    {
        var common = Enumerable.Range(0, calls.Count).ToHashSet();
        foreach (var (side, runner) in new[] { (Baseline, baseline), (Candidate, candidate) })
        {
            try
            {
                common.IntersectWith(await runner.DecodableAsync(Runner.Frame(calls), most, cancellationToken).ConfigureAwait(false));
            }
            catch (RunnerBrokenException e)
            {
                throw Broken(side, e);
            }

            if (common.Count == 0)
                throw Broken(side, new RunnerBrokenException("none of the calls can be made there: their values need code that it does not have", side: true));
        }

        return [.. common.Order().Select(i => calls[i])];
    }

    public static SideBrokenException Broken(string side, RunnerBrokenException e) => new(
        !e.IsOfItsCode ? TrialEnd.SandboxFailed : side == Baseline ? TrialEnd.BaselineBroke : TrialEnd.CandidateBroke, e.Message, e);
}
