using System.Globalization;
using System.Text.Json.Nodes;

namespace Afterburner.Trainer.Miniature;

/// <summary>A task of the family, as APPS writes tasks: any evaluation reads it.</summary>
/// <param name="Id">Says what it is made of.</param>
/// <param name="Statement">The problem in words.</param>
/// <param name="Function">The name that is called.</param>
/// <param name="Tests">Arguments and the right answer, small ones first, then some large ones.</param>
/// <param name="Solutions">Programs that solve it, from one pass of built-in functions to work that grows with the square of the input.</param>
public sealed record FamilyTask(string Id, string Statement, string Function, IReadOnlyList<(IReadOnlyList<long> Numbers, JsonNode Answer)> Tests, IReadOnlyList<string> Solutions)
{
    public JsonObject ToApps() => new()
    {
        ["problem_id"] = Id,
        ["question"] = Statement,
        ["starter_code"] = "",
        ["input_output"] = new JsonObject
        {
            ["fn_name"] = Function,
            ["inputs"] = new JsonArray([.. Tests.Select(t => new JsonArray(new JsonArray([.. t.Numbers.Select(n => (JsonNode)n)])))]),
            // As its authors write answers of calls: in a list, as some calls have several.
            ["outputs"] = new JsonArray([.. Tests.Select(t => new JsonArray(t.Answer.DeepClone()))]),
        },
        ["solutions"] = new JsonArray([.. Solutions.Select(s => (JsonNode)s)]),
    };
}

/// <summary>
/// Small Python tasks that are alike and all different: what is done with which numbers of a list, and what comes of that. Each has programs that do it well and badly. What is
/// learned from some of them can be asked of others: those that are held out have other combinations, other wordings and other names.
/// </summary>
public static class TaskFamily
{
    private const int SmallTests = 8, LargeTests = 3, LargeLength = 20_000;

    private const long Furthest = 1_000_000;

    private static readonly (string Words, string? Python, Func<long, int, bool> Holds)[] Filters =
    [
        ("", null, (_, _) => true),
        ("even ", "X % 2 == 0", (x, _) => x % 2 == 0),
        ("odd ", "X % 2 == 1", (x, _) => x % 2 != 0),
        ("positive ", "X > 0", (x, _) => x > 0),
        ("negative ", "X < 0", (x, _) => x < 0),
        ("numbers that K divides among the ", "X % K == 0", (x, k) => x % k == 0),
    ];

    private static readonly (string Words, string Python, Func<long, int, long> Of)[] Maps =
    [
        ("", "X", (x, _) => x),
        ("squares of the ", "X * X", (x, _) => x * x),
        ("absolute values of the ", "abs(X)", (x, _) => Math.Abs(x)),
        ("doubles of the ", "2 * X", (x, _) => 2 * x),
        ("sums with K of the ", "X + K", (x, k) => x + k),
        ("remainders by K of the ", "X % K", (x, k) => ((x % k) + k) % k),
    ];

    private static readonly (string Words, bool HasOrder, Func<IReadOnlyList<long>, JsonNode> Of, string[] Ends)[] Ways =
    [
        ("the sum of the ", false, v => v.Sum(), ["return sum(V)", "T = 0\nfor Y in V:\n    T += Y\nreturn T", "T = 0\nI = 0\nwhile I < len(V):\n    T = T + V[I]\n    I = I + 1\nreturn T"]),
        ("the largest of the ", false, v => v.DefaultIfEmpty(0).Max(), ["return max(V, default=0)", "return sorted(V)[-1] if V else 0", "T = None\nfor Y in V:\n    if T is None or Y > T:\n        T = Y\nreturn 0 if T is None else T"]),
        ("the smallest of the ", false, v => v.DefaultIfEmpty(0).Min(), ["return min(V, default=0)", "return sorted(V)[0] if V else 0", "T = None\nfor Y in V:\n    if T is None or Y < T:\n        T = Y\nreturn 0 if T is None else T"]),
        ("how many different ones there are of the ", false, v => v.Distinct().Count(), ["return len(set(V))", "S = {}\nfor Y in V:\n    S[Y] = True\nreturn len(S)", "T = 0\nV = sorted(V)\nfor I in range(len(V)):\n    if I == 0 or V[I] != V[I - 1]:\n        T += 1\nreturn T"]),
        ("a list of the ", true, v => new JsonArray([.. v.Select(x => (JsonNode)x)]), ["return V", "return [Y for Y in V]", "S = []\nfor Y in V:\n    S = S + [Y]\nreturn S"]),
        ("a list of the totals so far of the ", true, Totals, ["from itertools import accumulate\nreturn list(accumulate(V))", "S = []\nT = 0\nfor Y in V:\n    T += Y\n    S.append(T)\nreturn S", "S = []\nfor I in range(len(V)):\n    S.append(S[-1] + V[I] if S else V[I])\nreturn S"]),
    ];

    /// <summary>How the values come into <c>V</c>; the last ones only where their order does not matter.</summary>
    private static readonly (bool KeepsOrder, string Python)[] Begins =
    [
        (true, "V = [M for X in A if F]"),
        (true, "V = []\nfor X in A:\n    if F:\n        V.append(M)"),
        (true, "V = []\nfor I in range(len(A)):\n    X = A[I]\n    if F:\n        V.append(M)"),
        (true, "R = list(A)\nV = []\nwhile R:\n    X = R.pop(0)\n    if F:\n        V.append(M)"),
        (true, "V = []\nfor X in A:\n    if F:\n        V = V + [M]"),
        (true, "V = list(map(lambda X: M, filter(lambda X: F, A)))"),
        (false, "V = []\nfor X in sorted(A):\n    if F:\n        V.append(M)"),
        (false, "V = []\nfor X in sorted(A, reverse=True):\n    if F:\n        V.insert(0, M)"),
    ];

