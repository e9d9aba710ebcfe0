using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Afterburner.Trainer.Miniature;

/// <summary>A task of the family, as APPS writes tasks: any evaluation reads it.</summary>
/// <param name="Id">Says what it is made of: the way, the map and the filter, by their places.</param>
/// <param name="Statement">The problem in words.</param>
/// <param name="Function">The name that is called, with one whole number.</param>
/// <param name="Solutions">Programs that solve it, from a range with the right step to lists that are made three times over.</param>
/// <param name="Wrong">Programs that fail, by a little each.</param>
public sealed record FamilyTask(string Id, string Statement, string Function, IReadOnlyList<string> Solutions, IReadOnlyList<string> Wrong)
{
    /// <value>Arguments and right answers: small ones first, then some that take a while.</value>
    public IReadOnlyList<(long Argument, long Answer)> Tests { get; init; } = [];

    public JsonObject ToApps() => new()
    {
        ["problem_id"] = Id,
        ["question"] = Statement,
        ["starter_code"] = "",
        ["input_output"] = new JsonObject
        {
            ["fn_name"] = Function,
            ["inputs"] = new JsonArray([.. Tests.Select(t => new JsonArray(t.Argument))]),
            // As its authors write answers of calls: in a list, as some calls have several.
            ["outputs"] = new JsonArray([.. Tests.Select(t => new JsonArray(t.Answer))]),
        },
        ["solutions"] = new JsonArray([.. Solutions.Select(s => (JsonNode)s)]),
    };
}

/// <summary>
/// Small Python tasks that are alike and all different: which of the numbers up to a limit, what is made of each, and what comes of all of them. Each has programs that do it
/// well and badly. What is learned from some of them can be asked of others: those that are held out have other combinations, other wordings and other names.
/// </summary>
public static partial class TaskFamily
{
    private static readonly long[] SmallArguments = [0, 1, 2, 3, 5, 8, 13, 20, 37, 64];

    private const int LargeTests = 8, Large = 60_000;

    /// <summary>Every third combination of way, map and filter is held out: each of the three is met in training, with others.</summary>
    private const int HeldOutEvery = 3;

    private static readonly (string Words, string? Python, string? Range, Func<long, int, bool> Holds)[] Filters =
    [
        ("", null, null, (_, _) => true),
        ("even ", "X % 2 == 0", "2, N + 1, 2", (x, _) => x % 2 == 0),
        ("odd ", "X % 2 == 1", "1, N + 1, 2", (x, _) => x % 2 == 1),
        ("multiples of K among the ", "X % K == 0", "K, N + 1, K", (x, k) => x % k == 0),
        ("ones that K does not divide among the ", "X % K != 0", null, (x, k) => x % k != 0),
        ("ones above K among the ", "X > K", "K + 1, N + 1", (x, k) => x > k),
        ("ones that leave 1 when divided by K among the ", "X % K == 1", "1, N + 1, K", (x, k) => x % k == 1),
        ("ones that end in K among the ", "X % 10 == K", "K, N + 1, 10", (x, k) => x % 10 == k),
    ];

    private static readonly (string Words, string Python, Func<long, int, long> Of)[] Maps =
    [
        ("", "X", (x, _) => x),
        ("squares of the ", "X * X", (x, _) => x * x),
        ("doubles of the ", "2 * X", (x, _) => 2 * x),
        ("sums with J of the ", "X + J", (x, j) => x + j),
        ("differences from J of the ", "X - J", (x, j) => x - j),
        ("remainders by J of the ", "X % J", (x, j) => x % j),
        ("quotients by J of the ", "X // J", (x, j) => x / j),
    ];

