using System.Text;

namespace Afterburner.Functions;

/// <summary>One place that a rule matched.</summary>
/// <param name="File">Path of the scanned file.</param>
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
    IReadOnlyDictionary<string, AstGrepNode> Variables,
    IReadOnlyDictionary<string, IReadOnlyList<AstGrepNode>> Lists,
    AstGrepFix? Fix)
{
    /// <summary>The file.</summary>
    internal byte[] Bytes { get; init; } = [];

    /// <summary>What was matched, as it stands in the file.</summary>
    public string Text => field ??= Encoding.UTF8.GetString(Bytes, StartByte, EndByte - StartByte);

    /// <summary>Whether every offset lies in these bytes.</summary>
    internal bool IsIn(byte[] bytes) =>
        Fits(StartByte, EndByte, bytes) && (Fix is null || Fits(Fix.StartByte, Fix.EndByte, bytes))
        && Variables.All(v => Fits(v.Value.StartByte, v.Value.EndByte, bytes))
        && Lists.All(l => l.Value.All(n => Fits(n.StartByte, n.EndByte, bytes)))
        && StartLine >= 1 && EndLine >= StartLine;

    private static bool Fits(int start, int end, byte[] bytes) => start >= 0 && start <= end && end <= bytes.Length;

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
