using System.Globalization;
using System.Text;

namespace Afterburner.CSharp.Calls;

/// <summary>What <see cref="ValueWriter"/> wrote, read without any type of it: what the repository's code made is data here.</summary>
/// <param name="Nodes">Values with an identity, by their numbers.</param>
internal sealed record ValueGraph(IReadOnlyList<WrittenType> Types, IReadOnlyList<WrittenValue> Roots, IReadOnlyList<WrittenNode> Nodes)
{
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static ValueGraph Read(ReadOnlyMemory<byte> bytes) => new Parser(bytes).Graph();

    private sealed class Parser(ReadOnlyMemory<byte> bytes)
    {
        // A type in a type, a value in a value: what is deeper was not written by the writer.
        private const int Deepest = 200;

        private readonly List<WrittenType> _types = [];
        private readonly Dictionary<WrittenType, string[]> _shapes = new(ReferenceEqualityComparer.Instance);
        private readonly Dictionary<string, WrittenType> _named = new(StringComparer.Ordinal);
        private int _at;
        private int _depth;

        public ValueGraph Graph()
        {
            try
            {
                if (Byte() != ValueWriter.Version)
                    throw new InvalidDataException("written by another version of Afterburner");
                var types = Many(Number(), TypeOf);
                var roots = Many(Number(), Value);
                var nodes = new List<WrittenNode>();
                for (var tag = Byte(); tag != NodeTag.End; tag = Byte())
                    nodes.Add(Node(tag));
                return new ValueGraph(types, roots, nodes);
            }
            catch (Exception e) when (e is ArgumentException or IndexOutOfRangeException or OverflowException)
            {
                throw new InvalidDataException("the values are not whole", e);
            }
        }

        private byte Byte() => bytes.Span[_at++];

        private int Number()
        {
            uint number = 0;
            for (var shift = 0; ; shift += 7)
            {
                var next = Byte();
                number |= (uint)(next & 0x7f) << shift;
                if (next < 0x80)
                    return (int)number;
                if (shift > 28)
                    throw new InvalidDataException("a number is not whole");
            }
        }

        private ReadOnlyMemory<byte> Bytes(int length)
        {
            var found = bytes.Slice(_at, length);
            _at += length;
            return found;
        }

        private string Text() => Encoding.Unicode.GetString(Bytes(checked(Number() * 2)).Span) is var text && text.Contains('�') ? Exactly(text.Length) : text;

        /// <summary>Half characters are kept, which an encoding would replace.</summary>
        private string Exactly(int length) => string.Create(length, bytes.Slice(_at - length * 2, length * 2), static (chars, from) =>
        {
            for (var at = 0; at < chars.Length; at++)
                chars[at] = (char)(from.Span[2 * at] | from.Span[2 * at + 1] << 8);
        });

        private List<T> Many<T>(int count, Func<T> read)
        {
            // Each takes a byte at least.
            if (count < 0 || count > bytes.Length)
                throw new InvalidDataException("the values are not whole");
            var found = new List<T>(count);
            for (var each = 0; each < count; each++)
                found.Add(read());
            return found;
        }

        private WrittenType TypeOf()
        {
            if (++_depth > Deepest)
                throw new InvalidDataException("a type is too deep");
            var tag = Byte();
            if (tag == TypeTag.Known)
            {
                _depth--;
                return _types[Number()];
            }

            var found = tag switch
            {
                TypeTag.Named => new WrittenType(tag, Text(), 0, []),
                TypeTag.Generic => new WrittenType(tag, "", 0, [TypeOf(), .. Many(Number(), TypeOf)]),
                TypeTag.Array => new WrittenType(tag, "", Number(), [TypeOf()]),
                TypeTag.Vector or TypeTag.Pointer or TypeTag.Reference => new WrittenType(tag, "", 0, [TypeOf()]),
                _ => throw new InvalidDataException($"there is no type {tag}"),
            };
            _types.Add(found);
            _depth--;
            return found;
        }

        private WrittenValue Value()
        {
            if (++_depth > Deepest)
                throw new InvalidDataException("a value is too deep");
            var tag = Byte();
            WrittenValue value = tag switch
            {
                ValueTag.Null => WrittenNull.Only,
                ValueTag.Reference => new WrittenReference(Number()),
                ValueTag.Number => new WrittenNumber(Primitive()),
                ValueTag.Enum => new WrittenEnum(TypeOf(), Primitive()),
                ValueTag.Decimal => new WrittenNumber(new decimal([Int32(), Int32(), Int32(), Int32()])),
                ValueTag.Struct => Struct(),
                ValueTag.Type => new WrittenTypeValue(TypeOf()),
                ValueTag.Static => new WrittenStatic(TypeOf(), Text()),
                _ => throw new InvalidDataException($"there is no value {tag}"),
            };
            _depth--;
            return value;
        }

