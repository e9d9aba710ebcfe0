using System.Text.RegularExpressions;

namespace Afterburner.Languages.Python;

/// <summary>What may mend tests that do not start, by what they print. Names in it are the repository's: they are only shown.</summary>
internal static partial class PythonAdvice
{
    private const int MostNames = 10;
    private const string Settings = ".github/afterburner.yml";

    // Packages that are not called like their modules, of those that tests often need.
    private static readonly Dictionary<string, string> Packages = new()
    {
        ["attr"] = "attrs", ["bs4"] = "beautifulsoup4", ["cv2"] = "opencv-python-headless", ["dateutil"] = "python-dateutil",
        ["dotenv"] = "python-dotenv", ["jwt"] = "PyJWT", ["PIL"] = "pillow", ["pkg_resources"] = "setuptools", ["sklearn"] = "scikit-learn",
        ["yaml"] = "PyYAML",
    };

    // Fixtures that tests take from a plugin.
    private static readonly Dictionary<string, string> Plugins = new()
    {
        ["mocker"] = "pytest-mock", ["benchmark"] = "pytest-benchmark", ["httpx_mock"] = "pytest-httpx", ["requests_mock"] = "requests-mock",
        ["freezer"] = "pytest-freezer", ["faker"] = "Faker", ["snapshot"] = "syrupy", ["subtests"] = "pytest-subtests", ["db"] = "pytest-django",
    };

    /// <summary>Sentences on missing modules, plugins and variables; null where none is missing.</summary>
    public static async Task<string?> OnAsync(string printed, PythonProject project, CancellationToken cancellationToken)
    {
        string?[] sentences = [OnVariables(printed), await OnIgnoredAsync(printed, project, cancellationToken).ConfigureAwait(false)];
        if (sentences.All(s => s is null))
            sentences = [OnUnwritten(printed, project) ?? OnOwnMetadata(printed, project) ?? OnPackages(printed, project)];
        return sentences.All(s => s is null) ? null : string.Join('\n', sentences.OfType<string>());
    }

    private static string? OnVariables(string printed)
    {
        string[] names = printed.Contains("environ", StringComparison.Ordinal)
            ? [.. MissingVariable().Matches(printed).Select(m => m.Groups[1].Value).Distinct().Take(MostNames)] : [];
        // What a package says in its own words may name a variable that is set here.
        names = [.. names.Concat(VariableLike().Matches(printed).Select(m => m.Value)
            .Where(n => n.Contains('_', StringComparison.Ordinal) && Environment.GetEnvironmentVariable(n) is not null)).Distinct().Take(MostNames)];
        if (printed.Contains("define the environment variable DJANGO_SETTINGS_MODULE", StringComparison.Ordinal))
            names = [.. names, "DJANGO_SETTINGS_MODULE"];
        return names.Length == 0 ? null
            : $"Tests get no variable of the calling environment: {string.Join(", ", names)} can be set in {Settings} of the branch that changes are merged into, under tests.environment.";
    }

    private static async Task<string?> OnIgnoredAsync(string printed, PythonProject project, CancellationToken cancellationToken)
    {
        if (project.Trees is not var (repository, workspace))
            return null;
        var modules = MissingModule().Matches(printed).Select(m => m.Groups[1].Value)
            .Concat(MissingName().Matches(printed).Select(m => $"{m.Groups[2].Value}.{m.Groups[1].Value}")).Distinct().Take(MostNames);
        string[] globs = [.. modules.Select(m => m.Replace('.', '/'))
            .SelectMany(m => project.ImportPaths.Select(p => p == "." ? m : $"{p}/{m}"))
            .SelectMany(m => (string[])[$"{m}.py", $"{m}.so", $"{m}.*.so", $"{m}/__init__.py"])];
        globs = [.. globs, .. MissingFile().Matches(printed).Select(m => m.Groups[1].Value).Distinct().Take(MostNames)
            .SelectMany(f => (string[])[f, project.Folder.Length == 0 ? f : $"{project.Folder}/{f}"])];
        if (globs.Length == 0)
            return null;
        var ignored = await repository.IgnoredAsync(globs, cancellationToken).ConfigureAwait(false);
        string[] lacking = [.. ignored.Where(i => !Path.Exists(Path.Combine(workspace, i))).Take(MostNames)];
        return lacking.Length == 0 ? null
            : $"{string.Join(", ", lacking)} {(lacking.Length == 1 ? "is" : "are")} there and ignored by git: workspace.include in {Settings} of the branch that changes are merged into brings {(lacking.Length == 1 ? "it" : "them")} along.";
    }

