using Afterburner.Changes;
using Afterburner.Functions;
using Xunit;

namespace Afterburner.Tests.Functions;

public sealed class ChangedFunctionsTests
{
    private const string Python = """
        import os

        @cache
        def a(x):
            def inner(y):
                return y
            return inner(x)

        def b(x):
            return x

        class C:
            size = 1

            def d(self):
                return 1
        """;

    [Theory]
    [InlineData(1, "")] // an import
    [InlineData(3, "a")] // the decorator
    [InlineData(6, "a")] // a function inside a function is not addressable in Python
    [InlineData(8, "")] // between two functions
    [InlineData(10, "b")]
    [InlineData(13, "")] // a class attribute
    [InlineData(16, "C.d")]
    public async Task A_function_is_changed_when_a_changed_line_lies_inside_it(int line, string expected) =>
        Assert.Equal(expected, await ChangedAsync("m.py", Python, Added(line)));

    [Theory]
    [InlineData(9, "b")] // after line 9, inside
    [InlineData(8, "")] // after line 8, before the first line of b
    [InlineData(10, "")] // after the last line of b
    public async Task A_deletion_changes_the_function_that_encloses_it(int after, string expected) =>
        Assert.Equal(expected, await ChangedAsync("m.py", Python, new Hunk(after + 1, 1, after, 0, [new HunkLine(HunkLineKind.Deleted, after + 1, null)])));

    [Fact]
    public async Task Of_nested_functions_the_innermost_that_holds_every_changed_line_is_taken()
    {
        const string Script = """
            function outer() {
              const first = () => {
                return 1;
              };
              const second = () => {
                return 2;
              };
              return first() + second();
            }
            """;

        Assert.Equal("outer.first", await ChangedAsync("m.js", Script, Added(3)));
        Assert.Equal("outer.first outer.second", await ChangedAsync("m.js", Script, Added(3), Added(6)));
        Assert.Equal("outer", await ChangedAsync("m.js", Script, Added(3), Added(8)));
        Assert.Equal("outer", await ChangedAsync("m.js", Script, Added(1), Added(3)));
    }

    [Fact]
    public async Task Deleted_and_binary_files_change_no_function()
    {
        var functions = (await FunctionFinderTests.FindAllAsync("m.py", Python)).Functions;
        var deleted = new FileDiff("m.py", "m.py", FileStatus.Deleted, true, [Added(10)]);
        var binary = new FileDiff("m.py", "m.py", FileStatus.Modified, false, [Added(10)]);

        Assert.Empty(FunctionFinder.Changed(new Change("a", "b", [deleted, binary]), functions));
    }

    private static Hunk Added(int line) => new(line - 1, 0, line, 1, [new HunkLine(HunkLineKind.Added, null, line)]);

    private static async Task<string> ChangedAsync(string path, string text, params Hunk[] hunks)
    {
        var functions = (await FunctionFinderTests.FindAllAsync(path, text)).Functions;
        var change = new Change("a", "b", [new FileDiff(path, path, FileStatus.Modified, true, hunks)]);
        return string.Join(' ', FunctionFinder.Changed(change, functions).Select(f => f.Name));
    }
}
