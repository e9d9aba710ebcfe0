using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Afterburner.Verdicts;
using Afterburner.Workloads;

namespace Afterburner.Suggestions;

/// <summary>report.json, written and read. The format is that of <see cref="Report"/>.</summary>
public static class JsonReport
{
    private static readonly Lazy<string> EmbeddedSchema = new(() => Resources.Text("Suggestions/report.schema.json"));

    /// <summary>The format as a JSON Schema document (draft 2020-12).</summary>
    public static string Schema => EmbeddedSchema.Value;

    public static string Write(Report report) =>
        JsonSerializer.Serialize(report, ReportJson.Readable.Report) + "\n";

    /// <exception cref="UsageException">The text is not a report, or one of a later format.</exception>
    public static Report Read(string json)
    {
        try
        {
            var report = JsonSerializer.Deserialize(json, ReportJson.Readable.Report);
            return report is null or { Schema: not 1 }
                ? throw new UsageException($"report.json has format {report?.Schema}; this version reads format 1. Use the version that wrote it.")
                : report;
        }
        catch (JsonException e)
        {
            throw new UsageException($"report.json is not a report: {e.Message}", e);
        }
    }
}

/// <summary>How reports become JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    Converters = [typeof(FiniteNumber), typeof(LowerCaseEnum<ObjectiveKind>), typeof(LowerCaseEnum<WorkloadKind>), typeof(NamedEnum<VerdictKind>)])]
[JsonSerializable(typeof(Report))]
[JsonSerializable(typeof(GateReport))]
[JsonSerializable(typeof(CheckReport))]
public sealed partial class ReportJson : JsonSerializerContext
{
    // Lazy: the generated half of this class initialises Default, in no order that can be relied on.
    private static readonly Lazy<ReportJson> Indented = new(() => new ReportJson(OwnOptions()));

    /// <summary>Indented, for files that people open.</summary>
    public static ReportJson Readable => Indented.Value;

    private static JsonSerializerOptions OwnOptions() => new(Default.Options)
    {
        // Files, not pages: code stays legible when only what JSON itself needs is escaped.
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        AllowOutOfOrderMetadataProperties = true,
        TypeInfoResolver = null,
    };
}

internal sealed class LowerCaseEnum<T>() : JsonStringEnumConverter<T>(LowerCase.Policy, allowIntegerValues: false)
    where T : struct, Enum;

internal sealed class NamedEnum<T>() : JsonStringEnumConverter<T>(namingPolicy: null, allowIntegerValues: false)
    where T : struct, Enum;

internal sealed class LowerCase : JsonNamingPolicy
{
    public static LowerCase Policy { get; } = new();

    public override string ConvertName(string name) => name.ToLowerInvariant();
}

/// <summary>JSON has no infinity: an unbounded interval is written as null.</summary>
internal sealed class FiniteNumber : JsonConverter<double>
{
    public override bool HandleNull => true;

    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble();

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
    {
        if (double.IsFinite(value))
            writer.WriteNumberValue(value);
        else
            writer.WriteNullValue();
    }
}
