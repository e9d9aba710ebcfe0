using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Afterburner.Evaluation.Rewards;
using Afterburner.Proposers;

namespace Afterburner.Evaluation.Solvers;

/// <summary>One line of a transcript of an evaluation: what was proposed for one task in one iteration.</summary>
/// <param name="Task">Its id.</param>
/// <param name="Iteration">From 0.</param>
public sealed record SolverEntry(string Task, int Iteration)
{
    /// <value>A model's reply, read again when it is replayed; null where <see cref="Program"/> is given.</value>
    public string? Reply { get; init; }

    /// <value>A program instead of a reply.</value>
    public string? Program { get; init; }

    /// <value>Tokens it cost; null where no model was asked.</value>
    public TokenUsage? Usage { get; init; }

    /// <value>Time that the model took. Defaults to 0.</value>
    public double ModelSeconds { get; init; }
}

/// <summary>A file of proposals, one JSON object a line, so that an evaluation can be repeated without a model.</summary>
internal static class SolverTranscript
{
    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Line(SolverEntry entry) => JsonSerializer.Serialize(entry, Form);

    /// <exception cref="UsageException">There is no such file, or a line is not an entry.</exception>
    public static IReadOnlyList<SolverEntry> Read(string file)
    {
        if (!File.Exists(file))
            throw new UsageException($"there is no transcript '{file}'");
        var entries = new List<SolverEntry>();
        foreach (var (line, number) in File.ReadLines(file).Select((line, i) => (line, i + 1)))
        {
            if (!string.IsNullOrWhiteSpace(line))
                entries.Add(Parse(line) ?? throw new UsageException($"{file}:{number} is not an entry of an evaluation's transcript: it needs \"task\", \"iteration\" (from 0) and either \"reply\" or \"program\"."));
        }

        return entries;
    }

    private static SolverEntry? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<SolverEntry>(line, Form) is { Task: not null, Iteration: >= 0 } entry && (entry.Reply is null) != (entry.Program is null) ? entry : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Proposes what a transcript holds; where it holds nothing for a task and iteration, there is nothing to propose.</summary>
internal sealed class ReplaySolver : ISolver
{
    private readonly Dictionary<(string Task, int Iteration), SolverEntry> _entries;

    /// <exception cref="UsageException">The file cannot be read, or a line is not an entry.</exception>
    public ReplaySolver(string file)
    {
        Name = $"replay:{Path.GetFileName(file)}";
        // What was asked again after an interruption stands there twice: the last one was taken.
        _entries = SolverTranscript.Read(file).GroupBy(e => (e.Task, e.Iteration)).ToDictionary(g => g.Key, g => g.Last());
    }

    public string Name { get; }

    public Task<Proposal?> ProposeAsync(SolverRequest request, CancellationToken cancellationToken) => Task.FromResult(
        _entries.TryGetValue((request.Task.Id, request.Iteration), out var entry) ? Proposal(entry) : null);

    public void Dispose()
    {
        // It holds nothing.
    }

    private static Proposal Proposal(SolverEntry entry)
    {
        var (hasForm, program) = entry.Reply is { } reply ? ReplyForm.Read(reply) : (true, entry.Program!);
        return new Proposal(program, hasForm) { Reply = entry.Reply, Usage = entry.Usage, ModelSeconds = entry.ModelSeconds };
    }
}

/// <summary>Writes what another solver proposes into a transcript, line by line as it comes.</summary>
/// <param name="inner">Closed along with this.</param>
/// <param name="file">Closed along with this; lines are added to it.</param>
internal sealed class RecordingSolver(ISolver inner, TextWriter file) : ISolver
{
    private readonly TextWriter _file = TextWriter.Synchronized(file);

    public string Name => inner.Name;

    public async Task<Proposal?> ProposeAsync(SolverRequest request, CancellationToken cancellationToken)
    {
        var proposal = await inner.ProposeAsync(request, cancellationToken).ConfigureAwait(false);
        if (proposal is not null)
        {
            await _file.WriteLineAsync(SolverTranscript.Line(new SolverEntry(request.Task.Id, request.Iteration)
            {
                Reply = proposal.Reply, Program = proposal.Reply is null ? proposal.Program : null, Usage = proposal.Usage, ModelSeconds = proposal.ModelSeconds,
            })).ConfigureAwait(false);
        }

        return proposal;
    }

    public void Dispose()
    {
        inner.Dispose();
        _file.Dispose();
    }
}
