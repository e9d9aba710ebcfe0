
namespace Afterburner.Sandboxes;

/// <summary>
/// A private folder for one run: the exported tree of the change and copies of it with a candidate in place. The user's
/// work tree and index are never touched.
/// </summary>
public sealed class Workspace : IDisposable
{
    private readonly string _root;
    private int _copies;

    private Workspace(string root) => _root = root;

    /// <summary>The tree at head.</summary>
    public string Head => Path.Combine(_root, "head");

    /// <summary>Files that say how tests are run, as they were before the change: at their paths, beside the tree. Not there where that is not known.</summary>
    public string Declared => DeclaredBeside(Head);

    /// <summary>See <see cref="Declared"/>.</summary>
    /// <param name="tree"><see cref="Head"/>, or a copy of it.</param>
    public static string DeclaredBeside(string tree) => Path.Combine(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(tree))!, "declared");

    public static Workspace Create()
    {
        var workspace = new Workspace(SharedFolder.Create("afterburner-"));
        Directory.CreateDirectory(workspace.Head);
        return workspace;
    }

    /// <summary>A copy of the tree with one file replaced. Files are hard links: cheap, and only ever mounted read-only.</summary>
    public async Task<string> WithAsync(string path, byte[] content, CancellationToken cancellationToken)
    {
        var copy = Path.Combine(_root, $"candidate-{Interlocked.Increment(ref _copies)}");
        var run = await Processes.RunAsync(
            new ProcessStart("cp", "-al", Head, copy), cancellationToken: cancellationToken).ConfigureAwait(false);
        if (!run.Succeeded)
            throw new EnvironmentFailureException($"cannot copy the tree under review: {run.ErrorText.Trim()}. Free some disk space and run again");
        var target = Path.Combine(copy, path);
        File.Delete(target);
        await File.WriteAllBytesAsync(target, content, cancellationToken).ConfigureAwait(false);
        return copy;
    }

    /// <summary>Removes a copy made by <see cref="WithAsync"/>.</summary>
    public void Drop(string copy)
    {
        if (copy.StartsWith(_root, StringComparison.Ordinal) && Directory.Exists(copy))
            Directory.Delete(copy, recursive: true);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
