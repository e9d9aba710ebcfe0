using Afterburner.Changes;
using Afterburner.Proposers;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Workloads;

namespace Afterburner.Reviews;

/// <summary>What is to be reviewed, and where the run is written.</summary>
/// <param name="Repository">Any folder of the git repository.</param>
/// <param name="Out">Directory of the run; made when it does not exist.</param>
public sealed record ReviewRequest(string Repository, string Out, Configuration Configuration)
{
    /// <value>Ref the change is based on; the merge base with it is taken. Defaults to the configured or the default branch.</value>
    public string? Base { get; init; }

    /// <value>Ref under review. Defaults to <c>HEAD</c>; where there is no change, to the files as they lie in the work tree.</value>
    public string? Head { get; init; }

    /// <value>One function as <c>path::qualified.name</c>, reviewed without a change. Defaults to null: the functions of the change.</value>
    public string? Function { get; init; }

    /// <value>
    /// Whether every function is looked at, without a change: those first in which the tests and the workload spend most time, up to
    /// <see cref="Configuration.MaxFunctions"/> for which there may be something to propose. Defaults to false.
    /// </value>
    public bool Everything { get; init; }

    /// <summary>Whether what a change touches is reviewed.</summary>
    internal bool IsOfChange => Function is null && !Everything;

    /// <value>The part of the change that is reviewed; the report holds no other. Defaults to the whole.</value>
    public Shard Shard { get; init; } = Shard.Whole;

    /// <value>
    /// What the repository's set-up made beforehand: a directory that is mounted as <see cref="RuntimeRequest.DependenciesPlace"/>. Defaults to none.
    /// </value>
    public MachineDirectory? Dependencies { get; init; }

    /// <value>Whether <see cref="Out"/> is an interrupted run to be continued. Defaults to false.</value>
    public bool Resume { get; init; }

    /// <value>Commit that the repository's own recipes are read from, never the one under review. Defaults to null: none are.</value>
    public string? RecipesAt { get; init; }

    /// <value>Recipes that the repository keeps for itself, for the record of the run. Defaults to none.</value>
    public IReadOnlyList<Recipe> OwnRecipes { get; init; } = [];

    /// <value>Values that never appear in the journal: keys. Defaults to none.</value>
    public IReadOnlyList<string> Secrets { get; init; } = [];
}
