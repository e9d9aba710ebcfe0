using System.Collections.Concurrent;
using System.Diagnostics;
using Afterburner.Evaluation.Rewards;
using Afterburner.Evaluation.Solvers;
using Afterburner.Proposers;
using Afterburner.Trainer.Models;
using Afterburner.Trainer.Tokens;
using TorchSharp;

namespace Afterburner.Trainer.Miniature;

/// <summary>A model in this process as a solver: it takes the likeliest token each time, as the paper evaluates.</summary>
/// <param name="name">Shown in reports.</param>
/// <param name="mostTokens">Of a reply.</param>
/// <remarks>What it is asked a second time it would answer in the same words: it has nothing more to propose then.</remarks>
public sealed class TrainedSolver(string name, Qwen2Model model, PromptForm form, PromptKind prompt, int mostTokens) : ISolver
{
    private readonly SamplingOptions _greedy = new() { Temperature = 0, MostTokens = mostTokens };
    private readonly ConcurrentDictionary<string, byte> _asked = new();
    private readonly SemaphoreSlim _alone = new(1);

    public string Name => name;

    public async Task<Proposal?> ProposeAsync(SolverRequest request, CancellationToken cancellationToken)
    {
        var (system, user) = SolverPrompt.For(prompt, request);
        if (!_asked.TryAdd($"{request.Task.Id}\n{user}", 0))
            return null;
        var tokens = form.Prompt(user, system);
        if (tokens.Count >= model.Configuration.ContextLength)
            return null;
        await _alone.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var watch = Stopwatch.StartNew();
            using var generator = new torch.Generator((ulong)request.Seed);
            var written = await Task.Run(() => new Sampler(model, form.End, form.Known).Sample([tokens], _greedy, generator)[0], cancellationToken).ConfigureAwait(false);
            var reply = form.Text(written.Tokens);
            var (hasForm, program) = ReplyForm.Read(reply);
            return program.Trim() == request.Program?.Trim() ? null : new Proposal(program, hasForm)
            {
                Reply = reply, Usage = new TokenUsage(tokens.Count, written.Tokens.Count), ModelSeconds = watch.Elapsed.TotalSeconds,
            };
        }
        finally
        {
            _alone.Release();
        }
    }

    public void Dispose() => _alone.Dispose();
}
