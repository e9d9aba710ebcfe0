using System.Globalization;
using System.Text;
using Afterburner.Functions;
using Afterburner.Suggestions;

namespace Afterburner.GitHub;

/// <summary>
/// Makes every suggestion again on the file at head as GitHub has it, parses both, and passes on only those that change
/// the one function they speak of, and add nothing beside it but imports of the library. What a report claims about its own edit is not believed.
/// </summary>
public sealed class SuggestionCheck(FunctionFinder finder, AstGrep astGrep)
{
    /// <param name="files">Files at head by path; one that is missing withholds its suggestions.</param>
    public async Task<CheckedRun> CheckAsync(
        Report report, PullRequestState pull, IReadOnlyDictionary<string, byte[]> files, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("afterburner-publish-");
        try
        {
            var trials = report.Improved.Select((f, i) => new Trial(f, i)).ToList();
            foreach (var trial in trials)
                trial.Apply(files, folder.FullName);
            var paths = trials.Where(t => t.Refusal is null).SelectMany(t => new[] { t.Before, t.After }).ToList();
            var found = (await finder.FindAsync(folder.FullName, paths, cancellationToken).ConfigureAwait(false)).Functions
                .GroupBy(f => f.Path).ToDictionary(g => g.Key, g => g.ToList());
            var syntax = await SyntaxAsync(trials, cancellationToken).ConfigureAwait(false);
            return Sort(report, pull, trials, found, syntax);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>By file. Small rules for all files of a language at once.</summary>
    private async Task<Dictionary<string, FileSyntax>> SyntaxAsync(List<Trial> trials, CancellationToken cancellationToken)
    {
        var syntax = new Dictionary<string, FileSyntax>();
        foreach (var language in trials.Where(t => t.Refusal is null).GroupBy(t => t.Function.Language))
        {
            var files = language.SelectMany(t => new[] { new SourceFile(t.Before, language.Key, t.Head), new SourceFile(t.After, language.Key, t.Candidate) });
            var scan = await astGrep.ScanAsync(FileSyntax.Rules(language.Key), [.. files], cancellationToken).ConfigureAwait(false);
            var matches = scan.Matches.ToLookup(m => m.File);
            foreach (var trial in language)
            {
                if (scan.Unread.FirstOrDefault(u => u.Path == trial.Before || u.Path == trial.After) is { } unread)
                    trial.Refusal = $"its file {unread.Reason}";
                syntax[trial.Before] = new FileSyntax(trial.Head, [.. matches[trial.Before]]);
                syntax[trial.After] = new FileSyntax(trial.Candidate, [.. matches[trial.After]]);
            }
        }

        return syntax;
    }

    private static CheckedRun Sort(
        Report report, PullRequestState pull, List<Trial> trials, Dictionary<string, List<Function>> found, Dictionary<string, FileSyntax> syntax)
    {
        var accepted = new List<CheckedSuggestion>();
        var withheld = new List<WithheldSuggestion>();
        foreach (var trial in trials)
        {
            var before = found.GetValueOrDefault(trial.Before, []).Where(f => trial.Speaks(f)).ToList();
            trial.Refusal ??= before.Count != 1 ? "there is no such function at head"
                : syntax[trial.After].Errors > syntax[trial.Before].Errors ? "the edited file does not parse"
                : trial.Compare(before[0], found[trial.Before], found.GetValueOrDefault(trial.After, []), syntax);
            if (trial.Refusal is { } reason)
            {
                withheld.Add(new WithheldSuggestion(trial.Function, reason));
                continue;
            }

            var edit = trial.Function.Suggestion!;
            var file = pull.Files.FirstOrDefault(f => f.Path == trial.Function.Path);
            var hunk = edit.Elsewhere.All(e => file?.HunkHolding(e.StartLine, e.EndLine) is not null) ? file?.HunkHolding(edit.StartLine, edit.EndLine) : null;
            accepted.Add(new CheckedSuggestion(
                trial.Function with { Suggestion = edit with { Hunk = hunk is not null } },
                SuggestionKeys.Of(trial.Function, before[0].Source), trial.Candidate, hunk));
        }

        return new CheckedRun(Shown(report, accepted, withheld), accepted, withheld);
    }

    private static Report Shown(Report report, List<CheckedSuggestion> accepted, List<WithheldSuggestion> withheld) => report with
    {
        Functions =
        [
            .. report.Functions.Select(f =>
                f.Suggestion is null ? f
                : accepted.FirstOrDefault(a => a.Function.Path == f.Path && a.Function.Name == f.Name && a.Function.StartLine == f.StartLine) is { } passed ? passed.Function
                : f with
                {
                    Suggestion = null,
                    Status = FunctionStatus.Error,
                    Reason = $"its suggestion was withheld: {withheld.First(w => ReferenceEquals(w.Function, f)).Reason}",
                }),
        ],
    };

    /// <summary>One suggestion on its way through the checks. The first refusal stays.</summary>
    private sealed class Trial(FunctionReport function, int number)
    {
        public byte[] Head { get; private set; } = [];

        public FunctionReport Function => function;

        public string Before { get; } = string.Create(CultureInfo.InvariantCulture, $"{number}/before/{function.Path}");

        public string After { get; } = string.Create(CultureInfo.InvariantCulture, $"{number}/after/{function.Path}");

        public byte[] Candidate { get; private set; } = [];

        public string? Refusal { get; set; }

        public void Apply(IReadOnlyDictionary<string, byte[]> files, string folder)
        {
            var suggestion = function.Suggestion!;
            if (!files.TryGetValue(function.Path, out var head))
                Refusal = "its file is not at head, or is no plain text file below 1 MiB";
            else if (suggestion.Edits.Select(e => HiddenText.Added(e.Original, e.Replacement)).FirstOrDefault(h => h is not null) is { } hidden)
                Refusal = $"its code has characters that a reader does not see ({hidden})";
            else if (function.Language.Syntax.EscapesAnywhere && suggestion.Edits.Any(e => Escapes(e.Replacement) > Escapes(e.Original)))
                Refusal = $"it has an escape that {function.Language} reads as code wherever it stands";
            else if (suggestion.Edits.Any(e => e.Replacement.Length > 0 && e.Original.EndsWith('\n') != e.Replacement.EndsWith('\n')))
                Refusal = "it does not replace whole lines";
            else
                Write(head, suggestion, folder);
        }

        /// <summary>Whether this is the function that the report means.</summary>
        public bool Speaks(Function at) => at.Name == function.Name && at.StartLine == function.StartLine && at.EndLine == function.EndLine;

        /// <summary>Null when the bytes of the function changed, and they are that function again; before it, lines may be new.</summary>
        public string? Compare(Function before, List<Function> atHead, List<Function> after, Dictionary<string, FileSyntax> syntax)
        {
            var tail = Head.Length - before.EndByte;
            if (Candidate.Length < tail || !Candidate.AsSpan(Candidate.Length - tail).SequenceEqual(Head.AsSpan(before.EndByte)))
                return "it changes more than its function";
            var same = after.Where(f => f.Name == before.Name && f.EndByte == Candidate.Length - tail).ToList();
            if (same is not [var now])
                return "what it makes is not the same one function";
            return !AddedLines.Fit(Head.AsMemory(0, before.StartByte), Candidate.AsMemory(0, now.StartByte), Head, function.Language) || !AreKept(before, atHead, now, after)
                ? "it changes more than its function"
                : !now.Decorators.SequenceEqual(before.Decorators) ? "it changes the function's decorators"
                : Differ(before, syntax[Before], now, syntax[After]);
        }

        /// <summary>Whether all other functions are as they were, and new ones beside them are private.</summary>
        private static bool AreKept(Function before, List<Function> atHead, Function now, List<Function> after)
        {
            var others = after.Where(f => f.EndByte <= now.StartByte || f.StartByte >= now.EndByte).ToList();
            foreach (var kept in atHead.Where(f => f.EndByte <= before.StartByte || f.StartByte >= before.EndByte))
            {
                if (others.FindIndex(f => f.Name == kept.Name && f.Source == kept.Source) is not (>= 0 and var place))
                    return false;
                others.RemoveAt(place);
            }

            return others.All(f => f.Name.StartsWith('_') || f.Enclosing is not null);
        }

        /// <summary>
        /// Parameters, defaults, annotations, initialisers: what a definition runs or promises before any call is no part of
        /// what was measured.
        /// </summary>
        private static string? Differ(Function before, FileSyntax head, Function after, FileSyntax candidate)
        {
            if (head.HeaderOf(before) is not { } was || candidate.HeaderOf(after) is not { } now || !FileSyntax.AreSame(was, now))
                return "it changes the function's signature";
            var known = head.UnusualNames(before);
            return candidate.UnusualNames(after).Concat(candidate.UnusualNamesUpTo(after.StartByte).Except(head.UnusualNamesUpTo(before.StartByte)))
                .FirstOrDefault(n => !known.Contains(n)) is { } name
                ? $"it has the name '{VisibleText.Line(name)}', which is not plain ASCII and not the function's own"
                : null;
        }

        private static int Escapes(string code) => code.Split("\\u").Length;

        private void Write(byte[] head, Suggestion suggestion, string folder)
        {
            try
            {
                Head = head;
                Candidate = EditSet.Of([suggestion]).Apply(head);
            }
            catch (Exception e) when (e is InvalidOperationException or EncoderFallbackException)
            {
                Refusal = "the file at head is not the one that was reviewed";
                return;
            }

            foreach (var (path, bytes) in new[] { (Before, head), (After, Candidate) })
            {
                var full = Path.Combine(folder, path);
                Directory.CreateDirectory(Path.GetDirectoryName(full)!);
                File.WriteAllBytes(full, bytes);
            }
        }
    }
}
