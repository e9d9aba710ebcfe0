using Afterburner.Workloads.Protocol;

namespace Afterburner.Workloads;

/// <summary>What the first pass of a capture knows of one target.</summary>
/// <param name="Calls">Number of calls, those outside tests included.</param>
/// <param name="Problem">Why it cannot be reached at all (it is defined inside another function); null when it can.</param>
/// <param name="Unreached">Why there are no calls; null where there are, or where no more is known than that no test makes one.</param>
/// <param name="Tests">Tests that reach it, slowest reach first.</param>
/// <param name="Picks">Calls worth storing, best first: test, ordinal among the target's calls in that test, seconds.</param>
/// <param name="Callers">Functions of the repository that call it, most frequent first.</param>
internal sealed record Reach(
    Target Target,
    long Calls,
    string? Problem,
    string? Unreached,
    IReadOnlyList<string> Tests,
    IReadOnlyList<Pick> Picks,
    IReadOnlyList<Caller> Callers,
    IReadOnlyDictionary<string, ObservedValue> Observed)
{
    /// <value>Functions of the repository that it is called from by way of others, outermost first. Defaults to none.</value>
    public IReadOnlyList<Caller> Outer { get; init; } = [];

    /// <value>Seconds that the test in which it takes longest spends in it, all its calls together.</value>
    public double MostSeconds { get; init; }

    /// <value>Seconds that all tests spend in it together.</value>
    public double TestSeconds { get; init; }

    public static Reach Read(Target target, ReachMessage message) => new(
        target,
        message.Calls,
        message.Problem,
        message.Unreached,
        [.. message.Tests.Select(t => t.Id)],
        [.. message.Picks.Select(p => new Pick(p.Test, p.Call, p.Seconds, p.Raised) { Way = p.Way })],
        [.. message.Callers.Select(Read)],
        message.Observed.ToDictionary(o => o.Key, o => new ObservedValue(o.Value.Types, o.Value.Shortest, o.Value.Longest, o.Value.Hashable)))
    {
        Outer = [.. message.Outer.Select(Read)],
        MostSeconds = message.Tests.Select(t => t.Seconds).DefaultIfEmpty().Max(),
        TestSeconds = message.Tests.Sum(t => t.Seconds),
    };

    private static Caller Read(SurveyedCaller caller) => new(new Target(caller.Path, caller.Name, caller.Line), caller.Calls);
}

/// <param name="Ordinal">From 0, among the target's calls in <paramref name="Test"/>.</param>
/// <param name="Raised">Whether it ended in an exception; null where that is not known (generators, coroutines).</param>
internal sealed record Pick(string Test, long Ordinal, double Seconds, bool? Raised)
{
    /// <value>See <see cref="RecordedCall.Way"/>.</value>
    public string Way { get; init; } = "";
}
