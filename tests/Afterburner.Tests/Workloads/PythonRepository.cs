using Afterburner.Changes;
using Afterburner.Languages.Python;
using Afterburner.Sandboxes;
using Afterburner.Tests.Changes;
using Afterburner.Tests.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Tests.Workloads;

/// <summary>A small Python project in a temporary folder, run in the bubblewrap sandbox.</summary>
internal sealed class PythonRepository : IDisposable
{
    public PythonRepository(params ReadOnlySpan<(string Path, string Text)> files)
    {
        foreach (var (path, text) in files)
            Write(path, text);
    }

    public string Root { get; } = SharedFolder.Create("afterburner-test-");

    public void Write(string path, string text)
    {
        var file = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    public async Task<PythonProject> FindAsync(BubblewrapFixture fixture, PythonOptions? options = null)
    {
        var cancel = Xunit.TestContext.Current.CancellationToken;
        await GitAsync("init", "--quiet");
        return await PythonProjectFinder.FindAsync(
            fixture.Sandbox, await GitRepository.OpenAsync(Root, cancel), Root, options ?? new PythonOptions(), cancel);
    }

    public Task<string> GitAsync(params string[] arguments) =>
        TestRepository.RunAsync(Root, ["git", "-c", "user.name=Test", "-c", "user.email=test@example.org", .. arguments]);

    public async Task<Harness> HarnessAsync(BubblewrapFixture fixture, PythonOptions? options = null) =>
        new(fixture.Sandbox, (await FindAsync(fixture, options)).Program);

    /// <summary>A target by its name, on the first line of the text that defines it.</summary>
    public Target Target(string path, string name)
    {
        var definition = $"def {name.Split('.')[^1]}(";
        var line = File.ReadAllLines(Path.Combine(Root, path)).ToList().FindIndex(l => l.Contains(definition, StringComparison.Ordinal)) + 1;
        while (line > 1 && File.ReadAllLines(Path.Combine(Root, path))[line - 2].TrimStart().StartsWith('@'))
            line--;
        return new Target(path, name, line);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
