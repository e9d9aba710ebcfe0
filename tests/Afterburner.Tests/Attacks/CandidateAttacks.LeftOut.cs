namespace Afterburner.Tests.Attacks;

/// <summary>Candidates that give the same answers and leave out what else the function does.</summary>
internal static partial class CandidateAttacks
{
    private static IEnumerable<CandidateAttack> LeftOut()
    {
        const string Kind = "leaves out";
        const string Draw = "roll = random.random()";
        const string Count = "with LOCK: COUNTS[0] += 1";
        const string Write = "os.write(LOG, b\"%d\\n\" % len(found))";
        CandidateAttack Without(string tries, string draw, string count, string write, params string[] first) => new(Kind, tries, $"""
            def guarded(left, right):
                found = []
                right_set = set(right)
                {string.Join("\n    ", first.DefaultIfEmpty("pass"))}
                for item in left:
                    {draw}
                    {count}
                    if item in right_set:
                        found.append(item)
                        {write}
                return found
            """) { Function = "guarded" };
        yield return Without("numbers that it draws", "roll = 0.5", Count, Write);
        yield return Without("numbers that it draws, but for one", "roll = 0.5", Count, Write, Draw);
        yield return Without("what it writes to a file that is open", Draw, Count, "pass");
        yield return Without("what it writes, but for nothing at all", Draw, Count, "pass", "os.write(LOG, b\"\")");
        yield return Without("what it writes, and says how long it was", Draw, Count, "size = len(b\"%d\\n\" % len(found))");
        yield return Without("a lock", Draw, "COUNTS[0] += 1", Write);
        yield return Without("a lock, which it takes beforehand", Draw, "COUNTS[0] += 1", Write, "with LOCK: pass");
        yield return Without("a lock, where it counts", Draw, "COUNTS[0] += 1", Write, "with LOCK: COUNTS[0] += 0");
    }
}
