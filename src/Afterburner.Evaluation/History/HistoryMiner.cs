using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Afterburner.Changes;
using Afterburner.Evaluation.Programs;
using Afterburner.Evaluation.Tasks;
using Afterburner.Functions;

namespace Afterburner.Evaluation.History;

/// <summary>How a history is searched.</summary>
public sealed record MiningOptions
{
    /// <value>Tasks at most, the newest. Defaults to 20.</value>
    public int Most { get; init; } = 20;

    /// <value>Functions that a commit may change. Defaults to 3.</value>
    public int MostFunctions { get; init; } = 3;

    /// <value>Commits before it are not looked at. Defaults to all.</value>
    public DateTimeOffset? Since { get; init; }

    /// <value>See <see cref="HistoryTask.Command"/>. Defaults to null.</value>
    public string? Command { get; init; }

    /// <value>Ref whose history is searched. Defaults to <c>HEAD</c>.</value>
    public string Ref { get; init; } = "HEAD";
}

/// <summary>
/// Finds performance work in a repository's history: commits whose message, or whose added lines in files of words (a changelog), say so, and that change few functions.
/// </summary>
/// <param name="runner">Compares versions of a file, in a sandbox.</param>
public sealed partial class HistoryMiner(ProgramRunner runner, FunctionFinder finder)
{
    private const string Python = "python";

    /// <summary>What a changelog says of performance work, as an extended regular expression.</summary>
    private const string Noted = "faster|speed.?up|performance|quadratic|optimi[sz]";

    /// <summary>Where a change is put down in words.</summary>
    private static readonly string[] Notes = ["**/*change*", "**/*history*", "**/*news*", "**/*release*"];

    private static readonly string Expert = ReadExpert();

    /// <param name="repository">As it is written into the tasks.</param>
    /// <returns>The newest first; those that only a changelog speaks of behind the others.</returns>
    public async Task<IReadOnlyList<HistoryTask>> MineAsync(string repository, GitRepository git, MiningOptions options, CancellationToken cancellationToken)
    {
        var tasks = new List<HistoryTask>();
        var noted = (await git.LogAsync(options.Ref, (Noted, Notes), cancellationToken).ConfigureAwait(false)).Select(c => c.Hash).ToHashSet();
        var commits = (await git.LogAsync(options.Ref, cancellationToken: cancellationToken).ConfigureAwait(false)).TakeWhile(c => options.Since is not { } day || c.When >= day).ToList();
        // A changelog is a sign, the commit's own message says it.
        foreach (var commit in commits.Where(c => SaysSo(c.Message)).Concat(commits.Where(c => !SaysSo(c.Message) && noted.Contains(c.Hash))))
        {
            if (tasks.Count >= options.Most)
                break;
            var change = await git.ReadChangeAsync(commit.Parent, commit.Hash, cancellationToken).ConfigureAwait(false);
            tasks.AddRange((await FunctionsAsync(git, change, options, cancellationToken).ConfigureAwait(false))
                .Select(f => f with { Repository = repository, Subject = commit.Subject, Command = options.Command }).Take(options.Most - tasks.Count));
        }

        return tasks;
    }

    /// <summary>Whether a message is about making something faster, or leaner.</summary>
    internal static bool SaysSo(string message) => Faster().IsMatch(message) && !Undoes().IsMatch(message);

    private async Task<IReadOnlyList<HistoryTask>> FunctionsAsync(GitRepository git, Change change, MiningOptions options, CancellationToken cancellationToken)
    {
        var functions = (await finder.InAsync(git, change, cancellationToken).ConfigureAwait(false)).Where(f => f.Namesake is null && f.Language.Id == Python && !Beside().IsMatch(f.Path)).ToList();
        if (functions.Count == 0)
            return [];
        var tasks = new List<HistoryTask>();
        foreach (var file in functions.GroupBy(f => f.Path))
        {
            var was = change.Files.First(f => f.Path == file.Key).OldPath;
            if (was != file.Key || await git.TryReadFileAsync(change.Base, was, cancellationToken).ConfigureAwait(false) is not { } before)
                continue;
            var after = await git.ReadFileAsync(change.Head, file.Key, cancellationToken).ConfigureAwait(false);
            var names = file.Select(f => f.Name).ToList();
            var experts = await ExpertsAsync(before, after, names, cancellationToken).ConfigureAwait(false);
            tasks.AddRange(names.Zip(experts).Where(p => p.Second is not null)
                .Select(p => new HistoryTask("", change.Head, change.Base, $"{file.Key}::{p.First}") { Expert = p.Second! }));
        }

        return tasks.Count > options.MostFunctions ? [] : [.. tasks.Select(t => t with { Functions = tasks.Count })];
    }

    /// <summary>What each function became, in the form of a proposal; null where it is new, or nothing but words changed.</summary>
    private async Task<IReadOnlyList<string?>> ExpertsAsync(byte[] before, byte[] after, List<string> names, CancellationToken cancellationToken)
    {
        var arguments = JsonSerializer.Serialize(new object[] { Text(before), Text(after), names });
        try
        {
            var ends = await runner.AnswersAsync(new EvaluationTask("expert", "") { Entry = "proposals" }, Expert, [new TaskTest(arguments, [])], cancellationToken).ConfigureAwait(false);
            if (ends[0].Failure is null && JsonSerializer.Deserialize<string?[]>(ends[0].Answer) is { } told && told.Length == names.Count)
                return told;
        }
        catch (Exception e) when (e is ProgramFailedException or JsonException)
        {
            // A file of an older Python does not parse.
        }

        return new string?[names.Count];
    }

    /// <summary>A mark at the start of a file says how it is written, and is no part of it.</summary>
    private static string Text(byte[] file) => Encoding.UTF8.GetString(file).TrimStart('\uFEFF');

    private static string ReadExpert()
    {
        using var reader = new StreamReader(typeof(HistoryMiner).Assembly.GetManifestResourceStream("History/expert.py")!);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"\bperf\b|\bperformance|\bfaster\b|\bfast[ -]?path|\bspeed(?:s|ed|ing)?[ -]?ups?\b|\bspeed\b|\boptimi[sz](?:e|es|ed|ing|ations?)\b|\bquadratic\b|\bO\(n|\b(?:more )?efficien(?:t|tly|cy)\b|\btoo slow\b|\b(?:avoid|fix|reduc|remov|prevent|eliminat)\w* [^.\n]{0,40}\bslow(?:ness|downs?|er)\b|\blinear time\b|\bhot (?:path|loop)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Faster();

    /// <summary>What measures or shows the product, and is not part of it.</summary>
    [GeneratedRegex(@"(?:^|/)(?:bench[^/]*|docs?|examples?|scripts?|tools?)/|^setup\.py$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Beside();

    [GeneratedRegex(@"^(?:revert|bump)\b|^release (?:version|v?\d)|^(?:make|run)\w* (?:all )?(?:the )?tests? (?:faster|speed)|^(?:ci|docs?|readme|tests?)\b[:(/]|^faster (?:ci|docs?|tests?|suite)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Undoes();
}
