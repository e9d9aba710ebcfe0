using System.Text.RegularExpressions;

namespace Afterburner.Languages.Python;

/// <summary>A command line that installs what tests need, by what the files of a project say. It is shown, and written where a person may change it; nothing runs it here.</summary>
internal static partial class PythonInstall
{
    private const int Largest = 256 << 10;

    // What people call them, the most telling first.
    private static readonly string[] ForTests =
    [
        "requirements-test.txt", "requirements-tests.txt", "requirements_test.txt", "test-requirements.txt", "requirements/test.txt", "requirements/tests.txt",
        "tests/requirements.txt", "requirements-dev.txt", "requirements_dev.txt", "dev-requirements.txt", "requirements/dev.txt",
    ];

    private static readonly string[] Extras = ["test", "tests", "testing", "dev", "develop"];

    /// <param name="folder">Of the project, from the root; empty for the repository itself.</param>
    /// <returns>Null where nothing has to be installed, or the folder's name would have to be quoted.</returns>
    public static string? Of(string workspace, string folder, string runner)
    {
        var place = Path.Combine(workspace, folder);
        var project = Exists("pyproject.toml") && new FileInfo(Path.Combine(place, "pyproject.toml")).Length <= Largest ? File.ReadAllText(Path.Combine(place, "pyproject.toml")) : "";
        var own = folder.Length == 0 ? "." : $"./{folder}";
        string?[] wanted =
        [
            runner == "pytest" ? runner : null,
            Exists("requirements.txt") ? $"-r {Path.Join(folder, "requirements.txt")}" : null,
            ForTests.FirstOrDefault(Exists) is { } file ? $"-r {Path.Join(folder, file)}" : null,
            ExtraOf(Optional().Match(project)) is { } extra ? $"{own}[{extra}]" : project.Contains("[project]", StringComparison.Ordinal) || Exists("setup.py") ? own : null,
            ExtraOf(Groups().Match(project)) is not { } group ? null : folder.Length == 0 ? $"--group {group}" : $"--group {folder}/pyproject.toml:{group}",
        ];
        return wanted.All(w => w is null) || !Plain().IsMatch(folder) ? null : $"pip install {string.Join(' ', wanted.OfType<string>())}";

        bool Exists(string file) => new FileInfo(Path.Combine(place, file)) is { Exists: true, LinkTarget: null };
    }

    /// <summary>The name of what tests need, among those that a section of a project file defines.</summary>
    private static string? ExtraOf(Match section) => !section.Success ? null
        : Extras.FirstOrDefault(e => section.Groups[1].Value.Split('\n').Any(l => l.Split('=')[0].Trim(' ', '"', '\'') == e));

    [GeneratedRegex(@"^[A-Za-z0-9._/-]*\z")]
    private static partial Regex Plain();

    [GeneratedRegex(@"^\[project\.optional-dependencies\]\s*\n((?:(?!\[[a-zA-Z]).*\n?)*)", RegexOptions.Multiline)]
    private static partial Regex Optional();

    [GeneratedRegex(@"^\[dependency-groups\]\s*\n((?:(?!\[[a-zA-Z]).*\n?)*)", RegexOptions.Multiline)]
    private static partial Regex Groups();
}
