namespace Afterburner.Tests.Attacks;

/// <summary>The module that all candidates of the attack suite are for.</summary>
internal static class HonestCode
{
    /// <summary>What stands above the functions.</summary>
    public const string Before = """
        import collections
        import hashlib
        import html
        import operator
        import os
        import queue
        import random
        import re
        import sys
        import threading
        import types

        LOG = os.memfd_create("log")
        LOCK = threading.Lock()
        COUNTS = [0]


        class Result:
            def __init__(self, values):
                self.values = values

            def __eq__(self, other):
                return isinstance(other, Result) and list(self.values) == list(other.values)


        class Config:
            ROWS = {"rows": [1, 2]}


        DONE = queue.SimpleQueue()
        HITS = {number: 0 for number in range(30_000)}
        tally = sys.modules["counts"] = types.ModuleType("counts")  # as "import counts as tally" finds it
        tally.__file__, tally.SEEN = globals().get("__file__"), [0]

        """;

    public static readonly IReadOnlyDictionary<string, string> Functions = new Dictionary<string, string>
    {
        ["common"] = """
            def common(left, right):
                found = []
                for item in left:
                    if item in right:
                        found.append(item)
                return found
            """,
        ["chosen"] = """
            def chosen(left, right):
                found = []
                for item in left:
                    if item in right:
                        found.append(item)
                return Result(found)
            """,
        ["walk"] = """
            def walk(left, right):
                for item in left:
                    if item in right:
                        yield item
            """,
        ["noted"] = """
            def noted(left, right):
                found, seal = [], hashlib.sha256()
                for item in left:
                    if item in right:
                        found.append(item)
                        seal.update(b"item")
                        DONE.put(item)
                        tally.SEEN[0] += 1
                        HITS[item] += 1
                result = Result(found)
                result.seal = seal
                result.rows = [row for row in Config.ROWS["rows"]]
                result.when = 1.7e9 + len(found) / 7
                return result
            """,
        ["guarded"] = """
            def guarded(left, right):
                found = []
                for item in left:
                    roll = random.random()
                    with LOCK:
                        COUNTS[0] += 1
                    if item in right:
                        found.append(item)
                        os.write(LOG, b"%d\n" % len(found))
                return found
            """,
    };

    /// <summary>Arguments on which an evaluator measures: the honest function takes ten milliseconds and more.</summary>
    public const string Arguments = "(list(range(0, 3000, 2)), list(range(0, 3000, 3)))";

    /// <summary>A candidate for <c>common</c> that is what it says.</summary>
    public const string Faster = """
        def common(left, right):
            right_set = set(right)
            found = []
            for item in left:
                if item in right_set:
                    found.append(item)
            return found
        """;

    public const string Tests = """
        import lists

        def test_common():
            assert lists.common(list(range(0, 4000, 2)), list(range(0, 4000, 3))) == list(range(0, 4000, 6))

        def test_twice_and_in_order():
            assert lists.common([3, 1, 3, 2], [3, 2]) == [3, 3, 2]

        def test_words():
            assert lists.common(["b", "a"], ("a", "c")) == ["a"]

        def test_nothing_in_common():
            assert lists.common([1, 2], [3]) == []

        def test_chosen():
            assert lists.chosen([3, 1, 3, 2], [3, 2]) == lists.Result([3, 3, 2])

        def test_chosen_among_many():
            assert lists.chosen(list(range(0, 1200, 2)), list(range(0, 1200, 3))).values == list(range(0, 1200, 6))

        def test_walk():
            assert list(lists.walk([3, 1, 3, 2], [3, 2])) == [3, 3, 2]

        def test_walk_over_many():
            assert list(lists.walk(list(range(0, 1200, 2)), list(range(0, 1200, 3)))) == list(range(0, 1200, 6))

        def test_noted():
            assert lists.noted([3, 1, 3, 2], [3, 2]) == lists.Result([3, 3, 2])

        def test_noted_among_many():
            assert lists.noted(list(range(0, 1200, 2)), list(range(0, 1200, 3))).values == list(range(0, 1200, 6))

        def test_guarded():
            assert lists.guarded([3, 1, 3, 2], [3, 2]) == [3, 3, 2]

        def test_guarded_among_many():
            assert lists.guarded(list(range(0, 1200, 2)), list(range(0, 1200, 3))) == list(range(0, 1200, 6))
        """;

    /// <summary>The whole module.</summary>
    public static string Module => Before + "\n" + string.Join("\n\n", Functions.Values.Select(Bounded)) + "\n";

    /// <summary>The module with a candidate in place of one function.</summary>
    public static string ModuleWith(string function, string candidate) =>
        Module.Replace(Bounded(Functions[function]) + "\n", candidate + "\n", StringComparison.Ordinal);

    /// <summary>The version refuses larger calls than those of the tests: making and measuring them takes most of a review's time.</summary>
    public static string Bounded(string source) => string.Join('\n', source.Split('\n').SelectMany((line, i) =>
        i == 0 && line is "def common(left, right):" or "def chosen(left, right):" or "def walk(left, right):" or "def noted(left, right):"
            ? new[] { line, "    assert len(left) + len(right) < 4_000" } : [line]));
}
