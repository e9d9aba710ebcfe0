using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Suggestions;
using Afterburner.Workloads;

namespace Afterburner.Checks;

/// <summary>The edit that is to be judged, and where the run is written.</summary>
/// <param name="Repository">Any folder of the git repository.</param>
/// <param name="Out">Directory of the run; made when it does not exist.</param>
/// <param name="Configuration">Of the side that is trusted: the base, never the edit.</param>
public sealed record EditRequest(string Repository, string Out, Configuration Configuration)
{
    /// <value>
    /// The commit that the edit is compared with: of a patch the one that it applies to, else the merge base with it. Defaults to <c>HEAD</c>; with
    /// <see cref="Head"/> to the configured or the default branch.
    /// </value>
    public string? Base { get; init; }

    /// <value>The edited commit. Defaults to null: the files of the work tree as they lie, or the patch.</value>
    public string? Head { get; init; }

    /// <value>The edit as a unified diff. Defaults to null: it is not one.</value>
    public ReadOnlyMemory<byte>? Patch { get; init; }

    /// <value>
    /// What the repository's set-up made beforehand: a directory that is mounted as <see cref="RuntimeRequest.DependenciesPlace"/>. Defaults to none.
    /// </value>
    public MachineDirectory? Dependencies { get; init; }

    /// <value>
    /// Whether a difference that only calls show which no test makes is "cannot tell": such a call may break a rule that nobody wrote down. Defaults to false: it is a difference.
    /// </value>
    public bool TestsDecide { get; init; }

    /// <value>What it is.</value>
    public EditKind Kind => Patch is not null ? EditKind.Patch : Head is null ? EditKind.WorkTree : EditKind.Commits;
}
