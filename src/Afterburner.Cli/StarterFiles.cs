using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Afterburner.Functions;
using Afterburner.Overviews;
using Afterburner.Settings;

namespace Afterburner.Cli;

/// <summary>The two files that <c>init</c> writes: a configuration with what was found out, and the workflow of the examples with what installs the tests' needs.</summary>
internal static partial class StarterFiles
{
    public const string WorkflowPath = ".github/workflows/afterburner.yml";

    /// <summary>A run of the tests may take this many times as long before it is ended, since a machine of CI is slower and tests are watched.</summary>
    private const int Slower = 4;

    private static readonly TimeSpan LongRun = TimeSpan.FromSeconds(30);

    /// <param name="action">OWNER/REPOSITORY@COMMIT of the action; null: a place that has to be filled in.</param>
    public static IReadOnlyList<(string Path, string Text)> Of(RepositoryOverview overview, string? action) =>
        [(Configuration.Path, ConfigurationOf(overview)), (WorkflowPath, WorkflowOf(overview, action))];

    private static string ConfigurationOf(RepositoryOverview overview)
    {
        var text = new StringBuilder("# Afterburner reads this from the branch that changes are merged into. Every key is optional, see its reference.\n");
        ProjectOverview[] ran = [.. overview.Projects.Where(p => p.Stopped is null)];
        foreach (var project in ran)
            text.Append($"# {PathOfProgram().Replace(Place(project), "$1")}: {project.Tests!.Passed} tests pass; they reach {project.Reached.Count} of {project.Functions} functions.\n");
        var defaults = Configuration.Default;
        var longest = ran.Max(p => p.Tests!.Wall);
        // Only some languages have runners to choose from.
        var runner = ran.Select(p => p.Runner).Distinct().ToList() is [var one] && Language.All.Any(l => l.Runners.Contains(one)) ? $"  runner: {one}\n" : "";
        var timeout = Slower * longest > defaults.Tests.Timeout ? $"  timeout: {Minutes(Slower * longest)}\n" : "";
        if (runner.Length + timeout.Length > 0)
            text.Append($"tests:\n{runner}{timeout}");

        // Tests run twice before anything is measured, and twice for each candidate.
        if (longest > LongRun)
            text.Append($"budget: {Minutes(defaults.Budget + (2 * Slower * longest))}\n");
        text.Append("# What no suggestion is wanted for, and what one has to save:\n# exclude: [docs/**]\n# materiality: { speedup: 1.10, saving: 50us }\n");
        foreach (var language in overview.Languages.Where(l => l.WhyNot is not null))
            text.Append($"# {language.WhyNot![..1].ToUpperInvariant()}{language.WhyNot[1..]}.\n{(language.Example is { } example ? $"# {example}\n" : "")}");
        return text.ToString();
    }

    private static string WorkflowOf(RepositoryOverview overview, string? action)
    {
        using var reader = new StreamReader(typeof(StarterFiles).Assembly.GetManifestResourceStream("Init/review.yml")!);
        var text = reader.ReadToEnd();
        ProjectOverview[] ran = [.. overview.Projects.Where(p => p.Stopped is null)];
        var version = ran.SelectMany(p => p.Versions.Values).Select(v => Version().Match(v)).FirstOrDefault(m => m.Success);
        if (version is not null)
            text = text.Replace("python-version: \"3.x\"", $"python-version: \"{version.Groups[1].Value}\"", StringComparison.Ordinal);
        string[] installs = [.. ran.Select(p => p.Install).OfType<string>().Distinct()];
        text = text.Replace("      - run: pip install pytest -r requirements.txt\n", string.Concat(installs.Select(i => $"      - run: {i}\n")), StringComparison.Ordinal);
        text = text.TrimEnd('\n') + "\n        with: { mode: review-and-gate }\n";
        return action is null ? text : Action().Replace(text, $"uses: {action}");
    }

    /// <summary>"pytest with Python 3.11.2", and where.</summary>
    public static string Place(ProjectOverview project) =>
        VisibleText.Line($"{(project.Versions.GetValueOrDefault(project.Language.ToLowerInvariant()) ?? project.Language)} and {project.Runner}{(project.Folder.Length == 0 ? "" : $" in {project.Folder}")}");

    private static string Minutes(TimeSpan time) => Math.Ceiling(time.TotalMinutes).ToString(CultureInfo.InvariantCulture) + "m";

    // Where an interpreter lies on this machine is nobody else's.
    [GeneratedRegex(@"^/.* \((\w+ \d[\w.]*)\)")]
    private static partial Regex PathOfProgram();

    [GeneratedRegex(@"\bPython (\d+\.\d+)")]
    private static partial Regex Version();

    [GeneratedRegex(@"uses: OWNER/afterburner@.*")]
    private static partial Regex Action();
}
