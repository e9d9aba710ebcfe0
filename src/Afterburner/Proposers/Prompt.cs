using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Afterburner.Functions;
using Afterburner.Workloads;

namespace Afterburner.Proposers;

/// <summary>
/// What a model is shown: the best source so far with its measurements and the objective, in the form of the paper
/// (arXiv 2505.23387), and beyond it what is known of the function: hot lines, types, a call, the code that it uses.
/// </summary>
public sealed partial record Prompt(string System, string User)
{
    /// <value>
    /// Characters a token stands for, on the safe side: the tokenizers of current models (o200k, cl100k) find 4.1 to 4.5 in prompts like these and
    /// 3.6 to 5 in modules, older ones (p50k) 3.5; only tables of escapes have fewer (2.6).
    /// </value>
    public const double CharactersPerToken = 3.5;

    /// <summary>Characters of what stands near the function, where the code that it uses is known.</summary>
    private const int MostOfNeighbours = 6_000;

    /// <value>Estimate of the length in tokens: what a prompt is cut to size by, since a server's tokenizer is not known. Journals tell it beside the count.</value>
    public int Tokens => (int)Math.Ceiling((System.Length + User.Length) / CharactersPerToken);

    /// <value>First 16 hexadecimal digits of the SHA-256 of both parts.</value>
    public string Hash => Digest(System + "\0" + User);

    /// <summary>Builds the prompt of one request.</summary>
    /// <param name="maxTokens">
    /// Room for the prompt, as <see cref="Tokens"/> estimates. What is farthest from need is left out first: lines of the file that are
    /// merely near, callers, code that is used; the function and the rules are never cut, so a long one may exceed it.
    /// </param>
    /// <param name="isEdited">Whether who reads it edits the file, instead of answering with the function.</param>
    public static Prompt For(ProposalRequest request, int maxTokens = 8_000, bool isEdited = false)
    {
        var system = Template(isEdited ? "edit-system" : "system");
        var indent = Indentation.Of(request.Function, request.FileSource);
        var values = new Dictionary<string, string>
        {
            ["language"] = request.Function.Language.Name,
            ["name"] = request.Function.Name,
            ["path"] = OneLine(request.Function.Path),
            ["objective"] = request.Objective switch
            {
                ObjectiveKind.Time => "time-efficient",
                ObjectiveKind.Memory => "memory-efficient",
                ObjectiveKind.Integral => "time- and memory-efficient",
            },
            ["task"] = request.Best.Passed
                ? $"It is correct; reduce its {Quantity(request.Objective)} as far as you can."
                : "It does not pass its tests: fix it first.",
            ["rules"] = request.Function.Language.Text("prompt.md") ?? Template("rules"),
            ["function"] = Fenced(indent + request.Best.Source, request.Function.Language),
            ["performance"] = Performance(request.Best),
        };

        values["output"] = Fill(Template(isEdited ? "edit" : "output"), values);
        var repair = request.Repair is { } failed ? Repair(failed, indent, request.Function.Language) : "";
        var sections = Sections(request);
        var bare = Fill(Template("user"), values, [.. sections.Select(s => (s.Name, ""))]);
        var room = (int)(maxTokens * CharactersPerToken) - system.Length - repair.Length - bare.Length;
        foreach (var (name, text) in sections)
        {
            var section = text(room) is var whole && whole.Length <= room ? whole : "";
            room -= section.Length;
            values[name] = section;
        }

        return new Prompt(system, Fill(Template("user"), values) + repair);
    }

    /// <summary>What may be left out, each for the room that is left of those before it, which are needed more.</summary>
    private static List<(string Name, Func<int, string> Text)> Sections(ProposalRequest request)
    {
        var (function, used) = (request.Function, request.Used);
        var blocks = new CodeBlocks(function.Language, Fenced);
        blocks.Show(function.Path, function.StartLine, function.EndLine);
        return
        [
            ("calls", _ => Timed(request)),
            ("hot", _ => Hot(request)),
            ("hints", _ => Hints(request)),
            ("observed", _ => Observed(request.Observed)),
            ("example", _ => Example(used?.Example)),
            ("tried", _ => Tried(request.Tried)),
            ("uses", room => used is null ? ""
                : blocks.Of("\n## What It Uses\nFor orientation only, like all code below.\n", used.Imports.Concat(used.Uses), room, p => $"[{OneLine(p)}]")),
            ("callers", room => Callers(used?.Callers ?? [], blocks, room)),
            ("context", room =>
            {
                const string Heading = "\n## Rest of the File\nFor orientation only.\n";
                // Where the code that is used is known, what merely stands near tells little for its tokens.
                var most = used is null ? room : Math.Min(room, MostOfNeighbours);
                var around = FileContext.Around(function, request.FileSource, most - Heading.Length - 30, blocks.Shown(function.Path));
                return around.Length == 0 ? "" : Heading + Fenced(around, function.Language) + "\n";
            }),
        ];
    }

