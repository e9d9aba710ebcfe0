using System.Text;

namespace Afterburner.Sandboxes;

/// <summary>What a control group saw of a run.</summary>
/// <param name="Cpu">CPU time of all processes, user and system.</param>
/// <param name="PeakMemory">Highest sum of memory in bytes; null where the kernel does not keep it.</param>
/// <param name="MemoryKills">Processes that the memory limit killed.</param>
internal sealed record GroupUsage(TimeSpan? Cpu, long? PeakMemory, long MemoryKills);

/// <summary>Reads what a run left: the one place that decides how it ended, for every kind of sandbox.</summary>
internal static class RunOutcome
{
    private static readonly Dictionary<string, byte[]> NoFiles = [];

    private const int CpuLimitSignal = 24;
    private const int KillSignal = 9;

    /// <summary>A sandbox that did not do its work. Says nothing about the command.</summary>
    public static SandboxRun Broken(string reason, TimeSpan wall = default) =>
        new(SandboxEnd.Failed, -1, [], [], wall, null, null, NoFiles, reason);

    /// <summary>A run that was killed because it filled <c>/out</c>.</summary>
    public static SandboxRun Overflow(GroupUsage? usage) =>
        new(SandboxEnd.OutputLimit, -1, [], [], default, usage?.Cpu, usage?.PeakMemory, NoFiles, null);

    /// <summary>The run of a process whose launcher and control group were ours.</summary>
    public static SandboxRun Read(
        ProcessRun process, Launcher launcher, GroupUsage? usage, Limits limits, IReadOnlyDictionary<string, byte[]>? artefacts)
    {
        if (launcher.CommandError(process.Error) is not { } error)
            return Broken(WhyNotStarted(process, usage), process.Wall);
        var output = Cut(process.Output, limits.Output);
        return new SandboxRun(
            End(process, usage, limits), process.ExitCode, output, Cut(error, limits.Output - output.Length), process.Wall,
            usage?.Cpu, usage?.PeakMemory, artefacts ?? NoFiles, null);
    }

    // The launcher's lines were allowed for in the limit.
    private static byte[] Cut(byte[] bytes, long most) => bytes.Length <= most ? bytes : bytes[..(int)most];

    private static SandboxEnd End(ProcessRun process, GroupUsage? usage, Limits limits)
    {
        if (process.End == ProcessEnd.OutputLimit)
            return SandboxEnd.OutputLimit;
        if (usage is { MemoryKills: > 0 })
            return SandboxEnd.OutOfMemory;
        if (process.End == ProcessEnd.TimedOut || process.ExitCode == 128 + CpuLimitSignal)
            return SandboxEnd.TimedOut;
        // A process that ignores the first signal of the CPU limit is killed by the second one. Without a bill, having
        // run long enough for that is the only sign.
        if (process.ExitCode == 128 + KillSignal && (usage?.Cpu ?? process.Wall) >= limits.Cpu)
            return SandboxEnd.TimedOut;
        return process.ExitCode is > 128 and <= 128 + 64 ? SandboxEnd.Signalled : SandboxEnd.Exited;
    }

    private static string WhyNotStarted(ProcessRun process, GroupUsage? usage)
    {
        if (usage is { MemoryKills: > 0 })
            return "the memory limit was reached before the command started (a writable copy of the workspace counts)";
        if (process.End == ProcessEnd.TimedOut)
            return "the sandbox was not ready within the wall time of the run";
        var text = Encoding.UTF8.GetString(process.Error).Trim();
        return text.Length == 0 ? $"the sandbox ended with code {process.ExitCode} before the command started"
            : text.Length <= 600 ? text : "... " + text[^600..];
    }
}
