using System.Text.Json;
using System.Text.Json.Nodes;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Trials;

/// <summary>
/// Compares baseline and candidate on recorded calls, under two hash seeds: return value, exception type and message,
/// arguments afterwards, items yielded, what was printed, logged and warned. Fails closed: an answer that is missing,
/// doubled or cut short is never agreement.
/// </summary>
public static class Equivalence
{
    /// <summary>Floats may differ by this much, relative to the larger one, or absolute below 1.</summary>
    public const double DefaultTolerance = 1e-9;

    private static readonly int[] HashSeeds = [0, 4711];

    /// <param name="workspace">The repository at head: the baseline's file is the one there unless <paramref name="baselineFile"/> differs from it.</param>
    /// <param name="baselineFile">Text of the target's file at head.</param>
    /// <param name="candidateFile">The same file with the candidate in place.</param>
    /// <param name="changed">What must be executed of the candidate, and by the baseline of what is gone.</param>
    /// <param name="tolerance">See <see cref="DefaultTolerance"/>.</param>
    /// <param name="limits">Of each of the two runs.</param>
    public static async Task<EquivalenceOutcome> CheckAsync(
        PythonHarness harness,
        string workspace,
        Workload workload,
        string baselineFile,
        string candidateFile,
        CandidateCheckOutcome.Accepted changed,
        double tolerance,
        Limits limits,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<RecordedCall> calls = [.. workload.Captured, .. workload.Amplified];
        if (calls.Count == 0)
            return new EquivalenceOutcome.NotCompared("there is no recorded call");

        var answers = new List<ReplayAnswer>();
        foreach (var seed in HashSeeds)
        {
            var request = new JsonObject
            {
                ["target"] = JsonSerializer.SerializeToNode(workload.Target),
                ["entry"] = JsonSerializer.SerializeToNode(workload.Entry),
                ["calls"] = CallJson.Of(calls),
                ["variants"] = new JsonObject { ["baseline"] = baselineFile, ["candidate"] = candidateFile },
                ["tolerance"] = tolerance,
                ["trace"] = answers.Count == 0,
            };
            var run = await harness.RunAsync("replay", request, workspace, limits, hashSeed: seed, cancellationToken: cancellationToken)
                .ConfigureAwait(false);
            var answer = ReplayAnswer.Read(run, calls);
            if (answer.Broken is { } broken)
                return broken;
            answers.Add(answer);
        }

        return Judge(answers, changed);
    }

    private static EquivalenceOutcome Judge(List<ReplayAnswer> answers, CandidateCheckOutcome.Accepted changed)
    {
        // The order of a dict counts unless the baseline's own order depends on the hash seed.
        foreach (var call in answers.SelectMany(a => a.Calls).Where(c => c is { Compared: true, Equal: false }))
        {
            var steady = answers.Select(a => a.Calls.First(c => c.Id == call.Id).OrderDigest).Distinct().Count() == 1;
            if (!call.OrderOnly || steady)
                return call.Failure;
        }

        var compared = answers[0].Calls.Count(c => c.Compared);
        if (answers.Any(a => !a.Calls.Any(c => c.Compared)))
            return new EquivalenceOutcome.NotCompared(answers[0].Calls[0].Why ?? "no call does the same twice at the baseline");
        if (answers[0].Trace is not { } trace)
            return new EquivalenceOutcome.NotCompared("the lines that ran are not reported");
        if (trace.State.Count > 0)
            return new EquivalenceOutcome.KeepsState(string.Join(", ", trace.State));

        return trace.Exercised.Missing(changed)
            ?? (EquivalenceOutcome)new EquivalenceOutcome.Equal(compared, answers[0].Calls.Count - compared);
    }
}
