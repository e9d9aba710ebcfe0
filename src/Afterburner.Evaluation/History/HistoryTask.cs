using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Afterburner.Evaluation.History;

/// <summary>A commit by which a maintainer made a function faster, or says so: the parent is the task, the maintainer's version the expert.</summary>
/// <param name="Repository">Where it is: a path, or an address that git clones.</param>
/// <param name="Commit">Full hash.</param>
/// <param name="Parent">Full hash of its parent.</param>
/// <param name="Function"><c>path::qualified.name</c> at the parent.</param>
public sealed record HistoryTask(string Repository, string Commit, string Parent, string Function)
{
    /// <value>First line of the commit's message.</value>
    public string Subject { get; init; } = "";

    /// <value>Functions that the commit changes, this one counted. Defaults to 1.</value>
    public int Functions { get; init; } = 1;

    /// <value>The function as the commit has it, behind what is new of its file and needed by it.</value>
    public required string Expert { get; init; }

    /// <value>How the repository's tests are run: the runner and its arguments, with blanks between them (<c>pytest -q tests</c>); null for what a review finds out by itself.</value>
    public string? Command { get; init; }

    /// <value>The file that it is in.</value>
    [JsonIgnore]
    public string Path => Function[..Function.IndexOf("::", StringComparison.Ordinal)];
}

/// <summary>A file of such tasks, one JSON object a line, so that a set can be shared and run again.</summary>
public static class HistoryFile
{
    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, RespectRequiredConstructorParameters = true,
    };

    public static void Write(string file, IEnumerable<HistoryTask> tasks) => File.WriteAllLines(file, tasks.Select(t => JsonSerializer.Serialize(t, Form)));

    /// <exception cref="UsageException">There is no such file, or a line is no task.</exception>
    public static IReadOnlyList<HistoryTask> Read(string file)
    {
        var tasks = new List<HistoryTask>();
        foreach (var (line, number) in File.ReadLines(file).Select((line, i) => (line, i + 1)).Where(l => !string.IsNullOrWhiteSpace(l.line)))
            tasks.Add(Parse(line) ?? throw new UsageException($"{file}:{number} is no task of a history: it needs \"repository\", \"commit\", \"parent\", \"function\" (path::name) and \"expert\"."));
        return tasks.Count > 0 ? tasks : throw new UsageException($"{file} holds no task of a history");
    }

    private static HistoryTask? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<HistoryTask>(line, Form) is { Repository.Length: > 0, Function: { } function, Subject: not null, Expert: not null } task
                && IsHash(task.Commit) && IsHash(task.Parent) && function.Contains("::", StringComparison.Ordinal) ? task : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsHash(string? text) => text is { Length: 40 or 64 } && text.All(char.IsAsciiHexDigitLower);
}