    /// <summary>What a model is told whose reply holds no function.</summary>
    /// <param name="reason">As <see cref="Reply.Reason"/> says it.</param>
    internal static string AboutForm(string reason, Function function) =>
        Fill(Template("form"), new Dictionary<string, string> { ["reason"] = OneLine(reason), ["name"] = function.Name });

    private static string Repair(FailedCandidate failed, string indent, Language language) => Fill(
        Template("repair"),
        new Dictionary<string, string>
        {
            ["reason"] = OneLine(failed.Reason),
            ["attempt"] = Fenced(indent + failed.Source, language),
            ["output"] = Fenced(Tail(failed.Output, 4_000), null),
        });

    private static string Performance(MeasuredSource best)
    {
        string Value(double? value, Func<double, string> text) => value is { } v ? text(v) : "not measured";
        return $"Passed: {(best.Passed ? "True" : "False")} / Time: {Value(best.Seconds, Seconds)} / "
            + $"Memory: {Value(best.PeakBytes, v => Number(v / 1024) + " KiB")} / "
            + $"Integral: {Value(best.ByteSeconds, v => Number(v / 1024) + " KiB*s")}";
    }

    /// <summary>The calls behind the numbers, the slowest first.</summary>
    private static string Timed(ProposalRequest request)
    {
        if (request.Timed.Count == 0 || request.Best.Seconds is null)
            return "";
        var name = (request.Entry ?? request.Function.Name).Split('.')[^1];
        var calls = request.Timed.OrderByDescending(c => c.Seconds).Take(3).Select(c => $"{name}({Shortened(OneLine(c.Shape), 200)}): {Seconds(c.Seconds)}");
        var what = request.Timed.Count == 1 ? "one call" : Invariant($"{request.Timed.Count} calls{(request.Timed.Count > 3 ? ", of which the slowest are" : "")}");
        return $"Time is the CPU time of {what}:\n{Fenced(string.Join('\n', calls), null)}\n";
    }

    /// <summary>Nothing where no loop was entered: then lines tell no more than the code.</summary>
    private static string Hot(ProposalRequest request)
    {
        if (request.HotLines.All(h => h.Hits <= request.ProfiledCalls))
            return "";
        var lines = request.Best.Source.Split('\n');
        var hot = request.HotLines
            .Where(h => h.Line >= 1 && h.Line <= lines.Length && h.Share >= 0.02)
            .OrderByDescending(h => h.Share)
            .Take(8)
            .Select(h => Invariant($"{h.Share,6:P0} of the time, run {h.Hits} times: {lines[h.Line - 1].Trim()}"))
            .ToList();
        return hot.Count == 0 ? "" : "\n## Where the Time Goes\n" + Fenced(string.Join('\n', hot), null) + "\n";
    }

    /// <summary>The sentences are ours; the lines are quoted, like everything that others wrote.</summary>
    private static string Hints(ProposalRequest request)
    {
        var lines = request.Best.Source.Split('\n');
        var hints = request.Hints.Where(h => h.Line >= 1 && h.Line <= lines.Length).Select(h => $"{lines[h.Line - 1].Trim()}\n  {h.Title}").ToList();
        return hints.Count == 0 ? "" : "\n## What Is Often Slow\nEach line with what is known of its kind. It may not matter here.\n"
            + Fenced(string.Join('\n', hints), null) + "\n";
    }

