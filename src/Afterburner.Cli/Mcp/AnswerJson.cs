using System.Text.Json.Serialization;

namespace Afterburner.Cli.Mcp;

/// <summary>How answers of tools become JSON. What is not known is left out.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ListAnswer))]
[JsonSerializable(typeof(InspectAnswer))]
[JsonSerializable(typeof(CheckAnswer))]
[JsonSerializable(typeof(ReviewAnswer))]
[JsonSerializable(typeof(GateAnswer))]
internal sealed partial class AnswerJson : JsonSerializerContext;
