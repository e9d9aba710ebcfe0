using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Verdicts;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests;

/// <summary>
/// Changes as maintainers make them in real libraries: the code that gets faster lies behind a branch that few tests take, gives items
/// one by one, or is a helper of a microsecond.
/// </summary>
public sealed class MaintainersChangesTests(ReviewFixture fixture) : IClassFixture<ReviewFixture>
{
    private const string Spans = """
        def marked(text):
            assert len(text) <= 2_400
            found = []
            for part in text.split(" "):
                if part.startswith("*"):
                    kept = []
                    for other in found:
                        kept.append(other)
                    kept.append(part)
                    found = kept
            return found
        """;

    private const string FasterSpans = """
        def marked(text):
            assert len(text) <= 2_400
            found = []
            for part in text.split(" "):
                if part.startswith("*"):
                    found.append(part)
            return found
        """;

    private const string ManyPlainOneMarked = """
        import pytest, lib

        @pytest.mark.parametrize("n", range(200, 220))
        def test_plain(n):
            assert lib.marked("word " * n) == []

        def test_marked():
            assert lib.marked("*a b *c " * 300) == ["*a", "*c"] * 300
        """;

    [LongForm]
    [Fact]
    public async Task A_branch_that_one_test_of_many_takes_is_recorded_and_a_gain_behind_it_is_proven()
    {
        var function = await ReviewAsync(Spans, ManyPlainOneMarked, FasterSpans);

        Assert.True(function.Status == FunctionStatus.Improved, ReviewFixture.Why(function));
    }

    [LongForm]
    [Fact]
    public async Task The_gate_sees_a_slowdown_behind_a_branch_that_one_test_of_many_takes()
    {
        var function = await fixture.GateFileAsync(FasterSpans, ManyPlainOneMarked, Spans);

        Assert.True(function.Status == GateStatus.Slower, function.Reason);
    }

    [LongForm]
    [Fact]
    public async Task The_gate_names_a_changed_line_that_no_recorded_call_reaches()
    {
        const string Code = "def total(xs, strict=False):\n    assert len(xs) <= 300\n    if strict:\n        return sum(xs)\n    return len(xs)";
        const string Tests = "import lib\n\ndef test_total():\n    assert lib.total(list(range(300))) == 300\n";

        var function = await fixture.GateFileAsync(Code, Tests, Code.Replace("return sum(xs)", "return sum(sorted(sorted(xs)))", StringComparison.Ordinal));

        Assert.Equal(GateStatus.CannotTell, function.Status);
        Assert.Contains("no recorded call reaches line 4", function.Reason, StringComparison.Ordinal);
    }

    [LongForm]
    [Theory]
    [InlineData("sum(xs) if len(xs) < 100_000_000 else sum(sorted(xs))")]
    [InlineData("len(xs) > 100_000_000 and sum(sorted(xs)) or sum(xs)")]
    public async Task The_gate_names_a_way_through_a_changed_line_that_no_recorded_call_goes(string answer)
    {
        const string Code = "def total(xs):\n    assert len(xs) <= 300\n    return sum(xs)";
        const string Tests = "import lib\n\ndef test_total():\n    assert lib.total(list(range(300))) == 44850\n";

        var function = await fixture.GateFileAsync(Code, Tests, Code.Replace("sum(xs)", answer, StringComparison.Ordinal));

        Assert.True(function.Status == GateStatus.CannotTell, $"{function.Status}: {function.Reason}");
        Assert.Contains("no recorded call goes every way that changed: ", function.Reason, StringComparison.Ordinal);
        Assert.Contains("len(xs)", function.Reason, StringComparison.Ordinal);
    }

    [LongForm]
    [Fact]
    public async Task The_gate_sees_what_many_small_calls_lose_together_in_the_function_that_makes_them()
    {
        const string Tests = """
            import lib

            def test_wide():
                tokens = [("name", "some words of a line, and more")] * 800
                assert lib.wide(tokens + [("end", " " * 20)]) == [("end", " " * 20)]
            """;

        var function = await fixture.GateFileAsync(WideAt(CountedQuickly), Tests, WideAt(CountedSlowly));

        Assert.True(function is { Name: "is_wide", Status: GateStatus.Slower }, $"{function.Status}: {function.Reason}");
        Assert.Contains("in calls of wide, which calls it many times", function.Reason, StringComparison.Ordinal);
    }

