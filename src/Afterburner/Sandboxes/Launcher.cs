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

    private const string Script =
        "set -e; if [ \"$1\" = copy ]; then cp -dR --preserve=mode,timestamps,links " + Source + "/. /work; fi; " +
        "cd /work; printf '%s\\n' \"$2\" >&2; shift 2; ";

    private readonly string _ready = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>Bytes of standard error that are the launcher's and not the command's.</summary>
    public int Overhead => _ready.Length + 1;

    /// <summary>The command line to run inside.</summary>
    /// <param name="stays">
    /// True: the shell waits for the command. As process 1 of a namespace a command would get no default signal
    /// handling, which ends programs differently from how they end anywhere else.
    /// </param>
    /// <param name="prefix">Put before the command, for limits that can only be set inside.</param>
    public IReadOnlyList<string> Arguments(bool stays, params IReadOnlyList<string> prefix) =>
    [
        "/bin/sh", "-c", Script + (stays ? "set +e; \"$@\"; exit $?" : "exec \"$@\""), "sh",
        command.Writable ? "copy" : "bind", _ready, .. prefix, .. command.Arguments,
    ];

    /// <summary>Takes the ready line out of standard error.</summary>
    /// <returns>What the command wrote; null when it was never started.</returns>
    public byte[]? CommandError(byte[] error)
    {
        var line = Encoding.ASCII.GetBytes(_ready + "\n");
        var at = error.AsSpan().IndexOf(line);
        return at < 0 ? null : error[(at + line.Length)..];
    }
}
