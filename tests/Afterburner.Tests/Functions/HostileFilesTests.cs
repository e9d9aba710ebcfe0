using Afterburner.Functions;
using Afterburner.Tests.Sandboxes;
using Xunit;

namespace Afterburner.Tests.Functions;

/// <summary>Files made to harm who reads them: they are left out with the reason, and every other file is read.</summary>
public sealed class HostileFilesTests(BubblewrapFixture sandbox) : IClassFixture<BubblewrapFixture>
{
    [Fact]
    public async Task A_file_that_takes_quadratic_time_is_left_out_and_its_neighbours_are_read()
    {
        var found = await FindAsync("def f():\n" + string.Concat(Enumerable.Repeat("    #\n", 20_000)) + "    pass\n");

        Assert.Equal(["hostile.py: takes too long to read"], LeftOut(found));
        Assert.Equal(["a.py::before", "z.py::after"], found.Functions.Select(f => f.Id));
    }

    [Theory]
    [MemberData(nameof(Explosions))]
    public async Task A_file_that_would_be_read_as_a_multiple_of_itself_is_left_out(string what)
    {
        var found = await FindAsync(Texts[what], patience: TimeSpan.FromMinutes(1));

        Assert.Equal(["hostile.py: holds too many functions, or nests them too deeply, to read"], LeftOut(found));
        Assert.Equal(["a.py::before", "z.py::after"], found.Functions.Select(f => f.Id));
    }

    [Fact]
    public async Task Half_a_million_parentheses_take_no_other_file_with_them()
    {
        var found = await FindAsync("x = " + new string('(', 500_000) + new string(')', 500_000) + "\n");

        Assert.Equal(["a.py::before", "z.py::after"], found.Functions.Select(f => f.Id));
    }

    [Fact]
    public async Task Functions_around_what_does_not_parse_are_said_to_be_uncertain()
    {
        var found = await FindAsync("def broken(:\n    return (\n");

        Assert.Equal(["hostile.py"], found.Errors.Keys);
    }

    public static TheoryData<string> Explosions => [.. Texts.Keys];

    private static readonly Dictionary<string, string> Texts = new()
    {
        ["functions in functions"] = string.Concat(Enumerable.Range(0, 900).Select(i => new string(' ', i) + "def f():\n")) + new string(' ', 900) + "pass\n",
        ["decorators"] = string.Concat(Enumerable.Repeat("@a\n", 5_000)) + "def f():\n    pass\n",
        ["tiny functions"] = string.Concat(Enumerable.Repeat("def f():0\n", 20_000)),
        ["classes"] = string.Concat(Enumerable.Repeat("class A:0\n", 20_000)),
    };

    private static IEnumerable<string> LeftOut(FoundFunctions found) => found.LeftOut.Select(l => $"{l.Path}: {l.Reason}");

    private async Task<FoundFunctions> FindAsync(string hostile, TimeSpan? patience = null)
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.py", "def before(): pass\n");
        folder.Write("hostile.py", hostile);
        folder.Write("z.py", "def after(): pass\n");
        var astGrep = new AstGrep(AstGrep.FindProgram(), sandbox.Sandbox) { FileTime = patience ?? TimeSpan.FromSeconds(1) };
        return await new FunctionFinder(astGrep).FindAsync(folder.Path, ["a.py", "hostile.py", "z.py"], TestContext.Current.CancellationToken);
    }
}
