using Xunit;

namespace Afterburner.Tests.Suggestions;

/// <summary>A real git repository with one commit, to apply patches to.</summary>
internal sealed class Repository : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static async Task<Repository> WithAsync(string path, byte[] content)
    {
        var repository = new Repository();
        repository._folder.Write(path, content);
        foreach (var arguments in new string[][]
        {
            ["init", "-q"],
            ["-c", "core.autocrlf=false", "add", "."],
            ["-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "-q", "-m", "head"],
        })
        {
            Assert.True((await repository.GitAsync("", arguments)).Succeeded);
        }

        return repository;
    }

    public byte[] Read(string path) => File.ReadAllBytes(Path.Combine(_folder.Path, path));

    public async Task ApplyAsync(string patch)
    {
        var run = await GitAsync(patch, "apply", "--whitespace=nowarn", "-");
        Assert.True(run.Succeeded, run.ErrorText + patch);
    }

    public void Dispose() => _folder.Dispose();

    private Task<ProcessRun> GitAsync(string input, params string[] arguments) => Processes.RunAsync(
        new ProcessStart("git", arguments) { WorkingDirectory = _folder.Path, Input = System.Text.Encoding.UTF8.GetBytes(input) });
}
