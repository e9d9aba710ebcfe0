using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Afterburner.Functions;

/// <summary>
/// What is known of a programming language without running anything: one row of data, <c>Languages/FOLDER/language.yml</c>, with
/// its extraction rules beside it. How its code is run is the matter of a runtime, and not every language has one.
/// </summary>
[JsonConverter(typeof(Language.LanguageConverter))]
public sealed class Language
{
    private const string Root = "Languages/", File = "/language.yml";
    private const int Largest = 16 << 10, Deepest = 4;

    private static readonly Lazy<IReadOnlyList<Language>> Rows = new(() =>
        [.. EmbeddedText.Under(Root).Where(n => n.EndsWith(File, StringComparison.Ordinal)).Select(n => new Language(n))]);

    private static readonly Lazy<Dictionary<string, Language>> ByExtension = new(() =>
        All.SelectMany(l => l.Extensions.Select(e => (e, l))).ToDictionary(p => p.e, p => p.l, StringComparer.OrdinalIgnoreCase));

    private readonly IReadOnlyList<string> _withoutCode;
    private readonly string _functionsOf;

    private Language(string row)
    {
        Folder = row[..^(File.Length - 1)];
        var yaml = YamlDocument.Read(Encoding.UTF8.GetBytes(EmbeddedText.Read(row)), row, Largest, Deepest)
            ?? throw new InvalidOperationException($"{row} is empty");
        var known = yaml.Entries!.ToDictionary(e => e.Key);
        string? Text(string key) => Find(key)?.Text("a text");
        YamlValue? Find(string key)
        {
            var value = known.GetValueOrDefault(key.Split('.')[0]);
            return key.Contains('.', StringComparison.Ordinal) ? value?.Entries!.FirstOrDefault(e => e.Key == key) : value;
        }

        Regex? Pattern(string key) => Text(key) is { } text ? new Regex(text, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking) : null;
        Id = Folder[Root.Length..].TrimEnd('/').ToLowerInvariant();
        Name = Text("name")!;
        Extensions = Find("extensions")!.List(e => e.Text("an extension"));
        _withoutCode = Find("without-code")?.List(e => e.Text("an ending")) ?? [];
        _functionsOf = Text("functions-of") ?? Folder[Root.Length..].TrimEnd('/');
        IsReachedFromOutside = Text("nesting") != "outermost";
        TestFile = Pattern("tests.files")!;
        TestDecorator = Pattern("tests.decorators");
        TestCommand = Text("tests.command");
        WorkloadCommand = Pattern("workload.command");
        WorkloadExample = Text("workload.example");
        Names = Find("names")?.Choice<QualifiedNames>() ?? QualifiedNames.Plain;
        IsRunByCommands = Find("run-by-commands")?.Flag() ?? false;
        IsTimedByCommands = IsRunByCommands || (Find("timed-by-commands")?.Flag() ?? false);
        Settings = Find("settings") is null ? null : new LanguageSettings(Text("settings.interpreter")!, Text("settings.about")!, Text("settings.auto")!);
        Runners = Find("settings.runners")?.List(r => r.Text("a name")) ?? [];
        Declares = Find("declares")?.List(n => n.Text("a name")) ?? [];
        Dependencies = Find("dependencies")?.List(g => g.Text("a glob")) ?? [];
        Leavings = Find("leavings")?.List(n => n.Text("a name")) ?? [];
        Prepared = Find("prepared") is null ? null : new PreparedFolder(Text("prepared.folder")!, Text("prepared.place"), Text("prepared.variable"));
        Import = Pattern("imports")!;
        RecipeImport = Pattern("recipes.import");
        Syntax = new LanguageSyntax(Text("syntax.functions")!, Text("syntax.names")!, Text("syntax.header") ?? "", Find("syntax.escapes-anywhere")?.Flag() ?? false, Text("syntax.beside"), Text("syntax.import"));
    }

    /// <summary>All languages, by the name of their folder.</summary>
    public static IReadOnlyList<Language> All => Rows.Value;

    /// <summary>See <see cref="Declares"/>, of all languages.</summary>
    internal static IReadOnlyList<string> AllDeclare => [.. All.SelectMany(l => l.Declares).Distinct()];

    /// <value>As rules, reports and code fences spell it: <c>csharp</c>. Unique.</value>
    public string Id { get; }

    /// <value>As people spell it: <c>C#</c>.</value>
    public string Name { get; }

    /// <value>Of its files, with the dot. By the first one ast-grep knows the language, whatever a file's own spelling of it is.</value>
    public IReadOnlyList<string> Extensions { get; }

    /// <value>Whether a function inside another one can be called from outside while the program runs; else the outermost of a nest is looked at.</value>
    public bool IsReachedFromOutside { get; }

    /// <value>Names of files that hold tests.</value>
    public Regex TestFile { get; }

    /// <value>Decorators of functions that are tests; null where none says so.</value>
    public Regex? TestDecorator { get; }

    /// <value>What most people run its tests with, as an example; null where tests are not run by a command line.</value>
    public string? TestCommand { get; }

    /// <value>Command lines that can be run beside its tests with their calls watched; null where none can.</value>
    public Regex? WorkloadCommand { get; }