    /// <summary>What comes of the values: from a list V of them, and in one pass where G stands for all of them one after the other.</summary>
    private static readonly (string Words, Func<IReadOnlyList<long>, long> Of, string? OnePass, string[] Ends)[] Ways =
    [
        ("the sum of the ", v => v.Sum(), "return sum(G)", ["return sum(V)", "T = 0\nfor Y in V:\n    T += Y\nreturn T", "T = 0\nI = 0\nwhile I < len(V):\n    T = T + V[I]\n    I = I + 1\nreturn T"]),
        ("the largest of the ", v => v.DefaultIfEmpty(0).Max(), "return max((G), default=0)", ["return max(V, default=0)", "return sorted(V)[-1] if V else 0", "T = None\nfor Y in V:\n    if T is None or Y > T:\n        T = Y\nreturn 0 if T is None else T"]),
        ("the smallest of the ", v => v.DefaultIfEmpty(0).Min(), "return min((G), default=0)", ["return min(V, default=0)", "return sorted(V)[0] if V else 0", "T = None\nfor Y in V:\n    if T is None or Y < T:\n        T = Y\nreturn 0 if T is None else T"]),
        ("how many different ones there are of the ", v => v.Distinct().Count(), "return len(set(G))", ["return len(set(V))", "S = {}\nfor Y in V:\n    S[Y] = True\nreturn len(S)", "T = 0\nV = sorted(V)\nfor I in range(len(V)):\n    if I == 0 or V[I] != V[I - 1]:\n        T += 1\nreturn T"]),
        ("how many even ones there are of the ", v => v.Count(x => x % 2 == 0), null, ["return sum(Y % 2 == 0 for Y in V)", "return len([Y for Y in V if Y % 2 == 0])", "T = 0\nfor Y in V:\n    if Y % 2 == 0:\n        T += 1\nreturn T"]),
        ("how often one is larger than the one before of the ", v => v.Skip(1).Zip(v).Count(p => p.First > p.Second), null, ["return sum(Z > Y for Y, Z in zip(V, V[1:]))", "T = 0\nfor I in range(1, len(V)):\n    if V[I] > V[I - 1]:\n        T += 1\nreturn T", "T = 0\nB = None\nfor Y in V:\n    if B is not None and Y > B:\n        T += 1\n    B = Y\nreturn T"]),
        ("how many even totals so far there are of the ", EvenTotals, null, ["T = 0\nC = 0\nfor Y in V:\n    T += Y\n    if T % 2 == 0:\n        C += 1\nreturn C", "from itertools import accumulate\nreturn sum(T % 2 == 0 for T in accumulate(V))", "S = []\nfor I in range(len(V)):\n    S.append(S[-1] + V[I] if S else V[I])\nreturn len([Y for Y in S if Y % 2 == 0])"]),
    ];

    /// <summary>How the values come into <c>V</c>.</summary>
    private static readonly string[] Begins =
    [
        "V = [M for X in range(1, N + 1) if F]",
        "V = []\nfor X in range(1, N + 1):\n    if F:\n        V.append(M)",
        "V = []\nX = 1\nwhile X <= N:\n    if F:\n        V.append(M)\n    X += 1",
        "V = list(map(lambda X: M, filter(lambda X: F, range(1, N + 1))))",
        "def keep(X):\n    return F\nV = []\nfor X in range(1, N + 1):\n    if keep(X):\n        V.append(M)",
        "A = list(range(1, N + 1))\nR = [X for X in A if F]\nV = [M for X in R]",
    ];

    private const string Stepped = "V = [M for X in range(STEPS)]", Generated = "M for X in range(1, N + 1) if F", SteppedGenerated = "M for X in range(STEPS)";

    /// <summary>A right program becomes a wrong one by one of these.</summary>
    private static readonly (string From, string To)[] Slips =
        [("range(1, N + 1)", "range(1, N)"), ("range(1, N + 1)", "range(N)"), ("<= N", "< N"), ("return ", ""), ("== 0", "!= 0"), ("sum(", "len("), ("max(", "min("), ("T += ", "T -= "), (":\n", "\n")];

    private static readonly string[] Verbs = ["compute", "count", "find", "get", "make", "solve", "work", "measure", "calculate", "build", "take", "read"];

    private static readonly string[] Nouns = ["value", "total", "result", "number", "answer", "amount", "figure", "score"];

    private static readonly string[] Limits = ["n", "limit", "size", "upper", "top", "m", "bound", "last"];

