using System.Collections.ObjectModel;
using Afterburner.Suggestions;
using Afterburner.Verdicts;

namespace Afterburner.Runs;

/// <summary>What each proposer of a run cost, and which of them failed on the way. What they achieved is in the reports of the functions.</summary>
internal sealed class Tally
{
    private readonly Dictionary<string, ProposerReport> _byName = [];
    private readonly HashSet<string> _answered = [];
    private readonly Dictionary<string, SortedDictionary<string, string>> _refusals = [];

    /// <summary>A proposer that never answered is missing at the start of a run; one that did has failed on the way.</summary>
    public bool HasAnswered(string proposer) => _answered.Contains(proposer);

    public bool HasFailed(string proposer) => _byName.GetValueOrDefault(proposer)?.Failure is not null;

    /// <param name="seconds">Wall time spent waiting for it, whether it answered or not.</param>
    public void Waited(string proposer, double seconds) => Change(proposer, r => r with { Seconds = r.Seconds + seconds });

    public void Answered(string proposer) => _answered.Add(proposer);

    public void Failed(string proposer, string message) => Change(proposer, r => r with { Failure = message });

    public void Exchanged(ProposalReceived exchange)
    {
        Change(exchange.Proposer, r => r with
        {
            Requests = r.Requests + 1,
            InputTokens = r.InputTokens + exchange.InputTokens,
            OutputTokens = r.OutputTokens + exchange.OutputTokens,
            Tokens = r.Tokens + exchange.InputTokens + exchange.OutputTokens,
        });
        if (exchange is { Refused: { } reason, Function: { } function })
            (_refusals.TryGetValue(function, out var known) ? known : _refusals[function] = new(StringComparer.Ordinal))[exchange.Proposer] = reason;
    }

    /// <summary>Why the last reply for a function gave no candidate, by proposer.</summary>
    public IReadOnlyDictionary<string, string> Refusals(string function) =>
        _refusals.GetValueOrDefault(function) ?? (IReadOnlyDictionary<string, string>)ReadOnlyDictionary<string, string>.Empty;

    /// <summary>One report for each proposer, in the order they were first asked; those of an earlier part of a resumed run come last.</summary>
    public IReadOnlyList<ProposerReport> Of(IReadOnlyCollection<FunctionReport> functions)
    {
        var candidates = functions.SelectMany(f => f.Candidates).ToList();
        return [.. _byName.Keys.Union(candidates.Select(c => c.Proposer)).Select(name =>
        {
            var own = candidates.Where(c => c.Proposer == name).ToList();
            return (_byName.GetValueOrDefault(name) ?? new ProposerReport { Name = name }) with
            {
                Proposed = own.Count,
                Verified = own.Count(c => c.Verdict != VerdictKind.Rejected),
                Faster = own.Count(c => c.Verdict == VerdictKind.Improved),
                Suggested = functions.Count(f => f.Suggestion?.Proposer == name),
                Duplicates = candidates.Count(c => c.AlsoProposedBy.Contains(name)),
            };
        })];
    }

    private void Change(string proposer, Func<ProposerReport, ProposerReport> change) =>
        _byName[proposer] = change(_byName.GetValueOrDefault(proposer) ?? new ProposerReport { Name = proposer });
}
