using Afterburner.Proposers;
using Afterburner.Suggestions;
using Afterburner.Verdicts;

namespace Afterburner;

/// <summary>Counts what each proposer contributes to a run.</summary>
internal sealed class Tally
{
    private readonly Dictionary<string, ProposerReport> _byName = [];

    public IReadOnlyList<ProposerReport> Proposers => [.. _byName.Values];

    public void Asked(string proposer, int proposed, double seconds, IEnumerable<TokenUsage?> usage) => Change(proposer, r => r with
    {
        Proposed = r.Proposed + proposed,
        Seconds = r.Seconds + seconds,
        Tokens = r.Tokens + usage.OfType<TokenUsage>().Sum(u => u.Input + u.Output),
    });

    public void Judged(string proposer, VerdictKind verdict) => Change(proposer, r => r with
    {
        Verified = r.Verified + (verdict == VerdictKind.Rejected ? 0 : 1),
        Faster = r.Faster + (verdict == VerdictKind.Improved ? 1 : 0),
    });

    private void Change(string proposer, Func<ProposerReport, ProposerReport> change) =>
        _byName[proposer] = change(_byName.GetValueOrDefault(proposer) ?? new ProposerReport { Name = proposer });
}