    private static readonly Naming Trained = new(
        IsHeldOut: false,
        ["x", "i", "v", "number"],
        [
            "Write a function NAME that takes N and returns WHAT numbers from 1 to N.", "NAME(N) returns WHAT numbers from 1 to N.",
            "Given N, the function NAME gives WHAT numbers between 1 and N, both counted.", "WHAT numbers up to N, from 1: that is what NAME(N) returns.",
            "Let NAME(N) be WHAT numbers from 1 to N.", "Implement NAME: its argument is N, its answer WHAT numbers between 1 and N.", "Find WHAT numbers from 1 up to N; call the function NAME.",
            "For each N, NAME has to say WHAT numbers 1 to N.", "The answer of NAME(N) is WHAT numbers between 1 and N.", "Of the numbers from 1 to N we want WHAT numbers there are, by NAME(N).",
            "A function with the name NAME gets N, and WHAT numbers from 1 to N are what it is asked for.", "Calculate, in NAME, WHAT whole numbers from 1 to N, where N is given.",
            "Take N. WHAT numbers from 1 to N: return that. The function is NAME.", "Please define NAME with one argument N, for WHAT numbers between 1 and N.",
        ]);

    private static readonly Naming HeldOut = new(
        IsHeldOut: true,
        ["k", "item"],
        ["The function NAME takes N and gives WHAT numbers from 1 to N.", "Return WHAT numbers between 1 and N from NAME(N)."]);

    /// <summary>All tasks of the family with their tests, in an order that follows from the seed.</summary>
    public static (IReadOnlyList<FamilyTask> Trained, IReadOnlyList<FamilyTask> HeldOut) Make(int seed)
    {
        var random = new Random(seed);
        var (trained, heldOut) = (new List<FamilyTask>(), new List<FamilyTask>());
        foreach (var (way, map, filter) in Combinations())
        {
            var isHeldOut = IsHeldOut(way, map, filter);
            (isHeldOut ? heldOut : trained).Add(Make(way, map, filter, isHeldOut ? HeldOut : Trained, random, hasTests: true));
        }

        return (Shuffled(trained, random), Shuffled(heldOut, random));
    }

    /// <summary>Other tasks of the combinations that are trained on, each with names and numbers of its own and without tests.</summary>
    public static IEnumerable<FamilyTask> Draw(Random random)
    {
        var trained = Combinations().Where(c => !IsHeldOut(c.Way, c.Map, c.Filter)).ToArray();
        while (true)
        {
            var (way, map, filter) = trained[random.Next(trained.Length)];
            yield return Make(way, map, filter, Trained, random, hasTests: false);
        }
    }

    private static IEnumerable<(int Way, int Map, int Filter)> Combinations() =>
        from way in Enumerable.Range(0, Ways.Length) from map in Enumerable.Range(0, Maps.Length) from filter in Enumerable.Range(0, Filters.Length) select (way, map, filter);

    private static bool IsHeldOut(int way, int map, int filter) => (way + map + filter) % HeldOutEvery == 0;

    private static FamilyTask Make(int way, int map, int filter, Naming naming, Random random, bool hasTests)
    {
        var (k, j) = (random.Next(3, 10), random.Next(3, 10));
        var names = new Names(naming.Function(random), Pick(Limits, random), Pick(naming.Items, random), Text(k), Text(j));
        var what = $"{Ways[way].Words}{Maps[map].Words}{Filters[filter].Words}".TrimEnd();
        var statement = Place().Replace(Pick(naming.Wordings, random), m => m.Value switch { "NAME" => names.Function, "N" => names.Limit, _ => Number().Replace(what, n => n.Value == "K" ? names.K : names.J) });
        statement = char.ToUpperInvariant(statement[0]) + statement[1..];
        if (statement.StartsWith(char.ToUpperInvariant(names.Function[0]) + names.Function[1..], StringComparison.Ordinal))
            statement = names.Function + statement[names.Function.Length..];

        List<string> bodies = [.. from begin in Bodies(filter, map) from end in Ways[way].Ends select $"{begin}\n{end}"];
        if (Ways[way].OnePass is { } pass)
        {
            bodies.Add(pass.Replace("G", Without(Generated, filter, map), StringComparison.Ordinal));
            if (Filters[filter].Range is { } steps)
                bodies.Add(pass.Replace("G", SteppedGenerated.Replace("STEPS", steps, StringComparison.Ordinal).Replace("M", Maps[map].Python, StringComparison.Ordinal), StringComparison.Ordinal));
        }

        return new FamilyTask(
            $"{way}-{map}-{filter}", statement, names.Function, [.. bodies.Select(b => Program(b, names))],
            [.. from slip in Slips let body = bodies[random.Next(bodies.Count)] where body.Contains(slip.From, StringComparison.Ordinal) select Program(body.Replace(slip.From, slip.To, StringComparison.Ordinal), names)])
        {
            Tests = !hasTests ? [] : [.. SmallArguments.Concat(Enumerable.Range(0, LargeTests).Select(_ => (long)random.Next(Large, Large + 12_000))).Select(n => (n, Ways[way].Of(
                [.. Enumerable.Range(1, (int)n).Select(x => (long)x).Where(x => Filters[filter].Holds(x, k)).Select(x => Maps[map].Of(x, j))])))],
        };
    }

