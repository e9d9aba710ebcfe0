using System.Text.Json;
using Afterburner.CSharp.Finding;
using Afterburner.CSharp.Running;
using Afterburner.CSharp.Speaking;

namespace Afterburner.CSharp.Capturing;

/// <summary>Third pass: makes stored calls again, each function's in one process, and tells a digest of what each does.</summary>
internal static class ConfirmPass
{
    private const string Unfinished = "made again it does not come to its end";

    private static readonly TimeSpan Together = TimeSpan.FromSeconds(20), Apart = TimeSpan.FromSeconds(5);

    public static void Run(HarnessInput request)
    {
        var sources = Environment.CurrentDirectory;
        var built = BuiltFiles.Read();
        var (targets, problem) = BuiltOutput.Of(built);
        foreach (var entry in request.Parts("entries"))
        {
            using var named = entry.Part("target");
            var target = new WatchTarget(0, named.Text("path")!, named.Text("name")!, named.Number("line"));
            var calls = entry.Parts("calls").Select(c => (Index: c.Number("index"), Blob: c.Text("blob")!)).ToList();
            if ((problem ?? (entry.Has("through") ? "which of its calls reach another function is not told in this language" : null)) is { } reason)
                Refuse(target, calls, reason);
            else if (FoundFunction.Locate(FoundFunction.Parse(File.ReadAllText(Path.Combine(sources, target.Path))), target.Name, target.Line) is not { } found || DeclaredMethod.Of(found.Node) is not { } method)
                Refuse(target, calls, "it cannot be found in its file");
            else
                Confirm(target, method, [.. built.Projects.Select(p => targets[p.Path])], calls);
        }

        HarnessOutput.Done(null);
    }

    private static void Confirm(WatchTarget target, DeclaredMethod method, IReadOnlyList<string> programs, List<(int Index, string Blob)> calls)
    {
        var together = Ask(method, programs, [.. calls.Select(c => c.Blob)], Together);
        // Where one of them ends the process, each gets one.
        foreach (var (place, (index, blob)) in calls.Index())
        {
            var made = together is not null ? together[place] : Ask(method, programs, [blob], Apart)?[0] ?? new MadeCall { Reason = Unfinished };
            HarnessOutput.Write(new { type = "confirmed", target = target.Id, index, seconds = made.Reason is null ? made.Seconds : (double?)null, digest = made.Digest, reason = made.Reason, raised = made.Raised });
        }
    }

    private static void Refuse(WatchTarget target, List<(int Index, string Blob)> calls, string reason)
    {
        foreach (var (index, _) in calls)
            HarnessOutput.Write(new { type = "confirmed", target = target.Id, index, reason });
    }

    /// <returns>What each call does that is made after those before it; null where that does not come to its end.</returns>
    private static List<MadeCall>? Ask(DeclaredMethod method, IReadOnlyList<string> programs, IReadOnlyList<string> blobs, TimeSpan patience)
    {
        var folder = Directory.CreateTempSubdirectory("afterburner-asked-").FullName;
        var (asked, answered) = (Path.Combine(folder, "asked"), Path.Combine(folder, "answered"));
        File.WriteAllBytes(asked, JsonSerializer.SerializeToUtf8Bytes(new AskedCalls(method, programs, blobs)));
        var config = Path.ChangeExtension(programs[0], ".runtimeconfig.json");
        // By the frameworks that the tests have, and the newest .NET that there is.
        string[] start = File.Exists(config) ? ["exec", "--runtimeconfig", config, "--roll-forward", "LatestMajor"] : [];
        Dotnet.Run([.. start, typeof(ConfirmPass).Assembly.Location, "made", asked, answered], null, patience);
        try
        {
            return File.Exists(answered) && JsonSerializer.Deserialize<List<MadeCall>>(File.ReadAllBytes(answered)) is { } made && made.Count == blobs.Count ? made : null;
        }
        catch (JsonException)
        {
            return null;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

/// <summary>Calls that a process is asked to make.</summary>
/// <param name="Programs">Of test projects: the function is found in what one of them uses.</param>
/// <param name="Blobs">In base64.</param>
internal sealed record AskedCalls(DeclaredMethod Method, IReadOnlyList<string> Programs, IReadOnlyList<string> Blobs);

/// <summary>What a call did.</summary>
internal sealed record MadeCall
{
    public double Seconds { get; init; }

    /// <value>Of all that a user could see of it; null where <see cref="Reason"/> says why there is none.</value>
    public string? Digest { get; init; }

    public string? Reason { get; init; }

    /// <value>The type of the exception that it ended in; null for none.</value>
    public string? Raised { get; init; }
}
