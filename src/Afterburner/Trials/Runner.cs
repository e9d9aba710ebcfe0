using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Trials;

/// <summary>One version of a function, as a runner loads it.</summary>
/// <param name="Workspace">Tree of this machine that appears as <c>/work</c>.</param>
/// <param name="Target">The function whose code is exchanged.</param>
/// <param name="Entry">The function that is called.</param>
/// <param name="File">Text of the target's file in this version; null: as it lies in the workspace.</param>
/// <param name="Like">A call that tells by which names modules are imported; it is never made.</param>
/// <param name="Warmup">Calls that warm every child up.</param>
internal sealed record RunnerVersion(
    string Workspace, Target Target, Target Entry, string? File, RecordedCall? Like, IReadOnlyList<RecordedCall> Warmup)
{
    /// <value>Whether it can tell which of its lines and arms run (<see cref="Runner.TraceAsync"/>). Defaults to false.</value>
    public bool Traces { get; init; }

    /// <value>The tests that the runner runs, and at which calls it stops (<see cref="Runner.NextStopAsync"/>). Defaults to null: none, it makes recorded calls.</value>
    public JsonObject? Tests { get; init; }
}

/// <summary>How answers are written by a runner, as the baseline showed it: see <c>runner.py</c>.</summary>
/// <param name="Encoder">The quickest way that takes all answers: "marshal", "pickle" or "tree".</param>
/// <param name="Arguments">Whether calls change their arguments, which are part of the answers then.</param>
internal sealed record AnswerForm(string Encoder, bool Arguments)
{
    /// <summary>The encoder that takes whatever any other takes.</summary>
    public const string Any = "tree";
}

/// <summary>What is asked of a runner in one sample.</summary>
/// <param name="Core">Where the child runs; both samples of a pair belong on one.</param>
internal sealed record SampleOrder(AnswerForm Form, int? Core)
{
    /// <value>The answers are made beforehand and only written in the timed span: what a call of no cost would take.</value>
    public bool Stored { get; init; }

    /// <value>The garbage collector is on, and collects before the answer is complete.</value>
    public bool Collect { get; init; }

    /// <value>Memory is followed over the span. Defaults to false.</value>
    public bool Follow { get; init; }
}

/// <summary>What the control group of a runner showed of one sample.</summary>
/// <param name="Cpu">CPU seconds between "go" and the runner's word that the calls are over: what a call costs, if that word is true.</param>
/// <param name="Whole">CPU seconds from the first byte of the inputs until the group stood still after the last byte of the answers, whatever the runner says.</param>
/// <param name="Before">CPU seconds of the group between the sample before and the inputs: starting, forking, warming up.</param>
/// <param name="Wall">Wall seconds of the calls.</param>
/// <param name="PeakLow">Highest memory above that at the inputs, at least: exact where the kernel tells it of this span alone.</param>
/// <param name="PeakHigh">The same, at most. A gain is claimed by the baseline's least and the candidate's most.</param>
/// <param name="ByteSeconds">Memory over CPU time; null where it was not followed.</param>
/// <param name="Answers">One for each call, as the runner wrote them.</param>
internal sealed record Reading(
    double Cpu, double Whole, double Before, double Wall, double PeakLow, double PeakHigh, double? ByteSeconds, IReadOnlyList<byte[]> Answers)
{
    /// <value>Readings of memory that its integral was made of.</value>
    public int Readings { get; init; }

    /// <summary>Several children as one sample: the median of every value, the answers of the first.</summary>
    public static Reading Median(IReadOnlyList<Reading> taken) => taken.Count == 1 ? taken[0] : new Reading(
        Of(taken, r => r.Cpu), Of(taken, r => r.Whole), Of(taken, r => r.Before), Of(taken, r => r.Wall), Of(taken, r => r.PeakLow), Of(taken, r => r.PeakHigh),
        taken.All(r => r.ByteSeconds is not null) ? Of(taken, r => r.ByteSeconds!.Value) : null, taken[0].Answers)
    {
        Readings = taken.Min(r => r.Readings),
    };

    private static double Of(IReadOnlyList<Reading> taken, Func<Reading, double> value) => Medians.Of(taken.Select(value));
}

