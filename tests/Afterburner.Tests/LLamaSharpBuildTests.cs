using System.Text.Json;
using Xunit;

namespace Afterburner.Tests;

/// <summary>LLamaSharp's packages are restored when asked for, and never else: they are large.</summary>
public sealed class LLamaSharpBuildTests
{
    [Theory]
    [InlineData("src/Afterburner.Cli")]
    [InlineData("src/Afterburner.LLamaSharp")]
    [InlineData("tests/Afterburner.Tests")]
    public async Task A_build_that_does_not_ask_restores_nothing_of_llamasharp(string project)
    {
        var (packages, projects, sources) = await EvaluateAsync(project);

        Assert.DoesNotContain(packages.Concat(projects), p => p.Contains("LLamaSharp", StringComparison.Ordinal));
        Assert.Equal(project.EndsWith("LLamaSharp", StringComparison.Ordinal), sources.Count == 0);
    }

    [Theory]
    [InlineData("cpu", "LLamaSharp.Backend.Cpu")]
    [InlineData("cuda12", "LLamaSharp.Backend.Cuda12")]
    public async Task A_build_that_asks_gets_one_backend(string flavour, string backend)
    {
        var (packages, _, sources) = await EvaluateAsync("src/Afterburner.LLamaSharp", $"-p:LLamaSharp={flavour}");
        var (_, projects, _) = await EvaluateAsync("src/Afterburner.Cli", $"-p:LLamaSharp={flavour}");

        Assert.Equal(["LLamaSharp", backend], packages.Where(p => p.Contains("LLamaSharp", StringComparison.Ordinal)));
        Assert.NotEmpty(sources);
        Assert.Contains(projects, p => p.Contains("Afterburner.LLamaSharp.csproj", StringComparison.Ordinal));
    }

    private static async Task<(IReadOnlyList<string> Packages, IReadOnlyList<string> Projects, IReadOnlyList<string> Sources)> EvaluateAsync(
        string project, params string[] properties)
    {
        var folder = Path.Combine(Repository.Root, project);
        var run = await Processes.RunAsync(
            new ProcessStart("dotnet", ["msbuild", Path.Combine(folder, Path.GetFileName(project) + ".csproj"), "-getItem:PackageReference,ProjectReference,Compile", .. properties])
            {
                Environment = Names("PATH", "HOME", "DOTNET_ROOT"),
                WorkingDirectory = folder,
            },
            cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(run.Succeeded, run.Text + run.ErrorText);
        var items = JsonDocument.Parse(run.Text).RootElement.GetProperty("Items");
        return (Of("PackageReference"), Of("ProjectReference"), Of("Compile"));

        IReadOnlyList<string> Of(string kind) => [.. items.GetProperty(kind).EnumerateArray().Select(i => i.GetProperty("Identity").GetString()!)];
    }

    private static Dictionary<string, string> Names(params string[] names) => names
        .Where(n => Environment.GetEnvironmentVariable(n) is not null)
        .ToDictionary(n => n, n => Environment.GetEnvironmentVariable(n)!);
}
