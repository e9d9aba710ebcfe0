namespace Afterburner.Workloads;

/// <summary>Caps of a capture. The defaults are those recommended by our measurements on eight repositories.</summary>
public sealed record CaptureOptions
{
    /// <value>Calls kept of one target: two fifths the slowest, two fifths the most diverse by types and sizes, one fifth random. More, up to 48, of one that is gone through in more ways. Defaults to 20.</value>
    public int Calls { get; init; } = 20;

    /// <value>Bytes of one stored call. Defaults to 4 MiB.</value>
    public int CallBytes { get; init; } = 4 << 20;

    /// <value>Bytes of all stored calls of one target. Defaults to 32 MiB.</value>
    public int TargetBytes { get; init; } = 32 << 20;

    /// <value>Time that storing one call may take. Defaults to 1 second.</value>
    public TimeSpan CallTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <value>Targets recorded in one run of the tests; bounds the run's output. Defaults to 16.</value>
    public int TargetsPerRun { get; init; } = 16;

    /// <value>
    /// Targets that are recorded, in order; those that no test reaches do not count, because finding that out costs next to
    /// nothing. Defaults to all.
    /// </value>
    public int MaxTargets { get; init; } = int.MaxValue;

    /// <value>Whether of <see cref="MaxTargets"/> those do not count that nobody wants, see <see cref="IsWanted"/>. Defaults to false: then nobody is asked about those beyond it.</value>
    public bool CapsWanted { get; init; }

    /// <value>
    /// Whether calls of a target are worth storing, asked with what was observed of its arguments, once it is known which tests reach it.
    /// One whose calls are not gets a workload without calls. Defaults to all.
    /// </value>
    public Func<Target, IReadOnlyDictionary<string, ObservedValue>, Task<bool>> IsWanted { get; init; } = (_, _) => Task.FromResult(true);

    /// <value>Whether time is up: what is not recorded then stays so, and is said to be. Asked between runs of the tests. Defaults to never.</value>
    public Func<bool> IsOver { get; init; } = () => false;

    /// <value>Told what a person should know of the capture as a whole, a line at a time. Defaults to nobody.</value>
    public Action<string> Remark { get; init; } = _ => { };

    /// <value>Whether a target none of whose calls can be stored gets another kind of workload where one works. Defaults to true.</value>
    public bool Fallbacks { get; init; } = true;

    /// <value>Whether whole tests with the code swapped are of use. Defaults to true; false: the function that calls the target is tried instead.</value>
    public bool Swaps { get; init; } = true;

    /// <value>Seed of the random choices. Defaults to 0.</value>
    public long Seed { get; init; }

    /// <value>Caps of one run of the tests; a pass may take longer, see <see cref="Sandboxes.Limits.ForLonger"/>.</value>
    public required Sandboxes.Limits Limits { get; init; }
}