    /// <value>What such a line looks like, for a person; null where there is none.</value>
    public string? WorkloadExample { get; }

    /// <value>Whether its code is run by command lines that the configuration names, since nothing here knows it better.</value>
    public bool IsRunByCommands { get; }

    /// <value>Whether a command line that the configuration names times its code: that of every language without stored calls.</value>
    public bool IsTimedByCommands { get; }

    /// <value>Names of its test runners, as their users write them. Empty where they cannot be chosen.</value>
    public IReadOnlyList<string> Runners { get; }

    /// <summary>Whether a file of it holds tests, by its name and the folders that it is in.</summary>
    public bool IsTestFile(string path) => Exclusions.IsTest(path, this);

    /// <value>Names of files that say how its tests are run: those of before a change count, whatever it makes of them.</value>
    public IReadOnlyList<string> Declares { get; }

    /// <value>Globs of files that say what its programs need beside themselves.</value>
    public IReadOnlyList<string> Dependencies { get; }

    /// <value>Names of files and folders that building its programs and running their tests leaves behind.</value>
    public IReadOnlyList<string> Leavings { get; }

    /// <value>The folder of what a set-up made in which its tools look; null where they find it otherwise.</value>
    internal PreparedFolder? Prepared { get; }

    /// <value>Lines that bring names of elsewhere into a file.</value>
    public Regex Import { get; }

    /// <value>Imports that a recipe may add; null where recipes add none.</value>
    public Regex? RecipeImport { get; }

    internal string Folder { get; }

    internal QualifiedNames Names { get; }

    internal LanguageSyntax Syntax { get; }

    internal LanguageSettings? Settings { get; }

    /// <summary>Its extraction rules, for ast-grep, and one for what does not parse.</summary>
    internal string Rules =>
        $"{Extraction.TrimEnd()}\n---\nid: error-{Id}\nlanguage: {Id}\nseverity: info\nrule: {{ kind: ERROR }}\n";

    private string Extraction =>
        EmbeddedText.Read($"{Root}{_functionsOf}/functions.yml").Replace(_functionsOf.ToLowerInvariant(), Id, StringComparison.Ordinal);

    /// <summary>The language of a path by its extension, or null. Declarations without code (<c>.pyi</c>, <c>.d.ts</c>, <c>.h</c>) have none.</summary>
    public static Language? Of(string path) =>
        ByExtension.Value.TryGetValue(Path.GetExtension(path), out var language)
        && !language._withoutCode.Any(e => path.EndsWith(e, StringComparison.OrdinalIgnoreCase)) ? language : null;

    /// <summary>A language by its id, in any case; null where there is none of that name.</summary>
    public static Language? Find(string id) => All.FirstOrDefault(l => string.Equals(l.Id, id, StringComparison.OrdinalIgnoreCase));

    /// <summary>A text of its folder; null where it has none of that name.</summary>
    internal string? Text(string file) => EmbeddedText.Under(Folder + file).Contains(Folder + file) ? EmbeddedText.Read(Folder + file) : null;

    public override string ToString() => Name;

    internal sealed class LanguageConverter : JsonConverter<Language>
    {
        public override Language Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            (reader.TokenType == JsonTokenType.String ? Find(reader.GetString()!) : null) ?? throw new JsonException("no language that is known");

        public override void Write(Utf8JsonWriter writer, Language value, JsonSerializerOptions options) => writer.WriteStringValue(value.Id);
    }
}

/// <summary>How the name of a definition becomes a part of a qualified name.</summary>
internal enum QualifiedNames
{
    /// <summary>It is one.</summary>
    Plain,

    /// <summary><c>S&lt;T&gt;::g</c> is <c>S.g</c>.</summary>
    Qualified,

    /// <summary>Of what qualifies others, <c>a::S&lt;T&gt;</c>, the last part counts.</summary>
    LastPart,
}

/// <summary>What may be set of how its code is run.</summary>
/// <param name="Interpreter">Words for the interpreter that is taken by default, in parentheses.</param>
/// <param name="About">What the interpreter is for, a sentence.</param>
/// <param name="Auto">Words for the runner that is taken by default.</param>
internal sealed record LanguageSettings(string Interpreter, string About, string Auto);

/// <summary>What a syntax tree of a language calls things, in the words of its tree-sitter grammar.</summary>
/// <param name="Functions">Kinds of definitions with a body, separated by spaces.</param>
/// <param name="Names">Kinds of names, separated by spaces.</param>
/// <param name="Header">Further conditions of a rule that finds definitions: the last part before the body becomes <c>$LAST</c>. May be empty.</param>
/// <param name="EscapesAnywhere">Whether an escape is read before the program is split into words, so that it may stand for code.</param>
/// <param name="Beside">Pattern of a line at the margin that a suggestion may add outside of its function, with the names that it binds; null: none.</param>
/// <param name="Import">Pattern of a line that may take up more names (group 2, separated by commas) of what group 1 names; null: none.</param>
internal sealed record LanguageSyntax(string Functions, string Names, string Header, bool EscapesAnywhere, string? Beside, string? Import);