    [LongForm]
    [Fact]
    public async Task Items_that_are_given_one_by_one_are_read_to_their_end()
    {
        const string Waiting = """
            from collections import deque

            def leaves(depth):
                assert depth <= 10
                waiting = [(0, depth)]
                while waiting:
                    (number, left), *waiting = waiting
                    if left == 0:
                        yield number
                    else:
                        waiting.append((2 * number, left - 1))
                        waiting.append((2 * number + 1, left - 1))

            def newest(items):
                return deque(items, 1)
            """;
        const string Tests = "import lib\n\ndef test_leaves():\n    assert list(lib.leaves(10)) == list(range(1024))\n    assert list(lib.newest([1, 2])) == [2]\n";

        var function = await ReviewAsync(Waiting, Tests, """
            def leaves(depth):
                assert depth <= 10
                waiting = deque([(0, depth)])
                while waiting:
                    number, left = waiting.popleft()
                    if left == 0:
                        yield number
                    else:
                        waiting.append((2 * number, left - 1))
                        waiting.append((2 * number + 1, left - 1))
            """);

        Assert.True(function.Status == FunctionStatus.Improved, ReviewFixture.Why(function));
    }

    [LongForm]
    [Fact]
    public async Task An_item_far_behind_that_differs_is_found()
    {
        const string Tests = "import lib\n\ndef test_steps():\n    assert sum(lib.steps(9000)) == 40495500\n";

        var function = await ReviewAsync(
            "def steps(n):\n    for i in range(n):\n        yield sum([i])", Tests, "def steps(n):\n    for i in range(n):\n        yield i if i != 8000 else 0");

        Assert.Equal(VerdictKind.Rejected, Assert.Single(function.Candidates).Verdict);
    }

    [LongForm]
    [Fact]
    public async Task Of_items_without_an_end_the_first_are_compared()
    {
        const string Tests = "import itertools, lib\n\ndef test_multiples():\n    assert list(itertools.islice(lib.multiples(3), 3)) == [0, 3, 6]\n";

        var function = await ReviewAsync("def multiples(n):\n    i = 0\n    while True:\n        yield sum([i])\n        i += n", Tests, "def multiples(n):\n    i = 0\n    while True:\n        yield i\n        i += n");

        Assert.NotEqual(VerdictKind.Rejected, Assert.Single(function.Candidates).Verdict);
    }

    [LongForm]
    [Fact]
    public async Task A_generator_among_the_arguments_grows_as_a_list_does()
    {
        const string Code = """
            class Item:
                def __init__(self, text):
                    self.text = text

                def __eq__(self, other):
                    return self.text == other.text

                def __hash__(self):
                    return hash(self.text)

            def distinct(items):
                kept = []
                for item in items:
                    if item not in kept:
                        kept.append(item)
                return kept
            """;
        const string Tests = "import lib\n\ndef test_distinct():\n    assert len(lib.distinct(lib.Item(t) for t in ('ab', 'cd', 'ab', 'ef', 'gh'))) == 4\n";

        var function = await ReviewAsync(Code, Tests, "def distinct(items):\n    return list(dict.fromkeys(items))");

        Assert.True(function.Workload!.AmplifiedCalls > 0, ReviewFixture.Why(function));
        Assert.True(function.Candidates is [{ Verdict: not VerdictKind.Rejected }], ReviewFixture.Why(function));
    }

    [LongForm]
    [Fact]
    public async Task Columns_that_are_passed_one_by_one_grow_longer_and_not_more()
    {
        const string Code = """
            from collections import deque

            def merged(*columns):
                waiting = [list(c) for c in columns]
                found = []
                while any(waiting):
                    smallest = min((c for c in waiting if c), key=lambda c: c[0])
                    found.append(smallest[0])
                    smallest[:] = [item for number, item in enumerate(smallest) if number]
                return found

            def newest(items):
                return deque(items, 1)
            """;
        const string Tests = "import lib\n\ndef test_merged():\n    even, odd = list(range(0, 96, 2)), list(range(1, 64, 2))\n    assert lib.merged(even, odd) == sorted(even + odd)\n    assert list(lib.newest([1])) == [1]\n";

        var function = await ReviewAsync(Code, Tests, """
            def merged(*columns):
                waiting = [deque(c) for c in columns]
                found = []
                while any(waiting):
                    smallest = min((c for c in waiting if c), key=lambda c: c[0])
                    found.append(smallest.popleft())
                return found
            """);

        Assert.True(function.Status == FunctionStatus.Improved, ReviewFixture.Why(function));
    }

