using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Afterburner.Proposers;
using Afterburner.Settings;
using Afterburner.Tests.Actions;
using Xunit;

namespace Afterburner.Tests;

/// <summary>The README is short, and the tables of the reference are made from what they describe.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Reference = Path.Combine(Repository.Root, ".github", "reference.md");

    [Fact]
    public void The_tables_of_the_reference_are_those_of_the_code()
    {
        var text = File.ReadAllText(Reference);
        var action = ActionFile.Read();
        var made = Replace(Replace(text, "configuration", ConfigurationKey.Table()), "recipes", Recipes());
        made = Replace(made, "worker", Afterburner.Worker.WorkerSetting.Table());
        made = Replace(made, "action", action.InputTable() + "\n" + action.OutputTable());

        Approved.Check(made, Reference);
    }

    [Fact]
    public void The_readme_has_at_most_150_lines() =>
        Assert.InRange(File.ReadAllLines(Path.Combine(Repository.Root, "README.md")).Length, 1, 150);

    /// <summary>Anchors as GitHub makes them of headings.</summary>
    [Theory]
    [InlineData("README.md")]
    [InlineData(".github/reference.md")]
    [InlineData(".github/CONTRIBUTING.md")]
    [InlineData(".github/SECURITY.md")]
    [InlineData(".github/AGENTS.md")]
    [InlineData(".github/CHANGELOG.md")]
    [InlineData("action/worker/README.md")]
    public void Every_link_to_a_file_or_a_heading_leads_somewhere(string page)
    {
        var file = Path.Combine(Repository.Root, page);
        var broken = from Match link in Link().Matches(File.ReadAllText(file))
                     let parts = link.Groups[1].Value.Split('#', 2)
                     where !parts[0].Contains("://", StringComparison.Ordinal) && !parts[0].StartsWith("mailto:", StringComparison.Ordinal)
                     let target = parts[0].Length == 0 ? file : Path.Combine(Path.GetDirectoryName(file)!, parts[0])
                     where !Path.Exists(target) || (parts.Length == 2 && target.EndsWith(".md", StringComparison.Ordinal) && !Anchors(target).Contains(parts[1]))
                     select link.Groups[1].Value;

        Assert.Empty(broken);
    }

    private static HashSet<string> Anchors(string file) =>
        [.. File.ReadLines(file).Where(l => l.StartsWith('#')).Select(l => NotOfAnAnchor().Replace(l.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'))];

    private static string Replace(string text, string section, string table)
    {
        var (begin, end) = ($"<!-- {section}: begin -->\n", $"<!-- {section}: end -->");
        var from = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        var to = text.IndexOf(end, StringComparison.Ordinal);
        return text[..from] + table + text[to..];
    }

    private static string Recipes()
    {
        var table = new StringBuilder("| Recipe | What it does, and why that is faster | Not safe when (replay and tests decide) | Gain, small / large |\n|---|---|---|---|\n");
        var rows = RecipeCatalogue.BuiltIn().Recipes.Select(r => new Row(r.Id, r.Title, r.Why, r.UnsafeWhen, Gain(r.Gain!))).Concat(FlowRecipes());
        foreach (var (id, title, why, unsafeWhen, gain) in rows.OrderBy(r => r.Id, StringComparer.Ordinal))
            table.Append(CultureInfo.InvariantCulture, $"| `{id}` | {title}. {why} | {unsafeWhen} | {gain} |\n");
        return table.ToString();
    }

    private static string Gain(RecipeGain gain) => string.Create(CultureInfo.InvariantCulture, $"{gain.Small}x / {gain.Large}x");

    private static IEnumerable<Row> FlowRecipes()
    {
        var assembly = typeof(RecipeCatalogue).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.Contains("/rewriting/flow_recipes/", StringComparison.Ordinal) && !n.EndsWith("__init__.py", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            var text = reader.ReadToEnd();
            var said = Constant().Matches(text).ToDictionary(m => m.Groups[1].Value.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant(), m => m.Groups[2].Value);
            var gain = FlowGain().Match(text);
            yield return new Row(said["ID"], said["TITLE"], said["WHY"], said["UNSAFEWHEN"], $"{gain.Groups[1]}x / {gain.Groups[2]}x");
        }
    }

    private sealed record Row(string Id, string Title, string Why, string UnsafeWhen, string Gain);

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotOfAnAnchor();

    [GeneratedRegex(@"^(?:GAIN = \(|  gain: \{ small: )([\d.]+), (?:large: )?([\d.]+)(?:\)| \},)$", RegexOptions.Multiline)]
    private static partial Regex FlowGain();

    [GeneratedRegex("""^(?:  )?(ID|TITLE|WHY|UNSAFE_WHEN|id|title|why|unsafeWhen)(?: =|:) ["'](.*)["'],?$""", RegexOptions.Multiline)]
    private static partial Regex Constant();
}
