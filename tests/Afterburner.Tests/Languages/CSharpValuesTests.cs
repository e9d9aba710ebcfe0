using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using System.Text.RegularExpressions;
using Afterburner.CSharp.Calls;
using Afterburner.CSharp.Capturing.Recording;
using Xunit;

namespace Afterburner.Tests.Languages;

/// <summary>Values of C#, written down and read again.</summary>
public sealed class CSharpValuesTests
{
    private enum Colour : byte
    {
        Red = 3,
    }

    [Fact]
    public void Simple_values_come_back_as_they_were()
    {
        object?[] values =
        [
            null, true, 'x', (sbyte)-1, (byte)2, (short)-3, (ushort)4, -5, 6u, -7L, 8ul, 1.5f, double.NaN, -0.0, 12.50m, Colour.Red, (nint)9, (nuint)10, "text", "half \ud800 a character",
            DateTime.UnixEpoch, new DateTimeOffset(DateTime.UnixEpoch, TimeSpan.Zero), TimeSpan.FromSeconds(3), Guid.Empty, new BigInteger(5) << 90, typeof(Dictionary<string, int[,]>), (1, "two"), (int?)3, new Uri("https://example.com/a%20b"),
            new Version(1, 2), CultureInfo.GetCultureInfo(""), StringComparer.OrdinalIgnoreCase, Encoding.UTF8, new Point(3, "x"),
        ];

        Assert.Equal(values, Back(values));
        Assert.Equal(BitConverter.DoubleToInt64Bits(-0.0), BitConverter.DoubleToInt64Bits((double)Back([-0.0])[0]!));
    }

    [Fact]
    public void Collections_come_back_with_their_order_and_their_comparers()
    {
        var words = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["b"] = 1, ["A"] = 2 };
        object[] values =
        [
            new List<int> { 3, 1, 2 }, words, new HashSet<string> { "z", "y" }, new SortedSet<string>(StringComparer.Ordinal) { "b", "B" }, new Queue<int>([1, 2]), new Stack<int>([1, 2]), new LinkedList<int>([1, 2]),
            new SortedDictionary<int, string> { [2] = "b", [1] = "a" }, new SortedList<int, string> { [2] = "b" }, new ConcurrentDictionary<string, int>(words), new ConcurrentQueue<int>([4, 5]), new ConcurrentStack<int>([4, 5]),
            ImmutableList.Create(1, 2, 3), ImmutableArray.Create(1, 2), ImmutableHashSet.Create("x"), ImmutableSortedSet.Create("y", "x"), ImmutableDictionary<string, int>.Empty.Add("k", 1), words.ToFrozenDictionary(), words.Keys.ToFrozenSet(), new[,] { { 1, 2 }, { 3, 4 } },
            new[] { "a", "b" }, new Point[] { new(1, "p") }, new BitArrayHolder(),
        ];

        var back = Back(values);

        for (var each = 0; each < values.Length - 1; each++)
        {
            Assert.Equal(values[each].GetType(), back[each]!.GetType());
            Assert.Equal(((System.Collections.IEnumerable)values[each]).Cast<object>().Order(Comparer<object>.Create((a, b) => string.CompareOrdinal(a.ToString(), b.ToString()))).ToList(),
                ((System.Collections.IEnumerable)back[each]!).Cast<object>().Order(Comparer<object>.Create((a, b) => string.CompareOrdinal(a.ToString(), b.ToString()))).ToList());
        }

