using Afterburner.Changes;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Workloads;

namespace Afterburner.Gates;

/// <summary>What is to be compared, and where the run is written.</summary>
/// <param name="Repository">Any folder of the git repository.</param>
/// <param name="Out">Directory of the run; made when it does not exist.</param>
/// <param name="Configuration">Of the side that is trusted: the base, never the change under test.</param>
public sealed record GateRequest(string Repository, string Out, Configuration Configuration)
{
    /// <value>Ref that head is compared with; the merge base with it is taken. Defaults to the configured or the default branch.</value>
    public string? Base { get; init; }

    /// <value>Ref under test. Defaults to <c>HEAD</c>.</value>
    public string? Head { get; init; }

    /// <value>
    /// What the repository's set-up made beforehand: a directory that is mounted as <see cref="RuntimeRequest.DependenciesPlace"/>. Defaults to none.
    /// </value>
    public MachineDirectory? Dependencies { get; init; }

    /// <value>Who asks that something of the change is proven faster, for a person: <c>the label require-faster</c>. Defaults to null: nobody.</value>
    public string? RequiredBy { get; init; }

    /// <value>The part of the change that is compared; the report holds no other. Benchmarks run with the first. Defaults to the whole.</value>
    public Shard Shard { get; init; } = Shard.Whole;
}
