namespace Afterburner.Functions;

/// <summary>A function (or method, or constructor) of one file at head, with its exact bytes.</summary>
/// <param name="Path">'/'-separated, relative to the repository's root.</param>
/// <param name="Name">Qualified within the file: <c>Class.method</c>, <c>outer.inner</c>.</param>
/// <param name="StartLine">1-based first line, decorators included.</param>
/// <param name="EndLine">1-based last line, inclusive.</param>
/// <param name="StartByte">Offset of the first byte of the span (decorators included) in the file. The indentation before it is not part of the span.</param>
/// <param name="EndByte">Offset after the last byte of the span.</param>
/// <param name="Source">The span's text.</param>
/// <param name="Decorators">Text of each decorator without the '@', outermost first; empty where the language has none.</param>
public sealed record Function(
    string Path,
    Language Language,
    string Name,
    int StartLine,
    int EndLine,
    int StartByte,
    int EndByte,
    string Source,
    IReadOnlyList<string> Decorators)
{
    /// <value>
    /// Qualified name of the innermost function around this one, or null at the top level and in a class there.
    /// See <see cref="Language.IsReachedFromOutside"/>. Defaults to null.
    /// </value>
    public string? Enclosing { get; init; }

    /// <value>
    /// Its place, from 1, among the functions of its file that have the same name (a property's getter and setter, overloads,
    /// the branches of a condition); null where it is the only one. Unlike a line it survives changes elsewhere in the file.
    /// Defaults to null.
    /// </value>
    public int? Namesake { get; init; }

    /// <summary>The way a person names it: <c>path::name</c>, with <c>@line</c> where its file has the name more than once.</summary>
    public string Id => Namesake is null ? $"{Path}::{Name}" : $"{Path}::{Name}@{StartLine}";
}
