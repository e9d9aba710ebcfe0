using System.Globalization;
using System.Text;
using Afterburner.CSharp.Capturing.Recording;
using Afterburner.CSharp.Running;
using Afterburner.CSharp.Speaking;

namespace Afterburner.CSharp.Capturing;

/// <summary>Second pass: stores the chosen calls while the tests that make them run again.</summary>
internal static class RecordPass
{
    private const int MostReasons = 3, LongestBlob = 1 << 28;

    public static void Run(HarnessInput request)
    {
        var targets = CapturePasses.TargetsOf(request);
        using var limits = request.Part("limits");
        using var picks = request.Part("picks");
        var chosen = targets.ToDictionary(t => t.Id, t => (IReadOnlyList<(string Test, long Call)>)[.. picks.Parts(t.Id).Select(p => (p.Text("test")!, (long)p.Real("call", 0)))], StringComparer.Ordinal);
        var projects = BuiltFiles.Read().Projects;
        var run = WatchedRun.Of(request, targets, WatchKind.Stored, plan =>
        {
            (plan.Seconds, plan.CallBytes, plan.TargetBytes) = (limits.Real("seconds", 1), (long)limits.Real("callBytes", 1 << 20), (long)limits.Real("targetBytes", 1 << 24));
            foreach (var target in plan.Targets)
            {
                foreach (var (rank, (test, call)) in chosen[target.Id].Index())
                {
                    foreach (var key in Plain(projects, test).SelectMany(t => TestNames.KeysOf(t.Project, t.Test, call)))
                        target.Picks.TryAdd(key, new RecorderPick { Rank = rank });
                }
            }
        });
        var rows = run.Written("calls").SelectMany(Read).ToList();
        foreach (var target in targets)
        {
            var own = rows.Where(r => r.Target == target.Id && r.Rank >= 0 && r.Rank < chosen[target.Id].Count).ToList();
            foreach (var row in own.Where(r => r.Why.Length == 0).DistinctBy(r => r.Rank))
            {
                var (test, call) = chosen[target.Id][row.Rank];
                HarnessOutput.Write(new { type = "call", target = target.Id, test, ordinal = call, rank = row.Rank, shape = row.Shape, blob = Convert.ToBase64String(row.Blob) });
            }

            IEnumerable<string> all = [.. run.Problems.TryGetValue(target.Id, out var problem) ? (string[])[problem] : [], .. own.Where(r => r.Why.Length > 0).Select(r => r.Why)];
            var reasons = all.GroupBy(w => w).OrderByDescending(g => g.Count()).Take(MostReasons)
                .Select(g => new { reason = string.Create(CultureInfo.InvariantCulture, $"{g.Key} ({g.Count()} of {Math.Max(own.Count, g.Count())})") });
            HarnessOutput.Write(new { type = "recorded", target = target.Id, reasons });
        }

        HarnessOutput.Done(run.Problem);
    }

    /// <summary>A test by its name in its own project: of several projects, the name of each stands before.</summary>
    private static IEnumerable<(TestProject Project, string Test)> Plain(IReadOnlyList<TestProject> projects, string test) => projects is [var only] ? [(only, test)]
        : projects.Select(p => (Project: p, Before: $"{Path.GetFileNameWithoutExtension(p.Path)}: ")).Where(p => test.StartsWith(p.Before, StringComparison.Ordinal)).Select(p => (p.Project, test[p.Before.Length..]));

    private static List<Row> Read(string file)
    {
        var rows = new List<Row>();
        using var reader = new BinaryReader(File.OpenRead(file), Encoding.UTF8);
        // It was written in reach of the repository's code.
        try
        {
            while (reader.BaseStream.Position < reader.BaseStream.Length)
            {
                var (target, rank, shape, why, length) = (reader.ReadString(), reader.ReadInt32(), reader.ReadString(), reader.ReadString(), reader.ReadInt32());
                if (length is < 0 or > LongestBlob)
                    return rows;
                var blob = reader.ReadBytes(length);
                if (blob.Length == length)
                    rows.Add(new Row(target, rank, shape, why, blob));
            }
        }
        catch (Exception e) when (e is IOException or FormatException or ArgumentException)
        {
            return rows;
        }

        return rows;
    }

    private sealed record Row(string Target, int Rank, string Shape, string Why, byte[] Blob);
}
