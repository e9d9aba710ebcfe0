using System.Collections.Concurrent;
using System.Text;
using Afterburner.Functions;
using Afterburner.GitHub;
using Afterburner.Proposers;
using Afterburner.Suggestions;
using Afterburner.Tests.Sandboxes;
using Afterburner.Tests.Suggestions;
using Afterburner.Verdicts;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.GitHub;

/// <summary>A suggestion of a hostile run changes the body of its function, in characters that are seen, and nothing else.</summary>
public sealed class SuggestionCheckTests(BubblewrapFixture sandbox) : IClassFixture<BubblewrapFixture>
{
    // What is suggested changes from test to test, and what it is suggested for hardly does.
    private static readonly ConcurrentDictionary<(string Path, string Head), IReadOnlyList<Function>> Found = new();

    private const string Work = "def work(xs, admin=None) -> list:\n    return [x for x in xs]\n";

    [Theory]
    [InlineData("def work(xs, admin=__import__('os').system('id')) -> list:\n    return list(xs)\n")]
    [InlineData("def work(xs: print('hello'), admin=None) -> list:\n    return list(xs)\n")]
    [InlineData("def work(xs, admin=None) -> print('hello'):\n    return list(xs)\n")]
    [InlineData("def work(xs, admin=None):\n    return list(xs)\n")]
    [InlineData("def work(xs, admin=None, *, more=print()) -> list:\n    return list(xs)\n")]
    [InlineData("def work(xs, admin=lambda: 1) -> list:\n    return list(xs)\n")]
    [InlineData("def work(admin=None, xs=()) -> list:\n    return list(xs)\n")]
    [LongData("def work(xs, admin=None, /) -> list:\n    return list(xs)\n")]
    [LongData("def work[T: print()](xs, admin=None) -> list:\n    return list(xs)\n")]
    [LongData("async def work(xs, admin=None) -> list:\n    return list(xs)\n")]
    [LongData("def work(xs=''': \n# ''', admin=print()) -> list:\n    return list(xs)\n")]
    [LongData("def work(xs, admin=None) -> list: # ):\n    return list(xs)\n", null)]
    [LongData("def work(xs, admin=None) -> list:  # quick\n    # a copy\n    return list(xs)\n", null)]
    [LongData("def work(\n    xs,\n    admin = None\n) -> list:\n    return list(xs)\n", null)]
    [LongData("def work(xs, admin=None) -> list: return list(xs)\n", null)]
    public Task What_runs_when_a_Python_function_is_defined_stays(string candidate, string? refusal = "signature") =>
        AssertAsync("work.py", Work, candidate, refusal);

    [Theory]
    [InlineData("def work(xs, sep=' ,  '): # a\n    return xs\n", "def work(xs, sep=' , '): # a\n    return xs[:]\n", "signature")]
    [InlineData("@cache(1)\ndef work(xs):\n    return xs\n", "@cache(print())\ndef work(xs):\n    return xs[:]\n", "decorators")]
    [InlineData("def work(xs): return sum([x for x in xs])\n", "def work(xs): return sum(xs)\n", null)]
    [InlineData("def work(xs): return sum([x for x in xs])\n", "def work(xs=print()): return sum(xs)\n", "signature")]
    [InlineData("class A:\n    def work(self):\n        return [1]\n", "def work(self, x=print()):\n        return [1]\n", "signature")]
    public Task Decorators_texts_and_functions_of_one_line_are_told_apart(string head, string candidate, string? refusal) =>
        AssertAsync("work.py", head, candidate, refusal);

