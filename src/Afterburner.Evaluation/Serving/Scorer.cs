using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Afterburner.Evaluation.Loop;
using Afterburner.Evaluation.Programs;
using Afterburner.Evaluation.Rewards;
using Afterburner.Evaluation.Solvers;
using Afterburner.Evaluation.Tasks;

namespace Afterburner.Evaluation.Serving;

/// <summary>How rewards are made.</summary>
public sealed record ScorerOptions
{
    /// <value>What counts as efficient where a request does not say. Defaults to time.</value>
    public ObjectiveKind Objective { get; init; } = ObjectiveKind.Time;

    /// <value>Weights and bounds. Defaults to the paper's.</value>
    public RewardOptions Reward { get; init; } = new();

    /// <value>
    /// Whether what became of a reply's program is kept, so that the same one is not run again for the same task: a model that is trained writes the same ones again and again.
    /// Defaults to false: each is measured when it is asked about.
    /// </value>
    public bool KeepsReplies { get; init; }

    /// <value>Programs that are measured at a time. Defaults to one for two cores.</value>
    public int Measuring { get; init; } = Math.Max(1, Environment.ProcessorCount / 2);
}

/// <summary>
/// Rewards replies of a model (arXiv 2505.23387, equations 6 to 9): each program runs in a sandbox of its own, beside one of a person. A task is prepared when it is
/// asked for first, and a program that stands in many prompts is measured once.
/// </summary>
public sealed class Scorer : IDisposable
{
    /// <summary>Programs whose measurements are kept.</summary>
    private const int MostKept = 16_384;

    private readonly ProgramRunner _runner;
    private readonly PeopleCache _people;
    private readonly ScorerOptions _options;
    private readonly Dictionary<string, EvaluationTask> _tasks;
    private readonly SemaphoreSlim _measuring;
    private readonly CancellationTokenSource _ended = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<PreparedTask>>> _prepared = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<Measurement>>> _originals = new();

    public Scorer(ProgramRunner runner, DataSet data, PeopleCache people, ScorerOptions options)
    {
        (_runner, _people, _options) = (runner, people, options);
        _tasks = data.Tasks.ToDictionary(t => t.Id);
        _measuring = new SemaphoreSlim(options.Measuring);
    }

    public ScorerOptions Options => _options;

    /// <summary>Whether the data set has a task.</summary>
    public bool Has(string task) => _tasks.ContainsKey(task);

    /// <summary>Rewards the replies of a request whose task is there.</summary>
    /// <exception cref="UnusableTaskException">Nothing can be measured of that task.</exception>
    /// <exception cref="EnvironmentFailureException">There is no sandbox.</exception>
    public async Task<ScoreReply> ScoreAsync(ScoreRequest request, CancellationToken cancellationToken)
    {
        var prepared = await KeptAsync(_prepared, request.Task, () => PrepareAsync(_tasks[request.Task]), cancellationToken).ConfigureAwait(false);
        var objective = request.Objective ?? _options.Objective;
        var original = request.Original ?? PaperPrompt.OriginalIn(request.Prompt ?? "");
        var before = string.IsNullOrWhiteSpace(original) ? null
            : await KeptAsync(_originals, Digest(request.Task, original), () => MeasureAsync(prepared, original, _ended.Token), cancellationToken).ConfigureAwait(false);

        // Replies of one group are often alike.
        var measured = new Dictionary<string, Measurement>();
        if (before is not null)
            measured.Add(original!.TrimEnd(), before);
        var scores = new List<Score>();
        foreach (var completion in request.Completions)
        {
            var (hasForm, program) = ReplyForm.Read(completion);
            if (!measured.TryGetValue(program.TrimEnd(), out var after))
            {
                after = await (_options.KeepsReplies
                    ? KeptAsync(_originals, Digest(request.Task, program), () => MeasureAsync(prepared, program, _ended.Token), cancellationToken)
                    : MeasureAsync(prepared, program, cancellationToken)).ConfigureAwait(false);
                measured.Add(program.TrimEnd(), after);
            }

            var reward = Reward.Of(hasForm, before, after, objective, _options.Reward, prepared.Tests.Empty.Of(objective));
            scores.Add(new Score(reward.Total, reward.Form, reward.Correctness, reward.Efficiency, ScoredProgram.Of(after)));
        }

        return new ScoreReply(request.Task, objective, before is null ? null : ScoredProgram.Of(before), scores);
    }

    public void Dispose()
    {
        _ended.Cancel();
        _ended.Dispose();
        _measuring.Dispose();
    }

    private Task<PreparedTask> PrepareAsync(EvaluationTask task) =>
        _people.GetAsync(task, _runner.Options, () => new Preparation(_runner, _measuring).PrepareAsync(task, _ended.Token));

    private async Task<Measurement> MeasureAsync(PreparedTask prepared, string program, CancellationToken cancellationToken)
    {
        try
        {
            return await _measuring.AloneAsync(() => _runner.MeasureAsync(prepared.Task, prepared.Tests, program, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (UnusableTaskException)
        {
            // It is prepared anew when it is asked for again.
            _people.Drop(prepared.Task, _runner.Options);
            _prepared.TryRemove(prepared.Task.Id, out _);
            throw;
        }
    }

    /// <summary>What is made once for all who ask. Whoever goes away does not end it for the others; what failed is made anew.</summary>
    private static async Task<T> KeptAsync<T>(ConcurrentDictionary<string, Lazy<Task<T>>> kept, string key, Func<Task<T>> make, CancellationToken cancellationToken)
    {
        if (kept.Count >= MostKept)
            kept.Clear();
        var made = kept.GetOrAdd(key, _ => new Lazy<Task<T>>(() => Task.Run(make)));
        try
        {
            return await made.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not UnusableTaskException && made.Value.IsCompleted)
        {
            kept.TryRemove(KeyValuePair.Create(key, made));
            throw;
        }
    }

    private static string Digest(string task, string program) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new[] { task, program })));
}
