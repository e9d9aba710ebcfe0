using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Afterburner.Proposers;
using Afterburner.Settings;
using Afterburner.Tests.Actions;
using Xunit;

namespace Afterburner.Tests;

/// <summary>The README's reference tables are made from what they describe.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Readme = Path.Combine(Repository.Root, "README.md");

    [Fact]
    public void The_tables_of_the_readme_are_those_of_the_code()
    {
        var text = File.ReadAllText(Readme);
        var action = ActionFile.Read();
        var made = Replace(Replace(text, "configuration", ConfigurationKey.Table()), "recipes", Recipes());
        made = Replace(made, "action", action.InputTable() + "\n" + action.OutputTable());
        if (made != text)
            File.WriteAllText(Path.Combine(Repository.Root, "README.received.md"), made);

        Assert.True(made == text, "README.md is out of date: move README.received.md over it");
    }

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
        const string Prefix = "Languages/Python/harness/afterburner_harness/rewriting/flow_recipes/";
        var assembly = typeof(RecipeCatalogue).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal) && !n.EndsWith("__init__.py", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            var text = reader.ReadToEnd();
            var said = Constant().Matches(text).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);
            var gain = FlowGain().Match(text);
            yield return new Row(said["ID"], said["TITLE"], said["WHY"], said["UNSAFE_WHEN"], $"{gain.Groups[1]}x / {gain.Groups[2]}x");
        }
    }

    private sealed record Row(string Id, string Title, string Why, string UnsafeWhen, string Gain);

    [GeneratedRegex(@"^GAIN = \(([\d.]+), ([\d.]+)\)$", RegexOptions.Multiline)]
    private static partial Regex FlowGain();

    [GeneratedRegex("""^(ID|TITLE|WHY|UNSAFE_WHEN) = "(.*)"$""", RegexOptions.Multiline)]
    private static partial Regex Constant();
}
