using System.Text;
using Afterburner.Functions;
using Afterburner.Languages.Python;
using Xunit;

namespace Afterburner.Tests.Functions;

/// <summary>No comment hides a function: not in any language, in any place, in any form that ast-grep understands.</summary>
public sealed class SuppressionsTests
{
    [Theory]
    [InlineData("m.py", "# ast-grep-ignore\ndef hidden(): pass\n")]
    [InlineData("m.py", "# ast-grep-ignore\n\ndef hidden(): pass\n")] // the whole file
    [InlineData("m.py", "# ast-grep-ignore: function-python\n\ndef hidden(): pass\n")]
    [InlineData("m.py", "#ast-grep-ignore:function-python,container-python\ndef hidden(): pass\n")]
    [InlineData("m.py", "def hidden(): pass # why: ast-grep-ignore\n")]
    [InlineData("m.py", "# ast-grep-ignore ast-grep-ignore ast-grep-ignoreast-grep-ignore\ndef hidden(): pass\n")]
    [InlineData("m.js", "// ast-grep-ignore\nfunction hidden() {}\n")]
    [InlineData("m.js", "/* ast-grep-ignore */ function hidden() {}\n")]
    [InlineData("m.ts", "/**\n * ast-grep-ignore */\nfunction hidden() {}\n")]
    [InlineData("m.tsx", "// ast-grep-ignore\n\nfunction hidden() {}\n")]
    [InlineData("m.cs", "class A {\n/// ast-grep-ignore\nvoid hidden() {}\n}\n")]
    [InlineData("m.go", "package p\n// ast-grep-ignore\nfunc hidden() {}\n")]
    [InlineData("m.rs", "/* ast-grep-ignore */\nfn hidden() {}\n")]
    [InlineData("m.java", "class A {\n// ast-grep-ignore\nvoid hidden() {}\n}\n")]
    [InlineData("m.cpp", "// ast-grep-ignore\nvoid hidden() {}\n")]
    public async Task A_comment_that_tells_ast_grep_to_look_away_hides_no_function(string path, string text)
    {
        var function = Assert.Single((await FunctionFinderTests.FindAllAsync(path, text)).Functions);

        Assert.EndsWith("hidden", function.Name, StringComparison.Ordinal);
        Assert.Equal(function.Source, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)[function.StartByte..function.EndByte]));
    }

    [Fact]
    public async Task What_is_named_like_the_keyword_keeps_its_name()
    {
        var found = await FunctionFinderTests.FindAllAsync("m.js", "const api = { 'ast-grep-ignore': () => ast-grep-ignore };\n");

        var function = Assert.Single(found.Functions);
        Assert.Equal("api.ast-grep-ignore", function.Name);
        Assert.Contains("ast-grep-ignore", function.Source, StringComparison.Ordinal);
        Assert.Empty(found.Errors);
    }

    [Fact]
    public void The_word_in_its_place_has_its_length_and_is_in_no_file()
    {
        var first = Encoding.UTF8.GetBytes("# ast-grep-ignore\n");
        var word = Encoding.UTF8.GetString(Suppressions.In([File(first)]).Without(first)).Trim('#', ' ', '\n');
        var taken = File(Encoding.UTF8.GetBytes($"# {word}\n"));

        var suppressions = Suppressions.In([File(first), taken]);
        var without = suppressions.Without(first);

        Assert.Equal(first.Length, without.Length);
        Assert.DoesNotContain(word, Encoding.UTF8.GetString(without), StringComparison.Ordinal);
        Assert.Equal(first, suppressions.Restored(without));
    }

    private static SourceFile File(byte[] bytes) => new("a.py", PythonLanguage.Python, bytes);
}
