using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Afterburner.CSharp.Calls;
using Afterburner.CSharp.Compiling;
using Afterburner.CSharp.Finding;

namespace Afterburner.CSharp.Timing;

/// <summary>Carries out one order with one version loaded, and ends. Frames come by descriptor 3 and go by 4; 0 to 2 lead nowhere.</summary>
internal sealed class VersionPlayer
{
    // Of CPU time: after it, and once what is compiled meanwhile is there, the runtime has compiled what it will.
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(0.3), WarmLater = TimeSpan.FromSeconds(0.05), Compiled = TimeSpan.FromMilliseconds(130);

    private const int LeastCalls = 3, MostFields = 400, MostStateBytes = 1 << 16;

    private readonly FramePipe _pipe = FramePipe.Of(3, 4);
    private readonly PlayedOrder _order;
    private readonly MethodBase _method;
    private readonly Func<string, Type> _find = ValueReader.In(AssemblyLoadContext.Default);
    private readonly Dictionary<string, Func<object?, object?[], object?>> _functions = new(StringComparer.Ordinal);
    private readonly string _name;
    private readonly bool _writesArguments, _isStored, _collects, _warmsAgain;

    private VersionPlayer(PlayedOrder order, JsonElement words)
    {
        _order = order;
        bool Is(string name) => words.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
        (_writesArguments, _isStored, _collects, _warmsAgain) = (Is("arguments"), Is("stored"), Is("collect"), Is("again"));
        List<LoadedProgram> programs = [.. order.Programs.Select(p => new LoadedProgram(p))];
        _method = programs.Select(p => p.Find(order.Method)).FirstOrDefault(m => m is not null)
            ?? throw new InvalidOperationException("what the tests use does not hold it, or holds several that are declared alike");
        _name = _method is ConstructorInfo ? $"new {_method.DeclaringType!.Name.Split('`')[0]}" : _method.Name;
    }

    /// <param name="file">Of a <see cref="PlayedOrder"/>.</param>
    public static void Run(string file)
    {
        var order = JsonSerializer.Deserialize<PlayedOrder>(File.ReadAllBytes(file))!;
        using var words = JsonDocument.Parse(order.Order);
        var what = words.RootElement.GetProperty("do").GetString();
        try
        {
            var player = new VersionPlayer(order, words.RootElement);
            player.Play(what!);
            Environment.Exit(0);
        }
        catch (Exception e) when (e is not EndOfStreamException)
        {
            var inner = e is TargetInvocationException or TypeInitializationException ? e.InnerException ?? e : e;
            var pipe = FramePipe.Of(3, 4);
            if (what == "load")
                pipe.Say(new { failed = $"{inner.GetType().Name}: {inner.Message}" });
            else
                pipe.Say(new { failure = $"could not be asked: {inner.GetType().Name}: {inner.Message}" });
            Environment.Exit(VersionRunner.CouldNot);
        }
        catch (EndOfStreamException)
        {
            Environment.Exit(0);
        }
    }

    private void Play(string what)
    {
        switch (what)
        {
            case "load":
                _pipe.Say(new { loaded = true });
                break;
            case "sample":
                Sample();
                break;
            case "probe":
                Probe();
                break;
            case "observe":
                Observe();
                break;
            case "trace":
                Trace();
                break;
            case "decodable":
                Decodable();
                break;
            default:
                throw new NotSupportedException($"this language has no {what}");
        }
    }

    private List<byte[]> Inputs() => FramePipe.Unpack(_pipe.Receive(FramePipe.Inputs));

    private (Func<object?, object?[], object?> Function, RecordedValues Values) Given(byte[] blob)
    {
        var values = CallBlob.Read(blob, _find);
        var key = string.Join(';', values.TypeArguments.Select(t => t.AssemblyQualifiedName));
        if (!_functions.TryGetValue(key, out var function))
            _functions[key] = function = CallInvoker.Of(CallInvoker.Closed(_method, values.TypeArguments));
        return (function, values);
    }

