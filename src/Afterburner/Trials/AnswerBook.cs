using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Trials;

/// <summary>
/// The answers of both versions to the same inputs. Equal bytes are equal answers. Where bytes differ (the order of a dict,
/// a rounding, objects that are shared) a process that has loaded nothing of the repository looks at them.
/// </summary>
internal sealed class AnswerBook(PythonHarness harness, AnswerForm form, Limits limits)
{
    /// <summary>Bytes of answers that are looked at in one process.</summary>
    private const int MostBytes = 24 << 20;

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

    /// <summary>How answers differ that were noted since the last look; null when a user could not tell them apart.</summary>
    /// <exception cref="RunnerBrokenException">They could not be looked at.</exception>
    public async Task<string?> DifferenceAsync(CancellationToken cancellationToken)
    {
        if (_tooMany)
            return "more answers differ in their bytes than can be looked at";
        if (_open.Count == 0)
            return null;
        var request = new JsonObject
        {
            ["answers"] = new JsonArray([.. _open.Select(p => (JsonNode)new JsonObject
            {
                ["encoder"] = form.Encoder, ["baseline"] = Convert.ToBase64String(p.Baseline), ["candidate"] = Convert.ToBase64String(p.Candidate),
            })]),
        };
        var asked = _open.Count;
        (_bytes, _) = (0, 0);
        _open.Clear();
        var run = await harness.RunAloneAsync("answers", request, limits, cancellationToken).ConfigureAwait(false);
        if (run.Sandbox.End == SandboxEnd.Failed)
            throw new RunnerBrokenException(run.Sandbox.Failure ?? "the sandbox failed", side: false);
        var told = run.Messages.Where(m => m.Text("type") == "answer").ToList();
        return run.Done is null || told.Count != asked
            ? "its answers could not be read"
            : told.Select(m => m.Text("difference")).FirstOrDefault(d => d is not null);
    }
}
