using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Afterburner.CSharp.Compiling;
using Afterburner.CSharp.Finding;
using Afterburner.CSharp.Running;
using Afterburner.CSharp.Speaking;

namespace Afterburner.CSharp.Timing;

/// <summary>
/// One version of one function, asked over frames: it answers calls with bytes. Nothing is measured, compared or decided here, and nothing of the repository is loaded: each order is
/// carried out by a process of its own, which loads the version, gets the inputs, answers, and ends.
/// </summary>
internal static class VersionRunner
{
    /// <summary>How a child ends that has said itself why it could not be asked.</summary>
    public const int CouldNot = 70;

    private const int Killed = 9, OfSignals = 128;

    public static void Run()
    {
        var pipe = FramePipe.Of(0, 1);
        using var setup = HarnessInput.Read(new MemoryStream(pipe.Receive(FramePipe.Command)));
        if (setup.Has("picks"))
        {
            pipe.Say(new { unfit = "calls inside tests cannot be stopped at in this language" });
            return;
        }

        PlacedVersion version;
        try
        {
            version = PlacedVersion.Of(setup);
        }
        catch (UnfitException e)
        {
            pipe.Say(new { unfit = e.Message });
            return;
        }
        catch (InvalidDataException e)
        {
            pipe.Say(new { failed = e.Message });
            return;
        }

        // It says itself whether it can.
        if (Ask(version, """{"do":"load"}"""u8.ToArray()) is var status and not 0)
        {
            if (status != CouldNot << 8)
                pipe.Say(new { failed = (status & 0x7f) != 0 ? $"loading it ended the process by signal {status & 0x7f}" : $"loading it ended the process with exit code {status >> 8}" });
            return;
        }

        try
        {
            while (true)
            {
                var order = pipe.Receive(FramePipe.Command);
                pipe.Send(FramePipe.Ended, JsonSerializer.SerializeToUtf8Bytes(new { status = Ask(version, order) }));
            }
        }
        catch (EndOfStreamException)
        {
            // nobody asks any more
        }
    }

    /// <returns>How the child ended, as POSIX has it.</returns>
    private static int Ask(PlacedVersion version, byte[] order)
    {
        using var words = HarnessInput.Read(new MemoryStream(order));
        if (version.Place(traced: words.Text("do") == "trace") is { } problem)
            return Told(problem, words.Text("do") == "load");
        var file = Path.Combine(version.Folder, "order");
        var printed = Path.Combine(version.Folder, "printed");
        File.WriteAllBytes(file, JsonSerializer.SerializeToUtf8Bytes(new PlayedOrder(order, version.Method, version.Programs, version.Assembly, version.Warmup, printed)));
        var config = Path.ChangeExtension(version.Programs[0], ".runtimeconfig.json");
        // The frames by descriptors of their own: what the code prints goes elsewhere.
        return Start(
        [
            "-c", "printed=$1; shift; exec \"$@\" 3<&0 4>&1 </dev/null >\"$printed\" 2>&1", "sh", printed, Environment.ProcessPath!, "exec",
            .. File.Exists(config) ? (string[])["--runtimeconfig", config, "--roll-forward", "LatestMajor"] : [], typeof(VersionRunner).Assembly.Location, "played", file,
        ]);
    }

    private static int Told(string problem, bool loads)
    {
        var pipe = FramePipe.Of(0, 1);
        if (loads)
            pipe.Say(new { failed = problem });
        else
            pipe.Say(new { failure = problem });
        return CouldNot << 8;
    }

    private static int Start(IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("setsid", ["sh", .. arguments]) { WorkingDirectory = Environment.CurrentDirectory, UseShellExecute = false };
        foreach (var (name, value) in new Dictionary<string, string> { ["DOTNET_TieredPGO"] = "0", ["DOTNET_gcConcurrent"] = "0", ["DOTNET_gcServer"] = "0" })
            start.Environment[name] = value;
#pragma warning disable RS0030 // Inside a sandbox.
        using var process = Process.Start(start)!;
#pragma warning restore RS0030
        process.WaitForExit();
        // Whom it left behind.
        _ = Kill(-process.Id, Killed);
        return process.ExitCode > OfSignals ? process.ExitCode - OfSignals : process.ExitCode << 8;
    }

    [DllImport("libc", EntryPoint = "kill", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}

/// <summary>What a child is to do.</summary>
/// <param name="Order">As the engine gave it, JSON.</param>
/// <param name="Assembly">File name of the one that is replaced.</param>
/// <param name="Warmup">Blobs, in base64.</param>
/// <param name="Printed">A file that gets what the code prints.</param>
internal sealed record PlayedOrder(byte[] Order, DeclaredMethod Method, IReadOnlyList<string> Programs, string Assembly, IReadOnlyList<string> Warmup, string Printed);

/// <summary>Why a version cannot be used at all.</summary>
internal sealed class UnfitException(string message) : Exception(message);