    [Theory]
    [InlineData("w.js", "function work(xs, n = 1) { return xs.map(x => x); }", "n = 1", "n = evil()")]
    [LongData("w.js", "const work = (xs, n = 1) => xs.map(x => x);", "n = 1", "n = evil()")]
    [InlineData("w.js", "class A { work(xs, n = 1) { return xs.map(x => x); } }", "n = 1", "n = evil()")]
    [LongData("w.js", "class A { work(xs, n = 1) { return xs.map(x => x); } }", "work(", "async work(")]
    [InlineData("w.ts", "function work(xs: number[], n = 1): number[] { return xs.map(x => x); }", ": number[] {", ": any {")]
    [LongData("w.tsx", "function work(xs: number[], n = 1): number[] { return xs.map(x => x); }", "n = 1", "n = evil()")]
    [LongData("w.cs", "class A { [A] public int[] Work(int[] xs, int n = 1) { return xs.map(x => x); } }", "[A]", "[Evil]")]
    [LongData("w.cs", "class A { A(int[] xs) : base(1) { xs.map(x => x); } }", "base(1)", "base(Evil())")]
    [LongData("w.cs", "class A { int[] Work(int[] xs, int n = 1) => xs.map(x => x); }", "n = 1", "n = 2")]
    [LongData("w.go", "package a\n\nfunc work(xs []int) []int { return xs.map(x => x) }\n", "xs []int) []int", "xs []int) []any")]
    [LongData("w.rs", "#[inline]\nfn work(xs: &[i32]) -> i32 { xs.map(x => x) }\n", "inline", "evil")]
    [LongData("W.java", "class A { @Fast int work(int[] xs) throws E { return xs.map(x => x); } }", "@Fast", "@Evil")]
    [LongData("w.cpp", "struct A { A(int a) : b(a) { xs.map(x => x); } int b; };", "b(a)", "b(evil())")]
    [LongData("w.cpp", "int work(int a, int n = 1) { return xs.map(x => x); }", "n = 1", "n = evil()")]
    public async Task So_does_the_head_of_a_function_in_any_language(string path, string head, string old, string now)
    {
        // What stands for the slow expression need not compile: only what the change makes worse counts.
        var (function, _) = await FunctionAsync(path, head);
        var faster = function.Source.Replace("xs.map(x => x)", "xs.slice()", StringComparison.Ordinal);

        await AssertAsync(path, head, faster, null);
        await AssertAsync(path, head, faster.Replace(old, now, StringComparison.Ordinal), "");
    }

    public static TheoryData<string, string> Hidden()
    {
        var cases = new TheoryData<string, string>();
        foreach (var (number, name) in new (int, string)[]
        {
            (0x00, "U+0000"), (0x0B, "U+000B"), (0x1B, "U+001B"), (0x85, "U+0085"), (0xA0, "U+00A0"), (0xAD, "U+00AD"), (0x034F, "U+034F"), (0x115F, "U+115F"),
            (0x1160, "U+1160"), (0x17B4, "U+17B4"), (0x180B, "U+180B"), (0x180F, "U+180F"), (0x200B, "U+200B"), (0x2028, "U+2028"), (0x2029, "U+2029"), (0x202E, "U+202E"),
            (0x2800, "U+2800"), (0x3000, "U+3000"), (0x3164, "U+3164"), (0xFE00, "U+FE00"), (0xFE0F, "U+FE0F"), (0xFEFF, "U+FEFF"), (0xFFA0, "U+FFA0"), (0xE0041, "U+E0041"), (0xE0100, "U+E0100"),
        })
        {
            cases.Add(char.ConvertFromUtf32(number), name);
        }

        cases.Add("\r", "U+000D");
        return cases;
    }

    [Theory]
    [MemberData(nameof(Hidden))]
    public async Task A_character_that_is_not_seen_is_refused_by_its_number(string character, string number)
    {
        foreach (var code in new[] { $"return list(xs{character})", $"return list(xs) + ['{character}'][:0]", $"return list(xs)  # {character}." })
            await AssertAsync("work.py", Work, $"def work(xs, admin=None) -> list:\n    {code}\n", number);
    }

    [Fact]
    public void Half_of_a_pair_is_refused_by_its_number() => Assert.Equal("U+D83D", HiddenText.Added("", "'\ud83d'"));

