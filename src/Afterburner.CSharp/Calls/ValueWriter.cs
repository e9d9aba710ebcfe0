#nullable disable
#pragma warning disable
namespace Afterburner.CSharp.Calls
{
    using System;
    using System.Collections;
    using System.Collections.Generic;
    using System.Diagnostics;
    using System.Globalization;
    using System.IO;
    using System.Reflection;
    using System.Runtime.CompilerServices;
    using System.Text;
    using System.Text.RegularExpressions;

    /// <summary>
    /// Writes a graph of objects down: every field of every object, each object once. What a type's fields say no more in another process (hash tables), or what is one of a kind there
    /// (a Type, a culture), is written by what it means.
    /// </summary>
    internal sealed class ValueWriter
    {
        /// <summary>Of what is written, in its first byte.</summary>
        public const byte Version = 1;

        private const int MostValues = 2000000;

        private readonly MemoryStream _stream = new MemoryStream();
        private readonly BinaryWriter _writer;
        private readonly bool _canonical;
        private readonly long _mostBytes;
        private readonly double _mostSeconds;
        private readonly Stopwatch _watch = Stopwatch.StartNew();
        private readonly Dictionary<object, int> _ids = new Dictionary<object, int>(new Identity());
        private readonly Dictionary<string, int> _texts = new Dictionary<string, int>(StringComparer.Ordinal);
        private readonly Dictionary<Type, int> _emptyArrays = new Dictionary<Type, int>();
        private readonly Dictionary<Type, int> _types = new Dictionary<Type, int>();
        private readonly HashSet<Type> _shaped = new HashSet<Type>();
        private readonly Dictionary<Type, Dictionary<object, FieldInfo>> _singles = new Dictionary<Type, Dictionary<object, FieldInfo>>();
        private readonly Queue<object> _waiting = new Queue<object>();
        private int _nodes;
        private int _values;

        /// <param name="canonical">Whether what no user can tell apart is written in the same way: room that a list has left, one text or two equal ones.</param>
        /// <param name="mostBytes">That it may take.</param>
        /// <param name="mostSeconds">That it may take.</param>
        public ValueWriter(bool canonical, long mostBytes, double mostSeconds)
        {
            _writer = new BinaryWriter(_stream);
            _canonical = canonical;
            _mostBytes = mostBytes;
            _mostSeconds = mostSeconds;
            _writer.Write(Version);
        }

        /// <summary>Writes values so that equal ones give equal bytes, in every process.</summary>
        /// <exception cref="ValueRefusedException">One of them cannot be written.</exception>
        public static byte[] Canonical(object[] roots)
        {
            return new ValueWriter(true, int.MaxValue, double.PositiveInfinity).Write(Type.EmptyTypes, roots);
        }

        /// <exception cref="ValueRefusedException">One of them cannot be written, or they take too much.</exception>
        public byte[] Write(Type[] types, object[] roots)
        {
            Number(types.Length);
            foreach (var type in types)
                TypeOf(type);
            Number(roots.Length);
            foreach (var root in roots)
                Value(root);
            while (_waiting.Count > 0)
                Node(_waiting.Dequeue());
            _writer.Write(NodeTag.End);
            _writer.Flush();
            return _stream.ToArray();
        }

        private void Number(int number)
        {
            var rest = unchecked((uint)number);
            for (; rest >= 0x80; rest >>= 7)
                _writer.Write(unchecked((byte)(rest | 0x80)));
            _writer.Write(unchecked((byte)rest));
        }

        /// <summary>By UTF-16, as a text may hold half of a character.</summary>
        private void Text(string text)
        {
            Number(text.Length);
            _writer.Write(CharsOf(text));
        }

        private static byte[] CharsOf(string text)
        {
            var bytes = new byte[text.Length * 2];
            for (var at = 0; at < text.Length; at++)
            {
                bytes[2 * at] = unchecked((byte)text[at]);
                bytes[2 * at + 1] = unchecked((byte)(text[at] >> 8));
            }

            return bytes;
        }

