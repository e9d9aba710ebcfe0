// This file, and those beside it that begin in the same way, are compiled twice: with the harness, and into assemblies of the repository while their calls are recorded.
// So they are written in C# 7.3, for .NET Standard 2.0.
#nullable disable
#pragma warning disable
namespace Afterburner.CSharp.Calls
{
    using System;
    using System.Collections.Generic;
    using System.Reflection;

    /// <summary>What follows is a value of this form. A value that has an identity is a node, and stands behind all values, in the order in which the first reference to each is met.</summary>
    internal static class ValueTag
    {
        public const byte Null = 0, Reference = 1, Number = 2, Enum = 3, Struct = 4, Type = 5, Static = 6, Decimal = 7;
    }

    internal static class NodeTag
    {
        public const byte Text = 1, Array = 2, Raw = 3, Fields = 4, Contents = 5, Delegate = 6, Named = 7, Method = 8, Member = 9, Parameter = 10, End = 255;
    }

    internal static class TypeTag
    {
        public const byte Known = 0, Named = 1, Generic = 2, Vector = 3, Array = 4, Pointer = 5, Reference = 6;
    }

    /// <summary>A field that belongs to a value.</summary>
    internal sealed class ValueField
    {
        /// <summary>With the number of the type that declares it, from the value's own type down, where that is not 0.</summary>
        public string Name;

        public FieldInfo Field;
    }

    /// <summary>What a value is made of, by its type.</summary>
    internal static class ValueShapes
    {
        private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

        // Types that are written by what they hold, as their fields depend on how they came to hold it, or on hashes, which are others in each process.
        private static readonly Dictionary<string, string> Held = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            { "System.Collections.Generic.List`1", "Add" }, { "System.Collections.Generic.Queue`1", "Enqueue" }, { "System.Collections.Generic.Stack`1", "Push" },
            { "System.Collections.Generic.LinkedList`1", "AddLast" }, { "System.Collections.Generic.HashSet`1", "Add" }, { "System.Collections.Generic.SortedSet`1", "Add" },
            { "System.Collections.Generic.Dictionary`2", "Add" }, { "System.Collections.Generic.SortedDictionary`2", "Add" }, { "System.Collections.Generic.SortedList`2", "Add" },
            { "System.Collections.Concurrent.ConcurrentDictionary`2", "TryAdd" }, { "System.Collections.Concurrent.ConcurrentQueue`1", "Enqueue" },
            { "System.Collections.Concurrent.ConcurrentStack`1", "Push" }, { "System.Collections.ArrayList", "Add" }, { "System.Collections.Hashtable", "Add" },
            { "System.Collections.Immutable.ImmutableList`1", "" }, { "System.Collections.Immutable.ImmutableHashSet`1", "" }, { "System.Collections.Immutable.ImmutableSortedSet`1", "" },
            { "System.Collections.Immutable.ImmutableDictionary`2", "" }, { "System.Collections.Immutable.ImmutableSortedDictionary`2", "" },
            { "System.Collections.Frozen.FrozenSet`1", "" }, { "System.Collections.Frozen.FrozenDictionary`2", "" },
        };

        private static readonly Dictionary<Type, ValueField[]> Known = new Dictionary<Type, ValueField[]>();

        /// <summary>Its fields and those of its base types, in an order that depends on their names alone.</summary>
        public static ValueField[] FieldsOf(Type type)
        {
            lock (Known)
            {
                ValueField[] found;
                if (!Known.TryGetValue(type, out found))
                    Known[type] = found = Read(type);
                return found;
            }
        }

        /// <summary>The type, itself or one that it derives from, by whose contents it is written; null where it is written by fields.</summary>
        public static Type HolderOf(Type type)
        {
            for (var each = type; each != null && each != typeof(object); each = each.BaseType)
            {
                if (Held.ContainsKey(NameOf(each)))
                    return each;
            }

            return null;
        }

        /// <summary>The method that adds to it; empty where it is made whole.</summary>
        public static string AdderOf(Type holder)
        {
            return Held[NameOf(holder)];
        }

        /// <summary>Whether each of what it holds is a key and a value.</summary>
        public static bool HoldsPairs(Type holder)
        {
            return holder.IsGenericType ? holder.GetGenericArguments().Length == 2 : holder.Name == "Hashtable";
        }

        /// <summary>Whether it gives what it holds in an order that depends on hashes.</summary>
        public static bool IsByHash(Type holder)
        {
            var name = NameOf(holder);
            return name.StartsWith("System.Collections.Frozen.", StringComparison.Ordinal)
                || name == "System.Collections.Hashtable" || name == "System.Collections.Concurrent.ConcurrentDictionary`2"
                || name == "System.Collections.Immutable.ImmutableHashSet`1" || name == "System.Collections.Immutable.ImmutableDictionary`2";
        }

        /// <summary>Whether no user can tell what a field holds: how often a collection was changed, which thread made a sequence.</summary>
        public static bool IsInner(FieldInfo field)
        {
            var space = field.DeclaringType.Namespace ?? "";
            return (field.Name == "_version" || field.Name == "version") && space.StartsWith("System.Collections", StringComparison.Ordinal) || field.Name == "<>l__initialThreadId";
        }

        /// <summary>The method as its type declares it: what it says of itself tells it from its overloads.</summary>
        public static string SignatureOf(MethodBase method)
        {
            var info = method as MethodInfo;
            return (info != null && info.IsGenericMethod ? info.GetGenericMethodDefinition() : method).ToString();
        }

        private static string NameOf(Type type)
        {
            return (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName ?? "";
        }

        private static ValueField[] Read(Type type)
        {
            var found = new List<ValueField>();
            var number = 0;
            for (var each = type; each != null && each != typeof(object) && each != typeof(ValueType); each = each.BaseType, number++)
            {
                var fields = each.GetFields(Own);
                Array.Sort(fields, (a, b) => string.CompareOrdinal(a.Name, b.Name));
                foreach (var field in fields)
                {
                    // Where it was thrown is no part of what an exception is.
                    if (each == typeof(Exception) && field.Name != "_message" && field.Name != "_innerException" && field.Name != "_HResult")
                        continue;
                    found.Add(new ValueField { Name = number == 0 ? field.Name : number.ToString(System.Globalization.CultureInfo.InvariantCulture) + ":" + field.Name, Field = field });
                }
            }

            return found.ToArray();
        }
    }
}
