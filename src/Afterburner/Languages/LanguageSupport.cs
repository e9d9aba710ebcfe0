using Afterburner.Functions;
using Afterburner.Languages.Commands;
using Afterburner.Languages.Python;
using Afterburner.Proposers;
using Afterburner.Workloads;

namespace Afterburner.Languages;

/// <summary>What Afterburner can do with the code of one language beyond finding its functions.</summary>
/// <param name="Surroundings">Null where it is not known what a change does around functions.</param>
public sealed record LanguageSupport(Language Language, IRuntime Runtime, ILanguageText Text, ISurroundings? Surroundings)
{
    /// <summary>The languages whose functions are measured. Another one is another line here, and a folder beside this file.</summary>
    public static IReadOnlyList<LanguageSupport> All { get; } =
    [
        new(PythonLanguage.Python, new PythonRuntime(), new PythonText(), new PythonSurroundings()),
        .. Language.All.Where(l => l.IsRunByCommands).Select(l => new LanguageSupport(l, new CommandRuntime(l), new PlainText(), null)),
    ];

    /// <summary>Null for a language whose functions are found but not measured yet.</summary>
    public static LanguageSupport? Find(Language language) => All.FirstOrDefault(s => s.Language == language);

    /// <summary>Why functions of a language are not measured, a sentence; null where they are.</summary>
    public static string? WhyNot(Language language, RuntimeSettings settings) =>
        Find(language) is { } support ? support.Runtime.WhyNot(settings) : $"functions in {language} are found but not measured yet";

    /// <summary>What can compare single functions of a language in two trees; null where only whole commands are compared.</summary>
    public static LanguageSupport? Replaying(Language language) =>
        Find(language) is { } support && support.Runtime.Abilities.HasFlag(Abilities.Replay) ? support : null;
}
