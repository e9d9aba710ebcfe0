using Afterburner.Languages.Python;
using Afterburner.Proposers;
using Xunit;

namespace Afterburner.Tests.Proposers;

public sealed class ReplyReaderTests
{
    private const string File = "import os\n\n\ndef scale(a, k):\n    return [x * k for x in a]\n";

    private const string InClass = """
        class Table:
            @property
            def wide(self):
                text = '''
              kept as it is
                '''
                return text
        """;

    private static Reply Read(string reply, string file = File) => ReplyReader.Read(reply, PythonSources.LastFunction(file), file, new PythonText());

    private static void AssertRefused(string reply, string reason)
    {
        var read = Read(reply);
        Assert.Null(read.Source);
        Assert.Contains(reason, read.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(">")]
    [LongData("- ")]
    [LongData("[")]
    [LongData("![](")]
    [InlineData("*a_")]
    [LongData("<a ")]
    [LongData("<thinking>")]
    [LongData("\n<solution>")]
    public void A_reply_that_nests_without_end_is_read_or_refused(string nest)
    {
        var endless = string.Concat(Enumerable.Repeat(nest, 100_000 / nest.Length));

        Assert.True(Read(endless) is { Source: null, Reason: not null });
        Assert.NotNull(Read($"{endless[..50_000]}\n\n<solution>\n```python\ndef scale(a, k):\n    return []\n```\n</solution>\n"));
    }

    [Fact]
    public void Every_recorded_reply_is_read_as_its_first_line_says()
    {
        var files = Directory.GetFiles(Path.Combine(Repository.Root, "tests", "Fixtures", "replies"), "*.md");
        Assert.True(files.Length >= 8);
        foreach (var file in files)
        {
            var text = System.IO.File.ReadAllText(file);
            var (expectation, reply) = (text[..text.IndexOf('\n', StringComparison.Ordinal)], text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..]);
            var read = Read(reply);
            if (expectation.StartsWith("refused: ", StringComparison.Ordinal))
                Assert.Contains(expectation[9..], read.Reason, StringComparison.Ordinal);
            else
                Assert.True(read.Source == "def scale(a, k):\n    return " + expectation["returns: ".Length..], $"{Path.GetFileName(file)}: {read.Reason}{read.Source}");
        }
    }

    [Fact]
    public void The_last_block_of_the_last_solution_wins()
    {
        var read = Read("""
            <thinking>
            The list is built twice. A map is enough.
            ```python
            def scale(a, k): return 1
            ```
            </thinking>
            <solution>
            ```python
            def scale(a, k): return 2
            ```
            </solution>
            <solution>
            First:
            ```python
            def scale(a, k): return 3
            ```
            then
            ```python
            def scale(a, k): return 4
            ```
            </solution>
            ```python
            def scale(a, k): return 5
            ```
            """);

        Assert.Equal("def scale(a, k): return 4", read.Source);
        Assert.Equal("The list is built twice.", read.Title);
    }

    [Fact]
    public void Fences_inside_strings_and_longer_fences_do_not_end_the_block()
    {
        var read = Read("<solution>\n````python\ndef scale(a, k):\n    s = '''\n```\ncode\n```\n'''\n    return s + \"```\"\n````\n</solution>");
        Assert.Equal("def scale(a, k):\n    s = '''\n```\ncode\n```\n'''\n    return s + \"```\"", read.Source);
    }

    [Fact]
    public void A_solution_tag_in_the_code_does_not_end_the_solution()
    {
        var read = Read("<solution>\n```python\ndef scale(a, k):\n    return '''\n</solution>\n'''\n```\n</solution>\n");
        Assert.Equal("def scale(a, k):\n    return '''\n</solution>\n'''", read.Source);
    }

    [Fact]
    public void A_block_in_a_list_loses_the_indentation_of_the_list() =>
        Assert.Equal("def scale(a, k):\n    return a", Read("1. Here:\n\n   ```python\n   def scale(a, k):\n       return a\n   ```\n").Source);

    [Fact]
    public void Line_ends_are_those_of_the_file()
    {
        var file = File.ReplaceLineEndings("\r\n");
        Assert.Equal("def scale(a, k):\r\n    return a", Read("```python\r\ndef scale(a, k):\r\n    return a\r\n```\r\n", file).Source);
        Assert.Equal("def scale(a, k):\n    return a", Read("```python\r\ndef scale(a, k):\r\n    return a\r\n```\r\n").Source);
    }

    [Fact]
    public void The_function_is_taken_out_of_a_whole_file_with_the_import_it_needs_and_without_documentation_it_had_not()
    {
        var read = Read("""
            ```python
            import os
            from itertools import repeat


            def helper():
                pass


            def scale(a, k):
                '''Scaled.'''
                return list(map(int.__mul__, a, repeat(k)))


            print(scale([1], 2))
            ```
            """);

        Assert.Equal("def scale(a, k):\n    from itertools import repeat\n    return list(map(int.__mul__, a, repeat(k)))", read.Source);
    }

