using System.Security.Cryptography;
using Afterburner.Sandboxes;
using Afterburner.Workloads;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Trials;

/// <summary>How two answers differ.</summary>
/// <param name="Text">Where and how, for a person.</param>
/// <param name="OrderOnly">The only difference is the order of a dict's keys.</param>
internal sealed record AnswerDifference(string Text, bool OrderOnly);

/// <summary>
/// Compares answers of two versions. Equal bytes are equal answers. Where bytes differ (the order of a dict, a rounding,
/// objects that are shared) a process that has loaded nothing of the repository looks at them.
/// </summary>
/// <param name="encoder">How they are written: see <c>answers.py</c>.</param>
/// <param name="tolerance">Floats may differ by this much, relative to the larger one, or absolute below 1.</param>
internal sealed class AnswerBook(Harness harness, string encoder, double tolerance, Limits limits)
{
    /// <summary>How observations of calls are written.</summary>
    public const string Seen = "seen";

    /// <summary>Bytes of answers that are looked at in one process.</summary>
    private const int MostBytes = 24 << 20;

    /// <summary>Whether the answers are to a call that no test makes: see <see cref="AnswerPair.Made"/>.</summary>
    public bool Made { get; init; }

    private readonly HashSet<string> _known = [];
    private readonly List<(byte[] Baseline, byte[] Candidate)> _open = [];
    private long _bytes;
    private bool _tooMany;

    /// <summary>Notes the answers of one pair of samples.</summary>
    public void Add(IReadOnlyList<byte[]> baseline, IReadOnlyList<byte[]> candidate)
    {
        foreach (var (ours, theirs) in baseline.Zip(candidate))
        {
            if (ours.AsSpan().SequenceEqual(theirs) || !_known.Add(Convert.ToHexString(SHA256.HashData([.. SHA256.HashData(ours), .. SHA256.HashData(theirs)]))))
                continue;
            _bytes += ours.Length + theirs.Length;
            if (_bytes > MostBytes)
                _tooMany = true;
            else
                _open.Add((ours, theirs));
        }
    }

    /// <summary>The first difference among the answers noted since the last look; null when a user could not tell them apart.</summary>
    /// <exception cref="SideBrokenException">They could not be looked at; that says nothing of either side.</exception>
    public async Task<AnswerDifference?> DifferenceAsync(CancellationToken cancellationToken)
    {
        if (_tooMany)
            return new AnswerDifference("more answers differ in their bytes than can be looked at", false);
        if (_open.Count == 0)
            return null;
        var pairs = _open.ToList();
        _bytes = 0;
        _open.Clear();
        return (await LookAsync(pairs, cancellationToken).ConfigureAwait(false)).FirstOrDefault(d => d is not null);
    }

    /// <summary>How two answers differ; null when a user could not tell them apart.</summary>
    /// <exception cref="SideBrokenException">They could not be looked at; that says nothing of either side.</exception>
    public async Task<AnswerDifference?> DifferenceAsync(byte[] baseline, byte[] candidate, CancellationToken cancellationToken) =>
        (await DifferencesAsync([(baseline, candidate)], cancellationToken).ConfigureAwait(false))[0];

    /// <summary>The same of many, in as few processes as hold them.</summary>
    /// <exception cref="SideBrokenException">They could not be looked at; that says nothing of either side.</exception>
    public async Task<IReadOnlyList<AnswerDifference?>> DifferencesAsync(
        IReadOnlyList<(byte[] Baseline, byte[] Candidate)> pairs, CancellationToken cancellationToken)
    {
        var found = new AnswerDifference?[pairs.Count];
        var (looked, bytes) = (new List<int>(), 0L);
        for (var place = 0; place < pairs.Count; place++)
        {
            var (baseline, candidate) = pairs[place];
            long length = baseline.Length + candidate.Length;
            if (baseline.AsSpan().SequenceEqual(candidate))
                continue;
            if (length > MostBytes)
            {
                found[place] = new AnswerDifference("they differ, and are too large to be looked at", false);
                continue;
            }

            if (bytes + length > MostBytes)
                await LookAtAsync().ConfigureAwait(false);
            looked.Add(place);
            bytes += length;
        }

        await LookAtAsync().ConfigureAwait(false);
        return found;

        async Task LookAtAsync()
        {
            var told = looked.Count == 0 ? [] : await LookAsync([.. looked.Select(l => pairs[l])], cancellationToken).ConfigureAwait(false);
            foreach (var (place, difference) in looked.Zip(told))
                found[place] = difference;
            bytes = 0;
            looked.Clear();
        }
    }

    private async Task<IReadOnlyList<AnswerDifference?>> LookAsync(
        List<(byte[] Baseline, byte[] Candidate)> pairs, CancellationToken cancellationToken)
    {
        var request = new AnswersRequest([.. pairs.Select(p => new AnswerPair(encoder, tolerance, p.Baseline, p.Candidate) { Made = Made })]);
        var run = await harness.RunAloneAsync(request, limits, cancellationToken).ConfigureAwait(false);
        if (run.Sandbox.End == SandboxEnd.Failed)
            throw new SideBrokenException(TrialEnd.SandboxFailed, run.Sandbox.Failure ?? "the sandbox failed");
        var told = run.Of<AnswerMessage>().ToList();
        return run.Done is null || told.Count != pairs.Count
            ? [.. pairs.Select(_ => new AnswerDifference("they could not be read", false))]
            : [.. told.Select(m => m.Difference is { } text ? new AnswerDifference(text, m.OrderOnly) : null)];
    }
}
