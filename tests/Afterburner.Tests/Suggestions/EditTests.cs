using System.Text;
using Afterburner.Proposers;
using Afterburner.Suggestions;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Suggestions;

public sealed class EditTests
{
    [Theory]
    [InlineData("a\nb\nc\n", "a\nB\nc\n", 2, 2, "B\n")]
    [InlineData("a\nb\nc\nd\n", "a\nB\nC\nd\n", 2, 3, "B\nC\n")]
    [InlineData("a\nb\nc\n", "a\nc\n", 2, 2, "")]
    [InlineData("a\nb\n", "a\nx\nb\n", 1, 1, "a\nx\n")]
    [InlineData("a\nb\n", "x\na\nb\n", 1, 1, "x\na\n")]
    [InlineData("a\r\nb\r\nc", "a\r\nb\r\nC", 3, 3, "C")]
    [InlineData("a\nb", "a\nb\nc", 2, 2, "b\nc")]
    [InlineData("a", "b", 1, 1, "b")]
    [InlineData("a\na\na\n", "a\na\n", 3, 3, "")]
    public void Only_the_changed_lines_are_replaced_and_making_the_edit_gives_exactly_the_candidate(
        string head, string candidate, int startLine, int endLine, string replacement)
    {
        var edit = Edit.Between(Bytes(head), Bytes(candidate));

        Assert.NotNull(edit);
        Assert.Equal((startLine, endLine, replacement), (edit.StartLine, edit.EndLine, edit.Replacement));
        Assert.Equal(candidate, Encoding.UTF8.GetString(edit.Apply(Bytes(head))));
    }

    [Fact]
    public void Every_edit_of_random_files_gives_exactly_the_candidate()
    {
        var random = new Random(11);
        for (var round = 0; round < 2_000; round++)
        {
            var (head, candidate) = (RandomFile(random), RandomFile(random));
            var edit = Edit.Between(head, candidate);
            if (edit is null)
                Assert.True(head.AsSpan().SequenceEqual(candidate) || head.Length == 0);
            else
                Assert.Equal(candidate, edit.Apply(head));
        }
    }

    [Fact]
    public void What_a_candidate_needs_elsewhere_is_an_edit_of_its_own_and_what_comes_before_the_function_is_one_with_it()
    {
        const string Head = "import os\nimport sys\n\n\ndef work(xs):\n    return xs\n";
        var function = SampleReport.FunctionAt(Head, "work", Head.IndexOf("def work", StringComparison.Ordinal), Head.Length - 1);
        var candidate = new Candidate("p", 1, "", "")
        {
            Placed = new PlacedCode("def work(xs):\n    return _A + xs", [new LineEdit(2, 0, "import re\n"), new LineEdit(2, 1, "import sys, bisect\n"), new LineEdit(5, 0, "_A = 1\n\n\n")]),
        };

        var (edit, elsewhere) = Edit.Of(Bytes(Head), function, candidate)!.Value;

        Assert.Equal((5, 6, "_A = 1\n\n\ndef work(xs):\n    return _A + xs\n"), (edit.StartLine, edit.EndLine, edit.Replacement));
        var other = Assert.Single(elsewhere);
        Assert.Equal((2, 2, "import re\nimport sys, bisect\n"), (other.StartLine, other.EndLine, other.Replacement));
        var made = other.Apply(edit.Apply(Bytes(Head)));
        Assert.Equal("import os\nimport re\nimport sys, bisect\n\n\n_A = 1\n\n\ndef work(xs):\n    return _A + xs\n", Encoding.UTF8.GetString(made));
        Assert.Equal(made, Edit.CandidateFile(Bytes(Head), function, candidate));
    }

    [Fact]
    public void The_same_file_is_no_edit() => Assert.Null(Edit.Between(Bytes("a\nb"), Bytes("a\nb")));

    [Fact]
    public void Lines_that_are_not_utf8_are_kept_outside_an_edit_and_make_none_inside_it()
    {
        byte[] head = [0xE9, (byte)'\n', (byte)'a', (byte)'\n'];
        byte[] outside = [0xE9, (byte)'\n', (byte)'b', (byte)'\n'];
        byte[] inside = [0xE8, (byte)'\n', (byte)'a', (byte)'\n'];

        Assert.Equal(outside, Edit.Between(head, outside)!.Apply(head));
        Assert.Null(Edit.Between(head, inside));
    }

    [Fact]
    public void An_edit_is_not_made_on_other_lines_than_those_that_were_reviewed()
    {
        var edit = Edit.Between(Bytes("a\nb\n"), Bytes("a\nB\n"))!;

        Assert.Throws<InvalidOperationException>(() => edit.Apply(Bytes("a\nc\n")));
        Assert.Throws<InvalidOperationException>(() => edit.Apply(Bytes("a\n")));
    }

    [Theory]
    [InlineData("x = 1\r\ndef f():\r\n    return 1\r\ny = 2\r\n", "def f():\n    return 2", "x = 1\r\ndef f():\r\n    return 2\r\ny = 2\r\n")]
    [InlineData("x = 1\ndef f():\n    return 1\ny = 2\n", "def f():\r\n    return 2", "x = 1\ndef f():\n    return 2\ny = 2\n")]
    [InlineData("é = 1\r\ndef f(): return 1\r\n", "def f():\n    return 2", "é = 1\r\ndef f():\r\n    return 2\r\n")]
    [InlineData("def f():\n    return 1\r\n\r\n", "def f():\n    return 2", "def f():\n    return 2\r\n\r\n")]
    public void A_candidate_takes_the_line_ends_of_the_function_it_replaces(string head, string source, string expected)
    {
        var start = head.IndexOf("def f", StringComparison.Ordinal);
        var function = SampleReport.FunctionAt(head, "f", start, head.IndexOf("return 1", StringComparison.Ordinal) + "return 1".Length);

        Assert.Equal(expected, Encoding.UTF8.GetString(Edit.CandidateFile(Bytes(head), function, source)));
    }

    private static byte[] RandomFile(Random random)
    {
        string[] lines = ["a\n", "b\n", "a\r\n", "\n", "é\n"];
        var text = string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => lines[random.Next(lines.Length)]));
        return Bytes(random.Next(3) == 0 ? text.TrimEnd('\n') : text);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
