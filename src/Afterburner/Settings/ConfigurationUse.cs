using System.Globalization;
using Afterburner.Functions;
using Afterburner.Proposers;
using Afterburner.Runs;
using Afterburner.Sandboxes;
using Afterburner.Verdicts;
using Afterburner.Workloads;

namespace Afterburner.Settings;

/// <summary>What a configuration means to each stage.</summary>
public static class ConfigurationUse
{
    public static Objective ToObjective(this Configuration configuration)
    {
        var objective = new Objective(configuration.Objective) { MinimumRatio = configuration.Materiality.Speedup };
        return configuration.Objective == ObjectiveKind.Time
            ? objective with { MinimumSaving = configuration.Materiality.Saving.TotalSeconds }
            : objective;
    }

    /// <summary>The objective of the gate: its <see cref="Objective.MinimumSaving"/> is what a call may lose in any case.</summary>
    public static Objective ToGateObjective(this Configuration configuration)
    {
        var objective = new Objective(configuration.Objective);
        return configuration.Objective == ObjectiveKind.Time
            ? objective with { MinimumSaving = configuration.Gate.Floor.TotalSeconds }
            : objective;
    }

    public static Limits ToLimits(this Configuration configuration) => new()
    {
        Memory = configuration.MemoryLimit,
        Wall = configuration.Tests.Timeout,
        Cpu = configuration.Tests.Timeout,
    };

    /// <summary>How the code of a language is run. A setting that names no language is meant for each.</summary>
    public static RuntimeSettings ToRuntimeSettings(this Configuration configuration, Language language) =>
        (configuration.Languages.GetValueOrDefault(language.Id) ?? new()) with
        {
            Runner = configuration.Tests.Runner,
            Arguments = configuration.Tests.Arguments,
            Environment = configuration.Tests.Environment,
            Workload = [.. configuration.Workload.Where(c => language.WorkloadCommand?.IsMatch(c) == true)],
        };

    public static SandboxOptions ToSandboxOptions(this Configuration configuration)
    {
        var options = new SandboxOptions();
        return configuration.DockerImage is { } image ? options with { Docker = options.Docker with { Image = image } } : options;
    }

    /// <summary>Every option that changes what a run finds: a resumed run must have the same.</summary>
    /// <param name="workTree">Hash of the work tree when that is reviewed.</param>
    public static IReadOnlyDictionary<string, string> Named(
        this Configuration configuration, string? function, string? workTree, IReadOnlyList<Recipe> ownRecipes) => new Dictionary<string, string>
        {
            ["function"] = function ?? "",
            ["work tree"] = workTree ?? "",
            ["own recipes"] = string.Join(' ', ownRecipes.Select(r => $"{r.Id}:{Journal.SourceHash(r.Rule)}")),
            ["proposers"] = string.Join(' ', configuration.Proposers ?? []),
            ["model"] = configuration.Model ?? "",
            ["iterations"] = Text(configuration.Iterations),
            ["candidates"] = Text(configuration.Candidates),
            ["speedup"] = Text(configuration.Materiality.Speedup),
            ["saving"] = Text(configuration.Materiality.Saving.TotalSeconds),
            ["tolerance"] = Text(configuration.Tolerance),
            ["seed"] = Text(configuration.Seed),
            ["environment"] = configuration.Tests.Environment.Count == 0 ? ""
                : Journal.SourceHash(string.Join('\0', configuration.Tests.Environment.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => $"{v.Key}={v.Value}"))),
            ["workload"] = string.Join('\n', configuration.Workload),
            ["projects"] = string.Join('\n', configuration.Projects),
            ["included"] = string.Join('\n', configuration.Workspace.Include),
        };

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
