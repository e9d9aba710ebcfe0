using Afterburner.Runs;
using Afterburner.Verdicts;

namespace Afterburner.Trainer.Data;

/// <summary>
/// Examples of what reviews proved and refused: a version that was proven is a good reply, and better than whatever else was proposed for its function. A version that a model wrote
/// stands behind the prompt it was asked with; one of a recipe, or of a maintainer, behind a plain one.
/// </summary>
public sealed class JournalSets
{
    private readonly List<SupervisedExample> _supervised = [];
    private readonly List<PreferenceExample> _preferences = [];

    public IReadOnlyList<SupervisedExample> Supervised => _supervised;

    public IReadOnlyList<PreferenceExample> Preferences => _preferences;

    /// <value>Proven versions of functions whose text the journal does not tell: it is of an older version, or another program wrote it.</value>
    public int WithoutPrompt { get; private set; }

    /// <summary>Adds what a journal has.</summary>
    /// <param name="events">Of one run, in order.</param>
    public void Add(IEnumerable<JournalEvent> events)
    {
        var objective = ObjectiveKind.Time;
        var functions = new Dictionary<string, Told>();
        foreach (var entry in events)
        {
            if (entry is RunStarted run)
                objective = run.Objective;
            if (entry.Function is not { } id)
                continue;
            if (!functions.TryGetValue(id, out var told))
                functions.Add(id, told = new Told(objective));
            switch (entry)
            {
                case FunctionStarted { Source: { } source, Language: var language }:
                    (told.Source, told.Language) = (source, language);
                    break;
                case ProposalReceived { Refused: null } exchange:
                    told.Exchanges.Add(exchange);
                    break;
                case CandidateProposed candidate:
                    told.Candidates[candidate.Candidate] = candidate;
                    break;
                case VerdictReached verdict:
                    told.Verdicts[verdict.Candidate] = verdict.Verdict;
                    break;
            }
        }

        foreach (var (id, told) in functions.OrderBy(f => f.Key, StringComparer.Ordinal))
            Add(id, told, objective.ToString().ToLowerInvariant());
    }

    private void Add(string id, Told told, string objective)
    {
        var proven = told.Verdicts.Where(v => v.Value.Kind == VerdictKind.Improved && told.Candidates.ContainsKey(v.Key)).OrderByDescending(v => v.Value.Ratio ?? 1).Select(v => told.Candidates[v.Key]).ToList();
        foreach (var (candidate, isBest) in proven.Select((c, i) => (c, i == 0)))
        {
            if (told.PromptOf(candidate) is not { } prompt)
            {
                WithoutPrompt++;
                continue;
            }

            _supervised.Add(new SupervisedExample(id, objective, prompt, told.ReplyOf(candidate)));
            if (!isBest)
                continue;
            foreach (var other in told.Verdicts.Where(v => v.Value.Kind is VerdictKind.Rejected or VerdictKind.Regressed && told.Candidates.ContainsKey(v.Key)).Select(v => told.Candidates[v.Key]).DistinctBy(c => c.Source))
                _preferences.Add(new PreferenceExample(id, objective, prompt, told.ReplyOf(candidate), told.ReplyOf(other)));
        }
    }

    /// <summary>What a journal tells of a function.</summary>
    private sealed class Told(ObjectiveKind objective)
    {
        private string Objective => objective switch { ObjectiveKind.Time => "time", ObjectiveKind.Memory => "memory", ObjectiveKind.Integral => "time and memory" };

        public string? Source { get; set; }

        public string? Language { get; set; }

        public List<ProposalReceived> Exchanges { get; } = [];

        public Dictionary<int, CandidateProposed> Candidates { get; } = [];

        public Dictionary<int, Verdict> Verdicts { get; } = [];

        public string? PromptOf(CandidateProposed candidate) => ExchangeOf(candidate)?.Prompt
            ?? (Source is null ? null : $"Make this function need less {Objective}, and change nothing that its callers can see. Answer in this form and nothing else: <thinking>your thoughts</thinking><solution>the function</solution>\n\n```{Language}\n{Source.Trim('\n')}\n```\n");

        public string ReplyOf(CandidateProposed candidate) => ExchangeOf(candidate)?.Reply
            ?? $"<thinking>\n{candidate.Title}\n</thinking>\n<solution>\n```{Language}\n{candidate.Source.Trim('\n')}\n```\n</solution>";

        private ProposalReceived? ExchangeOf(CandidateProposed candidate) =>
            Exchanges.LastOrDefault(e => e.Proposer == candidate.Proposer && e.Iteration == candidate.Iteration && e.Reply.Contains(candidate.Source.Trim(), StringComparison.Ordinal));
    }
}