    private void Sample()
    {
        var warming = _order.Warmup.Select(Convert.FromBase64String).Where(CanBeGiven).ToList();
        WarmUp(warming, Warm);
        if (warming.Count > 0)
        {
            Thread.Sleep(Compiled);
            WarmUp(warming, WarmLater);
        }

        (List<(Func<object?, object?[], object?> Function, RecordedValues Values)> Calls, ObservedCall[] Outs)? rehearsed = null;
        if (_isStored)
        {
            var made = Inputs().ConvertAll(Given);
            rehearsed = (made, MakeAll(made));
        }

        Collect();
        _pipe.Send(FramePipe.Ready);
        if (_warmsAgain)
        {
            _pipe.Receive(FramePipe.Again);
            WarmUp(warming, TimeSpan.Zero);
            Collect();
            _pipe.Send(FramePipe.Ready);
        }

        var calls = Inputs().ConvertAll(Given);
        // As much lives now as where calls are made.
        if (rehearsed is var (before, _))
            calls = before;
        if (_collects)
            GC.Collect(0, GCCollectionMode.Forced, blocking: true);
        _pipe.Send(FramePipe.Decoded);
        _pipe.Receive(FramePipe.Go);
        var outs = rehearsed is var (_, there) ? there : MakeAll(calls);
        if (_collects)
            GC.Collect(0, GCCollectionMode.Forced, blocking: true);
        _pipe.Send(FramePipe.Stopped);
        _pipe.Receive(FramePipe.Write);
        byte[] content;
        try
        {
            content = FramePipe.Pack(calls.Select((call, place) => Written(outs[place], call.Values, "", _writesArguments)));
        }
        catch (ValueRefusedException e)
        {
            _pipe.Say(new { unencodable = $"it {e.Message}" });
            return;
        }

        _pipe.Send(FramePipe.Answers, content);
        _pipe.Receive(FramePipe.Leave);
    }

    private static ObservedCall[] MakeAll(List<(Func<object?, object?[], object?> Function, RecordedValues Values)> calls)
    {
        var outs = new ObservedCall[calls.Count];
        for (var place = 0; place < outs.Length; place++)
            outs[place] = ObservedCall.Of(calls[place].Function, calls[place].Values.Self, calls[place].Values.Arguments);
        return outs;
    }

    private bool CanBeGiven(byte[] blob)
    {
        try
        {
            _ = Given(blob);
            return true;
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException or ArgumentException)
        {
            return false;
        }
    }

    private void WarmUp(List<byte[]> blobs, TimeSpan time)
    {
        if (blobs.Count == 0)
            return;
        var begun = Environment.CpuUsage.TotalTime;
        for (var made = 0; made < LeastCalls * blobs.Count || Environment.CpuUsage.TotalTime - begun < time; made++)
        {
            var (function, values) = Given(blobs[made % blobs.Count]);
            var seen = ObservedCall.Of(function, values.Self, values.Arguments);
            if (made >= blobs.Count)
                continue;
            try
            {
                _ = Written(seen, values, "", arguments: true);
            }
            catch (ValueRefusedException)
            {
                // what cannot be written is said where it is asked for
            }
        }
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }

    /// <summary>How it ended, what it gave, what it printed, and what became of what it was given.</summary>
    private static byte[] Written(ObservedCall seen, RecordedValues values, string printed, bool arguments) =>
        ValueWriter.Canonical(arguments ? [seen.Way, seen.Result, printed, values.Self, .. values.Arguments] : [seen.Way, seen.Result, printed]);

    private void Probe()
    {
        _pipe.Send(FramePipe.Ready);
        var changes = false;
        try
        {
            foreach (var blob in Inputs())
            {
                var (function, values) = Given(blob);
                var before = ValueWriter.Canonical([values.Self, .. values.Arguments]);
                var seen = ObservedCall.Of(function, values.Self, values.Arguments);
                changes |= !before.AsSpan().SequenceEqual(ValueWriter.Canonical([values.Self, .. values.Arguments]));
                _ = Written(seen, values, "", arguments: true);
            }
        }
        catch (ValueRefusedException e)
        {
            _pipe.Say(new { unencodable = $"it {e.Message}" });
            return;
        }

        _pipe.Say(new { encoder = "seen", arguments = changes });
    }

    private void Decodable()
    {
        _pipe.Send(FramePipe.Ready);
        _pipe.Say(new { decodable = Inputs().Index().Where(b => CanBeGiven(b.Item)).Select(b => b.Index).ToList() });
    }

    private void Observe()
    {
        _pipe.Send(FramePipe.Ready);
        _pipe.Send(FramePipe.Answers, FramePipe.Pack(Inputs().SelectMany(Observed).ToList()));
    }

    /// <summary>All that a user could see of a call, the call for a person, seconds, and why there is none.</summary>
    private byte[][] Observed(byte[] blob)
    {
        byte[][] None(string words, string reason) => [[], Encoding.UTF8.GetBytes(words), "0"u8.ToArray(), Encoding.UTF8.GetBytes(reason)];
        var words = $"{_name}(...)";
        try
        {
            words = CallWords.Of(_name, ValueGraph.Read(blob));
            var (function, values) = Given(blob);
            var printed = new FileInfo(_order.Printed).Length;
            var start = Stopwatch.GetTimestamp();
            var seen = ObservedCall.Of(function, values.Self, values.Arguments);
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            Console.Out.Flush();
            Console.Error.Flush();
            return [Written(seen, values, PrintedSince(printed), arguments: true), Encoding.UTF8.GetBytes(words), Encoding.UTF8.GetBytes(seconds.ToString("R", CultureInfo.InvariantCulture)), []];
        }
        catch (ValueRefusedException e)
        {
            return None(words, $"answers with what cannot be compared: it {e.Message}");
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException or ArgumentException)
        {
            return None(words, $"cannot make the call: {e.Message}");
        }
    }

