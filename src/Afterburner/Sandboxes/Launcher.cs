using System.Security.Cryptography;
using System.Text;

namespace Afterburner.Sandboxes;

/// <summary>
/// The first command inside a sandbox: fills <c>/work</c> where it is writable, says on standard error that the sandbox
/// is ready, and becomes the command. What stops before that line is a failure of the sandbox, what stops after it is
/// the command's own affair. The line is a fresh random number and only its first appearance counts, so nothing that
/// runs later, and no file name, can forge or undo it.
/// </summary>
internal sealed class Launcher(SandboxCommand command)
{
    /// <summary>Where the workspace is mounted when <c>/work</c> is a copy of it.</summary>
    public const string Source = "/source";

    // The order in which a folder lists its folders is that in which they were made, and cp makes them in the order of their places on the disk: of two
    // copies of a tree, tests that walk through it would find other orders, and number what they find otherwise.
    private const string Folders =
        "(cd " + Source + " && find . -type d -print0 | LC_ALL=C sort -z) 2>/dev/null | (cd /work && xargs -0 mkdir -p) 2>/dev/null || :; ";

    private const string Prepare =
        "set -e; umask 022; if [ \"$1\" = copy ]; then " + Folders + "cp -dR --preserve=mode,timestamps,links " + Source + "/. /work; fi; " +
        "cd /work; if [ \"$4\" = same ] && setarch linux64 -R true 2>/dev/null; then alike='setarch linux64 -R'; else alike=; fi; " +
        "printf '%s\\n' \"$2\" >&2; over=$3; shift 4; ";

    // Standard error of the shell itself goes nowhere, because shells comment on how their children die.
    private const string Stay =
        "code=0; exec 3>&2 2>/dev/null; (exec $alike \"$@\" 2>&3 3>&-) || code=$?; " +
        "printf '\\n%s %s\\n' \"$over\" \"$code\" >&3; printf '\\n%s\\n' \"$over\"; exec sleep 3600 </dev/null";

    private readonly string _ready = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>What every command finds in its environment, before <see cref="SandboxCommand.Environment"/>.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>
    {
        ["PATH"] = "/usr/local/bin:/usr/bin:/bin", ["HOME"] = "/tmp", ["TMPDIR"] = "/tmp", ["LANG"] = "C.UTF-8",
    };

    /// <summary>
    /// The line <see cref="StayArguments"/> puts at the end of both streams, on standard error with the exit code behind
    /// it. A command can find it out and write it itself, which ends its own run early and gains it nothing.
    /// </summary>
    public string Over { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>Bytes on both streams that are the launcher's and not the command's, at most.</summary>
    public int Overhead => 4 * (_ready.Length + 8);

    /// <summary>Becomes the command.</summary>
    /// <param name="prefix">Put before the command, for limits that can only be set inside.</param>
    public IReadOnlyList<string> ExecArguments(params IReadOnlyList<string> prefix) => Arguments("exec $alike \"$@\"", prefix);

    /// <summary>
    /// Waits for the command, says how it ended, and sleeps, so that what the run used can still be read; whoever
    /// started it ends it. Also keeps the command from being process 1, to which signals do nothing by default.
    /// </summary>
    public IReadOnlyList<string> StayArguments() => Arguments(Stay, []);

    /// <summary>Takes the ready line out of standard error.</summary>
    /// <returns>What the command wrote; null when it was never started.</returns>
    public byte[]? CommandError(byte[] error)
    {
        var line = Encoding.ASCII.GetBytes(_ready + "\n");
        var at = error.AsSpan().IndexOf(line);
        return at < 0 ? null : error[(at + line.Length)..];
    }

    private List<string> Arguments(string rest, IReadOnlyList<string> prefix) =>
        ["/bin/sh", "-c", Prepare + rest, "sh", command.Writable ? "copy" : "bind", _ready, Over, command.SameLayout ? "same" : "any", .. prefix, .. command.Arguments];
}
