using Afterburner.Functions;

namespace Afterburner.Proposers;

/// <summary>Writes what another proposer proposes into a transcript, line by line as it comes. Several may share one file.</summary>
public sealed class RecordingProposer(IProposer inner, TextWriter file) : IProposer, IDisposable
{
    private readonly IProposer _inner = inner;
    private readonly TextWriter _file = TextWriter.Synchronized(file);

    /// <summary>Opens a transcript for writing.</summary>
    /// <param name="path">Created, or emptied when it exists.</param>
    /// <exception cref="UsageException">The file cannot be written.</exception>
    public static StreamWriter Open(string path)
    {
        try
        {
            return new StreamWriter(path) { AutoFlush = true, NewLine = "\n" };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"The transcript {path} cannot be written: {e.Message}", e);
        }
    }

    public string Name => _inner.Name;

    public bool IsRuleBased => _inner.IsRuleBased;

    public bool ReadsPrompt => _inner.ReadsPrompt;

    public string? WhyNothing(Function function) => _inner.WhyNothing(function);

    public async Task<IReadOnlyList<Candidate>> ProposeAsync(ProposalRequest request, CancellationToken cancellationToken)
    {
        var candidates = await _inner.ProposeAsync(request, cancellationToken).ConfigureAwait(false);
        foreach (var candidate in candidates)
            await _file.WriteLineAsync(Transcript.Line(Entry(candidate, request))).ConfigureAwait(false);

        return candidates;
    }

    public void Dispose() => (_inner as IDisposable)?.Dispose();

    private static TranscriptEntry Entry(Candidate candidate, ProposalRequest request) => new(request.Function.Id, request.Iteration)
    {
        Repair = Transcript.RepairKey(request.Repair),
        Prompt = candidate.PromptHash,
        Reply = candidate.Reply,
        Source = candidate.Reply is null ? candidate.Source : null,
        Title = candidate.Title,
        Rationale = candidate.Reply is null && candidate.Rationale.Length > 0 ? candidate.Rationale : null,
        Recipe = candidate.Recipe,
        Usage = candidate.Usage,
    };
}