        private void TypeOf(Type type)
        {
            int known;
            if (_types.TryGetValue(type, out known))
            {
                _writer.Write(TypeTag.Known);
                Number(known);
                return;
            }

            if (type.IsGenericParameter)
                throw new ValueRefusedException("holds a type that is not known yet (" + type.Name + ")");
            if (type.IsByRef || type.IsPointer)
            {
                _writer.Write(type.IsByRef ? TypeTag.Reference : TypeTag.Pointer);
                TypeOf(type.GetElementType());
            }
            else if (type.IsArray)
            {
                var isVector = type == type.GetElementType().MakeArrayType();
                _writer.Write(isVector ? TypeTag.Vector : TypeTag.Array);
                if (!isVector)
                    Number(type.GetArrayRank());
                TypeOf(type.GetElementType());
            }
            else if (type.IsGenericType && !type.IsGenericTypeDefinition)
            {
                _writer.Write(TypeTag.Generic);
                TypeOf(type.GetGenericTypeDefinition());
                var arguments = type.GetGenericArguments();
                Number(arguments.Length);
                foreach (var argument in arguments)
                    TypeOf(argument);
            }
            else
            {
                if (type.FullName == null || type.Assembly.IsDynamic)
                    throw new ValueRefusedException("holds a type that was made while the tests run (" + type.Name + ")");
                _writer.Write(TypeTag.Named);
                // Without the version, which a build may give another.
                Text(type.FullName + ", " + type.Assembly.GetName().Name);
            }

            // After its parts, as a reader has it.
            _types[type] = _types.Count;
        }

        private void Value(object value)
        {
            if (++_values > MostValues || _stream.Length > _mostBytes)
                throw new ValueRefusedException("is too large");
            if ((_values & 255) == 0 && _watch.Elapsed.TotalSeconds > _mostSeconds)
                throw new ValueRefusedException("takes too long to be stored");
            if (value == null)
            {
                _writer.Write(ValueTag.Null);
                return;
            }

            var type = value.GetType();
            var named = value as Type;
            if (named != null)
            {
                _writer.Write(ValueTag.Type);
                TypeOf(named);
            }
            else if (type.IsEnum)
            {
                _writer.Write(ValueTag.Enum);
                TypeOf(type);
                Primitive(Convert.ChangeType(value, Enum.GetUnderlyingType(type), CultureInfo.InvariantCulture));
            }
            else if (type.IsPrimitive)
            {
                _writer.Write(ValueTag.Number);
                Primitive(value);
            }
            else if (value is decimal)
            {
                _writer.Write(ValueTag.Decimal);
                foreach (var part in decimal.GetBits((decimal)value))
                    _writer.Write(part);
            }
            else if (type.IsValueType)
            {
                Refuse(type);
                _writer.Write(ValueTag.Struct);
                Fields(type, value);
            }
            else
            {
                var single = SingleOf(type, value);
                if (single != null)
                {
                    _writer.Write(ValueTag.Static);
                    TypeOf(single.DeclaringType);
                    Text(single.Name);
                }
                else
                {
                    _writer.Write(ValueTag.Reference);
                    Number(IdOf(value));
                }
            }
        }

        private int IdOf(object value)
        {
            int id;
            if (_ids.TryGetValue(value, out id))
                return id;
            var text = value as string;
            var array = value as Array;
            if (_canonical && text != null && _texts.TryGetValue(text, out id) || _canonical && array != null && array.Length == 0 && _emptyArrays.TryGetValue(array.GetType(), out id))
                return id;
            _ids[value] = id = _nodes++;
            if (_canonical && text != null)
                _texts[text] = id;
            if (_canonical && array != null && array.Length == 0)
                _emptyArrays[array.GetType()] = id;
            _waiting.Enqueue(value);
            return id;
        }