    [LongForm]
    [Fact]
    public async Task A_tuple_that_is_a_record_keeps_its_length()
    {
        const string Code = """
            def described(entry):
                return " ".join([str(part) for part in entry])
            """;
        const string Tests = "import pytest, lib\n\n@pytest.mark.parametrize('n', range(5))\ndef test_described(n):\n    assert lib.described((n, 'x', 1.5)) == f'{n} x 1.5'\n";

        var function = await ReviewAsync(Code, Tests, "def described(entry):\n    number, name, size = entry\n    return f\"{number} {name} {size}\"", floor: TimeSpan.Zero);

        Assert.True(function.Candidates is [{ Verdict: not VerdictKind.Rejected }], ReviewFixture.Why(function));
    }

    [LongForm]
    [Fact]
    public async Task A_version_with_a_constant_and_a_helper_beside_it_is_proven_with_both_inside()
    {
        const string Code = """
            import re

            def words(text):
                assert len(text) < 50_000
                found = []
                for part in text.split(" "):
                    if re.match("[a-z]+$", part) and part not in found:
                        found.append(part)
                return found
            """;
        const string Tests = "import pytest, lib\n\n@pytest.mark.parametrize('n', range(4))\ndef test_words(n):\n    assert len(lib.words(' '.join(chr(97 + i % 26) * (i % (40 + n) + 1) for i in range(2000)) + ' 7  x9')) > 500\n";
        const string Reply = """
            ```python
            _LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")


            def _is_word(part):
                return bool(part) and _LETTERS.issuperset(part)


            def words(text):
                assert len(text) < 50_000
                return list(dict.fromkeys(part for part in text.split(" ") if _is_word(part)))
            ```
            """;

        var function = await ReviewAsync(Code, Tests, "def words(text): ...", reply: Reply);

        Assert.True(function.Status == FunctionStatus.Improved, ReviewFixture.Why(function));
        Assert.Contains("    _LETTERS = frozenset(", function.Suggestion!.Replacement, StringComparison.Ordinal);
    }

    [LongForm]
    [Fact]
    public async Task What_an_error_inside_a_generator_was_is_said()
    {
        var function = await ReviewAsync(
            "def squares(n):\n    for i in range(n):\n        yield i * i", "import lib\n\ndef test_squares():\n    assert len(list(lib.squares(3000))) == 3000\n",
            "def squares(n):\n    for i in range(n):\n        yield i * i\n        1 / (i - 1500)");

        Assert.Contains("ZeroDivisionError", Assert.Single(function.Candidates).Reason, StringComparison.Ordinal);
    }

    [LongForm]
    [Fact]
    public async Task A_helper_of_a_microsecond_that_is_called_thousands_of_times_is_measured_through_its_caller()
    {
        const string Tests = """
            import pytest, lib

            @pytest.mark.parametrize("n", range(5))
            def test_wide(n):
                tokens = [("name", "some words of a line, and more")] * (800 + n)
                assert lib.wide(tokens + [("end", " " * 20)]) == [("end", " " * 20)]
            """;

        var function = await ReviewAsync(WideAt(CountedSlowly), Tests, $"def is_wide(token):\n    kind, line = token\n    return {CountedQuickly} > 8", name: "is_wide");

        Assert.True(function.Status == FunctionStatus.Improved, ReviewFixture.Why(function));
        Assert.Equal(WorkloadKind.Caller, function.Workload!.Kind);
    }

    private const string Blank = "def is_blank(char):\n    return any([char == each for each in (' ', '\\t', '\\r')])";

    private const string FasterBlank = "def is_blank(char):\n    return char == ' ' or char == '\\t' or char == '\\r'";

