using Afterburner.Evaluation.Rewards;
using Afterburner.Proposers;

namespace Afterburner.Evaluation.Solvers;

/// <summary>Asks a chat model at temperature 0.</summary>
/// <param name="model">Closed along with this.</param>
/// <param name="prompt">What it is asked.</param>
/// <param name="loaded">What the model is part of, closed likewise. Null for none.</param>
internal sealed class ChatSolver(ChatProposer model, PromptKind prompt, IDisposable? loaded = null) : ISolver
{
    public string Name => model.Name;

    public async Task<Proposal?> ProposeAsync(SolverRequest request, CancellationToken cancellationToken)
    {
        var (system, user) = SolverPrompt.For(prompt, request);
        var reply = await model.AskAsync(system, user, 0, request.Seed + request.Iteration, cancellationToken).ConfigureAwait(false);
        var (hasForm, program) = ReplyForm.Read(reply.Text);
        return new Proposal(program, hasForm) { Reply = reply.Text, Usage = reply.Usage, ModelSeconds = reply.Duration.TotalSeconds };
    }

    public void Dispose()
    {
        model.Dispose();
        loaded?.Dispose();
    }
}