    private static readonly (string[] Functions, string[] Lists, string[] Items, string[] Wordings) Trained = (
        ["solve", "compute", "work", "answer", "evaluate", "process"], ["xs", "numbers", "values", "items"], ["x", "n", "v", "e"],
        ["Write a function NAME that takes a list of integers LIST and returns WHAT integers in it.", "NAME gets LIST, a list of integers. It returns WHAT integers in LIST."]);

    private static readonly (string[] Functions, string[] Lists, string[] Items, string[] Wordings) HeldOut = (
        ["find", "result", "measure", "get"], ["data", "given", "array"], ["a", "k", "item"], ["Given a list of integers LIST, return WHAT integers of LIST from the function NAME."]);

    /// <summary>All tasks of the family, in an order that follows from the seed; every third combination is held out.</summary>
    public static (IReadOnlyList<FamilyTask> Trained, IReadOnlyList<FamilyTask> HeldOut) Make(int seed)
    {
        var random = new Random(seed);
        var (trained, heldOut) = (new List<FamilyTask>(), new List<FamilyTask>());
        var all = (from filter in Enumerable.Range(0, Filters.Length) from map in Enumerable.Range(0, Maps.Length) from way in Enumerable.Range(0, Ways.Length) select (filter, map, way)).ToArray();
        foreach (var (filter, map, way) in all)
        {
            // Each filter, map and way is met in training, with others.
            var isHeldOut = (filter + map + way) % 3 == 0;
            (isHeldOut ? heldOut : trained).Add(Make(filter, map, way, isHeldOut ? HeldOut : Trained, random));
        }

        return (Shuffled(trained, random), Shuffled(heldOut, random));
    }

    private static FamilyTask Make(int filter, int map, int way, (string[] Functions, string[] Lists, string[] Items, string[] Wordings) names, Random random)
    {
        var number = random.Next(3, 10);
        var (function, list, item) = (Pick(names.Functions), Pick(names.Lists), Pick(names.Items));
        var what = $"{Ways[way].Words}{Maps[map].Words}{Filters[filter].Words}".Replace("K", Text(number), StringComparison.Ordinal);
        var statement = Pick(names.Wordings).Replace("NAME", function, StringComparison.Ordinal).Replace("LIST", list, StringComparison.Ordinal).Replace("WHAT", what, StringComparison.Ordinal);
        var tests = new List<(IReadOnlyList<long>, JsonNode)>();
        for (var i = 0; i < SmallTests + LargeTests; i++)
        {
            var (length, furthest) = i < SmallTests ? (i, 20L) : (LargeLength, Furthest);
            List<long> given = [.. Enumerable.Range(0, length).Select(_ => random.NextInt64(-furthest, furthest + 1))];
            tests.Add((given, Ways[way].Of([.. given.Where(x => Filters[filter].Holds(x, number)).Select(x => Maps[map].Of(x, number))])));
        }

        var solutions =
            from begin in Begins
            where begin.KeepsOrder || !Ways[way].HasOrder
            from end in Ways[way].Ends
            select Program(function, list, $"{begin.Python}\n{end}", filter, map, item, number);
        return new FamilyTask($"{way}-{map}-{filter}", statement, function, tests, [.. solutions]);

        string Pick(string[] from) => from[random.Next(from.Length)];
    }

    private static string Program(string function, string list, string body, int filter, int map, string item, int number)
    {
        var condition = Filters[filter].Python;
        var lines = body.Split('\n').ToList();
        if (condition is null)
        {
            // What keeps all asks nothing.
            lines = [.. lines.Select(l => l.Replace(" if F]", "]", StringComparison.Ordinal).Replace("filter(lambda X: F, A)", "A", StringComparison.Ordinal))];
            for (var i = lines.FindIndex(l => l.EndsWith("if F:", StringComparison.Ordinal)); i >= 0; i = lines.FindIndex(l => l.EndsWith("if F:", StringComparison.Ordinal)))
            {
                lines[i + 1] = lines[i + 1][4..];
                lines.RemoveAt(i);
            }
        }

        var text = string.Join("\n    ", lines);
        // Capital letters stand for names; words of Python have none alone.
        var filled = System.Text.RegularExpressions.Regex.Replace(text, @"\b[AFIMRSTVXY]\b", m => m.Value switch
        {
            "A" => list,
            "F" => Named(condition!),
            "M" => Named(Maps[map].Python),
            "X" => item,
            "V" => "chosen",
            "R" => "rest",
            "S" => "seen",
            "T" => "total",
            "I" => "i",
            _ => "y",
        });
        return $"def {function}({list}):\n    {filled}\n";

        string Named(string expression) => expression.Replace("X", item, StringComparison.Ordinal).Replace("K", Text(number), StringComparison.Ordinal);
    }

    private static JsonArray Totals(IReadOnlyList<long> values)
    {
        var total = 0L;
        return new JsonArray([.. values.Select(v => (JsonNode)(total += v))]);
    }

    private static List<T> Shuffled<T>(List<T> all, Random random)
    {
        var shuffled = all.ToArray();
        random.Shuffle(shuffled);
        return [.. shuffled];
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