        private void Primitive(object value)
        {
            if (value is IntPtr || value is UIntPtr)
            {
                var number = value is IntPtr ? (long)(IntPtr)value : unchecked((long)(ulong)(UIntPtr)value);
                // An address says nothing in another process; a length does.
                if (number > int.MaxValue || number < int.MinValue)
                    throw new ValueRefusedException("holds an address");
                _writer.Write((byte)(value is IntPtr ? 100 : 101));
                _writer.Write(number);
                return;
            }

            _writer.Write((byte)Type.GetTypeCode(value.GetType()));
            switch (Type.GetTypeCode(value.GetType()))
            {
                case TypeCode.Boolean: _writer.Write((bool)value); break;
                case TypeCode.Char: _writer.Write((ushort)(char)value); break;
                case TypeCode.SByte: _writer.Write((sbyte)value); break;
                case TypeCode.Byte: _writer.Write((byte)value); break;
                case TypeCode.Int16: _writer.Write((short)value); break;
                case TypeCode.UInt16: _writer.Write((ushort)value); break;
                case TypeCode.Int32: _writer.Write((int)value); break;
                case TypeCode.UInt32: _writer.Write((uint)value); break;
                case TypeCode.Int64: _writer.Write((long)value); break;
                case TypeCode.UInt64: _writer.Write((ulong)value); break;
                case TypeCode.Single: _writer.Write((float)value); break;
                case TypeCode.Double: _writer.Write((double)value); break;
                default: throw new ValueRefusedException("holds a number that is not known (" + value.GetType().Name + ")");
            }
        }

        /// <summary>Its type; when that is met first, the names of its fields; and their values.</summary>
        private void Fields(Type type, object value)
        {
            TypeOf(type);
            var fields = ValueShapes.FieldsOf(type);
            if (_canonical)
                fields = Array.FindAll(fields, f => !ValueShapes.IsInner(f.Field));
            if (_shaped.Add(type))
            {
                Number(fields.Length);
                foreach (var field in fields)
                    Text(field.Name);
            }

            foreach (var field in fields)
            {
                if (field.Field.FieldType.IsPointer)
                    throw new ValueRefusedException("holds a pointer");
                Value(field.Field.GetValue(value));
            }
        }

        private void Node(object value)
        {
            var type = value.GetType();
            var text = value as string;
            if (text != null)
            {
                _writer.Write(NodeTag.Text);
                Text(text);
            }
            else if (value is Array)
                Elements((Array)value, type);
            else if (value is Delegate)
                Invocations((Delegate)value, type);
            else if (!Named(value, type))
            {
                Refuse(type);
                var holder = ValueShapes.HolderOf(type);
                if (holder != null)
                    Contents(value, type, holder);
                else
                {
                    _writer.Write(NodeTag.Fields);
                    Fields(type, value);
                }
            }
        }

        private void Elements(Array array, Type type)
        {
            var element = type.GetElementType();
            if (element.IsPointer)
                throw new ValueRefusedException("holds pointers");
            var isRaw = element.IsPrimitive && element != typeof(IntPtr) && element != typeof(UIntPtr);
            _writer.Write(isRaw ? NodeTag.Raw : NodeTag.Array);
            TypeOf(type);
            Number(array.Rank);
            for (var dimension = 0; dimension < array.Rank; dimension++)
            {
                if (array.GetLowerBound(dimension) != 0)
                    throw new ValueRefusedException("holds an array that does not begin at 0");
                Number(array.GetLength(dimension));
            }

            if (isRaw)
            {
                var length = Buffer.ByteLength(array);
                if (_stream.Length + length > _mostBytes)
                    throw new ValueRefusedException("is too large");
                var bytes = new byte[length];
                Buffer.BlockCopy(array, 0, bytes, 0, length);
                Number(length);
                _writer.Write(bytes);
            }
            else
            {
                foreach (var each in array)
                    Value(each);
            }
        }

