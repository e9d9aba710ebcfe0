using Afterburner.Changes;
using Afterburner.Functions;
using Afterburner.Languages;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Trials;
using Afterburner.Workloads;

namespace Afterburner.Gates;

/// <summary>How the code of each language of a repository is run: found out once, when it is first needed.</summary>
/// <param name="head">Tree of the code under test.</param>
/// <param name="dependencies">See <see cref="GateRequest.Dependencies"/>.</param>
internal sealed class GateRuntimes(
    ISandbox sandbox, GitRepository repository, string head, Configuration configuration, MachineDirectory? dependencies, Action<string> progress)
{
    private static readonly EnumerationOptions Everywhere = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };

    private readonly Dictionary<RunBy, Harness> _open = [];

    /// <exception cref="EnvironmentFailureException">Something that it needs is missing.</exception>
    public async Task<Harness> OpenAsync(RunBy by, CancellationToken cancellationToken)
    {
        if (_open.TryGetValue(by, out var known))
            return known;
        var language = by.Language;
        var request = new RuntimeRequest(repository, head)
        {
            Folder = by.Folder, Settings = configuration.ToRuntimeSettings(language.Language), Dependencies = dependencies,
        };
        var harness = await language.Runtime.OpenAsync(sandbox, request, cancellationToken).ConfigureAwait(false);
        foreach (var reason in harness.Program.PassedOver)
            progress(reason);
        return _open[by] = harness;
    }

    /// <summary>
    /// What the repository's own commands find: the interpreters of the languages it is written in. One that cannot be used is said and
    /// left away, since a command may do without.
    /// </summary>
    public async Task<CommandTools> ToolsAsync(CancellationToken cancellationToken)
    {
        var programs = new List<HarnessProgram>();
        foreach (var language in LanguageSupport.All.Where(l => LanguageSupport.Replaying(l.Language) is not null && IsThere(l.Language)))
        {
            try
            {
                programs.Add((await OpenAsync(new RunBy(language, ""), cancellationToken).ConfigureAwait(false)).Program);
            }
            catch (Exception e) when (e is EnvironmentFailureException)
            {
                progress($"benchmarks run without {language.Language}: {e.Message}");
            }
        }

        var (tools, made) = (CommandTools.Of(programs), PreparedDependencies.Of(dependencies));
        return tools with
        {
            Mounts = tools.Mounts.Concat(made.Mounts).DistinctBy(m => m.Key).ToDictionary(),
            Environment = variation => tools.Environment(variation).Concat(configuration.Tests.Environment).Concat(made.Environment).DistinctBy(v => v.Key).ToDictionary(),
        };
    }

    private bool IsThere(Language language) => language.Extensions.Any(e => Directory.EnumerateFiles(head, "*" + e, Everywhere).Any());
}