    [Theory]
    [InlineData("\ufe0f")]
    [InlineData("\u00a0")]
    [InlineData("\u200d")]
    public async Task One_that_the_function_has_may_stay_as_often_as_it_is_there(string character)
    {
        var head = $"def work(xs):\n    return ['❤{character}' for x in xs]\n";

        await AssertAsync("work.py", head, $"def work(xs):\n    return ['❤{character}'] * len(xs)\n", null);
        await AssertAsync("work.py", head, $"def work(xs):\n    return ['❤{character}'] * len(xs) or '{character}'\n", "does not see");
    }

    [Theory]
    [InlineData("\u202e")]
    [InlineData("\u2028")]
    [InlineData("\f")]
    public async Task One_that_decides_what_is_a_line_or_an_order_may_not(string character)
    {
        var head = $"def work(xs):\n    return [x for x in xs]  # {character}\n";

        await AssertAsync("work.py", head, $"def work(xs):\n    return list(xs)  # {character}\n", "does not see");
        await AssertAsync("work.py", head, "def work(xs):\n    return list(xs)\n", null);
    }

    [Theory]
    [InlineData("ｅval(xs)", "ｅval")]
    [InlineData("раypal(xs)", "раypal")]
    [InlineData("xs.ﬁnd(1)", "ﬁnd")]
    [InlineData("f'{ｅval(xs)}'", "ｅval")]
    [InlineData("list(xs) + [ǆ for ǆ in xs]", "ǆ")]
    public Task A_name_of_other_letters_is_refused(string expression, string name) =>
        AssertAsync("work.py", Work, $"def work(xs, admin=None) -> list:\n    return {expression}\n", $"'{name}'");

    [Fact]
    public Task A_comment_that_tells_tools_to_look_away_hides_no_name() =>
        AssertAsync("work.py", Work, "def work(xs, admin=None) -> list:\n    # ast-grep-ignore\n    return ｅval(xs)\n", "'ｅval'");

    [Fact]
    public async Task A_name_of_other_letters_that_is_the_functions_own_may_stay_and_texts_may_have_any()
    {
        const string Head = "def work(größe):\n    return [x for x in größe]\n";

        await AssertAsync("work.py", Head, "def work(größe):\n    return list(größe) or 'naïve Größe' # für ≥ 3\n", null);
        await AssertAsync("work.py", Head, "def work(größe):\n    return list(gro\u0308ße)\n", "not plain ASCII");
    }

    [Theory]
    [InlineData("w.js", "function work(xs) { return xs.map(x => x); }", "return \\u0065val(xs)")]
    [InlineData("w.ts", "function work(xs) { return xs.map(x => x); }", "return xs.\\u{65}val()")]
    [InlineData("W.java", "class A { int work(int[] xs) { return 1; } }", "// \\u000a evil();\n return 1")]
    public async Task An_escape_does_not_stand_for_a_letter_of_a_name(string path, string head, string body)
    {
        var (function, _) = await FunctionAsync(path, head);
        var start = function.Source.IndexOf("return", StringComparison.Ordinal);
        await AssertAsync(path, head, function.Source[..start] + body + "; }", "");
    }

    private const string Module = "import os\nfrom collections import OrderedDict\n\n\ndef other(xs):\n    return OrderedDict(xs)\n\n\ndef work(xs):\n    return [x for x in xs]\n";

