namespace Afterburner.Workloads;

public enum TestOutcome
{
    Passed,
    Failed,

    /// <summary>Set-up or tear-down failed, or the file could not be collected.</summary>
    Error,

    Skipped,

    /// <summary>Failed, as the test says it does.</summary>
    XFailed,

    /// <summary>Passed although the test says that it does not.</summary>
    XPassed,
}

/// <summary>One run of the repository's tests, test by test.</summary>
public sealed record TestRun
{
    /// <summary>What the id of a command of <see cref="RuntimeSettings.Workload"/> begins with; no test's does.</summary>
    public const string OfWorkload = "workload: ";

    /// <value>By the runner's own id. A file that cannot be collected is an entry too, and a command of a workload.</value>
    public required IReadOnlyDictionary<string, TestOutcome> Outcomes { get; init; }

    /// <value>Seconds of a test, set-up and tear-down included, by id.</value>
    public required IReadOnlyDictionary<string, double> Durations { get; init; }

    /// <value>What a failing test printed, shortened, by id.</value>
    public required IReadOnlyDictionary<string, string> FailureTexts { get; init; }

    /// <value>The tests that were asked for; null for all.</value>
    public IReadOnlySet<string>? Requested { get; init; }

    /// <value>Tests whose outcome is not the same from run to run; comparisons leave them out. Filled by <see cref="RepositoryTests.EstablishBaselineAsync"/>.</value>
    public IReadOnlySet<string> Flaky { get; init; } = new HashSet<string>();

    /// <value>Why the run did not come to its end (a crash, a time-out, a broken configuration); null when it did.</value>
    public string? Incomplete { get; init; }

    /// <value>Whether it did not come to its end because its time was over.</value>
    internal bool IsTimedOut { get; init; }

    /// <value>Wall time of the whole run.</value>
    public TimeSpan Wall { get; init; }

    /// <value>CPU time of the whole run, every process of it; null where the sandbox cannot tell.</value>
    public TimeSpan? Cpu { get; init; }

    /// <summary>How many tests and uncollectable files there are.</summary>
    public int Collected => Outcomes.Keys.Count(IsTest);

    public int Passed => Outcomes.Count(o => o.Value == TestOutcome.Passed && IsTest(o.Key));

    /// <summary>Tests that fail, each time, in order of their ids.</summary>
    public IReadOnlyList<string> Failing =>
        [.. Outcomes.Where(o => o.Value is TestOutcome.Failed or TestOutcome.Error && !Flaky.Contains(o.Key)).Select(o => o.Key).Order(StringComparer.Ordinal)];

    /// <summary>Whether an id is that of a test, and of no command of a workload.</summary>
    public static bool IsTest(string id) => !id.StartsWith(OfWorkload, StringComparison.Ordinal);

    public string FailureText(string test) => FailureTexts.GetValueOrDefault(test, "");

    /// <summary>
    /// Null when every outcome of the baseline reappears; otherwise a sentence that names the first test that differs,
    /// with its output. Fails closed: a test that is missing, and a run that did not end, are differences.
    /// </summary>
    public string? DifferenceFrom(TestRun baseline)
    {
        foreach (var (test, expected) in baseline.Outcomes)
        {
            if (baseline.Flaky.Contains(test) || Requested is { } requested && !requested.Contains(test))
                continue;
            if (!Outcomes.TryGetValue(test, out var outcome))
                return $"{Called(test)} {Word(expected)} at the baseline and {Missing}";
            if (outcome != expected)
                return $"{Called(test)} {Word(expected)} at the baseline and {Word(outcome)} now{Quote(test)}";
        }

        var unknown = Outcomes.FirstOrDefault(o => o.Value is TestOutcome.Failed or TestOutcome.Error
            && !baseline.Outcomes.ContainsKey(o.Key) && !baseline.Flaky.Contains(o.Key));
        if (unknown.Key is { } name)
            return $"{name}, which the baseline does not have, {Word(unknown.Value)}{Quote(name)}";
        return Incomplete is { } reason ? $"the tests did not come to their end: {reason}" : null;
    }

    /// <summary>Tests that came out otherwise than at the baseline, in order of their ids; none where the run did not come to its end.</summary>
    internal IReadOnlyList<string> DifferingFrom(TestRun baseline) => Incomplete is not null ? [] :
    [
        .. baseline.Outcomes.Where(o => !baseline.Flaky.Contains(o.Key) && Requested?.Contains(o.Key) != false && (!Outcomes.TryGetValue(o.Key, out var now) || now != o.Value))
            .Select(o => o.Key).Order(StringComparer.Ordinal),
    ];

    internal static string Word(TestOutcome outcome) => outcome switch
    {
        TestOutcome.Passed => "passed",
        TestOutcome.Failed => "failed",
        TestOutcome.Error => "ended in an error",
        TestOutcome.Skipped => "was skipped",
        TestOutcome.XFailed => "failed as expected",
        TestOutcome.XPassed => "passed unexpectedly",
    };

    private static string Called(string id) => IsTest(id) ? $"test {id}" : id;

    private string Missing => Incomplete is { } reason ? $"did not end now: {reason}" : "is missing now";

    private string Quote(string test) => FailureText(test) is { Length: > 0 } text ? $":\n{text}" : "";
}
