using Afterburner.Trials;

namespace Afterburner.Verdicts;

/// <summary>Turns evidence into a verdict, and says how much evidence it needs. Pure: the same numbers give the same answers.</summary>
public interface IJudge<TVerdict>
{
    /// <summary>A test of one trial: sees every pair once, in order, and says whether more of them change nothing.</summary>
    Func<Pair, bool> NewTest(bool confirming);

    /// <summary>Judges what there is. <see cref="Judgement{TVerdict}.Missing"/> says what to measure next, if anything.</summary>
    Judgement<TVerdict> Decide(Evidence evidence);
}
