using System.Collections;
using System.Text.RegularExpressions;
using Xunit;

namespace Afterburner.Tests.Proposers.Llama;

/// <summary>The program with llama.cpp in it, built from LLamaSharp's packages beside the usual one.</summary>
public sealed partial class LlamaProgram : IAsyncLifetime
{
    private static readonly string File = Path.Combine(Repository.Root, "artifacts", "bin", "Afterburner.Cli.cpu", "release", "Afterburner.Cli.dll");

    private ProcessRun? _build;

    /// <summary>As <c>AFTERBURNER_LLAMASHARP=cpu ./afterburner</c> builds it.</summary>
    public async ValueTask InitializeAsync() => _build = await Processes.RunAsync(
        new ProcessStart("dotnet", "build", "src/Afterburner.Cli", "-c", "Release", "-p:LLamaSharp=cpu", "-v", "quiet", "-clp:ErrorsOnly", "--nologo")
        {
            // Whatever NuGet needs on this machine (a proxy, a folder of packages), ./test has as well.
            Environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string)e.Value!),
            WorkingDirectory = Repository.Root,
        },
        cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Runs it in a folder, as <c>./afterburner</c> starts it.</summary>
    internal Task<ProcessRun> RunAsync(string folder, params string[] arguments)
    {
        Assert.SkipWhen(Missing() is not null, $"LLamaSharp's packages cannot be restored here: {Missing()}");
        Assert.True(_build!.Succeeded, _build.Text + _build.ErrorText);
        return Processes.RunAsync(
            new ProcessStart("dotnet", ["exec", File, .. arguments])
            {
                Environment = new Dictionary<string, string>(Processes.Environment) { ["GGML_NO_BACKTRACE"] = "1" },
                WorkingDirectory = folder,
            },
            cancellationToken: TestContext.Current.CancellationToken);
    }

    /// <summary>What NuGet says where a registry cannot be reached, or does not have a package or its version.</summary>
    private string? Missing() => Unserved().Match(_build!.Text) is { Success: true } error ? error.Value : null;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [GeneratedRegex(@"NU(110[123]|1301|160[13]):[^\[\n]*")]
    private static partial Regex Unserved();
}
