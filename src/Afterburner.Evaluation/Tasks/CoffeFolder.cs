using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Afterburner.Evaluation.Tasks;

/// <summary>
/// A folder as COFFE publishes it: tests, large inputs and programs in a file each, found by the prompt of their task. Records come out as <see cref="CoffeContestLayout"/>
/// and <see cref="CoffeFunctionLayout"/> read them.
/// </summary>
internal static class CoffeFolder
{
    private const string Tests = "testcases.json", Large = "stressful_testcases.json", Contests = "solutions.json", Functions = "data.json";

    public static bool Is(string folder) =>
        Directory.Exists(folder) && File.Exists(Path.Combine(folder, Tests)) && (File.Exists(Path.Combine(folder, Functions)) || File.Exists(Path.Combine(folder, Contests)));

    /// <exception cref="UsageException">One of its files is not what it should be.</exception>
    public static async IAsyncEnumerable<RecordFile.Line> ReadAsync(string folder, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var tests = await ObjectAsync(folder, Tests, cancellationToken).ConfigureAwait(false);
        var large = File.Exists(Path.Combine(folder, Large)) ? await ObjectAsync(folder, Large, cancellationToken).ConfigureAwait(false) : [];
        var records = File.Exists(Path.Combine(folder, Functions))
            ? ((await NodeAsync(folder, Functions, cancellationToken).ConfigureAwait(false)) as JsonArray ?? throw Unreadable(folder, Functions, "a list was expected")).Select(f => Function(f as JsonObject, tests, large))
            : ((await ObjectAsync(folder, Contests, cancellationToken).ConfigureAwait(false))["prompt2groundtruth"] as JsonObject ?? throw Unreadable(folder, Contests, "it has no 'prompt2groundtruth'"))
                .Select(s => (JsonObject?)Contest(s.Key, s.Value, tests, large));
        var place = 0L;
        foreach (var record in records)
            yield return record is null ? new RecordFile.Line(++place, null, "it is no JSON object") : new RecordFile.Line(++place, record, null);
    }

    private static JsonObject Contest(string prompt, JsonNode? programs, JsonObject tests, JsonObject large) => new()
    {
        ["problem_id"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(prompt)))[..12],
        ["question_content"] = prompt,
        // Each with a flag that says how it is run; those that are contests' are all run alike.
        ["solutions"] = new JsonArray([.. (programs as JsonArray ?? []).Select(p => p is JsonArray { Count: > 0 } pair ? pair[0]?.DeepClone() : p?.DeepClone())]),
        ["test_cases"] = tests[prompt]?.DeepClone(),
        ["stress_generators"] = large[prompt]?.DeepClone() ?? new JsonArray(),
    };

    /// <summary>The programs of MBPP are whole, those of HumanEval go on where their prompt ends.</summary>
    private static JsonObject? Function(JsonObject? task, JsonObject tests, JsonObject large) => task is null ? null : new()
    {
        ["problem_id"] = task["task_id"]?.DeepClone(),
        ["dataset"] = task["dataset"]?.DeepClone(),
        ["entry_point"] = task["entry_point"]?.DeepClone(),
        ["prompt"] = task["final_prompt"]?.DeepClone(),
        ["canonical_solution"] = task["code"]?.DeepClone() ?? (task["canonical_solution"] is { } body ? $"{task["prompt"]}{body}" : null),
        ["test_cases"] = tests[$"{task["final_prompt"]}"]?.DeepClone(),
        ["stress_cases"] = large[$"{task["final_prompt"]}"]?.DeepClone() ?? new JsonArray(),
    };

    private static async Task<JsonObject> ObjectAsync(string folder, string name, CancellationToken cancellationToken) =>
        await NodeAsync(folder, name, cancellationToken).ConfigureAwait(false) as JsonObject ?? throw Unreadable(folder, name, "an object was expected");

    private static async Task<JsonNode?> NodeAsync(string folder, string name, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(Path.Combine(folder, name));
            return await JsonNode.ParseAsync(file, documentOptions: RecordFile.Strict, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            throw Unreadable(folder, name, e.Message);
        }
    }

    private static UsageException Unreadable(string folder, string name, string why) => new($"'{Path.Combine(folder, name)}' cannot be read as a part of COFFE: {why}");
}