        private void Contents(object value, Type type, Type holder)
        {
            if (type != holder && (holder.Name == "Hashtable" || holder.Name == "ArrayList"))
                throw new ValueRefusedException("holds a " + type.Name + ", which is its own kind of " + holder.Name);
            if (type != holder && type.Assembly == holder.Assembly && ValueShapes.AdderOf(holder).Length > 0)
                throw new ValueRefusedException("holds a view of another collection (" + type.Name + ")");
            _writer.Write(NodeTag.Contents);
            TypeOf(type);
            TypeOf(holder);
            Value(ComparerOf(value, holder));
            var room = _canonical ? null : holder.GetProperty("Capacity");
            Number(room == null ? 0 : (int)room.GetValue(value, null));
            var entries = EntriesOf(value, holder);
            Number(entries.Count);
            foreach (var entry in entries)
            {
                foreach (var part in entry)
                    Value(part);
            }

            if (type == holder || ValueShapes.AdderOf(holder).Length == 0)
            {
                Number(0);
                return;
            }

            // Of a class of the repository's own also what it has beside.
            var own = Array.FindAll(ValueShapes.FieldsOf(type), f => !f.Field.DeclaringType.IsAssignableFrom(holder));
            Number(own.Length);
            foreach (var field in own)
            {
                Text(field.Name);
                Value(field.Field.GetValue(value));
            }
        }

        private static object ComparerOf(object value, Type holder)
        {
            const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
            var property = holder.GetProperty("Comparer", Any) ?? holder.GetProperty("KeyComparer", Any) ?? (holder.Name == "Hashtable" ? holder.GetProperty("EqualityComparer", Any) : null);
            var comparer = property == null ? null : property.GetValue(value, null);
            if (comparer == null || !holder.IsGenericType)
                return comparer;
            var key = holder.GetGenericArguments()[0];
            foreach (var kind in new[] { typeof(EqualityComparer<>), typeof(Comparer<>) })
            {
                if (ReferenceEquals(kind.MakeGenericType(key).GetProperty("Default", BindingFlags.Static | BindingFlags.Public).GetValue(null, null), comparer))
                    return null;
            }

            return comparer;
        }

        private List<object[]> EntriesOf(object value, Type holder)
        {
            var entries = new List<object[]>();
            var pairs = ValueShapes.HoldsPairs(holder);
            PropertyInfo key = null, content = null;
            var enumerate = holder.GetMethod("GetEnumerator", BindingFlags.Instance | BindingFlags.Public, null, Type.EmptyTypes, null);
            // Immutable ones have enumerators that cannot be boxed into the interface's by name alone.
            var enumerator = enumerate.Invoke(value, null) as IEnumerator ?? ((IEnumerable)value).GetEnumerator();
            while (enumerator.MoveNext())
            {
                var each = enumerator.Current;
                if (!pairs)
                {
                    entries.Add(new[] { each });
                    continue;
                }

                key = key ?? each.GetType().GetProperty("Key");
                content = content ?? each.GetType().GetProperty("Value");
                entries.Add(new[] { key.GetValue(each, null), content.GetValue(each, null) });
            }

            if (holder.Name == "Stack`1" || holder.Name == "ConcurrentStack`1")
                entries.Reverse();
            return _canonical && ValueShapes.IsByHash(holder) ? Sorted(entries) : entries;
        }

        private static List<object[]> Sorted(List<object[]> entries)
        {
            var keys = new List<KeyValuePair<string, object[]>>();
            foreach (var entry in entries)
                keys.Add(new KeyValuePair<string, object[]>(Convert.ToBase64String(Canonical(new[] { entry[0] })), entry));
            // A stable sort, which that of lists is not.
            var sorted = new List<object[]>();
            foreach (var each in System.Linq.Enumerable.OrderBy(keys, k => k.Key, StringComparer.Ordinal))
                sorted.Add(each.Value);
            return sorted;
        }

        private void Invocations(Delegate value, Type type)
        {
            var list = value.GetInvocationList();
            _writer.Write(NodeTag.Delegate);
            TypeOf(type);
            Number(list.Length);
            foreach (var each in list)
            {
                Method(each.Method);
                Value(each.Target);
            }
        }

