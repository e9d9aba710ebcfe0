using System.Text.RegularExpressions;
using Xunit;

namespace Afterburner.Tests;

/// <summary>The shape of the engine, kept by the build rather than by memory.</summary>
public sealed partial class ConventionTests
{
    private static readonly string[] Stages =
        ["Basics", "Changes", "Sandboxes", "Functions", "Workloads", "Proposers", "Trials", "Verdicts", "Suggestions", "Runs", "Settings", "Comparisons", "GitHub", "Languages", "Reviews", "Gates"];

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
    public void No_stage_knows_the_walk()
    {
        var knowing = Directory.EnumerateFiles(Engine, "*.cs", SearchOption.AllDirectories)
            .Where(f => Path.GetDirectoryName(f) != Engine)
            .Where(f => WalkName().IsMatch(File.ReadAllText(f)))
            .Select(f => Path.GetFileName(f));

        Assert.Empty(knowing);
    }

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

    [GeneratedRegex(@"\bnew (Review|FunctionReview|Gate)\(|\b(Review|Gate)\.RunAsync")]
    private static partial Regex WalkName();

    [GeneratedRegex(@"""/(home|Users|root)/")]
    private static partial Regex MachinePath();
}
