using Afterburner.Workloads;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Trials;

/// <summary>Calls that are followed to see what of a function runs: several in a process where that tells the same as one in each.</summary>
internal static class Followed
{
    private const int MostTogether = 16;

    /// <summary>Seconds of calls that are followed in one process: a line that is followed takes many times as long.</summary>
    private const double MostSeconds = 0.02;

    /// <summary>Calls in the groups that one process makes: several that are small, or one.</summary>
    /// <param name="calls">With the seconds that each takes.</param>
    public static IEnumerable<IReadOnlyList<RecordedCall>> RunsOf(IEnumerable<(RecordedCall Call, double Seconds)> calls)
    {
        var (run, whole) = (new List<RecordedCall>(), 0.0);
        foreach (var (call, seconds) in calls)
        {
            if (run.Count > 0 && (run.Count == MostTogether || whole + seconds > MostSeconds))
            {
                yield return run;
                (run, whole) = ([], 0);
            }

            run.Add(call);
            whole += seconds;
        }

        if (run.Count > 0)
            yield return run;
    }

    /// <summary>Whether a call leaves the process as it found it, so that those after it run as if it had not been.</summary>
    public static bool IsSteady(TracedCall told) => told is { Changed.Count: 0, Learns: false };
}
