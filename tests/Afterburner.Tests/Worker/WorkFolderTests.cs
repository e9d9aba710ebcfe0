using Afterburner.Worker.Reviews;
using Xunit;

namespace Afterburner.Tests.Worker;

public sealed class WorkFolderTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void What_a_process_that_is_gone_left_is_removed_and_what_a_living_one_has_is_not()
    {
        _temporary.Write("afterburner-worker-dead/.lock", "");
        _temporary.Write("afterburner-worker-dead/afterburner-1/head/file.py", "x = 1\n");
        _temporary.Write("somebody-elses/file", "x");
        using var living = WorkFolder.Open(_temporary.Path, TimeProvider.System);
        File.WriteAllText(Path.Combine(living.Path, "file"), "x");

        using (var next = WorkFolder.Open(_temporary.Path, TimeProvider.System))
            Assert.True(Directory.Exists(next.Path));

        Assert.Equal(
            new[] { living.Path, Path.Combine(_temporary.Path, "somebody-elses") }.Order(), Directory.GetDirectories(_temporary.Path).Order());
        Assert.True(File.Exists(Path.Combine(living.Path, "file")));
    }
}