    [Theory]
    [InlineData(2, 0, "import re\n")]
    [InlineData(3, 0, "import re\n")]
    [LongData(2, 1, "from collections import OrderedDict, deque\n")]
    [InlineData(2, 1, "from collections import deque, OrderedDict\nfrom math import inf\n")]
    [LongData(2, 0, "import evil\n", "more than its function")]
    [InlineData(2, 0, "import re as os\n", "more than its function")]
    [LongData(2, 0, "from math import work\n", "more than its function")]
    [InlineData(2, 1, "from collections import OrderedDict, namedtuple as OrderedDict\n", "more than its function")]
    [LongData(2, 1, "from collections import deque\n", "more than its function")]
    [InlineData(2, 1, "from os import OrderedDict, deque\n", "more than its function")]
    [LongData(1, 1, "", "more than its function")]
    [LongData(1, 1, "import evil as os\n", "more than its function")]
    [LongData(6, 0, "import re\n", "more than its function")]
    [LongData(8, 0, "import re\n", "more than its function")]
    [LongData(6, 1, "    return evil(xs)\n", "more than its function")]
    [LongData(7, 0, "    evil(xs)\n", "more than its function")]
    [LongData(3, 0, "print('hello')\n", "more than its function")]
    [LongData(3, 0, "_X = os.system('id')\n", "more than its function")]
    [LongData(3, 0, "_X = '\'\'\n", "")]
    [LongData(8, 0, "def _h(x=os.system('id')):\n    return x\n", "more than its function")]
    [LongData(9, 0, "_LIMIT = 3\n\n\n", "more than its function")]
    [LongData(8, 0, "class _Evil:\n    pass\n", "more than its function")]
    [LongData(5, 0, "@_evil\n", "more than its function")]
    [LongData(3, 0, "from __future__ import annotations\n", "more than its function")]
    public async Task Beside_its_function_a_suggestion_adds_imports_of_the_library_and_nothing_else(int line, int count, string text, string? refusal = null)
    {
        var (function, _) = await FunctionAsync("work.py", Module, "work");
        var placed = new PlacedCode("def work(xs):\n    return list(xs)", [new LineEdit(line, count, text)]);
        var (edit, elsewhere) = Edit.Of(Encoding.UTF8.GetBytes(Module), function, new Candidate("p", 1, "", "") { Placed = placed })!.Value;

        await AssertAsync("work.py", Module, edit, elsewhere, refusal);
    }

    /// <param name="candidate">Text of the function.</param>
    /// <param name="refusal">Part of the reason, or null where it is accepted.</param>
    private async Task AssertAsync(string path, string head, string candidate, string? refusal)
    {
        var (function, _) = await FunctionAsync(path, head);
        var bytes = Encoding.UTF8.GetBytes(head);
        await AssertAsync(path, head, Edit.Between(bytes, Edit.CandidateFile(bytes, function, candidate.TrimEnd('\n')))!, [], refusal);
    }

    private async Task AssertAsync(string path, string head, Edit edit, IReadOnlyList<Edit> elsewhere, string? refusal)
    {
        var (function, finder) = await FunctionAsync(path, head, head == Module ? "work" : null);
        var bytes = Encoding.UTF8.GetBytes(head);
        var report = SampleReport.Build() with
        {
            Functions =
            [
                FunctionReport.Of(function, FunctionStatus.Improved, "proven better") with
                {
                    Suggestion = Suggestion.Of(edit, new Verdict(VerdictKind.Improved, "proven better", 2, 1.9, 2.1, 40)) with { Elsewhere = elsewhere },
                },
            ],
        };
        var pull = new PullRequestState(new PullRequestName("o", "r", 1), true, "", "", null, "");

        var run = await new SuggestionCheck(finder, AstGrep.Find(sandbox.Sandbox)).CheckAsync(
            report, pull, new Dictionary<string, byte[]> { [path] = bytes }, TestContext.Current.CancellationToken);

        var reason = run.Withheld is [var withheld] ? withheld.Reason : null;
        Assert.True(refusal is null ? reason is null : reason?.Contains(refusal, StringComparison.Ordinal) == true, $"{edit.Replacement}\n{reason ?? "accepted"}");
    }

    private async Task<(Function Function, FunctionFinder Finder)> FunctionAsync(string path, string head, string? name = null)
    {
        var finder = new FunctionFinder(AstGrep.Find(sandbox.Sandbox));
        if (!Found.TryGetValue((path, head), out var functions))
        {
            using var folder = new TemporaryFolder();
            folder.Write(path, head);
            Found[(path, head)] = functions = (await finder.FindAsync(folder.Path, [path], TestContext.Current.CancellationToken)).Functions;
        }

        return (functions.First(f => name is null || f.Name == name), finder);
    }
}
