using Afterburner.Functions;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Languages.CSharp;

/// <summary>Runs C# by the .NET SDK, with tests for xUnit, NUnit or MSTest, on VSTest or on Microsoft.Testing.Platform. Calls are not stored yet.</summary>
public sealed class CSharpRuntime(Language language) : IRuntime
{
    /// <summary>What its harness shows in its conformance suite, and no more.</summary>
    public Abilities Abilities => All;

    internal const Abilities All = Abilities.Check;

    public string ProjectOf(string workspace, string path, IReadOnlyList<string> projects) => ProjectGraph.Of(workspace).FolderOf(path) ?? "";

    public string? WhyNot(RuntimeSettings settings) =>
        settings.Benchmark is null ? $"functions in {language} are measured where languages.{language.Id} names a command: benchmark (its calls cannot be stored yet)" : null;

    public string? WhyNot(RuntimeSettings settings, string workspace, string path, IReadOnlyList<string> projects)
    {
        if (WhyNot(settings) is { } reason)
            return reason;
        var graph = ProjectGraph.Of(workspace);
        return graph.FolderOf(path) is not { } folder ? $"functions in {language} are measured in projects: no folder around it has a .csproj"
            : graph.TestsOf(folder).Count == 0 ? $"no project with tests (xUnit, NUnit, MSTest) refers to the one in {(folder.Length == 0 ? "the root" : folder)}"
            : null;
    }

    public async Task<Harness> OpenAsync(ISandbox sandbox, RuntimeRequest request, CancellationToken cancellationToken) =>
        new(sandbox, await new DotnetTests(language, sandbox, request).ProgramAsync(cancellationToken).ConfigureAwait(false));
}
