using Afterburner.Functions;

namespace Afterburner.Proposers;

/// <summary>Proposes what a transcript holds; where it holds nothing for a function and iteration, there is nothing to propose.</summary>
public sealed class ReplayProposer : IProposer
{
    private const int MostNamed = 3;

    private readonly ILookup<(string Function, int Iteration), TranscriptEntry> _entries;

    /// <param name="file">As whoever asks for it writes it.</param>
    /// <param name="folder">What it is relative to. Defaults to null: the current directory.</param>
    /// <exception cref="UsageException">The file cannot be read, or a line is not an entry.</exception>
    public ReplayProposer(string file, string? folder = null)
    {
        Name = $"replay:{file}";
        _entries = Transcript.Read(Path.GetFullPath(file, folder ?? Environment.CurrentDirectory)).ToLookup(e => (e.Function, e.Iteration));
    }

    public string Name { get; }

    /// <summary>Names of functions are written by hand in many a transcript.</summary>
    public string? WhyNothing(Function function)
    {
        var names = _entries.Select(e => e.Key.Function).Distinct().ToList();
        return names.Contains(function.Id) ? null
            : $"the transcript has no line for {function.Id}; it names {string.Join(", ", names.Take(MostNamed).Select(VisibleText.Line))}{(names.Count > MostNamed ? $" and {names.Count - MostNamed} more" : "")}";
    }

    public Task<IReadOnlyList<Candidate>> ProposeAsync(ProposalRequest request, CancellationToken cancellationToken)
    {
        var repair = Transcript.RepairKey(request.Repair);
        IReadOnlyList<Candidate> candidates = [.. _entries[(request.Function.Id, request.Iteration)]
            .Where(e => e.Repair == repair || (repair is not null && e.Repair == Transcript.AnyRepair))
            .Select(e => Candidate(e, request))
            .OfType<Candidate>()];
        return Task.FromResult(candidates);
    }

    private Candidate? Candidate(TranscriptEntry entry, ProposalRequest request)
    {
        // Plain code goes through the same reading as a reply: it is found by name and fitted into the file.
        var reply = ReplyReader.Read(
            entry.Reply ?? $"<solution>\n{Fence(entry.Source!, request.Function.Language)}\n</solution>", request.Function, request.FileSource, request.Text);
        if (reply.Source is null)
            return null;
        var title = entry.Title ?? (reply.Title.Length > 0 ? reply.Title : "Rewrite from a transcript");
        return new Candidate(Name, request.Iteration, reply.Source, title)
        {
            Rationale = entry.Rationale ?? reply.Rationale,
            Recipe = entry.Recipe,
            Usage = entry.Usage,
            Reply = entry.Reply,
            PromptHash = entry.Prompt,
        };
    }

    private static string Fence(string source, Language language) => $"````````{language.Id}\n{source}\n````````";
}
