using System.Text.Json.Nodes;

namespace Afterburner.Benchmarks.Yield;

/// <summary>One line of a file of tasks: a function, calls with their outcomes, and Python expressions for arguments that take long.</summary>
/// <param name="Source">A Python module; written by others, executed in a sandbox only.</param>
/// <param name="Entry">The function under review.</param>
/// <param name="Small">Argument lists and what comes back, as JSON.</param>
/// <param name="Large">Each a Python expression for an argument list; written by others too.</param>
internal sealed record YieldTask(string Id, string Source, string Entry, IReadOnlyList<SmallCase> Small, IReadOnlyList<string> Large)
{
    public string Path => $"task_{Id}.py";

    public string TestPath => $"test_task_{Id}.py";

    /// <exception cref="UsageException">The file cannot be read, or a line is no task.</exception>
    public static IReadOnlyList<YieldTask> Read(string file)
    {
        try
        {
            return [.. File.ReadLines(file).Where(l => l.Length > 0).Select(l => Of(JsonNode.Parse(l)!))];
        }
        catch (Exception e) when (e is IOException or System.Text.Json.JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new UsageException($"'{file}' cannot be read as tasks, one JSON object a line: {e.Message}", e);
        }
    }

    private static YieldTask Of(JsonNode line) => new(
        line["problem_id"]!.ToString(),
        ((string)line["canonical_solution"]!).ReplaceLineEndings("\n").TrimEnd() + "\n",
        (string)line["entry_point"]!,
        [.. line["test_cases"]!.AsArray().Select(c => new SmallCase(c!["input"]!, c["output"]![0]))],
        [.. line["stress_cases"]!.AsArray().Select(c => (string)c!["input"]!)]);
}

/// <param name="Output">Null where nothing comes back.</param>
internal sealed record SmallCase(JsonNode Input, JsonNode? Output);
