using Afterburner.Functions;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Workloads;

/// <summary>What somebody has to see who is to rewrite a function, beside the function. All of it was written by others.</summary>
/// <param name="Imports">Whole statements of its own file from which it has names.</param>
/// <param name="Uses">Constants, helpers, classes and types, of its own file and of others, those it needs most first.</param>
/// <param name="Callers">Most frequent first.</param>
/// <param name="Example">Null where none could be made.</param>
public sealed record UsedCode(IReadOnlyList<CodePiece> Imports, IReadOnlyList<CodePiece> Uses, IReadOnlyList<CallerCode> Callers, ExampleCall? Example)
{
    private const int MostCallers = 3, MostExamples = 3, MostNames = 40;

    /// <summary>Has the harness find it: by the language's own parser, in a sandbox.</summary>
    /// <returns>Null when nothing could be found out, which is no reason to stop a review.</returns>
    public static async Task<UsedCode?> FindAsync(Tree tree, Workload workload, CancellationToken cancellationToken)
    {
        if (!tree.Harness.Program.Can(Abilities.Context))
            return null;
        var callers = workload.Callers
            .Where(c => c.Function.Id != workload.Target.Id && !Exclusions.IsTest(c.Function.Path, tree.Harness.Program.Language)).Take(MostCallers).ToList();
        var types = workload.Observed
            .Where(o => o.Value.Types.Any(t => t.Contains('.', StringComparison.Ordinal)))
            .OrderBy(o => o.Key, StringComparer.Ordinal).Take(MostNames).ToDictionary(o => o.Key, o => o.Value.Types);
        var run = await tree.Harness.RunAsync(
            new ContextRequest(workload.Target, workload.Entry, Examples(workload), [.. callers.Select(c => c.Function)], types),
            tree.Workspace, tree.Limits, cancellationToken: cancellationToken).ConfigureAwait(false);
        var pieces = run.Of<PieceMessage>().Where(p => p.Line >= 1).ToLookup(p => (p.Kind, p.Of), p => new CodePiece(p.Path, p.Line, p.Text));
        return new UsedCode(
            [.. pieces[("import", null)]],
            [.. pieces[("use", null)]],
            [.. callers.Select(c => new CallerCode(c, [.. pieces[("caller", c.Function.Id)]])).Where(c => c.Pieces.Count > 0)],
            run.Of<ExampleMessage>().Select(e => new ExampleCall(e.Call, e.Answer, e.Changed)).FirstOrDefault());
    }

    /// <summary>The smallest calls, those with something in every container first.</summary>
    private static IReadOnlyList<RecordedCall> Examples(Workload workload) => !workload.IsReplayed ? []
        : [.. workload.Captured
            .OrderBy(c => c.Shape.Contains("[0]", StringComparison.Ordinal)).ThenBy(c => c.Blob.Length).ThenBy(c => c.Id, StringComparer.Ordinal).Take(MostExamples)];
}

/// <summary>Whole lines of a file.</summary>
/// <param name="Path">'/'-separated, relative to the repository's root.</param>
/// <param name="Line">1-based number of the first one.</param>
public sealed record CodePiece(string Path, int Line, string Text);

/// <summary>A caller with its code: all of it, or what is around its calls.</summary>
public sealed record CallerCode(Caller Caller, IReadOnlyList<CodePiece> Pieces);

/// <summary>A recorded call with its answer.</summary>
/// <param name="Call">As its code would be.</param>
/// <param name="Answer"><c>returns 3</c>.</param>
/// <param name="Changed">What arguments are afterwards, where they have changed.</param>
public sealed record ExampleCall(string Call, string Answer, IReadOnlyList<string> Changed);
