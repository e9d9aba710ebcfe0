using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Afterburner.Workloads;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Trials;

/// <summary>
/// What the baseline did on the recorded calls of one workload: it is asked once, however many candidates are compared with it. Its answers
/// come from processes in which no candidate ever was.
/// </summary>
public sealed class BaselineAnswers
{
    /// <summary>Longer answers are not kept.</summary>
    private const int LongestKept = 1 << 20;

    private readonly ConcurrentDictionary<(string Blob, int Variation), Observation> _observed = new();
    private readonly ConcurrentDictionary<(string Blobs, int Variation), IReadOnlyList<Observation>> _together = new();
    private readonly ConcurrentDictionary<string, IReadOnlyList<TracedCall>> _traced = new();
    private readonly Lock _making = new();
    private Task<AmplifiedCalls>? _atypical;

    /// <summary>Calls unlike the recorded ones, made once; anew where they could not be made.</summary>
    internal Task<AmplifiedCalls> AtypicalAsync(Func<Task<AmplifiedCalls>> make)
    {
        lock (_making)
        {
            if (_atypical is null or { IsCompleted: true, IsCompletedSuccessfully: false } or { IsCompletedSuccessfully: true, Result.Failure: not null })
                _atypical = make();
            return _atypical;
        }
    }

    /// <param name="ask">Asks the baseline.</param>
    internal async Task<Observation> OfAsync(RecordedCall call, int variation, Func<Task<Observation>> ask)
    {
        if (_observed.TryGetValue((call.Blob, variation), out var known))
            return known;
        var asked = await ask().ConfigureAwait(false);
        if (asked.Seen is { Length: <= LongestKept })
            _observed[(call.Blob, variation)] = asked;
        return asked;
    }

    /// <summary>The same of calls that one process makes one after the other; null where they cannot be made so.</summary>
    /// <param name="ask">Asks the baseline.</param>
    internal async Task<IReadOnlyList<Observation>?> OfAllAsync(IReadOnlyList<RecordedCall> calls, int variation, Func<Task<IReadOnlyList<Observation>?>> ask)
    {
        var key = (KeyOf(calls), variation);
        if (_together.TryGetValue(key, out var known))
            return known;
        var asked = await ask().ConfigureAwait(false);
        if (asked is not null && asked.Sum(a => (long)(a.Seen?.Length ?? 0)) <= LongestKept)
            _together[key] = asked;
        return asked;
    }

    /// <summary>What of the baseline runs in each of some calls that one process makes; null where it does not tell.</summary>
    internal async Task<IReadOnlyList<TracedCall>?> LinesOfAsync(IReadOnlyList<RecordedCall> calls, Func<Task<IReadOnlyList<TracedCall>?>> ask)
    {
        var key = KeyOf(calls);
        if (_traced.TryGetValue(key, out var known))
            return known;
        if (await ask().ConfigureAwait(false) is not { } asked)
            return null;
        return _traced[key] = asked;
    }

    private static string KeyOf(IReadOnlyList<RecordedCall> calls) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', calls.Select(c => c.Blob)))));
}