        private void Method(MethodBase method)
        {
            if (method.DeclaringType == null || method.Module.Assembly.IsDynamic || method.GetType().Namespace == "System.Reflection.Emit")
                throw new ValueRefusedException("holds a method that was made while the tests run");
            TypeOf(method.DeclaringType);
            Text(method.Name);
            Text(ValueShapes.SignatureOf(method));
            var info = method as MethodInfo;
            var arguments = info != null && info.IsGenericMethod && !info.IsGenericMethodDefinition ? info.GetGenericArguments() : Type.EmptyTypes;
            Number(arguments.Length);
            foreach (var argument in arguments)
                TypeOf(argument);
        }

        /// <summary>Writes what is one of a kind by its name.</summary>
        /// <returns>Whether it is.</returns>
        private bool Named(object value, Type type)
        {
            var method = value as MethodBase;
            var member = value as MemberInfo;
            var parameter = value as ParameterInfo;
            if (method != null)
            {
                _writer.Write(NodeTag.Method);
                Method(method);
                return true;
            }

            if (member != null && member.DeclaringType != null && (value is FieldInfo || value is PropertyInfo || value is EventInfo))
            {
                _writer.Write(NodeTag.Member);
                TypeOf(member.DeclaringType);
                Text(member.MemberType.ToString());
                Text(member.Name);
                Text(member.ToString());
                return true;
            }

            if (parameter != null)
            {
                _writer.Write(NodeTag.Parameter);
                Value(parameter.Member);
                Number(parameter.Position + 1);
                return true;
            }

            var words = WordsOf(value, type);
            if (words == null)
                return false;
            _writer.Write(NodeTag.Named);
            Number(words.Length);
            foreach (var word in words)
                Text(word);
            return true;
        }

        private string[] WordsOf(object value, Type type)
        {
            var regex = value as Regex;
            if (regex != null && type == typeof(Regex))
                return new[] { "Regex", regex.ToString(), ((int)regex.Options).ToString(CultureInfo.InvariantCulture), regex.MatchTimeout.Ticks.ToString(CultureInfo.InvariantCulture) };
            if (value is CultureInfo && type == typeof(CultureInfo) && ((CultureInfo)value).IsReadOnly)
                return new[] { "CultureInfo", ((CultureInfo)value).Name };
            if (value is CompareInfo)
                return new[] { "CompareInfo", ((CompareInfo)value).Name };
            if (value is Encoding && type.Assembly == typeof(Encoding).Assembly && ((Encoding)value).IsReadOnly)
                return new[] { "Encoding", ((Encoding)value).WebName };
            if (value is TimeZoneInfo)
                return new[] { "TimeZoneInfo", ((TimeZoneInfo)value).Id };
            if (value is Assembly && !((Assembly)value).IsDynamic)
                return new[] { "Assembly", ((Assembly)value).GetName().Name };
            if (type == typeof(Uri))
                return new[] { "Uri", ((Uri)value).OriginalString, ((Uri)value).IsAbsoluteUri ? "1" : "2" };
            if (type == typeof(StringBuilder))
            {
                var builder = (StringBuilder)value;
                return new[] { "StringBuilder", builder.ToString(), (_canonical ? 0 : builder.Capacity).ToString(CultureInfo.InvariantCulture), builder.MaxCapacity.ToString(CultureInfo.InvariantCulture) };
            }

            if (value is StringComparer)
            {
                if (ReferenceEquals(value, StringComparer.Ordinal))
                    return new[] { "StringComparer", "Ordinal" };
                if (ReferenceEquals(value, StringComparer.OrdinalIgnoreCase))
                    return new[] { "StringComparer", "OrdinalIgnoreCase" };
                if (ReferenceEquals(value, StringComparer.InvariantCulture))
                    return new[] { "StringComparer", "InvariantCulture" };
                if (ReferenceEquals(value, StringComparer.InvariantCultureIgnoreCase))
                    return new[] { "StringComparer", "InvariantCultureIgnoreCase" };
            }

            return null;
        }

