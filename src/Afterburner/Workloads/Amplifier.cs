using System.Text.Json.Nodes;
using Afterburner.Sandboxes;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Workloads;

/// <summary>
/// Larger calls made from recorded ones: the same make of arguments, more of it, with fresh content for each seed. Kept
/// where the baseline does the same in two variations, raises nothing it did not raise before, and takes longer. Calls unlike the recorded ones
/// are made in one variation: <see cref="Trials.Equivalence"/> compares them in two.
/// </summary>
public static class Amplifier
{
    private const int OtherVariation = 4711;

    /// <param name="calls">As they were captured.</param>
    public static async Task<AmplifiedCalls> AmplifyAsync(Tree tree, CallsOf calls, Amplification wanted, CancellationToken cancellationToken) =>
        calls.Calls.Count == 0 ? new AmplifiedCalls([], null) : await RunAsync(
            tree,
            new AmplifyRequest(calls.Target, calls.Entry, calls.Calls)
            {
                Seed = wanted.Seed,
                Count = wanted.Count,
                Scales = wanted.Scale is { } only ? [(int)only] : null,
                Together = wanted.Scale is null ? null : wanted.Count,
                BudgetSeconds = wanted.Budget?.TotalSeconds,
                GrownAs = wanted.GrownAs,
            },
            cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// Calls of every way through the function, each made larger, a little, in every way there is. What they do was not looked at: they tell
    /// where two versions differ in time, and others are made like them.
    /// </summary>
    public static async Task<AmplifiedCalls> EachWayAsync(Tree tree, CallsOf calls, long seed, CancellationToken cancellationToken) =>
        calls.Calls.Count == 0 ? new AmplifiedCalls([], null) : await RunAsync(
            tree, new AmplifyRequest(calls.Target, calls.Entry, calls.Calls) { Seed = seed, Each = true }, cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// Calls on values that a candidate names (as many elements, the number itself, one more and one less), and with other values for what it
    /// no longer reads.
    /// </summary>
    /// <param name="constants">Numbers and texts.</param>
    /// <param name="unread">Parameters and attributes.</param>
    public static async Task<AmplifiedCalls> AtBoundariesAsync(
        Tree tree, CallsOf calls, JsonArray constants, JsonArray unread, CancellationToken cancellationToken) =>
        calls.Calls.Count == 0 || constants.Count + unread.Count == 0 ? new AmplifiedCalls([], null) : await RunAsync(
            tree, new AmplifyRequest(calls.Target, calls.Entry, calls.Calls) { Constants = constants, Unread = unread }, cancellationToken).ConfigureAwait(false);

    /// <summary>Calls that lack what the recorded ones happen to have: an order, no element twice, none below zero.</summary>
    public static async Task<AmplifiedCalls> AtypicalAsync(Tree tree, CallsOf calls, CancellationToken cancellationToken) =>
        calls.Calls.Count == 0 ? new AmplifiedCalls([], null) : await RunAsync(
            tree, new AmplifyRequest(calls.Target, calls.Entry, calls.Calls) { Atypical = true }, cancellationToken).ConfigureAwait(false);

    /// <summary>One call at increasing scale, for a curve of time over size; the steps of the call that grows furthest.</summary>
    /// <returns>Smallest size first; empty when no argument's size matters.</returns>
    /// <param name="grownAs">See <see cref="Amplification.GrownAs"/>.</param>
    public static async Task<IReadOnlyList<GrowthStep>> GrowthAsync(
        Tree tree, CallsOf calls, long seed, IReadOnlyList<GrownAs>? grownAs, CancellationToken cancellationToken)
    {
        if (calls.Calls.Count == 0)
            return [];
        var request = new AmplifyRequest(calls.Target, calls.Entry, calls.Calls)
        {
            Seed = seed, Scales = [1, 2, 4, 8, 16, 64, 256, 1024, 4096], Curve = true, GrownAs = grownAs,
        };
        var found = await RunAsync(tree, request, cancellationToken).ConfigureAwait(false);
        var longest = found.Calls.Select((call, i) => (call, size: found.Sizes[i], from: call.Base))
            .GroupBy(c => c.from)
            .OrderByDescending(g => g.Count()).ThenByDescending(g => g.Max(c => c.call.Seconds))
            .FirstOrDefault();
        return longest is null ? [] : [.. longest.OrderBy(c => c.size).Select(c => new GrowthStep(c.size, c.call))];
    }

    private static async Task<AmplifiedCalls> RunAsync(Tree tree, AmplifyRequest request, CancellationToken cancellationToken)
    {
        if (!tree.Harness.Program.Can(Abilities.Amplify))
            return new AmplifiedCalls([], null);
        var made = await tree.Harness.RunAsync(request, tree.Workspace, tree.Limits, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (Broken(made) is { } failure)
            return new AmplifiedCalls([], failure);
        AmplifiedMessage[] messages = [.. made.Of<AmplifiedMessage>()];
        string[] untried = [.. made.Of<UntriedMessage>().Select(m => m.Words)];
        if (messages.Length == 0)
            return new AmplifiedCalls([], null) { Untried = untried };

        // What they answer is compared where they are used: calls like them did the same twice before, or two variations are compared.
        if (request.Together is not null || request.Each || request.Atypical || request.Constants is not null)
            return Kept(messages, request) with { Untried = untried };

        var again = new AmplifyRequest(request.Target, request.Entry, [.. messages.Select(m => m.Call)]) { Verify = true };
        var verified = await tree.Harness.RunAsync(again, tree.Workspace, tree.Limits, variation: OtherVariation, cancellationToken: cancellationToken)
            .ConfigureAwait(false);
        if (Broken(verified) is { } broken)
            return new AmplifiedCalls([], broken);
        var digests = verified.Of<VerifiedMessage>().GroupBy(m => m.Id).ToDictionary(g => g.Key, g => g.Last().Digest);
        return Kept([.. messages.Where(m => digests.TryGetValue(m.Id, out var digest) && digest == m.Digest)], request) with { Untried = untried };
    }

    private static AmplifiedCalls Kept(IReadOnlyList<AmplifiedMessage> calls, AmplifyRequest request)
    {
        var ways = request.Calls.DistinctBy(c => c.Id).ToDictionary(c => c.Id, c => c.Way);
        return new AmplifiedCalls([.. calls.Select(m => m.Call with { Way = ways.GetValueOrDefault(m.Base ?? "", "") })], null)
        {
            Sizes = [.. calls.Select(m => m.Size)],
        };
    }

    private static string? Broken(HarnessRun run) =>
        run.Sandbox.End == SandboxEnd.Failed ? run.Sandbox.Failure ?? "the sandbox failed"
        : run.Done is null ? run.Error ?? $"the run ended early ({run.Sandbox.End})"
        : null;
}

/// <summary>What larger calls are wanted.</summary>
/// <param name="Seed">Another seed gives other values of the same sizes: what a candidate has not seen yet.</param>
/// <param name="Count">
/// How many calls of different content at each call's largest scale; smaller scales get one. With <see cref="Scale"/>: how many
/// altogether, about as many of each call.
/// </param>
public sealed record Amplification(long Seed, int Count = Amplification.Usual)
{
    /// <summary>Enough calls of one size to tell what all of them have from what one has.</summary>
    public const int Usual = 4;

    /// <value>The one scale wanted. Defaults to null: as far as the budget goes, with steps on the way.</value>
    public double? Scale { get; init; }

    /// <value>Which calls to grow, and in which way. Defaults to null: those that take longest.</value>
    public IReadOnlyList<GrownAs>? GrownAs { get; init; }

    /// <value>The baseline's time on the largest call. Defaults to null: 40 ms.</value>
    public TimeSpan? Budget { get; init; }
}

/// <summary>Calls that were made larger.</summary>
/// <param name="Calls">Possibly none: many functions have nothing that grows.</param>
/// <param name="Failure">Why the harness or the sandbox gave no answer; null when it did.</param>
public sealed record AmplifiedCalls(IReadOnlyList<RecordedCall> Calls, string? Failure)
{
    /// <value>For each call: the length of its largest argument, or the number that grew.</value>
    public IReadOnlyList<long> Sizes { get; init; } = [];

    /// <value>Values that were wanted and with which no call could be made in time, for a person. Defaults to none.</value>
    public IReadOnlyList<string> Untried { get; init; } = [];
}

/// <param name="Size">Length of the largest argument, or the number that grew.</param>
public sealed record GrowthStep(long Size, RecordedCall Call);
