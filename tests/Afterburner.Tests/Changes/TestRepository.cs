using System.Text;

namespace Afterburner.Tests.Changes;

/// <summary>A real git repository in a temporary folder.</summary>
public sealed class TestRepository : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private TestRepository() { }

    public string Path => _folder.Path;

    public static async Task<TestRepository> CreateAsync()
    {
        var repository = new TestRepository();
        await repository.GitAsync("init", "--quiet", "--initial-branch=main");
        await repository.GitAsync("config", "user.name", "Test");
        await repository.GitAsync("config", "user.email", "test@example.org");
        return repository;
    }

    public string Write(string path, string text) => _folder.Write(path, text);

    public string Write(string path, byte[] bytes) => _folder.Write(path, bytes);

    public void Delete(string path) => File.Delete(System.IO.Path.Combine(Path, path));

    public async Task<string> CommitAsync(string message = "a change")
    {
        await GitAsync("add", "--all");
        await GitAsync("commit", "--quiet", "--allow-empty", "--message", message);
        return await GitAsync("rev-parse", "HEAD");
    }

    public Task<string> GitAsync(params string[] arguments) => GitAsync(arguments, default);

    public Task<string> GitAsync(string[] arguments, byte[]? input) => RunAsync(Path, input, ["git", .. arguments]);

    /// <summary>Writes a tree object that git itself would not make, and a commit of it.</summary>
    public async Task<string> CommitTreeAsync(params (string Mode, byte[] Path, string Hash)[] entries)
    {
        var tree = new MemoryStream();
        foreach (var (mode, path, hash) in entries)
        {
            tree.Write(Encoding.ASCII.GetBytes(mode + " "));
            tree.Write(path);
            tree.WriteByte(0);
            tree.Write(Convert.FromHexString(hash));
        }

        var written = await GitAsync(["hash-object", "-t", "tree", "--literally", "-w", "--stdin"], tree.ToArray());
        return await GitAsync("commit-tree", written, "-m", "a tree");
    }

    public static Task<string> RunAsync(string directory, params string[] command) => RunAsync(directory, null, command);

    private static async Task<string> RunAsync(string directory, byte[]? input, string[] command)
    {
        var run = await Processes.RunAsync(
            new ProcessStart(command[0], command[1..])
            {
                WorkingDirectory = directory,
                Input = input,
                Environment = new Dictionary<string, string>
                {
                    ["PATH"] = Environment.GetEnvironmentVariable("PATH")!,
                    ["HOME"] = directory,
                    ["GIT_CONFIG_NOSYSTEM"] = "1",
                },
            });
        return run.Succeeded ? run.Text.TrimEnd('\n') : throw new InvalidOperationException($"{string.Join(' ', command)}: {run.ErrorText}");
    }

    public void Dispose() => _folder.Dispose();
}
