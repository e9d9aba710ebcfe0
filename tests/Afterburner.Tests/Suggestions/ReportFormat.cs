using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Afterburner.Functions;
using Afterburner.Suggestions;

namespace Afterburner.Tests.Suggestions;

/// <summary>Describes report.json from the records themselves and their doc comments, for people and as a JSON Schema.</summary>
internal static partial class ReportFormat
{
    private static readonly Dictionary<string, XElement> Comments =
        XDocument.Load(Path.ChangeExtension(typeof(Report).Assembly.Location, ".xml"))
            .Descendants("member").ToDictionary(m => (string)m.Attribute("name")!);

    public static string Schema()
    {
        var definitions = new JsonObject();
        foreach (var type in Records().Skip(1))
            definitions[type.Name] = Describe(type);
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Afterburner report, format 1",
        };
        foreach (var (name, value) in Describe(typeof(Report)))
            schema[name] = value?.DeepClone();
        schema["properties"]!["schema"]!["const"] = 1;
        schema["$defs"] = definitions;
        return schema.ToJsonString(new JsonSerializerOptions(ReportJson.Readable.Options) { WriteIndented = true }) + "\n";
    }

    public static string Page()
    {
        var text = new StringBuilder(
            """
            # report.json

            The result of a run, written into its `--out` directory; every other report is made from it. This page is made
            from the doc comments of the records in `src/Afterburner/Suggestions`, and a test fails when it is out of date.
            The same as a JSON Schema: `src/Afterburner/Suggestions/report.schema.json`.

            Every member below is always written; one without a value is `null`. Durations are in seconds, sizes in bytes,
            lines count from 1. Later versions may add members: ignore those you do not know.


            """.ReplaceLineEndings("\n"));
        Append(text, Types());
        text.Append(
            """
            # gate.json

            What `gate` writes, by the same rules. Types that are not described below are those above.


            """.ReplaceLineEndings("\n"));
        var gate = Types(typeof(GateReport)).Except(Types()).ToList();
        Append(text, gate);
        text.Append(
            """
            # check.json

            What `check` writes, by the same rules. Types that are not described below are those above.


            """.ReplaceLineEndings("\n"));
        Append(text, [.. Types(typeof(CheckReport)).Except(Types()).Except(gate)]);
        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static void Append(StringBuilder text, IReadOnlyList<Type> types)
    {
        foreach (var type in types.Where(t => !IsEnum(t)))
        {
            text.Append(CultureInfo.InvariantCulture, $"## {Title(type)}\n\n{Summary("T:" + type.FullName)}\n\n");
            text.Append("| member | type | meaning |\n|:--|:--|:--|\n");
            foreach (var member in Members(type))
                text.Append(CultureInfo.InvariantCulture, $"| `{member.Name}` | {TypeName(member)} | {Summary(member.Comment)} |\n");
            text.Append('\n');
        }

        foreach (var type in types.Where(IsEnum))
        {
            var values = Values(type).Select(v => (v.Value, Meaning: Summary($"F:{type.FullName}.{v.Field}"))).ToList();
            text.Append(CultureInfo.InvariantCulture, $"## {Title(type)}\n\n");
            text.Append(values.All(v => v.Meaning.Length == 0)
                ? string.Join(", ", values.Select(v => $"`{v.Value}`")) + "\n"
                : "| value | meaning |\n|:--|:--|\n" + string.Concat(values.Select(v => $"| `{v.Value}` | {v.Meaning} |\n")));
            text.Append('\n');
        }
    }

    private static List<Type> Records() => [.. Types().Where(t => !IsEnum(t))];

    /// <summary>The report and everything in it, breadth first.</summary>
    private static List<Type> Types(Type? root = null)
    {
        var found = new List<Type> { root ?? typeof(Report) };
        for (var i = 0; i < found.Count; i++)
        {
            if (!IsEnum(found[i]))
                found.AddRange(Members(found[i]).Select(m => Element(m.Type)).Where(t => t.Namespace!.StartsWith(nameof(Afterburner), StringComparison.Ordinal)).Distinct().Except(found));
        }

        return found;
    }

    private static IEnumerable<Member> Members(Type type) =>
        ReportJson.Readable.GetTypeInfo(type)!.Properties
            .Where(p => p.Get is not null)
            .Select(p => (PropertyInfo)p.AttributeProvider! is var property
                ? new Member(p.Name, Nullable.GetUnderlyingType(p.PropertyType) ?? p.PropertyType, IsNullable(property), $"P:{property.DeclaringType!.FullName}.{property.Name}")
                : throw new InvalidOperationException());

    private static bool IsNullable(PropertyInfo property) =>
        new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable;

    private static JsonObject Describe(Type type)
    {
        var properties = new JsonObject();
        foreach (var member in Members(type))
        {
            var schema = SchemaOf(member.Type);
            if (member.IsNullable)
                schema = new JsonObject { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "null" }) };
            schema["description"] = Summary(member.Comment);
            properties[member.Name] = schema;
        }

        return new JsonObject
        {
            ["description"] = Summary("T:" + type.FullName),
            ["type"] = "object",
            ["properties"] = properties,
            ["required"] = new JsonArray([.. properties.Select(p => (JsonNode)p.Key)]),
        };
    }

    private static JsonObject SchemaOf(Type type) => Kind(type) switch
    {
        "list" => new JsonObject { ["type"] = "array", ["items"] = SchemaOf(Element(type)) },
        "map" => new JsonObject { ["type"] = "object", ["additionalProperties"] = new JsonObject { ["type"] = "string" } },
        "enum" => new JsonObject { ["enum"] = new JsonArray([.. Values(type).Select(v => (JsonNode)v.Value)]) },
        "record" => new JsonObject { ["$ref"] = $"#/$defs/{type.Name}" },
        var simple => new JsonObject { ["type"] = simple },
    };

    private static string Kind(Type type) =>
        type == typeof(string) ? "string"
        : type == typeof(bool) ? "boolean"
        : type == typeof(int) || type == typeof(long) ? "integer"
        : type == typeof(double) ? "number"
        : type == typeof(IReadOnlyDictionary<string, string>) ? "map"
        : type.IsGenericType ? "list"
        : IsEnum(type) ? "enum"
        : "record";

    private static Type Element(Type type) =>
        type.IsGenericType ? Element(type.GetGenericArguments()[^1]) : Nullable.GetUnderlyingType(type) ?? type;

    private static string TypeName(Member member)
    {
        var element = Element(member.Type);
        var name = Kind(element) is "record" or "enum" ? $"[{Title(element)}](#{Title(element).Replace(' ', '-')})" : Kind(element);
        return Kind(member.Type) switch
        {
            "list" => $"list of {name}",
            "map" => "object of strings",
            _ => name,
        } + (member.IsNullable ? " or null" : "");
    }

    /// <summary>Or reads like one: a row of data that is known by its id.</summary>
    private static bool IsEnum(Type type) => type.IsEnum || type == typeof(Language);

    private static IEnumerable<(string Field, string Value)> Values(Type type) => type == typeof(Language) ? Language.All.Select(l => (l.Id, l.Id)) :
        Enum.GetValuesAsUnderlyingType(type).Cast<object>()
            .Select(v => (Enum.GetName(type, v)!, JsonSerializer.Serialize(Enum.ToObject(type, v), ReportJson.Readable.GetTypeInfo(type)!).Trim('"')));

    private static string Title(Type type) =>
        Words().Replace(type.Name.Replace("Report", "", StringComparison.Ordinal) is { Length: > 0 } name ? name : type.Name, " $1").Trim().ToLowerInvariant();

    private static string Summary(string id)
    {
        if (!Comments.TryGetValue(id, out var comment) || comment.Element("summary") is not { } summary)
            return "";
        foreach (var code in summary.Descendants("c").ToList())
            code.ReplaceWith($"`{code.Value}`");
        foreach (var see in summary.Descendants("see").ToList())
            see.ReplaceWith($"`{((string)see.Attribute("cref")!).Split('.', ':')[^1]}`");
        return string.Join(' ', summary.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Replace("|", "\\|", StringComparison.Ordinal);
    }

    [GeneratedRegex("(?<=[a-z])([A-Z])")]
    private static partial Regex Words();

    private sealed record Member(string Name, Type Type, bool IsNullable, string Comment);
}
