using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Afterburner.Functions;
using Afterburner.Gates;
using Afterburner.Runs;
using Afterburner.Suggestions;
using Afterburner.Trials;
using Afterburner.Workloads;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Checks;

/// <summary>
/// Functions that an edit adds. They have nothing to be compared with, and are judged with those that call them: what of them no recorded call runs, nothing is known of,
/// and what numbers and texts they name their callers are tried with.
/// </summary>
internal sealed class AddedFunctions
{
    /// <summary>Each with what it names, and with what of it no call runs.</summary>
    private readonly List<(Function Function, CheckedMessage? Changed, string? Unrun, bool IsReached)> _known = [];

    private AddedFunctions() { }

    /// <param name="captured">What the tests of the edit do with each.</param>
    public static async Task<AddedFunctions> LookAtAsync(
        Harness harness, GateRun run, IReadOnlyList<Function> functions, IReadOnlyList<CaptureOutcome> captured, CancellationToken cancellationToken)
    {
        var added = new AddedFunctions();
        foreach (var (function, calls) in functions.Zip(captured))
        {
            var text = await File.ReadAllTextAsync(Path.Combine(run.Head, function.Path), cancellationToken).ConfigureAwait(false);
            var asked = await run.Book.BookAsync(Part.Verify, () => harness.RunAsync(
                new CheckRequest(Target.Of(function), "", text) { Head = Target.Of(function) }, run.Head, run.Limits, cancellationToken: cancellationToken)).ConfigureAwait(false);
            var changed = asked.Of<CheckedMessage>().FirstOrDefault();
            added._known.Add((function, changed, await UnrunAsync(changed, calls).ConfigureAwait(false), calls.Workload is not null));
        }

        return added;

        async Task<string?> UnrunAsync(CheckedMessage? changed, CaptureOutcome calls)
        {
            if (calls.Workload is not { Captured.Count: > 0 } workload)
                return calls.SkipReason;
            if (changed is not { Ok: true })
                return "which of its lines can run could not be told";
            // Calls that cannot be stored are not followed: that its callers are compared on them is what is known.
            if (!workload.IsReplayed)
                return null;
            var reached = await run.Book.BookAsync(Part.Capture, () => ReachedCode.OfAsync(new Tree(harness, run.Head, run.Limits), workload.Recorded, cancellationToken)).ConfigureAwait(false);
            return GateReach.Lines(changed.ChangedLines, reached, "") ?? GateReach.Arms(changed.ChangedArms, reached, "");
        }
    }

    public IEnumerable<CheckFunctionReport> Reports => _known.Select(k => CheckFunctionReport.Of(
        k.Function, k.Unrun is not null && k.IsReached ? CheckStatus.CannotTell : CheckStatus.New,
        k.Unrun is null ? "new: it is judged with the functions that call it" : k.IsReached ? $"new, and not all of it is known: {k.Unrun}" : $"new: {k.Unrun}"));

    /// <summary>Why a function that may call some of these is not proven to be equal; null where nothing speaks against it.</summary>
    public string? Unknown(Function caller) => NamedBy(caller).Where(k => k.Unrun is not null)
        .Select(k => $"it names {k.Function.Name}, which is new, and of which not all is known: {k.Unrun}").FirstOrDefault();

    /// <summary>Numbers and texts that functions which it may call name.</summary>
    public IEnumerable<JsonNode?> Constants(Function caller) => NamedBy(caller).SelectMany(k => k.Changed?.Constants ?? []).Select(c => c?.DeepClone());

    /// <summary>Those that a function names, and that these name: by the last part of their names, wherever they stand.</summary>
    private IEnumerable<(Function Function, CheckedMessage? Changed, string? Unrun, bool IsReached)> NamedBy(Function caller)
    {
        var named = new HashSet<Function>(ReferenceEqualityComparer.Instance);
        var open = new Stack<string>([caller.Source]);
        while (open.TryPop(out var source))
        {
            foreach (var (function, _, _, _) in _known)
            {
                if (!ReferenceEquals(function, caller) && !named.Contains(function) && Regex.IsMatch(source, $@"\b{Regex.Escape(LastOf(function.Name))}\b", RegexOptions.None, TimeSpan.FromSeconds(5)))
                {
                    named.Add(function);
                    open.Push(function.Source);
                }
            }
        }

        return _known.Where(k => named.Contains(k.Function));
    }

    private static string LastOf(string name) => name[(name.LastIndexOf('.') + 1)..];
}
