using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Trials;

/// <summary>
/// Two trees after their build, each packed once, so that a benchmark is timed without its build. What was packed is hostile: it is never
/// looked at outside of a sandbox, only mounted there and unpacked.
/// </summary>
internal sealed class BuiltTrees : IDisposable
{
    private const string Name = "tree.tar";
    private readonly string? _root;

    private BuiltTrees(string command, string? root, MachineDirectory? baseline, MachineDirectory? candidate, Trial? broken) =>
        (Command, _root, Baseline, Candidate, Broken) = (command, root, baseline, candidate, broken);

    /// <summary>What is run in each sample.</summary>
    public string Command { get; }

    /// <summary>Mounted as <c>/built</c>; null where there is no build.</summary>
    public MachineDirectory? Baseline { get; }

    public MachineDirectory? Candidate { get; }

    /// <summary>Why there is nothing to run; null where there is.</summary>
    public Trial? Broken { get; }

    /// <exception cref="EnvironmentFailureException">A folder cannot be written.</exception>
    public static async Task<BuiltTrees> MakeAsync(Harness harness, string baseline, string candidate, Limits limits, CancellationToken cancellationToken)
    {
        var benchmark = harness.Program.Benchmark!;
        if (benchmark.Build is not { } build)
            return new BuiltTrees(benchmark.Command, null, null, null, null);
        var root = SharedFolder.Create("afterburner-built-");
        var trees = new List<MachineDirectory>();
        foreach (var (tree, side, end) in new[] { (baseline, "baseline", TrialEnd.BaselineBroke), (candidate, "candidate", TrialEnd.CandidateBroke) })
        {
            var run = await harness.Sandbox.RunAsync(
                new SandboxCommand(["/bin/sh", "-c", $"( {build} ) && tar -cf /out/{Name} ."], tree)
                {
                    Writable = true, Mounts = harness.Program.Mounts, Environment = harness.Program.Environment(0), Artefacts = [Name],
                },
                limits, cancellationToken).ConfigureAwait(false);
            if (run.End == SandboxEnd.Failed || !run.Succeeded || !run.Artefacts.TryGetValue(Name, out var packed))
            {
                var why = run.End == SandboxEnd.Failed ? run.Failure : $"its build failed: {run.ErrorText.Trim()}";
                return new BuiltTrees("", root, null, null, new Trial(run.End == SandboxEnd.Failed ? TrialEnd.SandboxFailed : end, why, [], 1, 1, 1));
            }

            var folder = SharedFolder.Below(root, side);
            await File.WriteAllBytesAsync(Path.Combine(folder, Name), packed, cancellationToken).ConfigureAwait(false);
            trees.Add(MachineDirectory.Own(folder));
        }

        return new BuiltTrees($"tar -xf /built/{Name} && ( {benchmark.Command} )", root, trees[0], trees[1], null);
    }

    public void Dispose()
    {
        if (_root is not null)
            Directory.Delete(_root, recursive: true);
    }
}
