using System.Xml;
using Afterburner.CSharp.Speaking;

namespace Afterburner.CSharp.Running;

/// <summary>Builds this version of the workspace and runs its tests.</summary>
internal static class RepositoryRun
{
    private const string Report = "report.trx";
    private const int TestsFailed = 2, NoTests = 8;

    /// <summary>Answers <c>tests</c>.</summary>
    public static void Tests(HarnessInput request)
    {
        var built = BuiltFiles.Read();
        HarnessOutput.Done(Restore(built) ?? Build(built) ?? Run(built.Projects, request.Texts("arguments") ?? [], request.Texts("tests")?.ToHashSet(StringComparer.Ordinal)).Problem);
    }

    /// <summary>Puts what was built before into the workspace.</summary>
    /// <returns>Why that cannot be built; null where it can.</returns>
    public static string? Restore(BuiltFiles built)
    {
        if (built.Unpack(Environment.CurrentDirectory))
            return null;
        foreach (var project in built.Projects)
        {
            if (Dotnet.Run("restore", project.Path, "--nologo", "-v", "q") is { Succeeded: false } unrestored)
                return $"{project.Path} cannot be restored: {unrestored.Errors}";
        }

        return null;
    }

    private static string? Build(BuiltFiles built) =>
        ProjectPreparation.Build(built.Projects.Select(p => (p.Path, p.Framework))) is { Succeeded: false } failed ? $"it does not build: {failed.Errors}" : null;

    /// <param name="wanted">The tests that are told of; null for all.</param>
    /// <param name="environment">Of the processes of a project's tests, beside what is there.</param>
    /// <returns>Why not all of them ran, null where they did; and how they came out, each with what stands before its name, and its project.</returns>
    public static (string? Problem, IReadOnlyList<(TestProject Project, string Before, TestResult Result)> Results) Run(
        IReadOnlyList<TestProject> projects, IReadOnlyList<string> arguments, HashSet<string>? wanted, Func<TestProject, IReadOnlyDictionary<string, string>>? environment = null)
    {
        string? problem = null;
        var results = new List<(TestProject, string, TestResult)>();
        foreach (var project in projects)
        {
            var folder = Directory.CreateTempSubdirectory("afterburner-tests-").FullName;
            var run = Dotnet.Run([.. Command(project, folder), .. arguments], environment?.Invoke(project));
            var file = Path.Combine(folder, Report);
            TestReport? report = null;
            try
            {
                report = File.Exists(file) ? TestReport.Read(file) : null;
            }
            catch (XmlException e)
            {
                problem ??= $"what the tests of {project.Path} wrote of themselves cannot be read: {e.Message}";
            }

            // One of several projects may have tests that are called as those of another one.
            var before = projects.Count == 1 ? "" : $"{Path.GetFileNameWithoutExtension(project.Path)}: ";
            foreach (var result in (report?.Results ?? []).Where(r => wanted?.Contains(before + r.Id) != false))
                HarnessOutput.Write(new { type = "outcome", id = before + result.Id, outcome = result.Outcome, seconds = result.Seconds, text = result.Text });
            results.AddRange((report?.Results ?? []).Select(r => (project, before, r)));
            problem ??= Problem(project, run, report);
        }

        return (problem, results);
    }

    private static string? Problem(TestProject project, DotnetRun run, TestReport? report)
    {
        // Microsoft.Testing.Platform has a code for each ending, and calls tests that fail an error of the run.
        var isWhole = project.Kind is TestKind.Platform or TestKind.XunitPlatform && run.ExitCode is 0 or TestsFailed or NoTests;
        if (report is null)
            return isWhole && run.ExitCode == NoTests ? null : $"the tests of {project.Path} ended with exit code {run.ExitCode} and told of none: {run.Errors}";
        if (isWhole)
            return null;
        if (report.Aborted is { } aborted)
            return $"the tests of {project.Path} were aborted: {aborted}";
        // Failing tests are a reason; what is left then is something else.
        return run.ExitCode == 0 || report.Results.Any(r => r.Outcome is "failed" or "error") ? null
            : $"the tests of {project.Path} ended with exit code {run.ExitCode}, though none of them failed: {run.Errors}";
    }

    private static IEnumerable<string> Command(TestProject project, string folder) => project.Kind switch
    {
        TestKind.Adapter => ["vstest", project.Target, $"--logger:trx;LogFileName={Report}", $"--ResultsDirectory:{folder}", .. project.RunSettings.Length > 0 ? (string[])[$"--Settings:{project.RunSettings}"] : []],
        TestKind.Platform => [project.Target, "--results-directory", folder, "--report-trx", "--report-trx-filename", Report],
        TestKind.XunitPlatform => [project.Target, "--results-directory", folder, "--report-xunit-trx", "--report-xunit-trx-filename", Report],
        TestKind.XunitConsole => [project.Target, "-trx", Path.Combine(folder, Report)],
        _ => throw new InvalidOperationException($"no way to run {project.Kind}"),
    };
}
