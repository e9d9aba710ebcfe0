using System.Text.Json.Serialization;

namespace Afterburner.Functions;

/// <summary>One place that a rule matched.</summary>
/// <param name="File">As it was given to the scan, without a leading <c>./</c>.</param>
/// <param name="StartByte">Offset of the first byte in the file, UTF-8.</param>
/// <param name="EndByte">Offset after the last byte.</param>
/// <param name="StartLine">1-based.</param>
/// <param name="EndLine">1-based, the line of the last byte.</param>
/// <param name="Variables">What each <c>$NAME</c> stands for.</param>
/// <param name="Lists">What each <c>$$$NAME</c> stands for, separators included.</param>
/// <param name="Fix">What the rule's <c>fix:</c> makes of it, or null.</param>
public sealed record AstGrepMatch(
    string Rule,
    string File,
    int StartByte,
    int EndByte,
    int StartLine,
    int EndLine,
    string Text,
    IReadOnlyDictionary<string, AstGrepNode> Variables,
    IReadOnlyDictionary<string, IReadOnlyList<AstGrepNode>> Lists,
    AstGrepFix? Fix)
{
    internal static int ByPosition(AstGrepMatch a, AstGrepMatch b) =>
        string.CompareOrdinal(a.File, b.File) is var byFile and not 0 ? byFile
        : a.StartByte != b.StartByte ? a.StartByte.CompareTo(b.StartByte)
        : b.EndByte != a.EndByte ? b.EndByte.CompareTo(a.EndByte)
        : string.CompareOrdinal(a.Rule, b.Rule);
}

/// <summary>A piece of the scanned code.</summary>
public sealed record AstGrepNode(string Text, int StartByte, int EndByte);

/// <summary>An edit: these bytes become this text. It may cover more than the match.</summary>
public sealed record AstGrepFix(int StartByte, int EndByte, string Replacement);

internal sealed record MatchLine(
    string RuleId, string File, string Text, MatchRange Range, MatchVariables? MetaVariables, string? Replacement, MatchOffsets? ReplacementOffsets)
{
    private static readonly Dictionary<string, AstGrepNode> NoVariables = [];
    private static readonly Dictionary<string, IReadOnlyList<AstGrepNode>> NoLists = [];

    public AstGrepMatch ToMatch() => new(
        RuleId,
        File.StartsWith("./", StringComparison.Ordinal) ? File[2..] : File,
        Range.ByteOffset.Start,
        Range.ByteOffset.End,
        Range.Start.Line + 1,
        Range.End.Line + 1,
        Text,
        MetaVariables?.Single is { Count: > 0 } single ? single.ToDictionary(v => v.Key, v => v.Value.ToNode()) : NoVariables,
        MetaVariables?.Multi is { Count: > 0 } multi
            // "secondary" is ast-grep's own list of nodes to underline.
            ? multi.Where(v => v.Key != "secondary").ToDictionary(v => v.Key, IReadOnlyList<AstGrepNode> (v) => [.. v.Value.Select(n => n.ToNode())])
            : NoLists,
        Replacement is null || ReplacementOffsets is null
            ? null
            : new AstGrepFix(ReplacementOffsets.Start, ReplacementOffsets.End, Replacement));
}

internal sealed record MatchVariables(Dictionary<string, MatchNode>? Single, Dictionary<string, MatchNode[]>? Multi);

internal sealed record MatchNode(string Text, MatchRange Range)
{
    public AstGrepNode ToNode() => new(Text, Range.ByteOffset.Start, Range.ByteOffset.End);
}

internal sealed record MatchRange(MatchOffsets ByteOffset, MatchPosition Start, MatchPosition End);

internal sealed record MatchOffsets(int Start, int End);

internal sealed record MatchPosition(int Line, int Column);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(MatchLine))]
internal sealed partial class AstGrepJson : JsonSerializerContext;
