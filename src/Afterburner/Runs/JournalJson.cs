using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Afterburner.Suggestions;
using Afterburner.Verdicts;
using Afterburner.Workloads;

namespace Afterburner.Runs;

/// <summary>How events become lines of a journal: as reports are written, on one line.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    Converters = [typeof(FiniteNumber), typeof(LowerCaseEnum<ObjectiveKind>), typeof(LowerCaseEnum<WorkloadKind>), typeof(NamedEnum<VerdictKind>)])]
[JsonSerializable(typeof(JournalEvent))]
internal sealed partial class JournalJson : JsonSerializerContext
{
    // Lazy: the generated half of this class initialises Default, in no order that can be relied on.
    private static readonly Lazy<JournalJson> Compact = new(() => new JournalJson(OwnOptions()));

    public static JournalJson OneLine => Compact.Value;

    private static JsonSerializerOptions OwnOptions() => new(Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        AllowOutOfOrderMetadataProperties = true,
        TypeInfoResolver = null,
    };
}
