using Afterburner.Changes;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Workloads;

namespace Afterburner.Overviews;

/// <summary>The repository that is to be looked at.</summary>
/// <param name="Repository">Any folder of the git repository.</param>
/// <param name="Configuration">Of the side that is trusted.</param>
public sealed record OverviewRequest(string Repository, Configuration Configuration)
{
    /// <value>
    /// What the repository's set-up made beforehand: a directory that is mounted as <see cref="RuntimeRequest.DependenciesPlace"/>. Defaults to none.
    /// </value>
    public MachineDirectory? Dependencies { get; init; }
}

/// <summary>What a review will see of a repository.</summary>
/// <param name="Root">Full path of its work tree.</param>
/// <param name="Languages">Most files first.</param>
/// <param name="Projects">By their folders. Those without a function that can be measured are not among them.</param>
/// <param name="LeftOut">Source files that a review does not look at; test code is not among them.</param>
public sealed record RepositoryOverview(
    string Root, IReadOnlyList<LanguageOverview> Languages, IReadOnlyList<ProjectOverview> Projects, IReadOnlyList<LeftOut> LeftOut)
{
    /// <value>False for a bare repository. Defaults to true.</value>
    public bool HasWorkTree { get; init; } = true;

    /// <summary>Whether the tests of a project ran, so that a review can see something.</summary>
    public bool IsReviewable => Projects.Any(p => p.Stopped is null);
}

/// <summary>What there is of one language.</summary>
/// <param name="Name">As people spell it.</param>
/// <param name="Files">Source files, tests not counted.</param>
/// <param name="Functions">Functions in them.</param>
/// <param name="WhyNot">Why its functions are not measured, a sentence; null where they are.</param>
public sealed record LanguageOverview(string Name, int Files, int Functions, string? WhyNot)
{
    /// <value>A part of a configuration with which they may be, as an example; null where there is none.</value>
    public string? Example { get; init; }
}

/// <summary>What of a project is run together: one interpreter, one run of tests.</summary>
/// <param name="Language">As people spell it.</param>
/// <param name="Folder">From the root; empty for the repository itself.</param>
/// <param name="Functions">Functions in it that a review may look at.</param>
public sealed record ProjectOverview(string Language, string Folder, int Functions)
{
    /// <value>Why its tests cannot be run, and what mends that; null where they ran.</value>
    public string? Stopped { get; init; }

    /// <value>The test runner, as its users write it; empty where none was found.</value>
    public string Runner { get; init; } = "";

    /// <value>Interpreter and runner, by name.</value>
    public IReadOnlyDictionary<string, string> Versions { get; init; } = new Dictionary<string, string>();

    /// <value>Environments of the repository that are not used, each with the reason.</value>
    public IReadOnlyList<string> PassedOver { get; init; } = [];

    /// <value>The run of its tests; null where they did not run.</value>
    public TestRun? Tests { get; init; }

    /// <value>Functions that a test reaches, those first in which tests spend most time.</value>
    public IReadOnlyList<ReachedFunction> Reached { get; init; } = [];

    /// <value>Why <see cref="Reached"/> may lack functions: watching the tests did not come to its end. Null when it did.</value>
    public string? Unwatched { get; init; }

    /// <value>A command line that installs what its tests need; null where that is not known.</value>
    public string? Install { get; init; }
}

/// <summary>A function that tests reach.</summary>
/// <param name="Function">Its id.</param>
/// <param name="Seconds">That tests spend in it and in what it calls, as their own process says: a look, and no measurement.</param>
/// <param name="Calls">That tests make of it, directly or not.</param>
/// <param name="Tests">That reach it.</param>
public sealed record ReachedFunction(string Function, double Seconds, long Calls, int Tests);
