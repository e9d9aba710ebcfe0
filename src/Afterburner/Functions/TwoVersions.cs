namespace Afterburner.Functions;

/// <summary>The functions of some files in two versions of a repository.</summary>
public sealed record TwoVersions(IReadOnlyList<Function> Head, IReadOnlyList<Function> Base)
{
    private readonly ILookup<(string, string), Function> _head = Head.ToLookup(f => (f.Path, f.Name));
    private readonly ILookup<(string, string), Function> _base = Base.ToLookup(f => (f.Path, f.Name));

    /// <summary>
    /// The function at base that a function at head was made from; null when base has none of its name. Of several of one name
    /// it is the one with the same decorators, which tell a getter from a setter. Where that does not tell, they are paired from
    /// the last one backwards: a later definition is the one that is in force, and nothing that is put before it takes its place.
    /// </summary>
    /// <param name="path">Where its file was at base.</param>
    public Function? Earlier(Function function, string? path)
    {
        Function[] now = [.. _head[(function.Path, function.Name)]];
        Function[] then = path is null ? [] : [.. _base[(path, function.Name)]];
        Function[] alike = [.. then.Where(f => SameDecorators(f, function))];
        return alike.Length > 0
            ? FromTheEnd(alike, now.Where(f => SameDecorators(f, function)), function)
            : FromTheEnd(then, now, function);
    }

    private static Function? FromTheEnd(Function[] then, IEnumerable<Function> now, Function function)
    {
        var later = now.Count(f => f.StartByte > function.StartByte);
        return then.Length == 0 ? null : then[Math.Max(0, then.Length - 1 - later)];
    }

    private static bool SameDecorators(Function one, Function other) => one.Decorators.SequenceEqual(other.Decorators);
}
