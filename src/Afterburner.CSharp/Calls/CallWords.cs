using System.Globalization;

namespace Afterburner.CSharp.Calls;

/// <summary>Values in words, for a person.</summary>
internal static class CallWords
{
    private const int Deepest = 3, Most = 8, Longest = 60;

    /// <summary>A call: <c>Parse("1,2", 3)</c>.</summary>
    public static string Of(string name, ValueGraph call) => $"{name}({string.Join(", ", call.Roots.Skip(1).Select(r => Of(call, r)))})";

    public static string Of(ValueGraph graph, WrittenValue value, int depth = 0) => value switch
    {
        WrittenNull => "null",
        WrittenNumber { Number: char letter } => $"'{letter}'",
        WrittenNumber { Number: bool truth } => truth ? "true" : "false",
        WrittenNumber number => number.ToString(),
        WrittenEnum named => string.Create(CultureInfo.InvariantCulture, $"({named.Type}){named.Number}"),
        WrittenTypeValue type => $"typeof({type.Type})",
        WrittenStatic held => $"{held.Type}.{held.Field}",
        WrittenStruct made => $"{made.Type} {{ {Some(made.Names.Zip(made.Values, (n, v) => $"{n} = {Of(graph, v, depth + 1)}"), depth)} }}",
        WrittenReference reference => Of(graph, graph.Nodes[reference.Node], depth),
        _ => "...",
    };

    public static string Of(ValueGraph graph, WrittenNode node, int depth = 0) => node switch
    {
        WrittenText text => Quoted(text.Text),
        WrittenArray array => $"[{Some(array.Elements.Select(e => Of(graph, e, depth + 1)), depth)}]",
        WrittenRaw raw => string.Create(CultureInfo.InvariantCulture, $"{raw.Type} of {string.Join(" x ", raw.Lengths)}"),
        WrittenContents contents => $"{contents.Type} {{ {Some(contents.Entries.Select(e => Of(graph, e, depth + 1)), depth)} }}",
        WrittenFields fields => $"{fields.Type} {{ {Some(fields.Names.Zip(fields.Values, (n, v) => $"{n} = {Of(graph, v, depth + 1)}"), depth)} }}",
        WrittenName name => string.Join(' ', name.Words),
        WrittenDelegate made => made.Type.ToString(),
        _ => "...",
    };

    private static string Some(IEnumerable<string> parts, int depth) => depth >= Deepest ? "..." : string.Join(", ", parts.Take(Most + 1).Select((p, place) => place == Most ? "..." : p));

    private static string Quoted(string text) => $"\"{(text.Length > Longest ? text[..Longest] + "..." : text).Replace("\n", "\\n", StringComparison.Ordinal)}\"";
}
