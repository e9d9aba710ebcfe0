using System.Text.Json;

namespace Afterburner.Functions;

/// <summary>
/// Reads one line of ast-grep's JSON, without the text of the match, which stands in the file. By hand: a scan of a large change prints 50 MB, and the serializer takes half a
/// second before it is compiled.
/// </summary>
internal static class MatchReader
{
    private static readonly Dictionary<string, AstGrepNode> NoVariables = [];
    private static readonly Dictionary<string, IReadOnlyList<AstGrepNode>> NoLists = [];

    /// <exception cref="JsonException">Not a match.</exception>
    public static AstGrepMatch Read(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        string rule = "", file = "", replacement = "";
        var place = default(Place);
        (int Start, int End)? replaced = null;
        var (variables, lists) = (NoVariables, NoLists);

        reader.Read();
        while (NextProperty(ref reader))
        {
            if (Is(ref reader, "file"u8))
                file = reader.GetString()!;
            else if (Is(ref reader, "ruleId"u8))
                rule = reader.GetString()!;
            else if (Is(ref reader, "range"u8))
                place = ReadPlace(ref reader);
            else if (Is(ref reader, "replacement"u8))
                replacement = reader.GetString()!;
            else if (Is(ref reader, "replacementOffsets"u8))
                replaced = ReadPair(ref reader, "start"u8, "end"u8);
            else if (Is(ref reader, "metaVariables"u8))
                (variables, lists) = ReadVariables(ref reader);
            else
                reader.Skip();
        }

        return new AstGrepMatch(
            rule,
            file,
            place.StartByte,
            place.EndByte,
            place.StartLine + 1,
            place.EndLine + 1,
            variables,
            lists,
            replaced is { } at ? new AstGrepFix(at.Start, at.End, replacement) : null);
    }

    private static (Dictionary<string, AstGrepNode> Variables, Dictionary<string, IReadOnlyList<AstGrepNode>> Lists) ReadVariables(ref Utf8JsonReader reader)
    {
        var (variables, lists) = (NoVariables, NoLists);
        while (NextProperty(ref reader))
        {
            if (Is(ref reader, "single"u8))
            {
                while (NextProperty(ref reader))
                {
                    if (variables == NoVariables)
                        variables = [];
                    var name = Name(ref reader);
                    variables[name] = ReadNode(ref reader);
                }
            }
            else if (Is(ref reader, "multi"u8))
            {
                while (NextProperty(ref reader))
                {
                    // "secondary" is ast-grep's own list of nodes to underline.
                    var name = Name(ref reader);
                    if (name == "secondary")
                    {
                        reader.Skip();
                        continue;
                    }

                    if (lists == NoLists)
                        lists = [];
                    var nodes = new List<AstGrepNode>();
                    while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
                        nodes.Add(ReadNode(ref reader));
                    lists[name] = nodes;
                }
            }
            else
            {
                reader.Skip();
            }
        }

        return (variables, lists);
    }

    private static AstGrepNode ReadNode(ref Utf8JsonReader reader)
    {
        var text = "";
        var place = default(Place);
        while (NextProperty(ref reader))
        {
            if (Is(ref reader, "text"u8))
                text = reader.GetString()!;
            else if (Is(ref reader, "range"u8))
                place = ReadPlace(ref reader);
            else
                reader.Skip();
        }

        return new AstGrepNode(text, place.StartByte, place.EndByte);
    }

    private static Place ReadPlace(ref Utf8JsonReader reader)
    {
        var place = default(Place);
        while (NextProperty(ref reader))
        {
            if (Is(ref reader, "byteOffset"u8))
                (place.StartByte, place.EndByte) = ReadPair(ref reader, "start"u8, "end"u8);
            else if (Is(ref reader, "start"u8))
                (place.StartLine, _) = ReadPair(ref reader, "line"u8, "column"u8);
            else if (Is(ref reader, "end"u8))
                (place.EndLine, _) = ReadPair(ref reader, "line"u8, "column"u8);
            else
                reader.Skip();
        }

        return place;
    }

    private static (int First, int Second) ReadPair(ref Utf8JsonReader reader, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var pair = (0, 0);
        while (NextProperty(ref reader))
        {
            if (Is(ref reader, first))
                pair.Item1 = reader.GetInt32();
            else if (Is(ref reader, second))
                pair.Item2 = reader.GetInt32();
            else
                reader.Skip();
        }

        return pair;
    }

    /// <summary>Goes on to the next property of the object that the reader is in; false at its end.</summary>
    private static bool NextProperty(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    /// <summary>Goes on to the value if the property has this name.</summary>
    private static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) => reader.ValueTextEquals(name) && reader.Read();

    private static string Name(ref Utf8JsonReader reader)
    {
        var name = reader.GetString()!;
        reader.Read();
        return name;
    }

    private record struct Place(int StartByte, int EndByte, int StartLine, int EndLine);
}
