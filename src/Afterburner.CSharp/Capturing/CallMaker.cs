using System.Diagnostics;
using System.Reflection;
using System.Runtime.Loader;
using System.Security.Cryptography;
using System.Text.Json;
using Afterburner.CSharp.Calls;
using Afterburner.CSharp.Finding;

namespace Afterburner.CSharp.Capturing;

/// <summary>Makes stored calls in a process of their own, which has the repository's code loaded: what it says is believed by nobody, and only compared with what it says another time.</summary>
internal static class CallMaker
{
    // Seconds.
    private const double Short = 0.1;

    /// <param name="asked">A file of <see cref="AskedCalls"/>.</param>
    /// <param name="answered">Where the answers go, once all calls are made.</param>
    public static void Run(string asked, string answered)
    {
        var calls = JsonSerializer.Deserialize<AskedCalls>(File.ReadAllBytes(asked))!;
        // A call may hold what the tests of any of them made.
        List<LoadedProgram> programs = [.. calls.Programs.Select(p => new LoadedProgram(p))];
        var method = programs.Select(p => p.Find(calls.Method)).FirstOrDefault(m => m is not null);
        var made = calls.Blobs.Select(b => method is null ? new MadeCall { Reason = "what the tests use does not hold it, or holds several that are declared alike" } : Made(method, Convert.FromBase64String(b))).ToList();
        File.WriteAllBytes($"{answered}.part", JsonSerializer.SerializeToUtf8Bytes(made));
        File.Move($"{answered}.part", answered);
        // Threads of the repository's own may be left.
        Environment.Exit(0);
    }

    private static MadeCall Made(MethodBase method, byte[] blob)
    {
        try
        {
            var values = CallBlob.Read(blob, ValueReader.In(AssemblyLoadContext.Default));
            var function = CallInvoker.Of(CallInvoker.Closed(method, values.TypeArguments));
            var (seen, seconds) = Timed(function, values);
            var written = ValueWriter.Canonical([seen.Way, seen.Result, values.Self, .. values.Arguments]);
            // The first one is compiled meanwhile.
            if (seconds < Short)
                seconds = Timed(function, CallBlob.Read(blob, ValueReader.In(AssemblyLoadContext.Default))).Seconds;
            return new MadeCall { Seconds = seconds, Digest = Convert.ToHexStringLower(SHA256.HashData(written)), Raised = seen.Way == "raised" ? seen.Result!.GetType().Name : null };
        }
        catch (ValueRefusedException e)
        {
            return new MadeCall { Reason = $"what it does cannot be compared: it {e.Message}" };
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException or TargetInvocationException or ArgumentException or InvalidOperationException)
        {
            return new MadeCall { Reason = $"it cannot be made again: {e.Message}" };
        }
    }

    private static (ObservedCall Seen, double Seconds) Timed(Func<object?, object?[], object?> function, RecordedValues values)
    {
        var clock = Stopwatch.StartNew();
        var seen = ObservedCall.Of(function, values.Self, values.Arguments);
        return (seen, clock.Elapsed.TotalSeconds);
    }
}
