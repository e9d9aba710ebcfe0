using System.Globalization;
using Afterburner.CSharp.Calls;

namespace Afterburner.CSharp.Comparing;

/// <summary>Where two graphs of values differ first: by what they hold, and by what of them is one object.</summary>
internal sealed class GraphDifference(ValueGraph first, ValueGraph second, double tolerance)
{
    private readonly Dictionary<int, int> _partners = [], _back = [];
    private readonly Queue<(string Path, int First, int Second)> _waiting = new();

    /// <returns>For a person; null for none.</returns>
    public string? Find()
    {
        for (var root = 0; root < first.Roots.Count; root++)
        {
            var name = root switch { 0 => "outcome", 1 => "return", 2 => "printed", 3 => "this afterwards", _ => string.Create(CultureInfo.InvariantCulture, $"argument {root - 4} afterwards") };
            if (Compare(name, first.Roots[root], second.Roots[root]) is { } difference)
                return difference;
            while (_waiting.TryDequeue(out var next))
            {
                if (Compare(next.Path, first.Nodes[next.First], second.Nodes[next.Second]) is { } inside)
                    return inside;
            }
        }

        return null;
    }

    private string? Compare(string path, WrittenValue a, WrittenValue b)
    {
        switch (a, b)
        {
            case (WrittenReference one, WrittenReference other):
                if (_partners.TryGetValue(one.Node, out var partner) || _back.ContainsKey(other.Node))
                    return partner == other.Node && _back.GetValueOrDefault(other.Node, -1) == one.Node ? null : $"{path}: the same object as elsewhere in one alone";
                (_partners[one.Node], _back[other.Node]) = (other.Node, one.Node);
                _waiting.Enqueue((path, one.Node, other.Node));
                return null;
            case (WrittenNumber one, WrittenNumber other):
                return Same(one.Number, other.Number) ? null : Told(path, a, b);
            case (WrittenStruct one, WrittenStruct other) when Alike(one.Type, other.Type) && one.Names.SequenceEqual(other.Names):
                return All(path, one.Names, one.Values, other.Values);
            case (WrittenEnum one, WrittenEnum other):
                return Alike(one.Type, other.Type) && one.Number.Equals(other.Number) ? null : Told(path, a, b);
            case (WrittenTypeValue one, WrittenTypeValue other):
                return Alike(one.Type, other.Type) ? null : Told(path, a, b);
            case (WrittenStatic one, WrittenStatic other):
                return Alike(one.Type, other.Type) && one.Field == other.Field ? null : Told(path, a, b);
            default:
                return a is WrittenNull && b is WrittenNull ? null : Told(path, a, b);
        }
    }

    private string? Compare(string path, WrittenNode a, WrittenNode b)
    {
        switch (a, b)
        {
            case (WrittenText one, WrittenText other):
                return one.Text == other.Text ? null : Told(path, a, b);
            case (WrittenArray one, WrittenArray other) when Alike(one.Type, other.Type) && one.Lengths.SequenceEqual(other.Lengths):
                return All(path, null, one.Elements, other.Elements);
            case (WrittenRaw one, WrittenRaw other) when Alike(one.Type, other.Type) && one.Lengths.SequenceEqual(other.Lengths):
                return Same(one, other) ? null : $"{path}: numbers in it differ";
            case (WrittenFields one, WrittenFields other) when Alike(one.Type, other.Type) && one.Names.SequenceEqual(other.Names):
                return All(path, one.Names, one.Values, other.Values);
            case (WrittenContents one, WrittenContents other) when Alike(one.Type, other.Type):
                if (one.Entries.Count != other.Entries.Count)
                    return string.Create(CultureInfo.InvariantCulture, $"{path}: {(one.Type.HoldsPairs ? one.Entries.Count / 2 : one.Entries.Count)} elements != {(one.Type.HoldsPairs ? other.Entries.Count / 2 : other.Entries.Count)}");
                return Compare($"{path}'s comparer", one.Comparer, other.Comparer) ?? All(path, null, one.Entries, other.Entries)
                    ?? (one.Own.Select(o => o.Name).SequenceEqual(other.Own.Select(o => o.Name)) ? All(path, [.. one.Own.Select(o => o.Name)], [.. one.Own.Select(o => o.Value)], [.. other.Own.Select(o => o.Value)]) : Told(path, a, b));
            case (WrittenDelegate one, WrittenDelegate other) when Alike(one.Type, other.Type) && one.Invocations.Count == other.Invocations.Count:
                return one.Invocations.Zip(other.Invocations).Select(i => Alike(i.First.Method, i.Second.Method) ? Compare($"{path}'s target", i.First.Target, i.Second.Target) : $"{path}: another method").FirstOrDefault(d => d is not null);
            case (WrittenName one, WrittenName other):
                return one.Words.SequenceEqual(other.Words) ? null : Told(path, a, b);
            case (WrittenMethod one, WrittenMethod other):
                return Alike(one, other) ? null : $"{path}: another method";
            case (WrittenMember one, WrittenMember other):
                return Alike(one.Type, other.Type) && (one.Kind, one.Name, one.Signature) == (other.Kind, other.Name, other.Signature) ? null : $"{path}: another member";
            case (WrittenParameter one, WrittenParameter other) when one.Position == other.Position:
                return Compare(path, one.Member, other.Member);
            default:
                return Told(path, a, b);
        }
    }

