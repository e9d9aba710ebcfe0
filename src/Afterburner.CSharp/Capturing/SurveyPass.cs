using System.Globalization;
using System.Text;
using Afterburner.CSharp.Capturing.Recording;
using Afterburner.CSharp.Running;
using Afterburner.CSharp.Speaking;

namespace Afterburner.CSharp.Capturing;

/// <summary>First pass: which tests reach which function, how often and how long, and which of its calls are worth storing.</summary>
internal static class SurveyPass
{
    private const int MostPicks = 44, Slowest = 16, OfShapes = 20, MostRows = 1_000_000;

    public static void Run(HarnessInput request)
    {
        var targets = CapturePasses.TargetsOf(request);
        var run = WatchedRun.Of(request, targets, request.Is("timed", true) ? WatchKind.Timed : WatchKind.Counted, plan => plan.Seed = (long)request.Real("seed", 0));
        var names = new TestNames(run.Results);
        var rows = run.Written("survey").SelectMany(Read).ToList();
        foreach (var target in targets)
        {
            if (run.Problems.TryGetValue(target.Id, out var problem))
                HarnessOutput.Write(new { type = "reach", target = target.Id, problem });
            else
                HarnessOutput.Write(Reach(target.Id, [.. rows.Where(r => r.Target == target.Id)], names));
        }

        HarnessOutput.Done(run.Problem);
    }

    /// <summary>What several processes found out of one function.</summary>
    private static object Reach(string target, IReadOnlyList<Row> rows, TestNames names)
    {
        var tests = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (row, test) in rows.SelectMany(r => r.Tests.Select(t => (r, t))))
        {
            var ids = names.AllOf(row.Project, test.Exact, test.Method);
            foreach (var id in ids)
                tests[id] = tests.GetValueOrDefault(id) + test.Seconds / ids.Count;
        }

        var observed = rows.SelectMany(r => r.Observed).GroupBy(o => o.Name).ToDictionary(g => g.Key, g => new
        {
            types = g.SelectMany(o => o.Types).Distinct(),
            shortest = g.Where(o => o.Shortest >= 0).Select(o => (int?)o.Shortest).Min(),
            longest = g.Where(o => o.Longest >= 0).Select(o => (int?)o.Longest).Max(),
        });
        return new
        {
            type = "reach", target, calls = rows.Sum(r => r.Calls), observed, callers = Array.Empty<object>(),
            tests = tests.OrderByDescending(t => t.Value).ThenBy(t => t.Key, StringComparer.Ordinal).Select(t => new { id = t.Key, seconds = t.Value }),
            picks = Picks(rows, names),
        };
    }

    /// <summary>The slowest calls, one of each make, and some at random, each once, the slowest first of all.</summary>
    private static IEnumerable<object> Picks(IReadOnlyList<Row> rows, TestNames names)
    {
        var chosen = new Dictionary<(string Test, long Call), Call>();
        void Take(IEnumerable<(Row Row, Call Call)> list, int most)
        {
            foreach (var (row, call) in list)
            {
                if (chosen.Count >= most)
                    return;
                if (names.PickOf(row.Project, call) is { } pick)
                    chosen.TryAdd(pick, call);
            }
        }

        Take(rows.SelectMany(r => r.Slowest.Select(c => (r, c))).OrderByDescending(c => c.c.Seconds), Slowest);
        Take(rows.SelectMany(r => r.Shapes.Select(c => (r, c))), Slowest + OfShapes);
        Take(rows.SelectMany(r => r.Random.Select(c => (r, c))), MostPicks);
        return chosen.Select(c => new { test = c.Key.Test, call = c.Key.Call, seconds = c.Value.Seconds, raised = c.Value.Raised });
    }

    private static List<Row> Read(string file)
    {
        var rows = new List<Row>();
        using var reader = new BinaryReader(File.OpenRead(file), Encoding.UTF8);
        // It was written in reach of the repository's code.
        try
        {
            while (reader.BaseStream.Position < reader.BaseStream.Length)
            {
                rows.Add(new Row(
                    reader.ReadString(), reader.ReadString(), reader.ReadInt64(), Many(reader, r => new Test(r.ReadString(), r.ReadString(), r.ReadInt64(), r.ReadDouble())),
                    Many(reader, ReadCall), Many(reader, ReadCall), Many(reader, ReadCall), Many(reader, r => new Observed(r.ReadString(), Many(r, t => t.ReadString()), r.ReadInt32(), r.ReadInt32()))));
            }
        }
        catch (Exception e) when (e is IOException or FormatException or ArgumentException)
        {
            return rows;
        }

        return rows;
    }

    private static Call ReadCall(BinaryReader reader) => new(reader.ReadString(), reader.ReadString(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadDouble(), reader.ReadByte() switch { 0 => false, 1 => true, _ => null });

    private static List<T> Many<T>(BinaryReader reader, Func<BinaryReader, T> read)
    {
        var count = reader.ReadInt32();
        if (count is < 0 or > MostRows)
            throw new FormatException("so much is not written");
        var found = new List<T>();
        for (var each = 0; each < count; each++)
            found.Add(read(reader));
        return found;
    }

    /// <summary>What one process heard of one function.</summary>
    /// <param name="Project">Of the tests.</param>
    private sealed record Row(
        string Target, string Project, long Calls, IReadOnlyList<Test> Tests, IReadOnlyList<Call> Slowest, IReadOnlyList<Call> Shapes, IReadOnlyList<Call> Random, IReadOnlyList<Observed> Observed);

    private sealed record Test(string Exact, string Method, long Calls, double Seconds);

    private sealed record Observed(string Name, IReadOnlyList<string> Types, int Shortest, int Longest);

    /// <summary>A call, by the test as its framework calls it (empty where it does not say) and as a method.</summary>
    /// <param name="Raised">Null where its end is not heard of.</param>
    internal sealed record Call(string Exact, string Method, long ExactCall, long MethodCall, double Seconds, bool? Raised);
}

