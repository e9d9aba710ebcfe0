using Afterburner.Functions;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Languages.JavaScript;

/// <summary>Runs JavaScript and TypeScript by Node.js 20 and newer, with tests for Node's own runner (<c>node --test</c>), Vitest, Jest or Mocha.</summary>
public sealed class JavaScriptRuntime(Language language) : IRuntime
{
    /// <summary>What its harness shows in its conformance suite, and no more.</summary>
    public Abilities Abilities => All;

    internal const Abilities All = Abilities.Replay | Abilities.Check | Abilities.Amplify | Abilities.Rewrite;

    public string ProjectOf(string workspace, string path, IReadOnlyList<string> projects) => NodePackage.FolderOf(workspace, path, projects);

    public string? WhyNot(RuntimeSettings settings, string workspace, string path, IReadOnlyList<string> projects) =>
        NodePackage.Read(workspace, ProjectOf(workspace, path, projects)).Tests is null
            ? $"functions in {language} are measured where package.json's script \"test\" runs {NodeScripts.Known}; no other runner of tests is known yet"
            : null;

    public async Task<Harness> OpenAsync(ISandbox sandbox, RuntimeRequest request, CancellationToken cancellationToken) =>
        new(sandbox, await new NodeProject(language, sandbox, request).ProgramAsync(cancellationToken).ConfigureAwait(false));
}