    private string? All(string path, IReadOnlyList<string>? names, IReadOnlyList<WrittenValue> ours, IReadOnlyList<WrittenValue> theirs)
    {
        for (var place = 0; place < ours.Count && place < theirs.Count; place++)
        {
            if (Compare(names is null ? string.Create(CultureInfo.InvariantCulture, $"{path}[{place}]") : $"{path}.{names[place]}", ours[place], theirs[place]) is { } difference)
                return difference;
        }

        return ours.Count == theirs.Count ? null : $"{path}: {ours.Count} != {theirs.Count}";
    }

    private static bool Alike(WrittenType a, WrittenType b) => (a.Tag, a.Name, a.Rank, a.Parts.Count) == (b.Tag, b.Name, b.Rank, b.Parts.Count) && a.Parts.Zip(b.Parts).All(p => Alike(p.First, p.Second));

    private static bool Alike(WrittenMethod a, WrittenMethod b) =>
        Alike(a.Type, b.Type) && (a.Name, a.Signature, a.Arguments.Count) == (b.Name, b.Signature, b.Arguments.Count) && a.Arguments.Zip(b.Arguments).All(p => Alike(p.First, p.Second));

    private bool Same(WrittenRaw a, WrittenRaw b)
    {
        var ours = a.Bytes.Span;
        var theirs = b.Bytes.Span;
        if (ours.SequenceEqual(theirs) || ours.Length != theirs.Length)
            return ours.Length == theirs.Length;
        var element = a.Type.ToString();
        var size = element.StartsWith("Double", StringComparison.Ordinal) ? sizeof(double) : element.StartsWith("Single", StringComparison.Ordinal) ? sizeof(float) : 0;
        if (size == 0)
            return false;
        for (var at = 0; at + size <= ours.Length; at += size)
        {
            var (one, other) = size == sizeof(double) ? (BitConverter.ToDouble(ours[at..]), BitConverter.ToDouble(theirs[at..])) : (BitConverter.ToSingle(ours[at..]), BitConverter.ToSingle(theirs[at..]));
            if (!Near(one, other))
                return false;
        }

        return true;
    }

    private bool Same(object a, object b) => a.GetType() == b.GetType() && (a, b) switch
    {
        (double one, double other) => Near(one, other),
        (float one, float other) => Near(one, other),
        _ => a.Equals(b) && Convert.ToString(a, CultureInfo.InvariantCulture) == Convert.ToString(b, CultureInfo.InvariantCulture),
    };

    private bool Near(double a, double b) =>
        BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b) || double.IsNaN(a) && double.IsNaN(b)
        || double.IsFinite(a) && double.IsFinite(b) && !(a == 0 && b == 0) && Math.Abs(a - b) <= tolerance * Math.Max(1, Math.Max(Math.Abs(a), Math.Abs(b)));

    private string Told(string path, WrittenValue a, WrittenValue b) => $"{path}: {CallWords.Of(first, a)} != {CallWords.Of(second, b)}";

    private string Told(string path, WrittenNode a, WrittenNode b) => $"{path}: {CallWords.Of(first, a)} != {CallWords.Of(second, b)}";
}
