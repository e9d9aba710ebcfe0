using System.Globalization;

namespace Afterburner.Sandboxes;

/// <summary>
/// The chain of small programs that ends in the command: a shell that joins the control groups and sets the limits of
/// each process, a private mount namespace where directories are behind closed ones, the spare user, bubblewrap, the launcher.
/// </summary>
/// <param name="filter">The compiled <see cref="SystemCallRules.All"/>.</param>
/// <param name="counted">The compiled <see cref="SystemCallRules.Counted"/>.</param>
internal sealed class BubblewrapCommandLine(BubblewrapOptions options, Version version, string filter, string counted)
{
    // It joins before anything else, and stops if it cannot; .NET cannot pass on an open file, so the filter is opened
    // here too. Everything variable is an argument, never part of the script. File sizes are in blocks of 512 bytes.
    private const string Script =
        "set -e; umask 022; filter=$1; information=$2; blocks=$3; seconds=$4; doors=$5; shift 5; " +
        "ulimit -c 0; ulimit -n 1024; ulimit -f \"$blocks\"; ulimit -S -t \"$seconds\"; ulimit -H -t $((seconds + 1)); " +
        "while [ \"$doors\" -gt 0 ]; do echo $$ > \"$1\"; shift; doors=$((doors - 1)); done; exec \"$@\" 9< \"$filter\" 8> \"$information\"";

    private static readonly Version DisablesUserNamespaces = new(0, 8);

    /// <summary>User number of commands as this machine sees it.</summary>
    public long User { get; } = LinuxCalls.UserId == 0 ? options.SpareUser : LinuxCalls.UserId;

    /// <summary>Arguments of <c>/bin/sh</c>.</summary>
    /// <param name="view">From <see cref="BubblewrapView.Arguments"/>.</param>
    /// <param name="counts">Whether the command is to be process 1 of its namespace, to count what the others use.</param>
    /// <param name="isFirst">See <see cref="SandboxCommand.IsFirst"/>.</param>
    public IReadOnlyList<string> Arguments(
        ControlGroup? group, FirstProcess? first, Stage stage, IReadOnlyList<string> view, Launcher launcher, Limits limits,
        bool counts = false, bool isFirst = false)
    {
        var doors = group?.Doors.ToList() ?? [];
        var cpu = (long)Math.Ceiling(limits.Cpu.TotalSeconds);
        return
        [
            "-c", Script, "sh", counts ? counted : filter, first?.File ?? "/dev/null", Text(Math.Max(1, limits.Disk / 512)), Text(cpu), Text(doors.Count), .. doors,
            .. stage.Arguments,
            .. BecomeSpareUser,
            options.Program, "--unshare-all", "--unshare-user",
            .. version >= DisablesUserNamespaces ? (string[])["--disable-userns"] : [],
            .. counts || isFirst ? (string[])["--as-pid-1"] : [],
            "--die-with-parent", "--new-session", "--uid", "1000", "--gid", "1000", "--hostname", "sandbox", "--cap-drop", "ALL",
            .. view,
            "--info-fd", "8", "--seccomp", "9", "--",
            .. launcher.ExecArguments(group is null ? EachProcess(limits) : []),
        ];
    }

    private string[] BecomeSpareUser => LinuxCalls.UserId == 0
        ? ["setpriv", "--reuid", Text(User), "--regid", Text(User), "--clear-groups"]
        : [];

    // The number of processes is counted for each sandbox apart only when set inside its user namespace.
    private static string[] EachProcess(Limits limits) =>
        ["prlimit", $"--as={Text(limits.Memory)}", $"--nproc={Text(limits.Processes)}"];

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