    /// <summary>A module that a package of the repository lacks is none that could be installed: the published package is not the code under review.</summary>
    private static string? OnUnwritten(string printed, PythonProject project)
    {
        if (project.Trees is not var (_, workspace))
            return null;
        var modules = MissingModule().Matches(printed).Select(m => m.Groups[1].Value).Where(m => m.Contains('.', StringComparison.Ordinal)).Distinct().Take(MostNames);
        string[] files =
        [
            .. modules.Select(m => project.ImportPaths.Select(p => Path.Join(project.Folder, p == "." ? "" : p, m.Replace('.', '/')))
                .FirstOrDefault(path => Directory.Exists(Path.Combine(workspace, Path.GetDirectoryName(path)!)))).OfType<string>().Select(p => p + ".py"),
        ];
        return files.Length == 0 ? null
            : $"{string.Join(", ", files)} {(files.Length == 1 ? "is" : "are")} not among the files of the repository, and may be written by its build: build it in the work tree, "
                + $"and bring along what git ignores of it with workspace.include in {Settings} of the branch that changes are merged into.";
    }

    /// <summary>A package that asks for its own version is one only where it is installed; its files alone are none.</summary>
    private static string? OnOwnMetadata(string printed, PythonProject project)
    {
        if (project.Trees is not var (_, workspace))
            return null;
        var own = Undistributed(printed).FirstOrDefault(name =>
            project.ImportPaths.Select(p => Path.Join(workspace, project.Folder, p == "." ? "" : p, NotOfModules().Replace(name, "_").ToLowerInvariant())).Any(m => Directory.Exists(m) || File.Exists(m + ".py")));
        return own is null ? null
            : $"The tests ran with {project.Named}, where {own} itself is not installed, which asks for its own version: install it there as it lies here ({project.Interpreter} -m pip install -e .), or choose another interpreter with --python.";
    }

    private static IEnumerable<string> Undistributed(string printed) =>
        MissingMetadata().Matches(printed).Concat(MissingDistribution().Matches(printed)).Select(m => m.Groups[1].Value).Distinct().Take(MostNames);

    private static string? OnPackages(string printed, PythonProject project)
    {
        var modules = MissingModule().Matches(printed).Select(m => m.Groups[1].Value.Split('.')[0]).Distinct().Take(MostNames).ToList();
        string[] packages =
        [
            .. modules.Select(m => Packages.GetValueOrDefault(m) ?? (m.StartsWith("pytest_", StringComparison.Ordinal) ? m.Replace('_', '-') : m)),
            .. MissingFixture().Matches(printed).Select(m => Plugins.GetValueOrDefault(m.Groups[1].Value)).OfType<string>(),
            .. Undistributed(printed),
            .. MissingPlugins().Matches(printed).SelectMany(m => m.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries)).Where(p => Name().IsMatch(p)),
        ];
        if (packages.Length == 0 && !BrokenImport().IsMatch(printed))
            return null;
        var what = modules.Count > 0 ? $"has no {string.Join(", ", modules)}"
            : packages.Length > 0 ? "lacks what the tests need"
            : "cannot import what the tests need";
        var install = packages.Length == 0 ? "" : $"; install there what is missing ({project.Interpreter} -m pip install {string.Join(' ', packages.Distinct().Take(MostNames))})";
        return $"The tests ran with {project.Named}, which {what}{install}{(packages.Length == 0 ? "; choose" : ", or choose")} another interpreter with --python.";
    }

    [GeneratedRegex(@"ModuleNotFoundError: No module named '([A-Za-z0-9_.]{1,100})'")]
    private static partial Regex MissingModule();

    [GeneratedRegex(@"cannot import name '([A-Za-z0-9_]{1,100})' from (?:partially initialized module )?'([A-Za-z0-9_.]{1,100})'")]
    private static partial Regex MissingName();

    [GeneratedRegex(@"No such file or directory: '(?:/work/)?((?!/)[A-Za-z0-9_][A-Za-z0-9_./-]{0,200})'")]
    private static partial Regex MissingFile();

    [GeneratedRegex(@"KeyError: '([A-Za-z_][A-Za-z0-9_]{0,99})'")]
    private static partial Regex MissingVariable();

    [GeneratedRegex(@"\b[A-Z][A-Z0-9_]{2,60}\b")]
    private static partial Regex VariableLike();

    [GeneratedRegex(@"fixture '([a-z_]{1,50})' not found")]
    private static partial Regex MissingFixture();

    [GeneratedRegex("Missing required plugins: ([A-Za-z0-9_., -]{1,300})")]
    private static partial Regex MissingPlugins();

    [GeneratedRegex(@"PackageNotFoundError: (?:No package metadata was found for )?([A-Za-z0-9][A-Za-z0-9._-]{0,99})")]
    private static partial Regex MissingMetadata();

    [GeneratedRegex(@"The '([A-Za-z0-9][A-Za-z0-9._-]{0,99})[^'\n]{0,100}' distribution was not found")]
    private static partial Regex MissingDistribution();

    [GeneratedRegex("[-.]+")]
    private static partial Regex NotOfModules();

    [GeneratedRegex(@"\bImportError: ")]
    private static partial Regex BrokenImport();

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    private static partial Regex Name();
}
