using Afterburner.Changes;
using Afterburner.Functions;
using Afterburner.Languages;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Workloads;

namespace Afterburner.Overviews;

/// <summary>Runs the tests of one project, and finds out which of its functions they reach.</summary>
internal static class ProjectSurvey
{
    /// <param name="workspace">A copy of the repository.</param>
    public static async Task<ProjectOverview> OfAsync(
        ISandbox sandbox, OverviewRequest request, GitRepository repository, string workspace, RunBy by, IReadOnlyList<Function> functions, CancellationToken cancellationToken)
    {
        var (language, configuration) = (by.Language.Language, request.Configuration);
        var project = new ProjectOverview(language.Name, by.Folder, functions.Count);
        try
        {
            var harness = await by.Language.Runtime.OpenAsync(sandbox, new RuntimeRequest(repository, workspace)
            {
                Folder = by.Folder, Settings = configuration.ToRuntimeSettings(language), Dependencies = request.Dependencies,
            }, cancellationToken).ConfigureAwait(false);
            project = project with
            {
                Runner = harness.Program.Runner,
                Versions = harness.Program.Versions,
                PassedOver = harness.Program.PassedOver,
                Install = by.Language.Runtime.InstallOf(workspace, by.Folder, harness.Program.Runner),
            };
            var (tests, survey) = await RepositoryTests.EstablishAndSurveyAsync(
                harness, workspace, [.. functions.Select(Target.Of).Distinct()],
                new CaptureOptions { Seed = configuration.Seed, Limits = configuration.ToLimits() }, cancellationToken).ConfigureAwait(false);
            return project with { Tests = tests, Reached = survey is null ? [] : [.. Reached(functions, survey)], Unwatched = survey?.Tests.Incomplete };
        }
        catch (Exception e) when (e is EnvironmentFailureException or UsageException)
        {
            return project with { Stopped = e.Message };
        }
    }

    private static IEnumerable<ReachedFunction> Reached(IReadOnlyList<Function> functions, Survey survey) =>
        from function in functions
        let reach = survey.Reaches.GetValueOrDefault(Target.Of(function).Id)
        where reach is { Problem: null, Calls: > 0, Tests.Count: > 0 }
        orderby reach.Tests.Sum(t => t.Seconds) descending
        select new ReachedFunction(function.Id, reach.Tests.Sum(t => t.Seconds), reach.Calls, reach.Tests.Count);
}
