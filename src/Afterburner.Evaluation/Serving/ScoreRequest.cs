using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using Afterburner.Evaluation.Programs;

namespace Afterburner.Evaluation.Serving;

/// <summary>Replies of a model to one prompt, to be rewarded: a group of GRPO, or a single one.</summary>
/// <param name="Task">Id of the task in the data set.</param>
/// <param name="Completions">The replies as they are, 1 to 256.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ScoreRequest(
    [property: Description("Id of the task in the data set that is served; a number is taken as it is written"), JsonConverter(typeof(TextOrNumber))] string Task,
    [property: Description("Replies of the model as they are, 1 to 256")] IReadOnlyList<string> Completions)
{
    [Description("What the model was asked. The program that it was to make better is read from its section '## Original Solution', unless 'original' is given")]
    public string? Prompt { get; init; }

    [Description("The program that the model was to make better; empty for none")]
    public string? Original { get; init; }

    [Description("What counts as efficient: time, memory or integral. Default: what the server was started with")]
    public ObjectiveKind? Objective { get; init; }
}

/// <summary>Ids of some data sets are numbers there.</summary>
internal sealed class TextOrNumber : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number ? JsonElement.ParseValue(ref reader).GetRawText() : reader.GetString();

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}

/// <summary>The rewards of replies, in their order.</summary>
/// <param name="Original">What became of the program in the prompt; null where there is none.</param>
public sealed record ScoreReply(string Task, ObjectiveKind Objective, ScoredProgram? Original, IReadOnlyList<Score> Scores);

/// <summary>What became of a program.</summary>
/// <param name="Failure">Why it does not pass; null where it does.</param>
/// <param name="Seconds">CPU time on the timed inputs, 0 where it does not pass.</param>
public sealed record ScoredProgram(bool Passed, string? Failure, double Seconds, double PeakBytes, double ByteSeconds)
{
    internal static ScoredProgram Of(Measurement measured) => new(measured.Passed, measured.Failure, measured.Seconds, measured.PeakBytes, measured.ByteSeconds);
}

/// <summary>The reward of one reply, its parts, and what became of the program in it.</summary>
public sealed record Score(
    [property: Description("The weighted sum of the three parts")] double Reward,
    [property: Description("1 where the reply has the form that was asked for, else -1")] double Form,
    [property: Description("1, 0.5, -0.5 or -1: from failing to passing, passing to passing, failing to failing, passing to failing")] double Correctness,
    [property: Description("Hyperbolic tangent of the share of the cost that was saved; 0 where the program fails")] double Efficiency,
    ScoredProgram Program);