    [Theory]
    [InlineData("def scale(a, k=1, *, by):")]
    [InlineData("def scale(a: FrozenSet[str], k: int = 1, *, by: 'str') -> list[int]:  # plain")]
    [InlineData("def scale(\n    a: Dict[str, int],\n    k=1,  # often\n    *,\n    by: str,\n) -> None:")]
    public void Annotations_stay_those_of_the_function(string header)
    {
        const string Own = "def scale(a: Iterable[str], k: int = 1, *,\n          by: str) -> list:";

        Assert.Equal($"{Own}\n    return [*a]", Read($"```python\n{header}\n    return [*a]\n```", $"{Own}\n    return [a]\n").Source);
    }

    [Theory]
    [InlineData("def scale(a, k=2):")]
    [InlineData("def scale(a, *, k=1):")]
    [InlineData("def scale(a, l=1):")]
    [InlineData("async def scale(a, k=1):")]
    [InlineData("def scale(a, k=lambda x: x):")]
    public void Other_arguments_are_not_made_those_of_the_function(string header) =>
        Assert.Equal($"{header}\n    return [*a]", Read($"```python\n{header}\n    return [*a]\n```", "def scale(a: list, k: int = 1):\n    return [a]\n").Source);

    [Fact]
    public void Imports_over_several_lines_move_into_the_function_and_those_that_only_annotations_use_do_not()
    {
        var read = Read("""
            ```python
            from typing import FrozenSet
            from itertools import (  # both
                repeat,
                chain as joined,
            )
            import os.path, \
                operator
            from importlib import metadata

            def scale(a: FrozenSet[int], k):
                return list(joined(map(operator.mul, a, repeat(k, metadata))))
            ```
            """);

        Assert.Equal(
            "def scale(a, k):\n    from itertools import ( repeat, chain as joined, )\n    import os.path, operator\n    from importlib import metadata\n    return list(joined(map(operator.mul, a, repeat(k, metadata))))",
            read.Source);
    }

    [Theory]
    [InlineData("class Table:\n    @property\n    def wide(self):\n        # now\n        return 1\n\n    def other(self):\n        return 2")]
    [InlineData("def wide(self):\n    # now\n    return 1")]
    [InlineData("    @property\n    def wide(self):\n        # now\n        return 1")]
    [InlineData("@property\n    def wide(self):\n        # now\n        return 1")]
    [InlineData("@property\n@property\ndef wide(self):\n    # now\n    return 1")]
    public void A_method_is_fitted_into_its_class_with_its_own_decorators(string code) =>
        Assert.Equal("@property\n    def wide(self):\n        # now\n        return 1", Read($"```python\n{code}\n```", InClass).Source);

    [Fact]
    public void Constants_and_helpers_of_the_reply_that_the_function_uses_move_into_it_too()
    {
        var read = Read("""
            ```python
            import re

            WIDTHS = {
                "wide": re.A,
            }
            TEXT = '''
              as it is
            '''
            UNUSED = 1
            os = 3

            def _width(name):
                return WIDTHS.get(name, _NONE)

            _NONE = 0

            def other():
                return 1

            def scale(a, k):
                return [_width(x) * k for x in a] + [TEXT]
            ```
            """);

        Assert.Equal(
            "def scale(a, k):\n    import re\n    WIDTHS = {\n        \"wide\": re.A,\n    }\n    TEXT = '''\n  as it is\n'''\n"
            + "    def _width(name):\n        return WIDTHS.get(name, _NONE)\n    _NONE = 0\n    return [_width(x) * k for x in a] + [TEXT]",
            read.Source);
    }

    [Fact]
    public void A_constant_that_is_the_last_word_of_the_function_moves_too()
    {
        var read = Read("```python\n_FIRST = 1\n_STEP = 2\n\ndef scale(a, k):\n    return [x * k + _FIRST for x in a] * _STEP\n```");

        Assert.Equal("def scale(a, k):\n    _FIRST = 1\n    _STEP = 2\n    return [x * k + _FIRST for x in a] * _STEP", read.Source);
    }

    [Fact]
    public void The_inside_of_a_string_is_not_indented()
    {
        var read = Read("```python\n@property\ndef wide(self):\n    text = '''\n      kept as it is\n    '''\n    return text\n```", InClass);
        Assert.Contains("\n      kept as it is\n", read.Source, StringComparison.Ordinal);
        Assert.Equal(PythonSources.LastFunction(InClass).Source, read.Source);
    }

    [Fact]
    public void A_new_decorator_is_kept_for_verification_to_judge() =>
        Assert.StartsWith("@lru_cache\ndef scale", Read("```python\n@lru_cache\ndef scale(a, k):\n    return a\n```").Source, StringComparison.Ordinal);

    [Fact]
    public void What_holds_no_function_is_refused_with_the_reason()
    {
        AssertRefused("", "empty");
        AssertRefused("I cannot help with that.", "no fenced code block");
        AssertRefused("Here:\n\n    def scale(a, k):\n        return a\n", "no fenced code block");
        AssertRefused("```python\n\n```", "empty");
        AssertRefused("<solution>\n```python\ndef scale(a, k):\n    return [x", "cut off");
        AssertRefused("```python\ndef grow(a, k):\n    return a\n```", "defines grow, not scale");
        AssertRefused("```python\nreturn a\n```", "does not define scale");
        AssertRefused("```python\ndef scale(a, k):\n    return '" + new string('x', 110_000) + "'\n```", "longer than 100 KiB");
    }
}