        Assert.Equal([3, 1, 2], (List<int>)back[0]!);
        Assert.Equal(2, ((Dictionary<string, int>)back[1]!)["a"]);
        Assert.Equal([2, 1], (Stack<int>)back[5]!);
        Assert.Equal([5, 4], (ConcurrentStack<int>)back[11]!);
        Assert.True(((BitArrayHolder)back[^1]!).Bits[1]);
    }

    [Fact]
    public void What_is_one_object_stays_one()
    {
        var shared = new List<object>();
        shared.Add(shared);

        var back = Back([shared, new[] { shared, shared }]);

        var list = Assert.IsType<List<object>>(back[0]);
        Assert.Same(list, list[0]);
        Assert.All((List<object>[])back[1]!, each => Assert.Same(list, each));
    }

    [Fact]
    public void Long_chains_are_no_deep_ones()
    {
        Chain? chain = null;
        for (var each = 0; each < 100_000; each++)
            chain = new Chain(chain);

        var length = 0;
        for (var each = (Chain?)Back([chain])[0]; each is not null; each = each.Next)
            length++;

        Assert.Equal(100_000, length);
    }

    [Fact]
    public void Functions_keep_what_they_hold()
    {
        var factor = 3;
        Func<int, int> closure = x => x * factor;
        Func<string, int> generic = Parsed<int>;
        Action<List<int>> both = Twice;
        both += l => l.Add(7);

        var back = Back([closure, generic, both, (Func<Chain, Chain?>)(c => c.Next)]);

        Assert.Equal(12, ((Func<int, int>)back[0]!)(4));
        Assert.Equal(5, ((Func<string, int>)back[1]!)("5"));
        var list = new List<int>();
        ((Action<List<int>>)back[2]!)(list);
        Assert.Equal([1, 1, 7], list);
    }

    [Fact]
    public void Members_are_found_by_what_they_are_called()
    {
        object[] values =
        [
            typeof(string).GetMethod(nameof(string.Substring), [typeof(int)])!, typeof(Point).GetProperty(nameof(Point.Name))!, typeof(List<string>).GetMethod("Add")!.GetParameters()[0],
            typeof(Enumerable).GetMethod(nameof(Enumerable.Empty))!, typeof(Enumerable).GetMethod(nameof(Enumerable.Empty))!.MakeGenericMethod(typeof(int)),
        ];

        Assert.Equal(values, Back(values));
    }

    [Fact]
    public void A_collection_of_the_repositorys_own_keeps_its_own_fields()
    {
        var counted = new Counted("x") { ["a"] = 1 };

        var back = Assert.IsType<Counted>(Back([counted])[0]);

        Assert.Equal("x", back.Label);
        Assert.Equal(1, back["a"]);
        Assert.Single(back);
    }

    [Fact]
    public void What_a_type_holds_as_its_only_one_is_that_one() => Assert.Same(Sentinel.None, Back([Sentinel.None])[0]);

    [Fact]
    public void Room_is_kept_for_a_replay_and_no_part_of_an_answer()
    {
        var (roomy, tight) = (new List<int>(100) { 1 }, new List<int>([1]));

        Assert.Equal(100, ((List<int>)Back([roomy])[0]!).Capacity);
        Assert.Equal(ValueWriter.Canonical([tight]), ValueWriter.Canonical([roomy]));
        Assert.Equal(ValueWriter.Canonical([new StringBuilder("a").Append('b')]), ValueWriter.Canonical([new StringBuilder("ab", 500)]));
    }

    [Fact]
    public void An_answer_is_written_by_what_a_user_can_tell()
    {
        var copy = new string("text".ToCharArray());
        var (some, others) = (new ConcurrentDictionary<string, int>(), new ConcurrentDictionary<string, int>());
        for (var each = 0; each < 50; each++)
        {
            some[$"k{each}"] = each;
            others[$"k{49 - each}"] = 49 - each;
        }

        Assert.Equal(ValueWriter.Canonical(["text", "text"]), ValueWriter.Canonical(["text", copy]));
        Assert.Equal(ValueWriter.Canonical([some]), ValueWriter.Canonical([others]));
        Assert.NotEqual(ValueWriter.Canonical([new List<int> { 1, 2 }]), ValueWriter.Canonical([new List<int> { 2, 1 }]));
        Assert.NotEqual(ValueWriter.Canonical([1]), ValueWriter.Canonical([1L]));
        Assert.NotEqual(ValueWriter.Canonical([new Dictionary<string, int> { ["a"] = 1, ["b"] = 2 }]), ValueWriter.Canonical([new Dictionary<string, int> { ["b"] = 2, ["a"] = 1 }]));
    }

    [Fact]
    public async Task What_belongs_to_a_process_is_refused()
    {
        using var stream = File.OpenRead(typeof(CSharpValuesTests).Assembly.Location);
        using var stop = new CancellationTokenSource();
        foreach (var (value, reason) in new (object, string)[]
        {
            (Task.CompletedTask, "holds a Task (Task)"), (stream, "holds a stream (FileStream)"), (Thread.CurrentThread, "holds what belongs to a thread (Thread)"),
            (stop, "holds what threads wait for (CancellationTokenSource)"), (new WeakReference<string>("x"), "holds a weak reference (WeakReference)"), (unchecked((nint)long.MaxValue), "holds an address"),
        })
        {
            Assert.Equal(reason, Assert.Throws<ValueRefusedException>(() => ValueWriter.Canonical([value])).Message);
        }

        Assert.Equal("is too large", Assert.Throws<ValueRefusedException>(() => CallBlob.Write(null, [new int[1000]], [], 100, 10)).Message);
        await Task.CompletedTask;
    }

    [Fact]
    public void An_exception_is_its_type_its_message_and_what_caused_it()
    {
        static Exception Thrown()
        {
            try
            {
                throw new ArgumentException("bad", "x", new InvalidOperationException("inner"));
            }
            catch (ArgumentException e)
            {
                return e;
            }
        }

        Assert.Equal(ValueWriter.Canonical([Thrown()]), ValueWriter.Canonical([new ArgumentException("bad", "x", new InvalidOperationException("inner"))]));
    }

    [Fact]
    public void A_call_has_its_type_arguments_its_object_and_its_arguments()
    {
        var blob = CallBlob.Write(typeof(CSharpValuesTests).GetMethod(nameof(A_call_has_its_type_arguments_its_object_and_its_arguments))!, "self", [1, null], [typeof(int), typeof(List<string>)]);

        Assert.Equal(ValueWriter.Version, blob[0]);
        foreach (var _ in (int[])[1, 2])
        {
            var call = CallBlob.Read(blob, Find);
            Assert.Equal([typeof(int), typeof(List<string>)], call.TypeArguments);
            Assert.Equal("self", call.Self);
            Assert.Equal([1, null], call.Arguments);
        }
    }

    [Fact]
    public void What_is_no_call_is_said_to_be_none()
    {
        var blob = CallBlob.Write(null, "self", [new[] { "a", "b" }, new Point(1, "x")], []);

        Assert.Throws<InvalidDataException>(() => CallBlob.Read([9], Find));
        for (var length = 0; length < blob.Length; length++)
            Assert.Throws<InvalidDataException>(() => CallBlob.Read(blob[..length], Find));
        Assert.Throws<InvalidDataException>(() => CallBlob.Read(blob, name => name.Contains("Point", StringComparison.Ordinal) ? null! : Find(name)));
    }

    [Fact]
    public void A_graph_can_be_read_without_its_types()
    {
        var graph = ValueGraph.Read(ValueWriter.Canonical([new Point(1, "x"), new Dictionary<string, List<int>> { ["k"] = [1] }]));

        var point = Assert.IsType<WrittenStruct>(graph.Roots[0]);
        Assert.Equal("CSharpValuesTests.Point", point.Type.ToString());
        Assert.Equal(["<Name>k__BackingField", "<X>k__BackingField"], point.Names);
        var map = Assert.IsType<WrittenContents>(graph.Nodes[Assert.IsType<WrittenReference>(graph.Roots[1]).Node]);
        Assert.Equal("Dictionary<String, List<Int32>>", map.Type.ToString());
        Assert.Equal(2, map.Entries.Count);
    }

    [Fact]
    public void Written_again_it_is_the_same()
    {
        object[] values = [new Counted("x") { ["a"] = 1 }, new Regex("a+", RegexOptions.IgnoreCase), new List<object> { 1, "a", new Point(1, "a") }, ImmutableList.Create(1, 2)];

        var blob = CallBlob.Write(null, null, values, []);

        Assert.Equal(blob, CallBlob.Write(null, null, CallBlob.Read(blob, Find).Arguments, []));
    }

    [Fact]
    public void What_a_call_is_made_of_is_said_for_a_person() => Assert.Equal(
        "xs: List<int>[2], key: string[3], grid: int[4], map: Dictionary<string, List<double>>[0], none: null, own: Chain",
        ValueWords.ShapeOf(["xs", "key", "grid", "map", "none", "own"], [new List<int> { 1, 2 }, "abc", new[] { 1, 2, 3, 4 }, new Dictionary<string, List<double>>(), null, new Chain(null)]));

    [Theory]
    [InlineData("T.Row(\"a\tb\")", "T.Row(\"a\tb\")")]
    [InlineData("T.Row(\"\ud83d\ude15 \u0001\")", "T.Row(\"\\ud83d\\ude15 \\u0001\")")]
    public void A_test_is_called_as_a_report_of_it_can_call_it(string name, string reported)
    {
        Assert.Equal(reported, ValueWords.Escaped(name));
        Assert.Equal(reported, ValueWords.Escaped(reported));
    }

    [Fact]
    public void A_recorder_is_told_what_was_planned()
    {
        using var folder = new TemporaryFolder();
        var (path, target) = (Path.Combine(folder.Path, "plan"), new WatchedTarget { Id = "a.cs::A.F@1", Parameters = ["x"] });
        target.Picks["p\n=T.A\n3"] = new RecorderPick { Rank = 2 };
        new RecorderPlan { Records = true, Out = "/out", Seed = -5, Seconds = 0.5, CallBytes = 1L << 40, TargetBytes = 7, Targets = [target] }.Write(path);

        var read = RecorderPlan.Read(path);

        Assert.Equal((true, "/out", -5L, 0.5, 1L << 40, 7L), (read.Records, read.Out, read.Seed, read.Seconds, read.CallBytes, read.TargetBytes));
        Assert.Equal(("a.cs::A.F@1", "x", 2), (read.Targets[0].Id, read.Targets[0].Parameters[0], read.Targets[0].Picks["p\n=T.A\n3"].Rank));
        Assert.Null(RecorderPlan.Read(Path.Combine(folder.Path, "none")));
    }

    private static object?[] Back(object?[] values) => CallBlob.Read(CallBlob.Write(null, null, values, []), Find).Arguments;

    private static Type Find(string name) => ValueReader.In(AssemblyLoadContext.GetLoadContext(Assembly.GetExecutingAssembly())!)(name);

    private static T Parsed<T>(string text)
        where T : IParsable<T> => T.Parse(text, CultureInfo.InvariantCulture);

    private static void Twice(List<int> list) => list.AddRange([1, 1]);

    private readonly record struct Point(int X, string Name);

    private sealed class Chain(Chain? next)
    {
        public Chain? Next { get; } = next;
    }

    private sealed class Counted(string label) : Dictionary<string, int>
    {
        public string Label { get; } = label;
    }

    private sealed class Sentinel
    {
        public static readonly Sentinel None = new();
    }

    private sealed class BitArrayHolder
    {
        public System.Collections.BitArray Bits { get; } = new([false, true]);
    }
}