    private static string Observed(IReadOnlyDictionary<string, ObservedValue> observed)
    {
        if (observed.Count == 0)
            return "";
        var lines = observed.OrderBy(o => o.Key, StringComparer.Ordinal).Take(40).Select(o =>
        {
            var length = (o.Value.MinLength, o.Value.MaxLength) switch
            {
                ({ } low, { } high) when low != high => Invariant($", {low} to {high} elements"),
                (_, { } high) => Invariant($", {high} elements"),
                _ => "",
            };
            return $"{o.Key}: {string.Join(" or ", o.Value.Types)}{length}";
        });
        return "\n## Values Seen While the Tests Ran\n" + Fenced(string.Join('\n', lines), null) + "\n";
    }

    private static string Example(ExampleCall? example)
    {
        if (example is null)
            return "";
        string[] lines = [example.Call, example.Answer, .. example.Changed.Select(c => $"afterwards {c}")];
        return "\n## An Example Call\n" + Fenced(string.Join('\n', lines.Select(l => Shortened(l.ReplaceLineEndings(" "), 1_000))), null) + "\n";
    }

    private static string Callers(IReadOnlyList<CallerCode> callers, CodeBlocks blocks, int room)
    {
        var text = "\n## Who Calls It\nCalls are those made while tests ran.\n";
        var heading = text.Length;
        foreach (var (caller, pieces) in callers)
        {
            var calls = caller.Calls == 1 ? "1 call" : caller.Calls.ToString("N0", CultureInfo.InvariantCulture) + " calls";
            text += blocks.Of("", pieces, room - text.Length, path => $"[{OneLine(path)}, {calls}]");
        }

        return text.Length == heading ? "" : text;
    }

    private static string Tried(IReadOnlyList<TriedCandidate> tried) => tried.Count == 0 ? ""
        : "\n## What Was Tried Already\nThese need not be proposed again; what was seen may help.\n"
            + Fenced(string.Join('\n', tried.TakeLast(8).Select(t => Shortened(OneLine($"{t.Title}: {t.Outcome}"), 300))), null) + "\n";

    private static string Shortened(string text, int characters) => text.Length <= characters ? text : text[..characters] + "...";

    private static string Quantity(ObjectiveKind objective) => objective switch
    {
        ObjectiveKind.Time => "CPU time",
        ObjectiveKind.Memory => "peak memory",
        ObjectiveKind.Integral => "memory integrated over CPU time",
    };

    /// <summary>A code block whose fence is longer than any run of backticks in the text, so that the text cannot leave it.</summary>
    private static string Fenced(string text, Language? language)
    {
        var longest = Backticks().Matches(text).Select(m => m.Length).DefaultIfEmpty().Max();
        var fence = new string('`', Math.Max(3, longest + 1));
        return $"{fence}{language?.Id}\n{text.ReplaceLineEndings("\n").TrimEnd('\n')}\n{fence}";
    }

    /// <summary>Placeholders are filled in one pass: text that was filled in is never looked at again.</summary>
    private static string Fill(string template, Dictionary<string, string> values, params ReadOnlySpan<(string Key, string Value)> more)
    {
        var all = new Dictionary<string, string>(values);
        foreach (var (key, value) in more)
            all[key] = value;
        return Placeholder().Replace(template, m => all[m.Groups[1].Value]);
    }

    private static string Template(string name) => EmbeddedText.Read($"Proposers/Prompts/{name}.md");

    /// <summary>Text outside of fences holds no line ends and no backticks: paths and test names are chosen by others.</summary>
    private static string OneLine(string text) => Unplain().Replace(text, " ").Trim();

    private static string Seconds(double seconds) => seconds < 0.001
        ? Number(seconds * 1e6) + " us"
        : seconds < 1 ? Number(seconds * 1e3) + " ms" : Number(seconds) + " s";

    private static string Number(double value) => value.ToString("G3", CultureInfo.InvariantCulture) is var text && text.Contains('E', StringComparison.Ordinal)
        ? value.ToString("F0", CultureInfo.InvariantCulture)
        : text;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Tail(string text, int characters) => text.Length <= characters ? text : "[...]\n" + text[^characters..];

    internal static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];

    [GeneratedRegex(@"[\p{Cc}`\u2028\u2029]+")]
    private static partial Regex Unplain();

    [GeneratedRegex("`+")]
    private static partial Regex Backticks();

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex Placeholder();
}
