using Afterburner.Functions;
using Afterburner.Sandboxes;

namespace Afterburner.Proposers;

/// <summary>
/// Applies rules that somebody else wrote. A rule cannot start anything or name a file, but it can be made to take very long
/// or to write very much (transformations double their text), so ast-grep runs in the sandbox, under limits.
/// </summary>
internal sealed class SandboxedScan(AstGrep astGrep, ISandbox sandbox)
{
    private static readonly Limits Caps = new()
    {
        Memory = 512L << 20,
        Cpu = TimeSpan.FromSeconds(10),
        Wall = TimeSpan.FromSeconds(30),
        Processes = 64,
        Output = 8 << 20,
        Disk = 16 << 20,
        Cores = 1,
    };

    /// <param name="rules">YAML rules, separated by <c>---</c>; nothing is done when there are none.</param>
    /// <param name="what">What is scanned, for messages.</param>
    /// <exception cref="UsageException">A rule does not read, or the rules need more than the limits.</exception>
    /// <exception cref="EnvironmentFailureException">The sandbox or ast-grep failed.</exception>
    public async Task<IReadOnlyList<AstGrepMatch>> ScanAsync(
        string rules, byte[] source, string what, CancellationToken cancellationToken)
    {
        if (rules.Length == 0)
            return [];
        var workspace = SharedFolder.Create("afterburner-rules-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(workspace, "rules.yml"), rules, cancellationToken).ConfigureAwait(false);
            await File.WriteAllBytesAsync(Path.Combine(workspace, "source.py"), source, cancellationToken).ConfigureAwait(false);
            var program = Path.GetFullPath(astGrep.Program);
            var command = new SandboxCommand(
                [$"/ast-grep/{Path.GetFileName(program)}", .. AstGrep.Scan, "--threads", "1", "--rule", "/work/rules.yml", "--", "/work/source.py"],
                workspace)
            {
                Mounts = new Dictionary<string, MachineDirectory> { ["/ast-grep"] = MachineDirectory.Own(Path.GetDirectoryName(program)!) },
            };
            return Read(await sandbox.RunAsync(command, Caps, cancellationToken).ConfigureAwait(false), what);
        }
        finally
        {
            Directory.Delete(workspace, recursive: true);
        }
    }

    private static AstGrepMatch[] Read(SandboxRun run, string what) => run.End switch
    {
        SandboxEnd.Exited when run.ExitCode is 0 or 1 => AstGrep.Matches(run.Output),
        SandboxEnd.Exited when run.ExitCode is 6 or 8 => throw new UsageException($"{what}: ast-grep cannot read the rule: {Reason(run.ErrorText)}"),
        SandboxEnd.TimedOut or SandboxEnd.OutOfMemory or SandboxEnd.OutputLimit => throw new UsageException(
            $"the repository's own recipes went over their limits ({run.End}: {Caps.Cpu.TotalSeconds:0} s, {Caps.Memory >> 20} MiB, {Caps.Output >> 20} MiB of output) on {what}: make them simpler."),
        _ => throw new EnvironmentFailureException(
            $"ast-grep failed in the sandbox on {what} ({run.End}, exit code {run.ExitCode}): {run.Failure ?? Reason(run.ErrorText)}"),
    };

    /// <summary>The last line of ast-grep's chain of causes, which says what is wrong.</summary>
    private static string Reason(string error)
    {
        var lines = error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var text = (lines.LastOrDefault(l => l.StartsWith("╰▻", StringComparison.Ordinal)) ?? lines.LastOrDefault() ?? "").TrimStart('╰', '▻', ' ');
        return string.Concat((text.Length > 300 ? text[..300] : text).Where(c => !char.IsControl(c)));
    }
}
