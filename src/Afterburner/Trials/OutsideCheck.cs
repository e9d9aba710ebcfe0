namespace Afterburner.Trials;

/// <summary>What the look from outside says of a confirmed gain.</summary>
public enum OutsideAnswer
{
    /// <summary>Beyond doubt the saving is there, and no work has gone elsewhere.</summary>
    Shows,

    /// <summary>Beyond doubt less than the needed share of the saving is there.</summary>
    DoesNotShow,

    /// <summary>Beyond doubt the candidate takes more CPU time than noise explains.</summary>
    TakesMore,

    /// <summary>The runs differ too much from each other to say.</summary>
    CannotTell,
}

/// <summary>One run of each version as a whole. The start of the interpreter is in both values.</summary>
/// <param name="BaselineCpu">CPU seconds of the whole process tree.</param>
/// <param name="BaselinePeak">Peak bytes; 0 where unknown.</param>
public readonly record struct OutsideRun(double BaselineCpu, double CandidateCpu, double BaselinePeak = 0, double CandidatePeak = 0);

/// <summary>
/// Both versions run alone, over and over, in sandboxes of their own, and the sandbox's control group is the measure:
/// threads, child processes and tampered timers cannot hide from it. Whatever is not shown beyond doubt (one-sided 95 % bounds)
/// is not believed: noise makes it say "cannot tell", never "shows".
/// </summary>
/// <param name="Failure">What went wrong; null for a completed check.</param>
/// <param name="Passes">Passes of one run.</param>
/// <param name="Runs">In the order they were made.</param>
/// <param name="Share">Of the saving that was claimed, the share that shows. Null where none has to show: there the candidate only has to do no harm.</param>
/// <param name="Extra">CPU seconds that the candidate's runs took more than the baseline's.</param>
public sealed record OutsideCheck(
    TrialEnd End, string? Failure, int Passes, IReadOnlyList<OutsideRun> Runs, MeanInterval? Share, MeanInterval Extra)
{
    /// <summary>Of the claimed saving, how much has to show.</summary>
    public const double NeededShare = 0.5;

    /// <summary>Runs of each side before anything is said, and those after which it cannot be told.</summary>
    public const int FewestRuns = 3, MostRuns = MeanInterval.Most;

    /// <summary>Runs there may be in any case, and CPU seconds beyond which no more are made.</summary>
    private const int AffordableRuns = 6, AffordableSeconds = 60;

    /// <summary>CPU seconds and share that two runs of the same code may differ.</summary>
    private const double NoiseSeconds = 0.02, NoiseShare = 0.03;

    /// <summary>CPU seconds of one run, median of runs.</summary>
    public double BaselineCpu => Runs.Count == 0 ? 0 : Medians.Of(Runs.Select(r => r.BaselineCpu));

    /// <summary>CPU seconds of one run, median of runs.</summary>
    public double CandidateCpu => Runs.Count == 0 ? 0 : Medians.Of(Runs.Select(r => r.CandidateCpu));

    /// <summary>CPU seconds that the candidate may take more: work that went elsewhere is more than that.</summary>
    public double AllowedExtra => (BaselineCpu * NoiseShare) + NoiseSeconds;

    /// <summary>Never <see cref="OutsideAnswer.Shows"/> for a check that did not come to its end.</summary>
    public OutsideAnswer Answer =>
        End != TrialEnd.Completed || Runs.Count < FewestRuns ? OutsideAnswer.CannotTell
        : Extra.Low > AllowedExtra ? OutsideAnswer.TakesMore
        : Share?.High < NeededShare ? OutsideAnswer.DoesNotShow
        : Extra.High <= AllowedExtra && Share is null or { Low: >= NeededShare } ? OutsideAnswer.Shows
        : OutsideAnswer.CannotTell;

    /// <summary>Whether more runs are of no use, or cost too much.</summary>
    public bool IsEnough =>
        Runs.Count >= FewestRuns && (Answer != OutsideAnswer.CannotTell || Runs.Count >= MostRuns
            || (Runs.Count >= AffordableRuns && Runs.Sum(r => r.BaselineCpu + r.CandidateCpu) >= AffordableSeconds));

    /// <summary>What follows from runs.</summary>
    /// <param name="claim">Null where the candidate only has to do no harm.</param>
    public static OutsideCheck Of(OutsideClaim? claim, IReadOnlyList<OutsideRun> runs) => new(
        TrialEnd.Completed, null, claim?.Passes ?? 1, runs,
        claim is null || runs.Count < FewestRuns ? null : MeanInterval.Of([.. runs.Select(claim.ShareOf)]),
        runs.Count < FewestRuns ? default : MeanInterval.Of([.. runs.Select(r => r.CandidateCpu - r.BaselineCpu)]));

    /// <summary>What is known where runs could not be compared.</summary>
    public static OutsideCheck Failed(TrialEnd end, string? failure) => new(end, failure, 0, [], null, default);
}

/// <summary>What a trial claims that the look from outside has to see.</summary>
/// <param name="Passes">Passes of one run: as many as make the saving stand out.</param>
/// <param name="Saving">What a run of so many passes should save, in the objective's unit.</param>
public sealed record OutsideClaim(ObjectiveKind Objective, int Passes, double Saving)
{
    /// <summary>CPU seconds a run should save, so that the saving stands out of the noise of starting an interpreter.</summary>
    private const double WantedSaving = 0.04;

    /// <summary>CPU seconds a run of the baseline may take for it: longer ones are no less noisy, in proportion.</summary>
    private const double LongestRun = 0.4;

    public static OutsideClaim Of(ObjectiveKind objective, Trial claimed)
    {
        var pass = Math.Max(claimed.Baseline.Cpu, 1e-7);
        var saving = claimed.SavingPerPass(ObjectiveKind.Time);
        var wanted = objective switch
        {
            ObjectiveKind.Memory => 1,
            ObjectiveKind.Time => WantedSaving / Math.Max(saving, 1e-7),
            ObjectiveKind.Integral => WantedSaving / Math.Max(saving, 0.1 * pass),
        };
        var passes = (int)Math.Ceiling(Math.Min(wanted, Math.Max(1, LongestRun / pass)));
        // A peak does not add up over passes.
        return new OutsideClaim(objective, passes, claimed.SavingPerPass(objective) * (objective == ObjectiveKind.Memory ? 1 : passes));
    }

    /// <summary>The share of the claimed saving that one run of each version shows; 1 is all of it.</summary>
    public double ShareOf(OutsideRun run)
    {
        var seen = Objective switch
        {
            ObjectiveKind.Time => run.BaselineCpu - run.CandidateCpu,
            ObjectiveKind.Memory => run.BaselinePeak - run.CandidatePeak,
            // Memory over time is not followed from outside: the highest memory times the CPU time stands for it.
            ObjectiveKind.Integral => (run.BaselinePeak * run.BaselineCpu) - (run.CandidatePeak * run.CandidateCpu),
        };
        return Saving > 0 ? seen / Saving : 0;
    }
}
