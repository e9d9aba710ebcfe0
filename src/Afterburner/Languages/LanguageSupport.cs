using Afterburner.Functions;
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
    ];

    /// <summary>Null for a language whose functions are found but not measured yet.</summary>
    public static LanguageSupport? Find(Language language) => All.FirstOrDefault(s => s.Language == language);
}
