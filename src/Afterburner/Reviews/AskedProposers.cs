using Afterburner.Functions;
using Afterburner.Proposers;
using Afterburner.Runs;

namespace Afterburner.Reviews;

/// <summary>The proposers of a review while they are asked about one function: what each of them had first, and why one had nothing.</summary>
internal sealed class AskedProposers(ReviewContext review, Function function)
{
    /// <summary>Sources by their text, with the names of those who proposed them, the first one first.</summary>
    private readonly Dictionary<string, List<string>> _seen = new() { [Normalised(function.Source)] = [] };

    /// <summary>What those had that were asked before anything was measured.</summary>
    private readonly Dictionary<IProposer, IReadOnlyList<Candidate>> _early = [];

    private bool? _isWorthwhile;

    /// <summary>Asks those who propose by rules, once, ahead of the first round, which gets what they have.</summary>
    /// <returns>Whether a first round is worth its calls and measurements: one of them has something, or there are others.</returns>
    public async Task<bool> AskEarlyAsync(ProposalRequest request, CancellationToken cancellationToken)
    {
        if (_isWorthwhile is { } known)
            return known;
        foreach (var proposer in review.Proposers.Where(p => p.IsRuleBased))
            _early[proposer] = await AskAsync(proposer, request, cancellationToken).ConfigureAwait(false);
        _isWorthwhile = _early.Count < review.Proposers.Count || _early.Values.Any(c => c.Count > 0);
        return _isWorthwhile.Value;
    }

    /// <summary>Asks one of them.</summary>
    /// <returns>What is new of that; nothing where it failed and the review goes on without it.</returns>
    public async Task<IReadOnlyList<Candidate>> AskAsync(
        IProposer proposer, ProposalRequest request, CancellationToken cancellationToken)
    {
        if (_early.Remove(proposer, out var early))
            return early;
        if (review.BudgetSpent() || review.Tally.HasFailed(proposer.Name))
            return [];
        review.Observer.Step(function, $"asking {proposer.Name}, round {request.Iteration}{(request.Repair is null ? "" : ", repair")}");
        var before = review.Book[Part.Propose];
        try
        {
            var proposed = await review.Book.BookAsync(
                Part.Propose, () => proposer.ProposeAsync(request, cancellationToken)).ConfigureAwait(false);
            review.Tally.Answered(proposer.Name);
            return [.. proposed.Where(IsNew)];
        }
        catch (EnvironmentFailureException e) when (review.GoesOnWithout(proposer))
        {
            review.Tally.Failed(proposer.Name, e.Message);
            review.Journal.Write(new ProposerFailed(proposer.Name, e.Message) { Function = function.Id });
            review.Observer.ProposerFailed(proposer.Name, e.Message);
            return [];
        }
        finally
        {
            review.Tally.Waited(proposer.Name, (review.Book[Part.Propose] - before).TotalSeconds);
        }
    }

    /// <summary>Whether nobody proposed it before. What another proposer had first is tried once and noted there.</summary>
    private bool IsNew(Candidate candidate)
    {
        var key = Normalised(candidate.Source);
        if (_seen.TryAdd(key, [candidate.Proposer]))
            return true;
        if (_seen[key] is { Count: > 0 } names && !names.Contains(candidate.Proposer))
            names.Add(candidate.Proposer);
        return false;
    }

    /// <summary>Who proposed the same as somebody before them.</summary>
    public IReadOnlyList<string> AlsoProposedBy(string source) => [.. _seen[Normalised(source)].Skip(1)];

    /// <summary>Why each model's last reply gave nothing is said with it: a prompt that does not fit, say, is for the user to mend.</summary>
    public string WhyNothing()
    {
        string[] words =
        [
            .. review.Tally.Refusals(function.Id).Select(r => $"{r.Key}: {r.Value}"),
            .. review.Proposers.Select(p => p.WhyNothing(function)).OfType<string>(),
        ];
        return words.Length == 0 ? "nothing was proposed" : $"nothing was proposed: {string.Join("; ", words)}";
    }

    private static string Normalised(string source) =>
        string.Join('\n', source.Split('\n').Select(l => l.TrimEnd()).Where(l => l.Length > 0));
}
