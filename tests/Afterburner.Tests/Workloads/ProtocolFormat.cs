using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Xml.Linq;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Tests.Workloads;

/// <summary>What engine and harness say to each other, written from the records themselves.</summary>
internal static class ProtocolFormat
{
    private static readonly Dictionary<string, XElement> Comments = XDocument.Load(Path.ChangeExtension(typeof(HarnessCommand).Assembly.Location, ".xml"))
        .Descendants("member").ToDictionary(m => m.Attribute("name")!.Value, m => m);

    public static string Page()
    {
        var text = new StringBuilder("""
            # The protocol of a harness

            A harness is the program that runs inside a sandbox for one language. This page is generated from the records in
            `src/Afterburner/Workloads/Protocol`; `ProtocolTests` keeps it up to date.

            `PROGRAM COMMAND` reads one JSON object from standard input and writes JSON objects, one a line, to standard output; the last has
            `"type": "done"`. Lines of another form are passed over. Every request also has the fields of the harness's own settings
            (for Python `imports`, `runner`, `arguments`).

            `PROGRAM runner` is talked to instead. It reads and writes frames: the length of the content in 4 bytes, lowest first, the kind in one
            byte, and the content. It gets `C` (an order, JSON; the first one is the set-up), `I` (inputs: calls as stored, each after its length), `G` (go), `W` (write the answers), `L`
            (leave) and, where an order asks for it, `N` (warm up once more); it says `J` (a reply, JSON), `R` (ready for inputs), `D` (inputs decoded), `S` (the calls are made), `A` (answers), `E` (a child
            ended) and `M` (a message about tests, as above). It holds no clock and compares nothing: what its processes use is read from
            outside, between `G` and `S`.


            """.ReplaceLineEndings("\n"));
        text.Append("## Commands\n\n| command | meaning |\n|:--|:--|\n");
        foreach (var command in Enum.GetNames<HarnessCommand>())
            text.Append(CultureInfo.InvariantCulture, $"| `{command.ToLowerInvariant()}` | {Summary($"F:{typeof(HarnessCommand).FullName}.{command}")} |\n");
        Section("Requests", t => t.IsSubclassOf(typeof(HarnessRequest)));
        Section("Messages", t => t.GetCustomAttribute<MessageAttribute>() is not null);
        Section("Said to a runner", t => t == typeof(RunnerSetup) || t == typeof(RunnerOrder));
        Section("Said by a runner", t => t.Name.EndsWith("Reply", StringComparison.Ordinal) || t == typeof(RunnerRefusal));
        var parts = Parts();
        Section("Parts", parts.Contains);
        return text.ToString().TrimEnd('\n') + "\n";

        void Section(string title, Func<Type, bool> of)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n# {title}\n");
            foreach (var type in Types().Where(of).OrderBy(t => t.Name, StringComparer.Ordinal))
                Describe(text, type);
        }
    }

    private static IEnumerable<Type> Types() => typeof(HarnessCommand).Assembly.GetTypes()
        .Where(t => t.Namespace == typeof(HarnessCommand).Namespace && t is { IsClass: true, IsAbstract: false, IsNested: false });

    /// <summary>Records that others are made of, those of other folders included.</summary>
    private static HashSet<Type> Parts()
    {
        var parts = new HashSet<Type>();
        var open = new Queue<Type>(Types());
        while (open.TryDequeue(out var type))
        {
            foreach (var part in Members(type).Select(m => Element(m.Type)).Where(t => t is { IsClass: true } && t.Assembly == typeof(HarnessCommand).Assembly && parts.Add(t)))
                open.Enqueue(part);
        }

        return parts;
    }

    private static void Describe(StringBuilder text, Type type)
    {
        var kind = type.GetCustomAttribute<MessageAttribute>() is { } message ? $" `{message.Type}`" : "";
        text.Append(CultureInfo.InvariantCulture, $"\n## {type.Name}{kind}\n\n{Summary("T:" + type.FullName)}\n\n");
        var members = Members(type).ToList();
        if (members.Count == 0)
            return;
        text.Append("| field | type | meaning |\n|:--|:--|:--|\n");
        foreach (var (name, member, meaning) in members)
            text.Append(CultureInfo.InvariantCulture, $"| `{name}` | {TypeName(member)} | {meaning} |\n");
    }

    private static IEnumerable<(string Name, Type Type, string Meaning)> Members(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.Name != "EqualityContract" && p.GetIndexParameters().Length == 0)
            .Where(p => p.GetCustomAttribute<JsonIgnoreAttribute>()?.Condition != JsonIgnoreCondition.Always && p.Name != nameof(AmplifiedMessage.Call) | type == typeof(PickedCall) | type == typeof(SurveyedCall))
            .OrderBy(p => p.DeclaringType == type ? 0 : 1)
            .Select(p => (
                p.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(p.Name),
                p.PropertyType,
                Meaning(type, p)));

    private static string Meaning(Type type, PropertyInfo property)
    {
        var own = Summary($"P:{property.DeclaringType!.FullName}.{property.Name}");
        if (own.Length > 0)
            return own;
        return Comments.GetValueOrDefault("T:" + type.FullName)?.Elements("param").FirstOrDefault(p => p.Attribute("name")!.Value == property.Name) is { } parameter
            ? Plain(parameter)
            : "";
    }

    private static Type Element(Type type) =>
        Nullable.GetUnderlyingType(type) is { } inner ? inner
        : type.IsGenericType ? Element(type.GetGenericArguments()[^1])
        : type;

    private static string TypeName(Type type)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        return bare == typeof(string) ? "text"
            : bare == typeof(bool) ? "true or false"
            : bare == typeof(int) || bare == typeof(long) ? "whole number"
            : bare == typeof(double) ? "number"
            : bare == typeof(byte[]) ? "base64"
            : bare == typeof(JsonArray) || bare == typeof(object) ? "list"
            : bare.IsGenericType && bare.GetGenericArguments().Length == 2 ? $"object of {TypeName(bare.GetGenericArguments()[1])}"
            : bare.IsGenericType ? $"list of {TypeName(bare.GetGenericArguments()[0])}"
            : $"[{bare.Name}](#{bare.Name.ToLowerInvariant()})";
    }

    private static string Summary(string id) => Comments.GetValueOrDefault(id)?.Element("summary") is { } summary ? Plain(summary) : "";

    private static string Plain(XElement comment)
    {
        var copy = new XElement(comment);
        foreach (var code in copy.Descendants("c").ToList())
            code.ReplaceWith($"`{code.Value}`");
        foreach (var reference in copy.Descendants().Where(e => e.Name == "see" || e.Name == "paramref").ToList())
            reference.ReplaceWith($"`{(reference.Attribute("cref") ?? reference.Attribute("name"))!.Value.Split('.')[^1]}`");
        return string.Join(' ', copy.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }
}