/// <summary>
/// What tests are called in reports, by what is known of them while they run. Frameworks that do not say it there know a method alone: its calls then count as those of the first of
/// the tests that run it.
/// </summary>
internal sealed class TestNames(IReadOnlyList<(TestProject Project, string Before, TestResult Result)> results)
{
    private readonly Dictionary<(string, string), string> _exact = results.GroupBy(r => (r.Project.Path, ValueWords.Escaped(r.Result.Id))).ToDictionary(g => g.Key, g => g.First().Result.Id);

    private readonly Dictionary<string, string> _before = results.GroupBy(r => r.Project.Path).ToDictionary(g => g.Key, g => g.First().Before);

    private readonly Dictionary<(string, string), List<string>> _methods = results.Where(r => r.Result.Outcome != "skipped").GroupBy(r => (r.Project.Path, r.Result.Method))
        .ToDictionary(g => g.Key, g => g.Select(r => r.Result.Id).Distinct().Order(StringComparer.Ordinal).ToList());

    /// <summary>All tests that may be meant; none for one that no report tells of.</summary>
    public IReadOnlyList<string> AllOf(string project, string exact, string method) =>
        exact.Length > 0 ? _exact.TryGetValue((project, exact), out var id) ? [_before[project] + id] : []
        : _methods.TryGetValue((project, method), out var ids) ? [.. ids.Select(i => _before[project] + i)] : [];

    /// <summary>How a call is asked for; null where that cannot be.</summary>
    public (string Test, long Call)? PickOf(string project, SurveyPass.Call call) =>
        AllOf(project, call.Exact, call.Method) is [var first, ..] ? (first, call.Exact.Length > 0 ? call.ExactCall : call.MethodCall) : null;

    /// <summary>By what the recorder knows a call that is asked for: it has only one of the two.</summary>
    /// <param name="test">Without what stands before it.</param>
    public static IEnumerable<string> KeysOf(TestProject project, string test, long call) =>
        ((string[])[$"={ValueWords.Escaped(test)}", $"~{test.Split('(')[0].TrimEnd()}"]).Select(t => string.Create(CultureInfo.InvariantCulture, $"{project.Path}\n{t}\n{call}"));
}
