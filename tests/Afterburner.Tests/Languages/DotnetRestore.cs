using Xunit;

namespace Afterburner.Tests.Languages;

/// <summary>Restores a project as its user would have: the packages are on this machine then, and nothing of it is left in the tree.</summary>
internal static class DotnetRestore
{
    /// <param name="project">Folder of the project, relative to the tree.</param>
    public static async Task OfAsync(TemporaryFolder tree, string project)
    {
        var restored = await Processes.RunAsync(
            new ProcessStart("dotnet", "restore", Path.Combine(tree.Path, project), "--nologo", "-v", "q") { WorkingDirectory = tree.Path }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(restored.Succeeded, restored.Text);
        foreach (var made in Directory.EnumerateDirectories(tree.Path, "obj", SearchOption.AllDirectories).ToList())
            Directory.Delete(made, recursive: true);
    }
}