    /// <summary>A helper of a microsecond, a function that makes two calls of it on what it is given, and one with a text that makes many of those.</summary>
    private static string Reading(string blank) => $"""
        class Reader:
            def __init__(self, text):
                self.text, self.at = text, 0


        {blank}


        def skip(reader):
            while reader.at < len(reader.text) and is_blank(reader.text[reader.at]):
                reader.at += 1


        def word(reader):
            start = reader.at
            while reader.at < len(reader.text) and reader.text[reader.at] not in " \t\r":
                reader.at += 1
            return reader.text[start:reader.at]


        def words(text):
            reader, found = Reader(text), []
            while reader.at < len(text):
                skip(reader)
                found.append(word(reader))
            return found
        """;

    private const string ReadingTests = """
        import lib

        def test_words():
            assert lib.words("a  b\tc\r d e") == ["a", "b", "c", "d", "e"]
            lib.is_blank(None)
        """;

    [LongForm]
    [Fact]
    public async Task A_helper_whose_callers_are_small_as_well_is_measured_in_calls_of_what_people_call()
    {
        var function = await ReviewAsync(Reading(Blank), ReadingTests, FasterBlank, name: "is_blank");

        Assert.True(function.Status == FunctionStatus.Improved, ReviewFixture.Why(function));
        Assert.Equal(WorkloadKind.Caller, function.Workload!.Kind);
    }

    [LongForm]
    [Fact]
    public async Task What_is_measured_further_out_has_to_agree_on_its_own_recorded_calls_too()
    {
        var function = await ReviewAsync(Reading(Blank), ReadingTests, "def is_blank(char):\n    return char in (' ', '\\t', '\\r', None)", name: "is_blank");

        Assert.NotEqual(FunctionStatus.Improved, function.Status);
        Assert.Contains("behaves differently", ReviewFixture.Why(function), StringComparison.Ordinal);
    }

    [LongForm]
    [Fact]
    public async Task The_gate_sees_what_small_calls_lose_in_calls_of_what_people_call()
    {
        var function = await fixture.GateFileAsync(Reading(FasterBlank), ReadingTests, Reading(Blank));

        Assert.True(function is { Name: "is_blank", Status: GateStatus.Slower }, $"{function.Status}: {function.Reason}");
        Assert.Contains("in calls of words, ", function.Reason, StringComparison.Ordinal);
    }

    // What is connected cannot be stored, so calls of "first" are looked at inside of tests, where lines are short.
    private static string Looking(string first) => "import sqlite3\n\nclass Line:\n    def __init__(self, cells):\n        self.cells, self.kept = cells, sqlite3.connect(\":memory:\")\n\n" + first + """


        def blanks(cells):
            line, found, wanted = Line(list(cells)), [], {" "}
            at = line.first(lambda cell: cell in wanted, 0)
            while at is not None:
                found.append(at)
                at = line.first(lambda cell: cell in wanted, at + 1)
            return found
        """;

    private const string Copying = """
            def first(self, is_wanted, start):
                for at, cell in enumerate(self.cells[start:], start):
                    if is_wanted(cell):
                        return at
                return None
        """;

    private const string Indexing = """
            def first(self, is_wanted, start):
                for at in range(start, len(self.cells)):
                    if is_wanted(self.cells[at]):
                        return at
                return None
        """;

    private const string LookingTests = """
        import lib

        def test_blanks():
            assert lib.blanks("ab c d" * 40) == [at for at, cell in enumerate("ab c d" * 40) if cell == " "]
        """;

    [LongForm]
    [Fact]
    public async Task What_can_only_be_looked_at_inside_of_tests_is_measured_on_larger_calls_of_what_leads_to_it()
    {
        var function = await ReviewAsync(Looking(Copying), LookingTests, Indexing, name: "Line.first");

        Assert.True(function.Status == FunctionStatus.Improved, ReviewFixture.Why(function));
    }

    [LongForm]
    [Fact]
    public async Task The_gate_sees_there_what_is_slower_where_tests_are_small()
    {
        var function = await fixture.GateFileAsync(Looking(Indexing), LookingTests, Looking(Copying));

        Assert.True(function is { Name: "Line.first", Status: GateStatus.Slower }, $"{function.Status}: {function.Reason}");
        Assert.Contains("in calls of blanks, ", function.Reason, StringComparison.Ordinal);
    }

