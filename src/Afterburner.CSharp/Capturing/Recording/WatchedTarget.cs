// See Calls/ValueShapes.cs: this is compiled into assemblies of the repository too.
#nullable disable
#pragma warning disable
namespace Afterburner.CSharp.Capturing.Recording
{
    using System;
    using System.Collections;
    using System.Collections.Generic;
    using System.Diagnostics;
    using System.IO;
    using System.Reflection;
    using System.Text;
    using System.Threading;
    using Afterburner.CSharp.Calls;

    /// <summary>How many calls there were.</summary>
    internal sealed class CallCount
    {
        public long Count;
    }

    /// <summary>Calls of one function in one test.</summary>
    internal sealed class CallsInTest
    {
        /// <summary>Among those of the test as its framework calls it, null where it does not say; and of its method.</summary>
        public CallCount Exact, Method;
        public WatchedTest Spent;
    }

    /// <summary>A call that is heard of.</summary>
    internal sealed class WatchedCall
    {
        public WatchedTarget Target;
        public WatchedTest Spent;

        /// <summary>The test as its framework calls it, null where it does not say; and as a method.</summary>
        public string Exact, Method;

        /// <summary>From 0, among the calls of the function in the test.</summary>
        public long ExactCall, MethodCall;
        public RecorderPick Pick;

        /// <summary>Whether it wants to be told what the call is made with.</summary>
        public bool Asks;
        public bool IsRaised;

        /// <summary>Whether its end is not heard of.</summary>
        public bool IsLater;
        public long Start;
        public double Seconds;
        public string Shape;

        public void Write(BinaryWriter writer)
        {
            writer.Write(Exact ?? "");
            writer.Write(Method);
            writer.Write(ExactCall);
            writer.Write(MethodCall);
            writer.Write(Seconds);
            writer.Write((byte)(IsLater ? 2 : IsRaised ? 1 : 0));
        }
    }

    /// <summary>A test that reaches a function.</summary>
    internal sealed class WatchedTest
    {
        public string Exact, Method;
        public long Calls;
        public double Seconds;
    }

    /// <summary>What was seen of a parameter.</summary>
    internal sealed class WatchedValue
    {
        public readonly List<string> Types = new List<string>();
        public int Shortest = -1, Longest = -1;
    }

    /// <summary>A function that is watched.</summary>
    internal sealed class WatchedTarget
    {
        public string Id;
        public string[] Parameters;
        public long Calls;
        public long Bytes;
        public readonly Dictionary<string, RecorderPick> Picks = new Dictionary<string, RecorderPick>(StringComparer.Ordinal);
        public readonly Dictionary<string, WatchedTest> Tests = new Dictionary<string, WatchedTest>(StringComparer.Ordinal);
        public readonly Dictionary<string, WatchedValue> Observed = new Dictionary<string, WatchedValue>(StringComparer.Ordinal);
        public readonly Dictionary<string, WatchedCall> Shapes = new Dictionary<string, WatchedCall>(StringComparer.Ordinal);
        public readonly List<WatchedCall> Slowest = new List<WatchedCall>();
        public readonly List<WatchedCall> Random = new List<WatchedCall>();

        public WatchedTest SpentIn(string[] running)
        {
            var key = running[0] + "\n" + running[1];
            WatchedTest found;
            if (!Tests.TryGetValue(key, out found))
                Tests[key] = found = new WatchedTest { Exact = running[0], Method = running[1] };
            return found;
        }

        public void Observe(string name, object value)
        {
            WatchedValue seen;
            if (!Observed.TryGetValue(name, out seen))
                Observed[name] = seen = new WatchedValue();
            var type = ValueWords.TypeOf(value);
            if (!seen.Types.Contains(type) && seen.Types.Count < 12)
                seen.Types.Add(type);
            var length = ValueWords.LengthOf(value);
            if (length < 0)
                return;
            seen.Shortest = seen.Shortest < 0 ? length : Math.Min(seen.Shortest, length);
            seen.Longest = Math.Max(seen.Longest, length);
        }

        public void Write(BinaryWriter writer, string project)
        {
            writer.Write(Id);
            writer.Write(project);
            writer.Write(Calls);
            writer.Write(Tests.Count);
            foreach (var test in Tests.Values)
            {
                writer.Write(test.Exact ?? "");
                writer.Write(test.Method);
                writer.Write(test.Calls);
                writer.Write(test.Seconds);
            }

            foreach (var list in new IEnumerable<WatchedCall>[] { Slowest, Shapes.Values, Random })
            {
                var calls = new List<WatchedCall>(list);
                writer.Write(calls.Count);
                foreach (var call in calls)
                    call.Write(writer);
            }

            writer.Write(Observed.Count);
            foreach (var pair in Observed)
            {
                writer.Write(pair.Key);
                writer.Write(pair.Value.Types.Count);
                foreach (var type in pair.Value.Types)
                    writer.Write(type);
                writer.Write(pair.Value.Shortest);
                writer.Write(pair.Value.Longest);
            }
        }
    }
}
