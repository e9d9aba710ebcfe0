using Afterburner.Changes;
using Xunit;

namespace Afterburner.Tests;

public sealed class PathFilterTests
{
    [Theory]
    [InlineData("*.py", "a.py", true)]
    [InlineData("*.py", "deep/down/a.py", true)]
    [InlineData("*.py", "a.pyc", false)]
    [InlineData("src/*.py", "src/a.py", true)]
    [InlineData("src/*.py", "src/sub/a.py", false)]
    [InlineData("src/*.py", "other/src/a.py", false)]
    [InlineData("src/**/*.py", "src/a.py", true)]
    [InlineData("src/**/*.py", "src/x/y/a.py", true)]
    [InlineData("**/models/**", "a/models/b/c.py", true)]
    [InlineData("src", "src/x/a.py", true)]
    [InlineData("src/", "lib/src/a.py", true)]
    [InlineData("/src", "lib/src/a.py", false)]
    [InlineData("a?.py", "ab.py", true)]
    [InlineData("a+(b).py", "a+(b).py", true)]
    public void Globs_choose_paths(string glob, string path, bool accepted)
    {
        Assert.Equal(accepted, new PathFilter([glob], []).Accepts(path));
        Assert.Equal(!accepted, new PathFilter([], [glob]).Accepts(path));
    }

    [Fact]
    public void What_is_excluded_stays_out_even_if_included() =>
        Assert.False(new PathFilter(["src/**"], ["*_pb2.py"]).Accepts("src/a_pb2.py"));
}
