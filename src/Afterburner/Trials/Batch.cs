using Afterburner.Workloads;

namespace Afterburner.Trials;

/// <summary>The calls of one sample.</summary>
/// <param name="Calls">Made once each, in this order.</param>
/// <param name="Passes">How often each different call is among them. More than one proves nothing: what is asked twice can be remembered.</param>
internal sealed record Batch(IReadOnlyList<RecordedCall> Calls, int Passes)
{
    private const int MostPasses = 2000;

    /// <summary>Characters of stored calls that are made beside each other: restored they take some ten times as many bytes.</summary>
    private const long MostCharacters = 16 << 20;

    /// <summary>Bytes of objects for each byte of calls and answers as they are written: restored, and what is made of them on the way.</summary>
    private const long ObjectsOfByte = 16;

    /// <summary>Bytes that a sample needs at least.</summary>
    public const long LeastRoom = 1 << 18;

    /// <value>The calls as a runner reads them.</value>
    public byte[] Inputs { get; } = Frames.Pack(Calls);

    /// <summary>See <see cref="SampleOrder.Room"/>.</summary>
    /// <param name="answers">Bytes of the answers to one pass.</param>
    public long Room(long answers) => Math.Max(LeastRoom, ObjectsOfByte * (Inputs.Length + (answers * Passes)));

    /// <summary>All calls, as often as makes a sample long enough.</summary>
    /// <param name="once">What one pass costs the baseline, in CPU seconds.</param>
    /// <param name="empty">What a pass of no cost takes: fresh copies of the inputs and the way of the answers.</param>
    /// <param name="slower">Wall seconds that one pass takes the version that is compared with; beyond a second no sample is made longer.</param>
    public static Batch Repeated(IReadOnlyList<RecordedCall> calls, Pace pace, double once, double empty, double slower)
    {
        // The way there and back may be dearer than the calls: it is not repeated more than is good for the measure.
        const double LongestEmpty = 0.03;
        const double LongestSample = 1;
        var wanted = Math.Ceiling(pace.Sample / Math.Max(once, 1e-7));
        var affordable = Math.Min(Math.Floor(LongestEmpty / Math.Max(empty, 1e-7)), Math.Floor(LongestSample / Math.Max(slower, 1e-7)));
        var most = Math.Min(MostPasses, MostCharacters / Math.Max(1, calls.Sum(c => (long)c.Blob.Length)));
        var passes = (int)Math.Max(1, Math.Min(Math.Min(wanted, affordable), most));
        return new Batch([.. Enumerable.Repeat(calls, passes).SelectMany(c => c)], passes);
    }

    /// <summary>
    /// All calls, as often as makes a sample long enough, found as <c>timeit</c>'s autorange does: longer ones are tried until one
    /// is. What a process pays once, like the pages that it touches first, makes one short pass look many times as long as it is.
    /// </summary>
    /// <param name="once">One pass, and one of no cost.</param>
    /// <param name="slower">See <see cref="Repeated"/>.</param>
    /// <param name="sampleAsync">Takes both of a longer batch.</param>
    public static async Task<Batch> LongEnoughAsync(
        IReadOnlyList<RecordedCall> calls,
        Pace pace,
        (Reading Calls, Reading Empty) once,
        double slower,
        Func<Batch, Task<(Reading Calls, Reading Empty)>> sampleAsync)
    {
        var (batch, taken) = (new Batch(calls, 1), once);
        while (true)
        {
            var cost = (taken.Calls.Cpu - taken.Empty.Cpu) / batch.Passes;
            var longer = Repeated(calls, pace, cost, taken.Empty.Cpu / batch.Passes, slower);
            if (longer.Passes <= 2 * batch.Passes)
                return cost >= pace.ShortestPass ? new Batch(calls, 1) : longer;
            batch = longer;
            taken = await sampleAsync(batch).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Batches that have no call in common, each long enough where there are calls enough. Each holds as many calls made from one
    /// recorded call as from another: they are alike.
    /// </summary>
    public static IReadOnlyList<Batch> Apart(IReadOnlyList<RecordedCall> calls, Pace pace)
    {
        var batches = new List<Batch>();
        var next = new List<RecordedCall>();
        var bases = calls.GroupBy(c => c.Base).Select(g => g.ToList()).ToList();
        foreach (var round in Enumerable.Range(0, bases.Min(b => b.Count)).Select(i => bases.Select(b => b[i])))
        {
            next.AddRange(round);
            if (next.Sum(c => c.Seconds) < pace.Sample)
                continue;
            batches.Add(new Batch(next, 1));
            next = [];
        }

        if (next.Count > 0)
        {
            // What is left over is too short by itself.
            var last = batches.Count > 0 ? batches[^1].Calls : [];
            if (batches.Count > 0)
                batches.RemoveAt(batches.Count - 1);
            batches.Add(new Batch([.. last, .. next], 1));
        }

        return batches;
    }
}
