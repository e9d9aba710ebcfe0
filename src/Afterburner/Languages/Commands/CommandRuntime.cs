using Afterburner.Functions;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Languages.Commands;

/// <summary>
/// Runs the code of a language by command lines that the configuration names: tests, told by their exit code or by JUnit files, and a
/// benchmark. Calls are neither stored nor compared, so nothing is claimed of a candidate: it is said what the benchmark shows.
/// </summary>
public sealed class CommandRuntime(Language language) : IRuntime
{
    private const string FilesOf = "Languages/Commands/harness/", Entry = "/harness/run.sh";

    private static readonly Lazy<MachineDirectory> Files = new(() => Harness.Materialise(FilesOf));

    private static readonly TimeSpan LongestBuild = TimeSpan.FromMinutes(30);

    public Abilities Abilities => Abilities.None;

    public string? WhyNot(RuntimeSettings settings) =>
        settings.Tests is null || settings.Benchmark is null
            ? $"functions in {language} are measured where languages.{language.Id} names commands: tests and benchmark"
            : null;

    private static string Ending(string printed) => printed.Trim() is { Length: > 0 } text ? text[^Math.Min(text.Length, 300)..] : "it ended with an error";

    public async Task<Harness> OpenAsync(ISandbox sandbox, RuntimeRequest request, CancellationToken cancellationToken)
    {
        var settings = request.Settings;
        var made = PreparedDependencies.Of(request.Dependencies);
        var environment = settings.Environment.Concat(made.Environment).DistinctBy(v => v.Key).ToDictionary();
        if (WhyNot(settings) is { } reason)
            throw new UsageException(reason);
        var shell = await sandbox.RunAsync(
            new SandboxCommand(["/bin/sh", "-c", "command -v base64 mktemp tail tar"], request.Workspace), new Limits(), cancellationToken).ConfigureAwait(false);
        if (!shell.Succeeded)
            throw new EnvironmentFailureException($"{language}: its commands need sh, base64, mktemp, tail and tar inside the {sandbox.Name} sandbox: install coreutils and tar, or use an image that has them");
        if (settings.Build is { } build)
        {
            var built = await sandbox.RunAsync(
                new SandboxCommand(["/bin/sh", "-c", build], request.Workspace) { Writable = true, Mounts = made.Mounts, Environment = environment },
                new Limits { Wall = LongestBuild, Cpu = LongestBuild }, cancellationToken).ConfigureAwait(false);
            if (!built.Succeeded)
                throw new EnvironmentFailureException($"languages.{language.Id}.build cannot be used on the code under review: {Ending(built.ErrorText)}");
        }

        string[] start = ["/bin/sh", Entry];
        return new Harness(sandbox, new HarnessProgram(language, start, start, Files.Value)
        {
            Abilities = Abilities,
            Mounts = made.Mounts,
            Environment = _ => new Dictionary<string, string>(environment)
            {
                ["AFTERBURNER_TESTS"] = settings.Tests!,
                ["AFTERBURNER_JUNIT"] = settings.JUnit ?? "",
            },
            Runner = settings.Tests!,
            Benchmark = new BenchmarkCommand(settings.Benchmark!, settings.Build),
            Versions = new Dictionary<string, string> { [language.Id] = settings.Tests!, ["runner"] = "command" },
        });
    }
}