        private WrittenStruct Struct()
        {
            var (type, names, values) = Fields();
            return new WrittenStruct(type, names, values);
        }

        private (WrittenType Type, string[] Names, IReadOnlyList<WrittenValue> Values) Fields()
        {
            var type = TypeOf();
            if (!_shapes.TryGetValue(type, out var names))
                _shapes[type] = names = [.. Many(Number(), Text)];
            return (type, names, Many(names.Length, Value));
        }

        private int Int32() => BitConverter.ToInt32(Bytes(4).Span);

        private object Primitive() => Byte() switch
        {
            (byte)TypeCode.Boolean => Byte() != 0,
            (byte)TypeCode.Char => (char)BitConverter.ToUInt16(Bytes(2).Span),
            (byte)TypeCode.SByte => (sbyte)Byte(),
            (byte)TypeCode.Byte => Byte(),
            (byte)TypeCode.Int16 => BitConverter.ToInt16(Bytes(2).Span),
            (byte)TypeCode.UInt16 => BitConverter.ToUInt16(Bytes(2).Span),
            (byte)TypeCode.Int32 => Int32(),
            (byte)TypeCode.UInt32 => BitConverter.ToUInt32(Bytes(4).Span),
            (byte)TypeCode.Int64 => BitConverter.ToInt64(Bytes(8).Span),
            (byte)TypeCode.UInt64 => BitConverter.ToUInt64(Bytes(8).Span),
            (byte)TypeCode.Single => BitConverter.ToSingle(Bytes(4).Span),
            (byte)TypeCode.Double => BitConverter.ToDouble(Bytes(8).Span),
            100 => (nint)BitConverter.ToInt64(Bytes(8).Span),
            101 => (nuint)BitConverter.ToUInt64(Bytes(8).Span),
            var tag => throw new InvalidDataException($"there is no number {tag}"),
        };

        private WrittenNode Node(byte tag)
        {
            switch (tag)
            {
                case NodeTag.Text:
                    return new WrittenText(Text());
                case NodeTag.Array or NodeTag.Raw:
                    var (array, lengths) = (TypeOf(), Many(Number(), Number));
                    return tag == NodeTag.Raw ? new WrittenRaw(array, lengths, Bytes(Number()))
                        : new WrittenArray(array, lengths, Many(lengths.Aggregate(1, (all, each) => checked(all * each)), Value));
                case NodeTag.Fields:
                    var (type, names, values) = Fields();
                    return new WrittenFields(type, names, values);
                case NodeTag.Contents:
                    return Contents();
                case NodeTag.Delegate:
                    return new WrittenDelegate(TypeOf(), Many(Number(), () => (Method(), Value())));
                case NodeTag.Named:
                    return new WrittenName(Many(Number(), Text));
                case NodeTag.Method:
                    return Method();
                case NodeTag.Member:
                    return new WrittenMember(TypeOf(), Text(), Text(), Text());
                case NodeTag.Parameter:
                    return new WrittenParameter(Value(), Number() - 1);
                default:
                    throw new InvalidDataException($"there is no node {tag}");
            }
        }

        private WrittenContents Contents()
        {
            var (type, holder, comparer, room, count) = (TypeOf(), TypeOf(), Value(), Number(), Number());
            var entries = Many(checked(count * (holder.HoldsPairs ? 2 : 1)), Value);
            return new WrittenContents(type, holder, comparer, room, entries, Many(Number(), () => (Text(), Value())));
        }

        private WrittenMethod Method() => new(TypeOf(), Text(), Text(), Many(Number(), TypeOf));
    }
}

/// <summary>A type, by name.</summary>
/// <param name="Tag">One of <see cref="TypeTag"/>.</param>
/// <param name="Name">Of a type that is made of no others: <c>Namespace.Outer+Inner`1, Assembly</c>.</param>
/// <param name="Parts">What it is made of: the definition and its arguments, or the elements' type.</param>
internal sealed record WrittenType(byte Tag, string Name, int Rank, IReadOnlyList<WrittenType> Parts)
{
    /// <value>Whether it is a collection of keys and values.</value>
    public bool HoldsPairs => Parts.Count == 3 || Name.StartsWith("System.Collections.Hashtable,", StringComparison.Ordinal);

    /// <param name="find">A type by its name and the name of its assembly, divided by a comma and a space.</param>
    public Type Resolve(Func<string, Type> find) => Tag switch
    {
        TypeTag.Named => find(Name) ?? throw new InvalidDataException($"there is no type {Name}"),
        TypeTag.Generic => Parts[0].Resolve(find).MakeGenericType([.. Parts.Skip(1).Select(p => p.Resolve(find))]),
        TypeTag.Vector => Parts[0].Resolve(find).MakeArrayType(),
        TypeTag.Array => Parts[0].Resolve(find).MakeArrayType(Rank),
        TypeTag.Pointer => Parts[0].Resolve(find).MakePointerType(),
        _ => Parts[0].Resolve(find).MakeByRefType(),
    };