    private string PrintedSince(long place)
    {
        using var printed = new FileStream(_order.Printed, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        printed.Position = Math.Min(place, printed.Length);
        using var reader = new StreamReader(printed);
        return reader.ReadToEnd();
    }

    private void Trace()
    {
        _pipe.Send(FramePipe.Ready);
        var ran = new RanCounters(_method.Module.Assembly.GetType(ProbedFile.HearerType) ?? _order.Programs.Select(_ => AppDomain.CurrentDomain.GetAssemblies()
            .Select(a => a.GetType(ProbedFile.HearerType)).FirstOrDefault(t => t is not null)).FirstOrDefault() ?? throw new InvalidOperationException("nothing tells what runs"));
        var fields = StaticFields();
        var before = Snapshot(fields);
        var told = new List<object>();
        foreach (var blob in Inputs())
        {
            var first = Follow(ran, blob);
            var after = Snapshot(fields);
            var changed = after.Where(f => before.GetValueOrDefault(f.Key) != f.Value).Select(f => f.Key).Order(StringComparer.Ordinal).ToList();
            var again = Follow(ran, blob);
            told.Add(new
            {
                lines = first.Lines, arms = first.Arms, changed, left = changed.ToDictionary(n => n, n => after[n]),
                learns = !first.Lines.SequenceEqual(again.Lines) || !first.Arms.SequenceEqual(again.Arms),
            });
            before = Snapshot(fields);
        }

        _pipe.Say(new { calls = told });
    }

    private (IReadOnlyList<int> Lines, IReadOnlyList<int> Arms) Follow(RanCounters ran, byte[] blob)
    {
        var (function, values) = Given(blob);
        ran.Clear();
        var seen = ObservedCall.Of(function, values.Self, values.Arguments);
        return ran.Read(isWhole: seen.Way == "returned");
    }

    /// <summary>Where the assembly of the function keeps what outlives calls.</summary>
    private List<FieldInfo> StaticFields() =>
    [
        .. _method.Module.Assembly.GetTypes().Where(t => !t.ContainsGenericParameters && t.FullName != ProbedFile.HearerType && !t.Name.StartsWith('<'))
            .SelectMany(t => t.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)).Where(f => !f.IsLiteral).Take(MostFields),
    ];

    private static Dictionary<string, string> Snapshot(List<FieldInfo> fields)
    {
        var digests = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in fields)
        {
            var name = $"{field.DeclaringType!.FullName}.{field.Name}";
            try
            {
                digests[name] = Convert.ToHexStringLower(SHA256.HashData(new ValueWriter(true, MostStateBytes, 1).Write(Type.EmptyTypes, [field.GetValue(null)!])));
            }
            catch (Exception e) when (e is ValueRefusedException or TargetInvocationException or TypeInitializationException or NotSupportedException)
            {
                digests[name] = "unread";
            }
        }

        return digests;
    }

    /// <summary>What the probes of a version count.</summary>
    private sealed class RanCounters(Type hearer)
    {
        private readonly long[] _lines = Of(hearer, "L"), _arms = Of(hearer, "A"), _entered = Of(hearer, "Entered"), _decided = Of(hearer, "Decided"), _other = Of(hearer, "Other");

        public void Clear()
        {
            foreach (var counts in (long[][])[_lines, _arms, _entered, _decided])
                Array.Clear(counts);
        }

        /// <param name="isWhole">Whether the call returned: what was begun and not decided one way went the other.</param>
        public (IReadOnlyList<int> Lines, IReadOnlyList<int> Arms) Read(bool isWhole)
        {
            for (var arm = 0; isWhole && arm < _arms.Length; arm++)
            {
                if (_entered[arm] > _decided[arm])
                    _arms[(int)_other[arm]]++;
            }

            return (Ran(_lines), Ran(_arms));
        }

        private static List<int> Ran(long[] counts) => [.. counts.Index().Where(c => c.Item > 0).Select(c => c.Index)];

        private static long[] Of(Type hearer, string name) => (long[])hearer.GetField(name, BindingFlags.Static | BindingFlags.NonPublic)!.GetValue(null)!;
    }
}