    private static IEnumerable<string> Bodies(int filter, int map)
    {
        foreach (var begin in Begins)
            yield return Without(begin, filter, map);
        if (Filters[filter].Range is { } steps)
            yield return Stepped.Replace("STEPS", steps, StringComparison.Ordinal).Replace("M", Maps[map].Python, StringComparison.Ordinal);
    }

    /// <summary>With the condition and the value filled in; what keeps all asks nothing.</summary>
    private static string Without(string body, int filter, int map)
    {
        if (Filters[filter].Python is not { } condition)
        {
            body = Kept().Replace(body, "$1$2").Replace(" if F", "", StringComparison.Ordinal).Replace("filter(lambda X: F, range(1, N + 1))", "range(1, N + 1)", StringComparison.Ordinal);
            condition = "True";
        }

        return Filled().Replace(body, m => m.Value == "F" ? condition : Maps[map].Python);
    }

    /// <summary>Capital letters stand for names; words of Python have none alone.</summary>
    private static string Program(string body, Names names) =>
        $"def {names.Function}({names.Limit}):\n    " + Letter().Replace(body.Replace("\n", "\n    ", StringComparison.Ordinal), m => m.Value switch
        {
            "N" => names.Limit,
            "X" => names.Item,
            "K" => names.K,
            "J" => names.J,
            "V" => "chosen",
            "A" => "every",
            "R" => "rest",
            "S" => "seen",
            "T" => "total",
            "C" => "found",
            "B" => "before",
            "I" => "place",
            "Z" => "z",
            _ => "y",
        }) + "\n";

    private static long EvenTotals(IReadOnlyList<long> values)
    {
        var (total, count) = (0L, 0L);
        foreach (var value in values)
        {
            total += value;
            count += total % 2 == 0 ? 1 : 0;
        }

        return count;
    }

    private static string Pick(string[] from, Random random) => from[random.Next(from.Length)];

    private static List<T> Shuffled<T>(List<T> all, Random random)
    {
        var shuffled = all.ToArray();
        random.Shuffle(shuffled);
        return [.. shuffled];
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\b(?:NAME|WHAT|N)\b")]
    private static partial Regex Place();

    [GeneratedRegex(@"\b[KJ]\b")]
    private static partial Regex Number();

    [GeneratedRegex(@"\b[FM]\b")]
    private static partial Regex Filled();

    [GeneratedRegex(@"\b[ABCIJKNRSTVXYZ]\b")]
    private static partial Regex Letter();

    // A condition on a line of its own, with the line below it.
    [GeneratedRegex(@"( *)if F:\n +(.*)")]
    private static partial Regex Kept();

    private sealed record Names(string Function, string Limit, string Item, string K, string J);

    /// <param name="IsHeldOut">Names of functions are a verb and a noun; every fourth pair is that of tasks that are held out.</param>
    private sealed record Naming(bool IsHeldOut, string[] Items, string[] Wordings)
    {
        private const int HeldOutPairs = 4;

        public string Function(Random random)
        {
            var verb = random.Next(Verbs.Length);
            int[] nouns = [.. Enumerable.Range(0, Nouns.Length).Where(n => (verb + n) % HeldOutPairs == 0 == IsHeldOut)];
            return $"{Verbs[verb]}_{Nouns[nouns[random.Next(nouns.Length)]]}";
        }
    }
}