        /// <summary>
        /// The static field of its own type that holds an object for good, as one that is compared by identity has: only where nothing of the object can change. Null for none.
        /// </summary>
        private FieldInfo SingleOf(Type type, object value)
        {
            Dictionary<object, FieldInfo> singles;
            if (!_singles.TryGetValue(type, out singles))
            {
                singles = null;
                if (!type.IsArray && type != typeof(string) && !(value is Delegate) && type.Assembly != typeof(object).Assembly && !type.Assembly.IsDynamic && Array.TrueForAll(ValueShapes.FieldsOf(type), f => f.Field.IsInitOnly))
                {
                    foreach (var field in type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                    {
                        if (!field.IsInitOnly || field.IsLiteral || field.FieldType.IsValueType || field.IsDefined(typeof(ThreadStaticAttribute), false))
                            continue;
                        var held = field.GetValue(null);
                        singles = singles ?? new Dictionary<object, FieldInfo>(new Identity());
                        if (held != null && !singles.ContainsKey(held))
                            singles[held] = field;
                    }
                }

                _singles[type] = singles;
            }

            FieldInfo found;
            return singles != null && singles.TryGetValue(value, out found) && found.DeclaringType == type ? found : null;
        }

        private static void Refuse(Type type)
        {
            var name = type.FullName ?? type.Name;
            string what = null;
            if (typeof(System.Threading.Tasks.Task).IsAssignableFrom(type) || name.StartsWith("System.Threading.Tasks.ValueTask", StringComparison.Ordinal))
                what = "a Task";
            else if (typeof(Stream).IsAssignableFrom(type) && type != typeof(MemoryStream))
                what = "a stream";
            else if (typeof(TextReader).IsAssignableFrom(type) && type != typeof(StringReader) || typeof(TextWriter).IsAssignableFrom(type) && type.Assembly == typeof(TextWriter).Assembly && type != typeof(StringWriter) && name != "System.IO.TextWriter+NullTextWriter")
                what = "a reader or writer of something outside";
            else if (typeof(System.Threading.Thread).IsAssignableFrom(type) || name.StartsWith("System.Threading.ThreadLocal", StringComparison.Ordinal) || name.StartsWith("System.Threading.AsyncLocal", StringComparison.Ordinal) || name == "System.Threading.ExecutionContext")
                what = "what belongs to a thread";
            else if (typeof(System.Threading.WaitHandle).IsAssignableFrom(type) || typeof(System.Threading.CancellationTokenSource).IsAssignableFrom(type) || name.StartsWith("System.Threading.Timer", StringComparison.Ordinal))
                what = "what threads wait for";
            else if (typeof(System.Runtime.ConstrainedExecution.CriticalFinalizerObject).IsAssignableFrom(type) || name == "System.Runtime.InteropServices.GCHandle")
                what = "a handle";
            else if (name.StartsWith("System.WeakReference", StringComparison.Ordinal) || name.StartsWith("System.Runtime.CompilerServices.ConditionalWeakTable", StringComparison.Ordinal) || name == "System.Runtime.DependentHandle")
                what = "a weak reference";
            else if (type.Assembly.IsDynamic || type.Namespace == "System.Reflection.Emit")
                what = "an object of a type that was made while the tests run";
            else if (typeof(System.Diagnostics.Process).IsAssignableFrom(type))
                what = "a process";
            else if (type.IsPointer || name == "System.Reflection.Pointer" || name.StartsWith("System.Runtime", StringComparison.Ordinal) && name.EndsWith("Handle", StringComparison.Ordinal))
                what = "a pointer";
            if (what != null)
                throw new ValueRefusedException("holds " + what + " (" + type.Name.Split('`')[0] + ")");
        }

        private sealed class Identity : IEqualityComparer<object>
        {
            bool IEqualityComparer<object>.Equals(object a, object b)
            {
                return ReferenceEquals(a, b);
            }

            int IEqualityComparer<object>.GetHashCode(object value)
            {
                return RuntimeHelpers.GetHashCode(value);
            }
        }
    }
}
