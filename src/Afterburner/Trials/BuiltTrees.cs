using Afterburner.Sandboxes;

namespace Afterburner.Trials;

/// <summary>
/// Two trees after their build, each packed once, so that benchmarks are timed without it. What was packed is hostile: it is never
/// looked at outside of a sandbox, only mounted there and unpacked.
/// </summary>
internal sealed class BuiltTrees : IDisposable
{
    private const string Name = "tree.tar";
    private const int LongestText = 1000;
    private readonly string? _root;

    private BuiltTrees(string? root, MachineDirectory? baseline, MachineDirectory? candidate, Trial? broken) =>
        (_root, Baseline, Candidate, Broken) = (root, baseline, candidate, broken);

    /// <summary>Mounted as <c>/built</c>; null where there is no build.</summary>
    public MachineDirectory? Baseline { get; }

    public MachineDirectory? Candidate { get; }

    /// <summary>Why there is nothing to run; null where there is.</summary>
    public Trial? Broken { get; }

    /// <summary>What is run in each sample of a benchmark: a line for <c>sh</c>.</summary>
    public string Run(string benchmark) => Baseline is null ? benchmark : $"tar -xf /built/{Name} && ( {benchmark} )";

    /// <param name="build">A line for <c>sh</c>; null where there is nothing to build.</param>
    /// <exception cref="EnvironmentFailureException">A folder cannot be written.</exception>
    public static async Task<BuiltTrees> MakeAsync(
        ISandbox sandbox, CommandTools tools, string? build, string baseline, string candidate, Limits limits, CancellationToken cancellationToken)
    {
        if (build is null)
            return new BuiltTrees(null, null, null, null);
        var root = SharedFolder.Create("afterburner-built-");
        var trees = new List<MachineDirectory>();
        foreach (var (tree, side, end) in new[] { (baseline, "baseline", TrialEnd.BaselineBroke), (candidate, "candidate", TrialEnd.CandidateBroke) })
        {
            var run = await sandbox.RunAsync(
                new SandboxCommand(["/bin/sh", "-c", $"( {build} ) && tar -cf /out/{Name} ."], tree)
                {
                    Writable = true, Mounts = tools.Mounts, Environment = tools.Variables(0), Artefacts = [Name],
                },
                limits, cancellationToken).ConfigureAwait(false);
            if (run.End == SandboxEnd.Failed || !run.Succeeded || !run.Artefacts.TryGetValue(Name, out var packed))
            {
                var why = run.End == SandboxEnd.Failed ? run.Failure : $"its build failed: {Said(run)}";
                return new BuiltTrees(root, null, null, new Trial(run.End == SandboxEnd.Failed ? TrialEnd.SandboxFailed : end, why, [], 1, 1, 1));
            }

            var folder = SharedFolder.Below(root, side);
            await File.WriteAllBytesAsync(Path.Combine(folder, Name), packed, cancellationToken).ConfigureAwait(false);
            trees.Add(MachineDirectory.Own(folder));
        }

        return new BuiltTrees(root, trees[0], trees[1], null);
    }

    /// <summary>What it complained of, or else the end of what it printed.</summary>
    private static string Said(SandboxRun run) => run.ErrorText.Trim() is { Length: > 0 } error ? error : run.Text.Trim() is var text && text.Length <= LongestText ? text : text[^LongestText..];

    public void Dispose()
    {
        if (_root is not null)
            Directory.Delete(_root, recursive: true);
    }
}