/// <summary>All of a call that a user could see, as a version told it.</summary>
/// <param name="Seen">A tree, as JSON; null when there is none.</param>
/// <param name="Input">The call as a person would write it.</param>
/// <param name="Seconds">About how long it took, by the version's own word.</param>
/// <param name="Failure">Why there is none: what it did instead, as "ended the process"; null when there is one.</param>
internal sealed record Observation(byte[]? Seen, string Input, double Seconds, string? Failure);

/// <summary>A runner that cannot go on.</summary>
/// <param name="side">Whether its code is to blame; false: the sandbox or the machine.</param>
internal sealed class RunnerBrokenException(string message, bool side, Exception? inner = null) : Exception(message, inner)
{
    public bool IsOfItsCode => side;

    /// <value>It took longer than it was waited for.</value>
    public bool IsLate { get; init; }
}

/// <summary>
/// One version of a function in a sandbox of its own, and the meter on its control group. The process inside has loaded
/// code under review, so all it may do is answer calls with bytes; clock, order and comparison are on this side. It stands
/// still whenever it is not asked.
/// </summary>
internal sealed class Runner : IAsyncDisposable
{
    private const byte Command = (byte)'C', Inputs = (byte)'I', Go = (byte)'G', Write = (byte)'W', Leave = (byte)'L';
    private const byte Ready = (byte)'R', Decoded = (byte)'D', Stopped = (byte)'S', Answers = (byte)'A', Ended = (byte)'E', Reply = (byte)'J', Message = (byte)'M';
    private const int HeadSize = 5;
    private const int MostAnswer = 256 << 20;

    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RestPatience = TimeSpan.FromSeconds(2);

    private readonly SandboxProcess _process;
    private readonly IMeter _meter;
    private readonly List<JsonObject> _messages = [];
    private bool _hasChild;
    private bool _isAtStop;
    private long _rested;

    private Runner(SandboxProcess process, IMeter meter) => (_process, _meter) = (process, meter);

    /// <summary>CPU seconds from the start of the sandbox until it was ready to be asked.</summary>
    public double Starting { get; private init; }

    /// <summary>See <see cref="IMeter.MayResetPeak"/>.</summary>
    public bool MayResetPeak => _meter.MayResetPeak;

    /// <summary>Starts a sandbox and loads a version into it.</summary>
    /// <exception cref="RunnerBrokenException">It cannot be loaded, or there is no control group to read.</exception>
    public static async Task<Runner> StartAsync(
        PythonHarness harness, RunnerVersion version, Limits limits, int variation, CancellationToken cancellationToken)
    {
        const int Attempts = 3;
        for (var made = 1; ; made++)
        {
            try
            {
                return await StartOnceAsync(harness, version, limits, variation, cancellationToken).ConfigureAwait(false);
            }
            catch (RunnerBrokenException e) when (!e.IsOfItsCode && made < Attempts)
            {
                // A sandbox that did not come up says nothing about the code; the last attempt's failure is told.
            }
        }
    }

    /// <summary>How the answers to some calls can be written, asked of the version whose answers count.</summary>
    public async Task<AnswerForm> ProbeAsync(byte[] inputs, TimeSpan patience, CancellationToken cancellationToken)
    {
        var reply = await AskAsync(new JsonObject { ["do"] = "probe" }, inputs, patience, cancellationToken).ConfigureAwait(false);
        return reply.Text("encoder") is { } encoder && reply["arguments"] is JsonValue changed && changed.TryGetValue(out bool arguments)
            ? new AnswerForm(encoder, arguments)
            : throw new RunnerBrokenException(reply.Text("unencodable") ?? "its answers cannot be written down", side: true);
    }

    /// <summary>Which of some calls this version can make at all.</summary>
    public async Task<IReadOnlySet<int>> DecodableAsync(byte[] inputs, TimeSpan patience, CancellationToken cancellationToken)
    {
        var reply = await AskAsync(new JsonObject { ["do"] = "decodable" }, inputs, patience, cancellationToken).ConfigureAwait(false);
        return reply["decodable"] is JsonArray found ? found.OfType<JsonValue>().Select(v => v.GetValue<int>()).ToHashSet() : new HashSet<int>();
    }

