using Afterburner.Gates;
using Afterburner.Suggestions;
using Afterburner.Verdicts;
using Xunit;

namespace Afterburner.Tests;

/// <summary>Which functions <c>gate.require-faster</c> means.</summary>
public sealed class RequiredGainsTests
{
    [Theory]
    [InlineData("src/hot/**", "src/hot/parse.py", "parse", true)]
    [InlineData("src/hot/**", "src/cold/parse.py", "parse", false)]
    [InlineData("*.py", "src/hot/parse.py", "parse", true)]
    [InlineData("src/hot/parse.py::parse", "src/hot/parse.py", "parse", true)]
    [InlineData("src/hot/parse.py::parse", "src/hot/parse.py", "parse_all", false)]
    [InlineData("parse.py::parse*", "src/hot/parse.py", "parse_all", true)]
    [InlineData("**::Parser.*", "src/hot/parse.py", "Parser.next", true)]
    [InlineData("**::Parser.*", "src/hot/parse.py", "parse", false)]
    public void A_glob_names_files_or_functions(string glob, string path, string name, bool isNamed)
    {
        var marked = new RequiredGains([glob], null).Marked(Function(path, name), isSame: false);

        Assert.Equal(isNamed ? glob : null, marked.RequiredBy);
    }

    [Fact]
    public void What_is_new_and_what_is_as_it_was_has_nothing_to_be_faster_than()
    {
        var required = new RequiredGains(["**"], null);

        Assert.Null(required.Marked(Function("a.py", "f"), isSame: true).RequiredBy);
        Assert.Null(required.Marked(Function("a.py", "f") with { Reason = GatePairs.New }, isSame: false).RequiredBy);
        Assert.Equal("**", required.Marked(Function("a.py", "f"), isSame: false).RequiredBy);
    }

    private static GateFunctionReport Function(string path, string name) =>
        new() { Path = path, Name = name, StartLine = 1, EndLine = 2, Status = GateStatus.NotSlower, Reason = "measured" };
}
