using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Languages.Python;

/// <summary>Runs Python 3.9 and newer, with tests for pytest or unittest.</summary>
public sealed class PythonRuntime : IRuntime
{
    public Abilities Abilities => Abilities.All;

    public string ProjectOf(string workspace, string path, IReadOnlyList<string> projects) => PythonFolders.ProjectOf(workspace, path, projects);

    public string? InstallOf(string workspace, string folder, string runner) => PythonInstall.Of(workspace, folder, runner);

    public async Task<Harness> OpenAsync(ISandbox sandbox, RuntimeRequest request, CancellationToken cancellationToken)
    {
        var project = await PythonProjectFinder.FindAsync(
            sandbox, request.Repository, request.Workspace, PythonOptions.Of(request.Settings) with { Dependencies = request.Dependencies }, cancellationToken, request.Folder).ConfigureAwait(false);
        return new Harness(sandbox, project.Program);
    }
}
