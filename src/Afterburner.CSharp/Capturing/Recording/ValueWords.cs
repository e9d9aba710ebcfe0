#nullable disable
#pragma warning disable
namespace Afterburner.CSharp.Capturing.Recording
{
    using System;
    using System.Collections;
    using System.Collections.Generic;
    using System.Globalization;
    using System.Text;

    /// <summary>What a call is made of, for a person: <c>xs: List&lt;int&gt;[1000], key: string[4]</c>.</summary>
    internal static class ValueWords
    {
        private static readonly Dictionary<Type, string> Words = new Dictionary<Type, string>
        {
            { typeof(bool), "bool" }, { typeof(byte), "byte" }, { typeof(sbyte), "sbyte" }, { typeof(char), "char" }, { typeof(decimal), "decimal" }, { typeof(double), "double" }, { typeof(float), "float" },
            { typeof(int), "int" }, { typeof(uint), "uint" }, { typeof(long), "long" }, { typeof(ulong), "ulong" }, { typeof(short), "short" }, { typeof(ushort), "ushort" }, { typeof(object), "object" },
            { typeof(string), "string" },
        };

        public static string TypeOf(object value)
        {
            return value == null ? "null" : NameOf(value.GetType());
        }

        /// <summary>How much there is in a value; -1 where that means nothing. Nothing of the repository's own is asked.</summary>
        public static int LengthOf(object value)
        {
            var text = value as string;
            if (text != null)
                return text.Length;
            var array = value as Array;
            if (array != null)
                return array.Length;
            var collection = value as ICollection;
            if (value == null || value.GetType().Assembly != typeof(object).Assembly && !value.GetType().FullName.StartsWith("System.Collections.", StringComparison.Ordinal))
                return -1;
            if (collection != null)
                return collection.Count;
            var count = value.GetType().GetProperty("Count");
            return value is IEnumerable && count != null && count.PropertyType == typeof(int) ? (int)count.GetValue(value, null) : -1;
        }

        public static string ShapeOf(string[] parameters, object[] values)
        {
            var words = new StringBuilder();
            for (var place = 0; place < values.Length && place < 8; place++)
            {
                words.Append(place == 0 ? "" : ", ").Append(place < parameters.Length ? parameters[place] : place.ToString(CultureInfo.InvariantCulture)).Append(": ");
                var length = LengthOf(values[place]);
                var type = TypeOf(values[place]);
                words.Append(length >= 0 && type.EndsWith("[]", StringComparison.Ordinal) ? type.Substring(0, type.Length - 2) : type);
                if (length >= 0)
                    words.Append('[').Append(length.ToString(CultureInfo.InvariantCulture)).Append(']');
            }

            return words.ToString();
        }

        /// <summary>The name of a test as reports may have it: what XML cannot hold, as VSTest sees it, by its number.</summary>
        public static string Escaped(string name)
        {
            StringBuilder made = null;
            for (var at = 0; at < name.Length; at++)
            {
                var character = name[at];
                var isPlain = character == '\t' || character == '\n' || character == '\r' || character >= ' ' && character <= '\uD7FF' || character >= '\uE000' && character <= '\uFFFD';
                if (!isPlain && made == null)
                    made = new StringBuilder(name, 0, at, name.Length + 16);
                if (!isPlain)
                    made.Append("\\u").Append(((int)character).ToString("x4", CultureInfo.InvariantCulture));
                else if (made != null)
                    made.Append(character);
            }

            return made == null ? name : made.ToString();
        }

        private static string NameOf(Type type)
        {
            string word;
            if (Words.TryGetValue(type, out word))
                return word;
            if (type.IsArray)
                return NameOf(type.GetElementType()) + "[" + new string(',', type.GetArrayRank() - 1) + "]";
            var name = type.Name;
            var end = name.IndexOf('`');
            if (end < 0)
                return name;
            var arguments = Array.ConvertAll(type.GetGenericArguments(), a => a.IsGenericParameter ? a.Name : NameOf(a));
            return name.Substring(0, end) + "<" + string.Join(", ", arguments) + ">";
        }
    }
}
