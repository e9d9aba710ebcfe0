using Afterburner.Functions;
using Afterburner.Languages.Commands;
using Afterburner.Languages.CSharp;
using Afterburner.Languages.JavaScript;
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
        .. new[] { "javascript", "typescript" }.Select(id => Language.Find(id)!).Select(l => new LanguageSupport(l, new JavaScriptRuntime(l), new PlainText(), null)),
        .. new[] { "csharp" }.Select(id => Language.Find(id)!).Select(l => new LanguageSupport(l, new CSharpRuntime(l), new PlainText(), null)),
        .. Language.All.Where(l => l.IsRunByCommands).Select(l => new LanguageSupport(l, new CommandRuntime(l), new PlainText(), null)),
    ];

    /// <summary>Groups functions, or what is said of them, by how they are run: by language, and by project where a repository holds several.</summary>
    /// <param name="workspace">The exported tree.</param>
    internal static IReadOnlyList<(RunBy By, IReadOnlyList<T> Items)> Grouped<T>(
        IEnumerable<T> items, Func<T, Function> function, string workspace, IReadOnlyList<string> projects) =>
        [.. items.GroupBy(i => RunBy.Of(function(i), workspace, projects)).Select(g => (g.Key, (IReadOnlyList<T>)[.. g]))];

    /// <summary>Null for a language whose functions are found but not measured yet.</summary>
    public static LanguageSupport? Find(Language language) => All.FirstOrDefault(s => s.Language == language);

    /// <summary>Why functions of a language are not measured, a sentence; null where they are.</summary>
    public static string? WhyNot(Language language, RuntimeSettings settings) =>
        Find(language) is { } support ? support.Runtime.WhyNot(settings) : $"functions in {language} are found but not measured yet";

    /// <summary>The same of the functions of one file, see <see cref="IRuntime.WhyNot(RuntimeSettings, string, string, IReadOnlyList{string})"/>.</summary>
    internal static string? WhyNot(Language language, RuntimeSettings settings, string workspace, string path, IReadOnlyList<string> projects) =>
        Find(language) is { } support ? support.Runtime.WhyNot(settings, workspace, path, projects) : WhyNot(language, settings);

    /// <summary>What can compare single functions of a language in two trees; null where only whole commands are compared.</summary>
    public static LanguageSupport? Replaying(Language language) =>
        Find(language) is { } support && support.Runtime.Abilities.HasFlag(Abilities.Replay) ? support : null;
}

/// <summary>How functions are run: those of one kind have their tests, their interpreter and their working directory in common.</summary>
/// <param name="Folder">Of their project, see <see cref="IRuntime.ProjectOf"/>.</param>
internal sealed record RunBy(LanguageSupport Language, string Folder)
{
    public static RunBy Of(Function function, string workspace, IReadOnlyList<string> projects)
    {
        var language = LanguageSupport.Find(function.Language)!;
        return new RunBy(language, language.Runtime.ProjectOf(workspace, function.Path, projects));
    }

    /// <summary>For a person: <c>Python</c>, or <c>Python of packages/shop</c>.</summary>
    public override string ToString() => Folder.Length == 0 ? $"{Language.Language}" : $"{Language.Language} of {Folder}";
}