    /// <summary>Calls of this function from JSON arguments, as blobs.</summary>
    public async Task<IReadOnlyList<string>> EncodeAsync(JsonArray arguments, TimeSpan patience, CancellationToken cancellationToken)
    {
        var reply = await AskAsync(
            new JsonObject { ["do"] = "encode" }, JsonSerializer.SerializeToUtf8Bytes(arguments), patience, cancellationToken).ConfigureAwait(false);
        return reply["blobs"] is JsonArray blobs ? [.. blobs.Select(b => (string)b!)] : [];
    }

    /// <summary>Lets the tests go on to the next chosen call; null when they are over.</summary>
    public async Task<Stop?> NextStopAsync(CancellationToken cancellationToken)
    {
        using var alarm = Alarm(Timeout.InfiniteTimeSpan, cancellationToken);
        try
        {
            _meter.Resume();
            await LeaveAsync().ConfigureAwait(false);
            if (_isAtStop)
                await SendAsync(Command, JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["do"] = "next" })).ConfigureAwait(false);
            _isAtStop = false;
            while (true)
            {
                var (kind, content) = await ReceiveAsync().ConfigureAwait(false);
                var told = Read(content);
                if (kind == Message)
                {
                    _messages.Add(told);
                    if (told.Text("type") == "done")
                        return null;
                    continue;
                }

                if (kind != Reply)
                    throw Unexpected(kind, content);
                if (told.Text("unfit") is { } unfit)
                    throw new RunnerBrokenException(unfit, side: true);
                var at = told.Child("at") ?? throw Unexpected(kind, content);
                if (!_meter.Rest(RestPatience))
                    throw new RunnerBrokenException("its processes do not come to rest", side: true);
                _rested = _meter.CpuNanoseconds();
                _isAtStop = true;
                return new Stop(at.Text("test") ?? "", at.Whole("ordinal") ?? -1, (int)(at.Whole("rank") ?? int.MaxValue));
            }
        }
        catch (Exception e) when (e is IOException or EndOfStreamException or ObjectDisposedException)
        {
            throw await WhyGoneAsync(alarm, e, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What the tests said so far, as a run of the harness.</summary>
    public HarnessRun Told() => new(new SandboxRun(SandboxEnd.Exited, 0, [], [], default, null, null, new Dictionary<string, byte[]>(), null), _messages);

    /// <summary>Makes one call and tells all of it that a user could see.</summary>
    public async Task<Observation> ObserveAsync(byte[] inputs, TimeSpan patience, CancellationToken cancellationToken)
    {
        var (kind, content) = await AskAnyAsync(new JsonObject { ["do"] = "observe" }, inputs, patience, cancellationToken).ConfigureAwait(false);
        if (kind == Reply && Read(content).Text("failure") is { } failure)
            return new Observation(null, "", 0, failure);
        if (kind == Ended)
            return new Observation(null, "", 0, $"ended the process ({Words(Read(content)["status"])})");
        var parts = kind == Answers ? Split(content) : throw Unexpected(kind, content);
        return parts.Count == 3
            ? new Observation(parts[0], System.Text.Encoding.UTF8.GetString(parts[1]), TrialMessages.Number(Number(parts[2])), null)
            : throw Unexpected(kind, content);
    }

    /// <summary>What of this version runs in a call, and what the call leaves behind; null when it does not come to its end.</summary>
    public async Task<JsonObject?> TraceAsync(byte[] inputs, TimeSpan patience, CancellationToken cancellationToken)
    {
        var (kind, content) = await AskAnyAsync(new JsonObject { ["do"] = "trace" }, inputs, patience, cancellationToken).ConfigureAwait(false);
        return kind == Reply && Read(content) is { } told && told["lines"] is not null ? told : null;
    }

    /// <summary>Takes one sample.</summary>
    /// <param name="inputs">From <see cref="Frame"/>.</param>
    /// <param name="count">How many calls that is.</param>
    /// <exception cref="RunnerBrokenException">It crashed, took too long, answered something else, or does not stand still.</exception>
    public async Task<Reading> SampleAsync(byte[] inputs, int count, SampleOrder order, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var alarm = Alarm(patience, cancellationToken);
        try
        {
            await NextChildAsync(new JsonObject
            {
                ["do"] = "sample", ["encoder"] = order.Form.Encoder, ["arguments"] = order.Form.Arguments, ["cpu"] = order.Core,
                ["stored"] = order.Stored, ["collect"] = order.Collect,
            }).ConfigureAwait(false);
            if (order.Stored)
                await SendAsync(Inputs, inputs).ConfigureAwait(false);
            await ExpectAsync(Ready).ConfigureAwait(false);

            var asked = _meter.CpuNanoseconds();
            await SendAsync(Inputs, inputs).ConfigureAwait(false);
            await ExpectAsync(Decoded).ConfigureAwait(false);

            var (memory, reset) = (_meter.Memory(), _meter.ResetPeak());
            var peakBefore = _meter.Peak();
            var cpu = _meter.CpuNanoseconds();
            var start = Stopwatch.GetTimestamp();
            await SendAsync(Go, []).ConfigureAwait(false);
            var stopping = ExpectAsync(Stopped);
            var points = order.Follow ? await FollowAsync(stopping).ConfigureAwait(false) : [];
            await stopping.ConfigureAwait(false);
            var wall = Stopwatch.GetElapsedTime(start);
            cpu = _meter.CpuNanoseconds() - cpu;

            await SendAsync(Write, []).ConfigureAwait(false);
            var (kind, content) = await ReceiveAsync().ConfigureAwait(false);
            if (!_meter.Rest(RestPatience))
                throw new RunnerBrokenException("its processes do not come to rest", side: true);
            var (end, peak) = (_meter.CpuNanoseconds(), _meter.Peak());
            var before = asked - _rested;
            _rested = end;
            if (kind != Answers)
                throw Unexpected(kind, content);
            var answers = Split(content);
            if (answers.Count != count)
                throw new RunnerBrokenException($"it gave {answers.Count} answers to {count} calls", side: true);
            var (low, high) = Above(memory, _meter.Memory(), reset ? 0 : peakBefore, peak);
            return new Reading(cpu / 1e9, (end - asked) / 1e9, before / 1e9, wall.TotalSeconds, low, high, Integral(points), answers) { Readings = points.Count };
        }
        catch (Exception e) when (e is IOException or EndOfStreamException or ObjectDisposedException)
        {
            throw await WhyGoneAsync(alarm, e, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The inputs of a sample: the calls as stored, one after the other.</summary>
    public static byte[] Frame(IEnumerable<RecordedCall> calls)
    {
        using var all = new MemoryStream();
        Span<byte> length = stackalloc byte[4];
        foreach (var call in calls)
        {
            var blob = Convert.FromBase64String(call.Blob);
            BinaryPrimitives.WriteInt32LittleEndian(length, blob.Length);
            all.Write(length);
            all.Write(blob);
        }

        return all.ToArray();
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static async Task<Runner> StartOnceAsync(
        PythonHarness harness, RunnerVersion version, Limits limits, int variation, CancellationToken cancellationToken)
    {
        SandboxProcess process;
        try
        {
            process = await harness.StartAsync(version.Workspace, limits, variation, version.Tests is not null, cancellationToken).ConfigureAwait(false);
        }
        catch (SandboxFailedException e)
        {
            throw new RunnerBrokenException(e.Message, side: false, e);
        }

        if (process.Meter is not { } meter)
        {
            await process.DisposeAsync().ConfigureAwait(false);
            throw new RunnerBrokenException("the sandbox has no control group that can be read and brought to rest", side: false);
        }

        var runner = new Runner(process, meter);
        try
        {
            var starting = await runner.LoadAsync(harness, version, cancellationToken).ConfigureAwait(false);
            return new Runner(process, meter) { Starting = starting, _rested = runner._rested };
        }
        catch
        {
            await process.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<double> LoadAsync(PythonHarness harness, RunnerVersion version, CancellationToken cancellationToken)
    {
        using var alarm = Alarm(StartPatience, cancellationToken);
        var setup = new JsonObject
        {
            ["target"] = Json(version.Target),
            ["entry"] = Json(version.Entry),
            ["file"] = version.File,
            ["imports"] = harness.Imports(),
            ["like"] = version.Like?.Blob,
            ["trace"] = version.Traces,
            ["warmup"] = new JsonArray([.. version.Warmup.Select(c => (JsonNode)c.Blob)]),
        };
        foreach (var (name, value) in version.Tests ?? [])
            setup[name] = value?.DeepClone();
        try
        {
            await SendAsync(Command, JsonSerializer.SerializeToUtf8Bytes(setup)).ConfigureAwait(false);
            if (version.Tests is not null)
                return 0;
            var reply = Read(await ExpectAsync(Reply).ConfigureAwait(false));
            if (reply["loaded"] is null)
                throw new RunnerBrokenException(reply.Text("unfit") ?? reply.Text("failed") ?? "it could not be loaded", side: true);
        }
        catch (Exception e) when (e is IOException or EndOfStreamException or ObjectDisposedException)
        {
            throw await WhyGoneAsync(alarm, e, cancellationToken).ConfigureAwait(false);
        }

        if (!_meter.Rest(RestPatience))
            throw new RunnerBrokenException("its processes do not come to rest", side: true);
        _rested = _meter.CpuNanoseconds();
        return _rested / 1e9;
    }

    private async Task<JsonObject> AskAsync(JsonObject command, byte[] inputs, TimeSpan patience, CancellationToken cancellationToken)
    {
        var (kind, content) = await AskAnyAsync(command, inputs, patience, cancellationToken).ConfigureAwait(false);
        return kind == Reply ? Read(content) : throw Unexpected(kind, content);
    }

    private async Task<(byte Kind, byte[] Content)> AskAnyAsync(JsonObject command, byte[] inputs, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var alarm = Alarm(patience, cancellationToken);
        try
        {
            await NextChildAsync(command).ConfigureAwait(false);
            await ExpectAsync(Ready).ConfigureAwait(false);
            await SendAsync(Inputs, inputs).ConfigureAwait(false);
            var reply = await ReceiveAsync().ConfigureAwait(false);
            if (reply.Kind != Ended)
                await ExpectAsync(Ended).ConfigureAwait(false);
            _hasChild = false;
            if (!_meter.Rest(RestPatience))
                throw new RunnerBrokenException("its processes do not come to rest", side: true);
            _rested = _meter.CpuNanoseconds();
            return reply;
        }
        catch (Exception e) when (e is IOException or EndOfStreamException or ObjectDisposedException)
        {
            throw await WhyGoneAsync(alarm, e, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Lets the processes go on, the child of the sample before leave, and a new one be made.</summary>
    private async Task NextChildAsync(JsonObject command)
    {
        _meter.Resume();
        await LeaveAsync().ConfigureAwait(false);
        _hasChild = true;
        await SendAsync(Command, JsonSerializer.SerializeToUtf8Bytes(command)).ConfigureAwait(false);
    }

    private async Task LeaveAsync()
    {
        if (!_hasChild)
            return;
        await SendAsync(Leave, []).ConfigureAwait(false);
        await ExpectAsync(Ended).ConfigureAwait(false);
        _hasChild = false;
    }

    /// <summary>Memory and CPU time about every millisecond, until the answer is there.</summary>
    private async Task<List<(long Cpu, long Memory)>> FollowAsync(Task answering)
    {
        var points = new List<(long, long)>();
        do
        {
            points.Add((_meter.CpuNanoseconds(), _meter.Memory() ?? 0));
        }
        while (await Task.WhenAny(answering, Task.Delay(1, CancellationToken.None)).ConfigureAwait(false) != answering);
        points.Add((_meter.CpuNanoseconds(), _meter.Memory() ?? 0));
        return points;
    }

    /// <summary>Bounds of the highest memory of a span. An earlier peak hides a lower one of the span.</summary>
    private static (double Low, double High) Above(long? was, long? now, long? peakBefore, long? peak)
    {
        if (was is not { } start || peak is not { } highest)
            return (0, 0);
        var high = Math.Max(0, highest - start);
        return highest > (peakBefore ?? 0) ? (high, high) : (Math.Max(0, (now ?? start) - start), high);
    }

    /// <summary>Byte-seconds: memory over CPU time, between readings a straight line.</summary>
    private static double? Integral(List<(long Cpu, long Memory)> points) => points.Count < 2 ? null
        : points.Zip(points.Skip(1), (a, b) => (b.Cpu - a.Cpu) / 1e9 * (a.Memory + b.Memory) / 2).Sum();

    private async Task SendAsync(byte kind, byte[] content)
    {
        var head = new byte[HeadSize];
        BinaryPrimitives.WriteInt32LittleEndian(head, content.Length);
        head[4] = kind;
        await _process.Input.WriteAsync((byte[])[.. head, .. content]).ConfigureAwait(false);
        await _process.Input.FlushAsync().ConfigureAwait(false);
    }

    private async Task<byte[]> ExpectAsync(byte kind)
    {
        var (found, content) = await ReceiveAsync().ConfigureAwait(false);
        return found == kind ? content : throw Unexpected(found, content);
    }

    private async Task<(byte Kind, byte[] Content)> ReceiveAsync()
    {
        var head = new byte[HeadSize];
        await _process.Output.ReadExactlyAsync(head).ConfigureAwait(false);
        var length = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (length is < 0 or > MostAnswer)
            throw new RunnerBrokenException("its answer is too large to be compared", side: true);
        var content = new byte[length];
        await _process.Output.ReadExactlyAsync(content).ConfigureAwait(false);
        return (head[4], content);
    }

    private static List<byte[]> Split(byte[] content)
    {
        var parts = new List<byte[]>();
        for (var at = 0; at < content.Length;)
        {
            var length = at + 4 <= content.Length ? BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(at)) : -1;
            if (length < 0 || length > content.Length - at - 4)
                throw new RunnerBrokenException("its answer is cut short", side: true);
            parts.Add(content[(at + 4)..(at + 4 + length)]);
            at += 4 + length;
        }

        return parts;
    }

    private static RunnerBrokenException Unexpected(byte kind, byte[] content) => kind switch
    {
        Ended => new($"the process ended in the middle of a call ({Words(Read(content)["status"])})", side: true),
        Reply when Read(content).Text("failure") is { } failure => new($"it {failure}", side: true),
        Reply when Read(content).Text("unencodable") is not null => new("it answers with another kind of value than the baseline", side: true),
        _ => new("it does not keep to the way of answering", side: true),
    };

    /// <summary>A wait status of POSIX in words.</summary>
    private static string Words(JsonNode? status) =>
        status is JsonValue value && value.TryGetValue(out int code) ? (code & 0x7f) == 0 ? $"exit code {code >> 8}" : $"signal {code & 0x7f}" : "no status";

    private static JsonValue? Number(byte[] text) =>
        double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number) : null;

    private static JsonObject Read(byte[] content)
    {
        try
        {
            return JsonNode.Parse(content) as JsonObject ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <summary>Kills the sandbox when time is over or nobody waits any more, which ends every read.</summary>
    private CancellationTokenSource Alarm(TimeSpan patience, CancellationToken cancellationToken)
    {
        var alarm = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        alarm.Token.Register(_process.Kill);
        alarm.CancelAfter(patience);
        return alarm;
    }

    private async Task<Exception> WhyGoneAsync(CancellationTokenSource alarm, Exception inner, CancellationToken cancellationToken)
    {
        var late = alarm.IsCancellationRequested;
        var run = await _process.EndAsync().ConfigureAwait(false);
        if (cancellationToken.IsCancellationRequested)
            return new OperationCanceledException("the measurement was cancelled", inner, cancellationToken);
        if (run.End == SandboxEnd.Failed)
            return new RunnerBrokenException(run.Failure ?? "the sandbox failed", side: false, inner);
        var reason = late ? "timed out" : run.End switch
        {
            SandboxEnd.OutOfMemory => "it used up the memory limit",
            SandboxEnd.TimedOut => "it used up the time limit",
            _ => $"it ended the process {run.ErrorText[^Math.Min(400, run.ErrorText.Length)..].Trim()}".TrimEnd(),
        };
        return new RunnerBrokenException(reason, side: true, inner) { IsLate = late };
    }

    private static JsonObject Json(Target target) =>
        new() { ["path"] = target.Path, ["name"] = target.Name, ["line"] = target.StartLine };
}
