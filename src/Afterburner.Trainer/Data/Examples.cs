using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Afterburner.Trainer.Files;

namespace Afterburner.Trainer.Data;

/// <summary>A prompt and a good reply to it, as TRL's trainers take them (<c>prompt</c>, <c>completion</c>).</summary>
/// <param name="Task">Which task it is about.</param>
/// <param name="Objective">What is to become better: <c>time</c>, <c>memory</c> or <c>integral</c>.</param>
public sealed record SupervisedExample(string Task, string Objective, string Prompt, string Completion)
{
    /// <value>What stands before the prompt, in a turn of its own where prompts are turns. Defaults to empty: nothing does.</value>
    public string System { get; init; } = "";
}

/// <summary>A prompt with a better and a worse reply (<c>prompt</c>, <c>chosen</c>, <c>rejected</c>).</summary>
/// <inheritdoc cref="SupervisedExample"/>
public sealed record PreferenceExample(string Task, string Objective, string Prompt, string Chosen, string Rejected)
{
    /// <inheritdoc cref="SupervisedExample.System"/>
    public string System { get; init; } = "";
}

/// <summary>A prompt whose replies are rewarded while a model is trained.</summary>
/// <param name="Original">The program that is to become better.</param>
/// <inheritdoc cref="SupervisedExample"/>
public sealed record RewardedExample(string Task, string Objective, string Prompt, string Original)
{
    /// <inheritdoc cref="SupervisedExample.System"/>
    public string System { get; init; } = "";

    internal const string VerlSource = "afterburner", VerlAbility = "code";

    /// <summary>The same as verl has it: a row with the task as what is true of it, and what its reward function is told beside.</summary>
    public JsonObject ToVerl() => new()
    {
        ["data_source"] = VerlSource,
        ["prompt"] = new JsonArray([.. Turns.Select(t => new JsonObject { ["role"] = t.Role, ["content"] = t.Content })]),
        ["ability"] = VerlAbility,
        ["reward_model"] = new JsonObject { ["style"] = "rule", ["ground_truth"] = Task },
        ["extra_info"] = new JsonObject { ["original"] = Original, ["objective"] = Objective },
    };

    internal IEnumerable<(string Role, string Content)> Turns => System.Length > 0 ? [("system", System), ("user", Prompt)] : [("user", Prompt)];
}

/// <summary>Files of examples, one JSON object a line.</summary>
public static class ExampleFile
{
    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    };

    /// <summary>Writes them, whole or not at all.</summary>
    public static void Write<T>(string file, IEnumerable<T> examples) => WholeFile.Write(file, stream =>
    {
        foreach (var example in examples)
        {
            JsonSerializer.Serialize(stream, example, Form);
            stream.WriteByte((byte)'\n');
        }
    });

    /// <exception cref="UsageException">There is no such file, it is empty, or a line is none of these.</exception>
    public static IReadOnlyList<T> Read<T>(string file)
    {
        var examples = new List<T>();
        try
        {
            foreach (var (line, number) in File.ReadLines(file).Select((line, i) => (line, i + 1)).Where(l => !string.IsNullOrWhiteSpace(l.line)))
            {
                try
                {
                    examples.Add(JsonSerializer.Deserialize<T>(line, Form) ?? throw new JsonException("it is null"));
                }
                catch (JsonException e)
                {
                    throw new UsageException($"{file}:{number} is no example of this kind: {e.Message.Split(" Path:")[0]}", e);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{file} cannot be read: {e.Message}", e);
        }

        return examples.Count > 0 ? examples : throw new UsageException($"{file} holds no example");
    }
}
