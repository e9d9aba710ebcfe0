using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using System.Text;
using System.Text.RegularExpressions;

namespace Afterburner.CSharp.Calls;

/// <summary>Makes objects of a graph: all of them first, without their contents, as they may hold each other; then what they hold, hash tables last.</summary>
internal sealed class ValueReader
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    private readonly ValueGraph _graph;
    private readonly Dictionary<WrittenType, Type> _types = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<IReadOnlyList<string>, FieldInfo[]> _fields = new(ReferenceEqualityComparer.Instance);
    private readonly object?[] _made;
    private readonly Func<string, Type> _find;

    private ValueReader(ValueGraph graph, Func<string, Type> find)
    {
        _graph = graph;
        _find = find;
        _made = new object?[graph.Nodes.Count];
    }

    /// <summary>Makes fresh objects.</summary>
    /// <param name="find">A type by its name and the name of its assembly, divided by a comma and a space.</param>
    /// <exception cref="InvalidDataException">What was written does not fit the code that is there.</exception>
    public static (Type[] Types, object?[] Roots) Make(ValueGraph graph, Func<string, Type> find)
    {
        var reader = new ValueReader(graph, find);
        for (var node = 0; node < graph.Nodes.Count; node++)
            reader.Made(node);
        for (var node = 0; node < graph.Nodes.Count; node++)
            reader.Fill(node, isHeld: false);
        // What is met first holds what is met later, rather than the other way round: keys are whole before they are hashed.
        for (var node = graph.Nodes.Count - 1; node >= 0; node--)
            reader.Fill(node, isHeld: true);
        return ([.. graph.Types.Select(reader.TypeOf)], [.. graph.Roots.Select(reader.Value)]);
    }

    /// <summary>Finds types as the code in a context does.</summary>
    public static Func<string, Type> In(AssemblyLoadContext context) => name =>
    {
        var end = name.LastIndexOf(", ", StringComparison.Ordinal);
        return context.LoadFromAssemblyName(new AssemblyName(name[(end + 2)..])).GetType(name[..end], throwOnError: true)!;
    };

    private Type TypeOf(WrittenType type)
    {
        if (!_types.TryGetValue(type, out var found))
            _types[type] = found = type.Resolve(_find);
        return found;
    }

    private object? Made(int node) => _made[node] ??= Allocate(_graph.Nodes[node]);

    private object? Value(WrittenValue value) => value switch
    {
        WrittenReference reference => Made(reference.Node),
        WrittenNumber number => number.Number,
        WrittenEnum number => Enum.ToObject(TypeOf(number.Type), number.Number),
        WrittenTypeValue type => TypeOf(type.Type),
        WrittenStatic single => Single(single),
        WrittenStruct part => Filled(RuntimeHelpers.GetUninitializedObject(TypeOf(part.Type)), part.Type, part.Names, part.Values),
        _ => null,
    };

    private object? Single(WrittenStatic single)
    {
        var type = TypeOf(single.Type);
        RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        return (type.GetField(single.Field, Any) ?? throw new InvalidDataException($"{type.Name} has no {single.Field}")).GetValue(null);
    }

    private object Filled(object made, WrittenType type, IReadOnlyList<string> names, IReadOnlyList<WrittenValue> values)
    {
        if (!_fields.TryGetValue(names, out var fields))
        {
            var known = ValueShapes.FieldsOf(TypeOf(type)).ToDictionary(f => f.Name, f => f.Field);
            _fields[names] = fields = [.. names.Select(n => known.GetValueOrDefault(n) ?? throw new InvalidDataException($"{type} has no field {n}"))];
        }

        for (var field = 0; field < fields.Length; field++)
            fields[field].SetValue(made, Value(values[field]));
        return made;
    }

    private object Allocate(WrittenNode node) => node switch
    {
        WrittenText text => text.Text,
        WrittenArray array => Array.CreateInstance(TypeOf(array.Type).GetElementType()!, [.. array.Lengths]),
        WrittenRaw array => Raw(array),
        WrittenFields fields => RuntimeHelpers.GetUninitializedObject(TypeOf(fields.Type)),
        WrittenContents contents => RuntimeHelpers.GetUninitializedObject(TypeOf(contents.Type)),
        WrittenDelegate made => Delegate.Combine([.. made.Invocations.Select(i => Delegate.CreateDelegate(TypeOf(made.Type), Value(i.Target), (MethodInfo)Method(i.Method)))])!,
        WrittenName name => Named(name.Words),
        WrittenMethod method => Method(method),
        WrittenMember member => TypeOf(member.Type).GetMember(member.Name, Enum.Parse<MemberTypes>(member.Kind), Any).FirstOrDefault(m => m.ToString() == member.Signature)
            ?? throw new InvalidDataException($"{member.Type} has no {member.Name}"),
        WrittenParameter parameter => Parameter((MethodBase)Value(parameter.Member)!, parameter.Position),
        _ => throw new InvalidDataException("there is no such node"),
    };

    private Array Raw(WrittenRaw raw)
    {
        var array = Array.CreateInstance(TypeOf(raw.Type).GetElementType()!, [.. raw.Lengths]);
        var bytes = raw.Bytes.ToArray();
        if (bytes.Length != Buffer.ByteLength(array))
            throw new InvalidDataException("an array is not whole");
        Buffer.BlockCopy(bytes, 0, array, 0, bytes.Length);
        return array;
    }

    private static ParameterInfo Parameter(MethodBase method, int position) => position < 0 ? ((MethodInfo)method).ReturnParameter : method.GetParameters()[position];

    private MethodBase Method(WrittenMethod method)
    {
        var type = TypeOf(method.Type);
        var found = type.GetMembers(Any | BindingFlags.DeclaredOnly).OfType<MethodBase>().FirstOrDefault(m => m.Name == method.Name && ValueShapes.SignatureOf(m) == method.Signature)
            ?? throw new InvalidDataException($"{method.Type} has no {method.Signature}");
        return method.Arguments.Count == 0 ? found : ((MethodInfo)found).MakeGenericMethod([.. method.Arguments.Select(TypeOf)]);
    }

    private static object Named(IReadOnlyList<string> words) => words switch
    {
        ["Regex", var pattern, var options, var patience] => new Regex(pattern, (RegexOptions)int.Parse(options, CultureInfo.InvariantCulture), TimeSpan.FromTicks(long.Parse(patience, CultureInfo.InvariantCulture))),
        ["CultureInfo", var name] => CultureInfo.GetCultureInfo(name),
        ["CompareInfo", var name] => CultureInfo.GetCultureInfo(name).CompareInfo,
        ["Encoding", var name] => Encoding.GetEncoding(name),
        ["TimeZoneInfo", var id] => TimeZoneInfo.FindSystemTimeZoneById(id),
        ["Assembly", var name] => Assembly.Load(new AssemblyName(name)),
        ["Uri", var text, var kind] => new Uri(text, (UriKind)int.Parse(kind, CultureInfo.InvariantCulture)),
        ["StringBuilder", var text, var room, var most] => Builder(text, int.Parse(room, CultureInfo.InvariantCulture), int.Parse(most, CultureInfo.InvariantCulture)),
        ["StringComparer", var name] => name switch
        {
            "Ordinal" => StringComparer.Ordinal,
            "OrdinalIgnoreCase" => StringComparer.OrdinalIgnoreCase,
            "InvariantCulture" => StringComparer.InvariantCulture,
            _ => StringComparer.InvariantCultureIgnoreCase,
        },
        _ => throw new InvalidDataException($"there is no {string.Join(' ', words)}"),
    };

    private static StringBuilder Builder(string text, int room, int most) => new StringBuilder(Math.Max(Math.Max(room, text.Length), 1), most).Append(text);

    /// <param name="isHeld">Whether collections are meant, or all others.</param>
    private void Fill(int node, bool isHeld)
    {
        switch (_graph.Nodes[node])
        {
            case WrittenArray array when !isHeld:
                Elements((Array)_made[node]!, array);
                break;
            case WrittenFields fields when !isHeld:
                Filled(_made[node]!, fields.Type, fields.Names, fields.Values);
                break;
            case WrittenContents contents when isHeld == IsHashed(TypeOf(contents.Holder)):
                Hold(_made[node]!, contents);
                break;
        }
    }

    /// <summary>Whether adding to it asks the elements something.</summary>
    private static bool IsHashed(Type holder) => !(holder.Name is "List`1" or "Queue`1" or "Stack`1" or "LinkedList`1" or "ConcurrentQueue`1" or "ConcurrentStack`1" or "ArrayList");

    private void Elements(Array made, WrittenArray array)
    {
        var index = new int[array.Lengths.Count];
        foreach (var element in array.Elements)
        {
            made.SetValue(Value(element), index);
            for (var dimension = index.Length - 1; dimension >= 0 && ++index[dimension] == array.Lengths[dimension]; dimension--)
                index[dimension] = 0;
        }
    }

    private void Hold(object made, WrittenContents contents)
    {
        var holder = TypeOf(contents.Holder);
        var comparer = Value(contents.Comparer);
        var adder = ValueShapes.AdderOf(holder);
        if (adder.Length == 0)
        {
            // It is made whole, and only then becomes what others hold already.
            var whole = Whole(holder, comparer, contents.Entries);
            if (whole.GetType() != made.GetType())
                throw new InvalidDataException($"a {contents.Type} came back as a {whole.GetType().Name}");
            foreach (var field in ValueShapes.FieldsOf(made.GetType()))
                field.Field.SetValue(made, field.Field.GetValue(whole));
            return;
        }

        Construct(made, holder, comparer);
        if (contents.Room > 0)
        {
            if (holder.Name is "List`1" or "ArrayList" or "SortedList`2")
                holder.GetProperty("Capacity")!.SetValue(made, contents.Room);
            else
                holder.GetMethod("EnsureCapacity", [typeof(int)])?.Invoke(made, [contents.Room]);
        }

        var add = AdderOf(holder, adder);
        var values = new object?[ValueShapes.HoldsPairs(holder) ? 2 : 1];
        for (var entry = 0; entry < contents.Entries.Count; entry += values.Length)
        {
            for (var part = 0; part < values.Length; part++)
                values[part] = Value(contents.Entries[entry + part]);
            if (made is IList list && values.Length == 1 && holder.Name == "List`1" && made.GetType() == holder)
                list.Add(values[0]);
            else
                add.Invoke(made, values);
        }

        var own = contents.Own.Count == 0 ? [] : ValueShapes.FieldsOf(made.GetType()).ToDictionary(f => f.Name, f => f.Field);
        foreach (var (name, value) in contents.Own)
            (own.GetValueOrDefault(name) ?? throw new InvalidDataException($"{contents.Type} has no field {name}")).SetValue(made, Value(value));
    }

    private static MethodInfo AdderOf(Type holder, string name)
    {
        var arguments = holder.GetGenericArguments();
        return holder.GetMethod(name, arguments.Length > 0 ? arguments : holder.Name == "Hashtable" ? [typeof(object), typeof(object)] : [typeof(object)])
            ?? throw new InvalidDataException($"{holder.Name} has no {name}");
    }

    /// <summary>Calls the constructor of the collection itself on an object that may be of a class derived from it, whose own would do more.</summary>
    private static void Construct(object made, Type holder, object? comparer)
    {
        var compares = holder.GetConstructors(Any).FirstOrDefault(c => c.GetParameters() is [{ ParameterType: var type }] && (type.Name.StartsWith("IEqualityComparer", StringComparison.Ordinal) || type.Name == "IComparer`1"));
        if (compares is not null)
            compares.Invoke(made, [comparer]);
        else
            (holder.GetConstructor(Type.EmptyTypes) ?? throw new InvalidDataException($"{holder.Name} cannot be made")).Invoke(made, []);
    }

    private object Whole(Type holder, object? comparer, IReadOnlyList<WrittenValue> entries)
    {
        var arguments = holder.GetGenericArguments();
        var isPair = arguments.Length == 2;
        var element = isPair ? typeof(KeyValuePair<,>).MakeGenericType(arguments) : arguments[0];
        var items = Array.CreateInstance(element, isPair ? entries.Count / 2 : entries.Count);
        for (var each = 0; each < items.Length; each++)
            items.SetValue(isPair ? Activator.CreateInstance(element, Value(entries[2 * each]), Value(entries[2 * each + 1])) : Value(entries[each]), each);
        var isFrozen = holder.Namespace == "System.Collections.Frozen";
        var factory = holder.Assembly.GetType(holder.FullName!.Split('`')[0])!;
        var name = !isFrozen ? "CreateRange" : isPair ? "ToFrozenDictionary" : "ToFrozenSet";
        var takesComparer = holder.Name != "ImmutableList`1";
        foreach (var each in factory.GetMethods().Where(m => m.Name == name && m.IsGenericMethodDefinition && m.GetGenericArguments().Length == arguments.Length))
        {
            var method = each.MakeGenericMethod(arguments);
            var types = method.GetParameters().Select(p => p.ParameterType).ToArray();
            if (types.Length != (takesComparer ? 2 : 1) || types.Count(t => t.IsAssignableFrom(items.GetType())) != 1 || types.Any(t => t.IsByRefLike))
                continue;
            object?[] given = [.. types.Select(t => t.IsAssignableFrom(items.GetType()) ? items : comparer)];
            return method.Invoke(null, given)!;
        }

        throw new InvalidDataException($"{holder.Name} cannot be made");
    }
}
