using Afterburner.Gates;
using Afterburner.Runs;
using Afterburner.Suggestions;
using Afterburner.Workloads;

namespace Afterburner.Checks;

/// <summary>
/// Which of the repository's tests come out otherwise with an edit. One that does is run again on both sides: what a test does by chance is not the edit's. A test
/// that the edit takes away or mends, in a file that it changes, is no difference: nobody can say what it would have found.
/// </summary>
internal sealed class CheckedTests(Harness harness, GateRun run)
{
    /// <summary>Tests that are looked at again, and how often: one that passes by chance, half of the time, passes twice before the edit in one of four cases.</summary>
    private const int MostAgain = 200, Times = 5;

    public async Task<IReadOnlyList<CheckTestReport>> CompareAsync(TestRun before, TestRun after, CancellationToken cancellationToken)
    {
        var open = Differing(before, after).ToList();
        var (again, runs) = (new HashSet<string>(), 0);
        for (; runs < Times && open.Count is > 0 and <= MostAgain; runs++)
        {
            string[] known = [.. open.Where(before.Outcomes.ContainsKey)], there = [.. open.Where(t => after.Outcomes.ContainsKey(t) && !again.Contains(t))];
            var (was, now) = (await AgainAsync(run.Base, known, runs).ConfigureAwait(false), await AgainAsync(run.Head, there, runs).ConfigureAwait(false));
            // What comes out otherwise at base too is not of the edit.
            open.RemoveAll(t => was.TryGetValue(t, out var w) && w != before.Outcomes[t]);
            again.UnionWith(open.Where(t => before.Outcomes.TryGetValue(t, out var b) ? !now.TryGetValue(t, out var n) || n != b : now.TryGetValue(t, out var m) && m is TestOutcome.Failed or TestOutcome.Error));
        }

        if (runs > 0)
            open.RemoveAll(t => !again.Contains(t));
        return
        [
            .. open.Select(t => new CheckTestReport
            {
                Test = t,
                Base = before.Outcomes.TryGetValue(t, out var was) ? TestRun.Word(was) : "is new",
                Edit = after.Outcomes.TryGetValue(t, out var now) ? TestRun.Word(now) : "is missing",
                Output = after.FailureText(t),
            }),
        ];

        async Task<IReadOnlyDictionary<string, TestOutcome>> AgainAsync(string tree, string[] tests, int time) => tests.Length == 0 ? new Dictionary<string, TestOutcome>()
            : (await run.Book.BookAsync(Part.Tests, () => RepositoryTests.RunAsync(harness, tree, tests, run.Limits, 2 + time, cancellationToken)).ConfigureAwait(false)).Outcomes;
    }

    private IEnumerable<string> Differing(TestRun before, TestRun after)
    {
        // One that is steady at base and comes out now this way, now that with the edit is looked at again as well.
        var flaky = before.Flaky.ToHashSet();
        var changed = run.Change.Files.Select(f => f.OldPath).OfType<string>().Where(harness.Program.Language.IsTestFile).ToHashSet();
        var otherwise = before.Outcomes.Where(o => after.Outcomes.TryGetValue(o.Key, out var now) ? now != o.Value : !IsIn(changed, o.Key)).Select(o => o.Key);
        var failing = after.Outcomes.Where(o => o.Value is TestOutcome.Failed or TestOutcome.Error && !before.Outcomes.ContainsKey(o.Key)).Select(o => o.Key);
        return otherwise.Concat(failing).Concat(after.Flaky.Where(before.Outcomes.ContainsKey)).Distinct().Where(t => !flaky.Contains(t)).Order(StringComparer.Ordinal);
    }

    /// <summary>Whether a test's id names a file of some: runners write its path, or its name, before that of the test.</summary>
    private static bool IsIn(HashSet<string> files, string test) => files.Any(f => test.StartsWith(f, StringComparison.Ordinal) || test.Split('.', ':', '/', ' ').Contains(Path.GetFileNameWithoutExtension(f)));
}