    /// <summary>As a person would write it: <c>List&lt;Int32&gt;</c>.</summary>
    public override string ToString() => Tag switch
    {
        TypeTag.Named => Short(Name),
        TypeTag.Generic => $"{Parts[0]}<{string.Join(", ", Parts.Skip(1))}>",
        TypeTag.Vector => $"{Parts[0]}[]",
        TypeTag.Array => $"{Parts[0]}[{new string(',', Math.Max(0, Rank - 1))}]",
        TypeTag.Pointer => $"{Parts[0]}*",
        _ => $"ref {Parts[0]}",
    };

    private static string Short(string name)
    {
        var full = name.LastIndexOf(", ", StringComparison.Ordinal) is > 0 and var end ? name[..end] : name;
        return string.Join('.', full[(full.LastIndexOf('.') + 1)..].Split('+').Select(p => p.Split('`')[0]));
    }
}

internal abstract record WrittenValue;

internal sealed record WrittenNull : WrittenValue
{
    public static readonly WrittenNull Only = new();
}

/// <param name="Node">Its number.</param>
internal sealed record WrittenReference(int Node) : WrittenValue;

/// <param name="Number">Of a primitive type, or a decimal.</param>
internal sealed record WrittenNumber(object Number) : WrittenValue
{
    public override string ToString() => Convert.ToString(Number, CultureInfo.InvariantCulture) ?? "";
}

internal sealed record WrittenEnum(WrittenType Type, object Number) : WrittenValue;

/// <param name="Names">Of its fields; in front of one of a base type stands how far up it is declared, and a colon.</param>
internal sealed record WrittenStruct(WrittenType Type, IReadOnlyList<string> Names, IReadOnlyList<WrittenValue> Values) : WrittenValue;

internal sealed record WrittenTypeValue(WrittenType Type) : WrittenValue;

/// <summary>What a static field of its own type holds for good.</summary>
internal sealed record WrittenStatic(WrittenType Type, string Field) : WrittenValue;

internal abstract record WrittenNode;

internal sealed record WrittenText(string Text) : WrittenNode;

/// <param name="Type">Of the array.</param>
internal sealed record WrittenArray(WrittenType Type, IReadOnlyList<int> Lengths, IReadOnlyList<WrittenValue> Elements) : WrittenNode;

/// <summary>An array of numbers.</summary>
/// <param name="Bytes">Lowest first.</param>
internal sealed record WrittenRaw(WrittenType Type, IReadOnlyList<int> Lengths, ReadOnlyMemory<byte> Bytes) : WrittenNode;

/// <param name="Names">See <see cref="WrittenStruct"/>.</param>
internal sealed record WrittenFields(WrittenType Type, IReadOnlyList<string> Names, IReadOnlyList<WrittenValue> Values) : WrittenNode;

/// <summary>A collection.</summary>
/// <param name="Holder">The type by whose contents it is written: its own, or one that it derives from.</param>
/// <param name="Comparer">Null for the usual one.</param>
/// <param name="Room">Its capacity; 0 where that is not known.</param>
/// <param name="Entries">Elements; or keys, each with its value.</param>
/// <param name="Own">Fields that it has beside.</param>
internal sealed record WrittenContents(
    WrittenType Type, WrittenType Holder, WrittenValue Comparer, int Room, IReadOnlyList<WrittenValue> Entries, IReadOnlyList<(string Name, WrittenValue Value)> Own) : WrittenNode;

internal sealed record WrittenDelegate(WrittenType Type, IReadOnlyList<(WrittenMethod Method, WrittenValue Target)> Invocations) : WrittenNode;

/// <summary>What is one of a kind: <c>Regex</c>, <c>CultureInfo</c>, <c>StringBuilder</c>; and what it takes to make it.</summary>
internal sealed record WrittenName(IReadOnlyList<string> Words) : WrittenNode;

/// <param name="Arguments">Types; none where it has none, or is not yet of certain ones.</param>
internal sealed record WrittenMethod(WrittenType Type, string Name, string Signature, IReadOnlyList<WrittenType> Arguments) : WrittenNode;

/// <param name="Kind">A <see cref="System.Reflection.MemberTypes"/>.</param>
internal sealed record WrittenMember(WrittenType Type, string Kind, string Name, string Signature) : WrittenNode;

/// <param name="Position">From 0; -1 for what is returned.</param>
internal sealed record WrittenParameter(WrittenValue Member, int Position) : WrittenNode;