    [LongForm]
    [Fact]
    public async Task A_helper_that_takes_longer_on_larger_calls_and_yet_no_time_is_measured_through_its_caller_too()
    {
        const string Code = """
            def depth(line):
                count = 0
                for character in line:
                    if character != " ":
                        break
                    count += 1
                return count


            def outline(lines):
                assert len(lines) <= 1_503
                return [depth(line) for line in lines]
            """;
        const string Tests = """
            import pytest, lib

            @pytest.mark.parametrize("n", range(4))
            def test_outline(n):
                assert sum(lib.outline([" " * (k % 24) + "item" for k in range(1500 + n)])[:24]) == 276
                assert lib.outline(["", "   "]) == [0, 3]
            """;

        var function = await ReviewAsync(Code, Tests, "def depth(line):\n    return len(line) - len(line.lstrip(' '))", name: "depth");

        Assert.True(function.Status == FunctionStatus.Improved, ReviewFixture.Why(function));
        Assert.Equal(WorkloadKind.Caller, function.Workload!.Kind);
    }

    [LongForm]
    [Fact]
    public async Task A_gain_on_one_kind_of_calls_that_the_others_hide_is_proven_of_that_kind()
    {
        const string Loop = """
                total = 0
                for character in text:
                    if character == "*":
                        total += sum(range(20_000))
                    else:
                        total += 1
                return total
            """;
        const string Head = "def scan(text):\n    assert len(text) < 45_000\n";
        const string Tests = """
            import pytest, lib

            @pytest.mark.parametrize("n", range(4))
            def test_starred(n):
                assert lib.scan("*a" * (20 + n)) == (20 + n) * (sum(range(20_000)) + 1)

            def test_plain():
                assert lib.scan("a" * 20_000) == 20_000
            """;

        var function = await ReviewAsync(Head + Loop, Tests, Head + "    if \"*\" not in text:\n        return len(text)\n" + Loop);

        Assert.True(function.Status == FunctionStatus.Improved, ReviewFixture.Why(function));
        Assert.EndsWith("::test_plain", function.Suggestion!.OnlyLike, StringComparison.Ordinal);
        Assert.Contains("all calls together: ", function.Reason, StringComparison.Ordinal);
    }

    [LongForm]
    [Fact]
    public async Task A_loss_on_one_kind_of_calls_that_the_gain_of_the_others_hides_rules_a_candidate_out()
    {
        const string Code = """
            def scan(text):
                assert len(text) <= 100_000
                if text.startswith("!"):
                    return sum(range(10_000))
                total = 0
                for character in text:
                    total += 1
                return total
            """;
        const string Tests = """
            import lib

            def test_marked():
                assert lib.scan("!") == sum(range(10_000))

            def test_plain():
                assert lib.scan("a" * 100_000) == 100_000
            """;

        var function = await ReviewAsync(
            Code, Tests, "def scan(text):\n    assert len(text) <= 100_000\n    if text.startswith(\"!\"):\n        return sum(sorted(range(10_000), key=lambda x: -x))\n    return len(text)");

        var reason = Assert.Single(function.Candidates).Reason;
        Assert.True(function.Status == FunctionStatus.NoImprovement, reason);
        Assert.Contains("but on calls like those of test_lib.py::test_marked", reason, StringComparison.Ordinal);
    }

    private const string CountedQuickly = "line.count(' ')", CountedSlowly = "len([character for character in line if character == ' '])";

    /// <summary>A helper of a microsecond, and the function that calls it for each item.</summary>
    private static string WideAt(string spaces) => $"""
        def is_wide(token):
            kind, line = token
            return {spaces} > 8

        def wide(tokens):
            assert len(tokens) <= 805
            found = []
            for token in tokens:
                if is_wide(token):
                    found.append(token)
            return found
        """;

    private Task<FunctionReport> ReviewAsync(string code, string tests, string candidate, string? name = null, TimeSpan? floor = null, string? reply = null)
    {
        var materiality = Configuration.Default.Materiality;
        return fixture.ReviewFileAsync(
            code, tests, name ?? candidate[4..candidate.IndexOf('(', StringComparison.Ordinal)], candidate,
            Configuration.Default with { Materiality = materiality with { Saving = floor ?? materiality.Saving } }, reply);
    }
}
