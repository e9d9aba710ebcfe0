using System.Text.RegularExpressions;
using Xunit;

namespace Afterburner.Tests;

/// <summary>The shape of the engine, kept by the build rather than by memory.</summary>
public sealed partial class ConventionTests
{
    private static readonly string[] Stages =
        ["Basics", "Changes", "Sandboxes", "Functions", "Workloads", "Proposers", "Trials", "Verdicts", "Suggestions", "Runs", "Settings", "GitHub", "Languages", "Reviews", "Gates", "Checks", "Overviews"];

    private static readonly string Engine = Path.Combine(Repository.Root, "src", "Afterburner");

    [Fact]
    public void A_stage_uses_only_the_stages_before_it()
    {
        var reversed = new List<string>();
        foreach (var (stage, rank) in Stages.Select((s, i) => (s, i)))
        {
            foreach (var file in Directory.EnumerateFiles(Path.Combine(Engine, stage), "*.cs", SearchOption.AllDirectories))
            {
                var used = StageName().Matches(File.ReadAllText(file)).Select(m => m.Groups[1].Value);
                reversed.AddRange(used.Where(u => Array.IndexOf(Stages, u) > rank).Select(u => $"{stage}/{Path.GetFileName(file)} uses {u}"));
            }
        }

        Assert.Empty(reversed);
    }

    [Fact]
    public void Every_folder_of_the_engine_is_a_stage()
    {
        var folders = Directory.GetDirectories(Engine).Select(d => Path.GetFileName(d)!).Where(d => d is not ("bin" or "obj"));

        Assert.Equal(Stages.Order(), folders.Order());
    }

    [Fact]
    public void No_stage_knows_the_walk() =>
        Assert.Empty(FilesOfStages().Where(f => WalkName().IsMatch(File.ReadAllText(f))).Select(Path.GetFileName));

    [Fact]
    public void Only_the_folder_of_a_language_names_it()
    {
        var naming = Directory.EnumerateFiles(Engine, "*.cs", SearchOption.AllDirectories)
            .Where(f => !Path.GetRelativePath(Engine, f).StartsWith("Languages", StringComparison.Ordinal) && !IsBuilt(f))
            .Where(f => LanguageName().IsMatch(File.ReadAllText(f)))
            .Select(f => Path.GetRelativePath(Engine, f));

        Assert.Empty(naming);
    }

    [Fact]
    public void No_language_knows_another()
    {
        var knowing = new List<string>();
        foreach (var folder in Directory.GetDirectories(Path.Combine(Engine, "Languages")))
        {
            var others = Directory.GetDirectories(Path.Combine(Engine, "Languages")).Where(o => o != folder).Select(o => $"Afterburner.Languages.{Path.GetFileName(o)}");
            knowing.AddRange(Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
                .Where(f => others.Any(o => File.ReadAllText(f).Contains(o + ";", StringComparison.Ordinal))));
        }

        Assert.Empty(knowing);
    }

    [Fact]
    public void Decision_records_are_numbered_without_gaps()
    {
        var numbers = Directory.EnumerateFiles(Path.Combine(Repository.Root, ".github", "decisions"), "*.md").Select(f => Path.GetFileName(f)[..4]).Order();

        Assert.Equal(Enumerable.Range(1, numbers.Count()).Select(n => n.ToString("0000", System.Globalization.CultureInfo.InvariantCulture)), numbers);
    }

    [Fact]
    public void No_two_types_have_one_name()
    {
        var twice = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories).Where(f => !IsBuilt(f))
            .SelectMany(f => TypeName().Matches(File.ReadAllText(f)).Select(m => (Name: m.Groups[1].Value, Folder: Path.GetDirectoryName(f))))
            .Distinct().CountBy(t => t.Name).Where(c => c.Value > 1).Select(c => c.Key);

        Assert.Empty(twice);
    }

    private static IEnumerable<string> FilesOfStages() => Directory.EnumerateFiles(Engine, "*.cs", SearchOption.AllDirectories)
        .Where(f => Path.GetDirectoryName(f) != Engine && !IsBuilt(f));

    private static bool IsBuilt(string file) => file.Contains("/obj/", StringComparison.Ordinal) || file.Contains("/bin/", StringComparison.Ordinal);

    [Fact]
    public void No_file_of_the_project_names_a_folder_of_a_machine()
    {
        var naming = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(f => MachinePath().IsMatch(File.ReadAllText(f)))
            .Select(f => Path.GetFileName(f));

        Assert.Empty(naming);
    }

    [GeneratedRegex(@"\bAfterburner\.([A-Z]\w+)\b")]
    private static partial Regex StageName();

    [GeneratedRegex(@"\bnew (Review|Gate|EditCheck|Publish)\(|\b(Review|Gate|EditCheck|Publish)\.RunAsync")]
    private static partial Regex WalkName();

    [GeneratedRegex(@"\b[Pp]ython|pytest|unittest|PYTHON|TypeScript|CSharp|\bJava\b|\bRust\b|Cpp\b")]
    private static partial Regex LanguageName();

    [GeneratedRegex(@"^(?:public |internal )?(?:static |sealed |abstract |partial |readonly |unsafe )*(?:record struct|record|class|interface|enum|struct) ([A-Za-z_]\w*)", RegexOptions.Multiline)]
    private static partial Regex TypeName();

    [GeneratedRegex(@"""/(home|Users|root)/")]
    private static partial Regex MachinePath();
}
