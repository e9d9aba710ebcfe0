namespace Afterburner.Proposers;

/// <summary>Writes what another proposer proposes into a transcript, line by line as it comes.</summary>
public sealed class RecordingProposer : IProposer, IDisposable
{
    private readonly IProposer _inner;
    private readonly StreamWriter _file;
    private readonly Lock _lock = new();

    /// <param name="file">Created, or emptied when it exists.</param>
    /// <exception cref="UsageException">The file cannot be written.</exception>
    public RecordingProposer(IProposer inner, string file)
    {
        _inner = inner;
        try
        {
            _file = new StreamWriter(file) { AutoFlush = true, NewLine = "\n" };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"The transcript {file} cannot be written: {e.Message}", e);
        }
    }

    public string Name => _inner.Name;

    public async Task<IReadOnlyList<Candidate>> ProposeAsync(ProposalRequest request, CancellationToken cancellationToken)
    {
        var candidates = await _inner.ProposeAsync(request, cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            foreach (var candidate in candidates)
                _file.WriteLine(Transcript.Line(Entry(candidate, request)));
        }

        return candidates;
    }

    public void Dispose()
    {
        _file.Dispose();
        (_inner as IDisposable)?.Dispose();
    }

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
