using System.Text;
using System.Text.RegularExpressions;
using Afterburner.Proposers;
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
        var table = new StringBuilder("| Recipe | Kind | What it does | Not safe when (replay and tests decide) |\n|---|---|---|---|\n");
        var rows = RecipeCatalogue.BuiltIn().Recipes.Select(r => (r.Id, Kind: "pattern", r.Title, r.UnsafeWhen)).Concat(FlowRecipes());
        foreach (var (id, kind, title, unsafeWhen) in rows.OrderBy(r => r.Id, StringComparer.Ordinal))
            table.Append("| `").Append(id).Append("` | ").Append(kind).Append(" | ").Append(title).Append(" | ").Append(unsafeWhen).Append(" |\n");
        return table.ToString();
    }

    private static IEnumerable<(string Id, string Kind, string Title, string UnsafeWhen)> FlowRecipes()
    {
        const string Prefix = "Workloads/Python/harness/afterburner_harness/flow_recipes/";
        var assembly = typeof(RecipeCatalogue).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal) && !n.EndsWith("__init__.py", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            var constants = Constant().Matches(reader.ReadToEnd()).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);
            yield return (constants["ID"], "flow", constants["TITLE"], constants["UNSAFE_WHEN"]);
        }
    }

    [GeneratedRegex("""^(ID|TITLE|UNSAFE_WHEN) = "(.*)"$""", RegexOptions.Multiline)]
    private static partial Regex Constant();
}
