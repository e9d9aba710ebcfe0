using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Afterburner.Sandboxes;
using Afterburner.Workloads;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Trials;

/// <summary>
/// One version of a function in a sandbox of its own, and the meter on all its processes. The process inside has loaded
/// code under review, so all it may do is answer calls with bytes; clock, order and comparison are on this side. It stands
/// still whenever it is not asked.
/// </summary>
internal sealed partial class Runner : IAsyncDisposable
{
    private static readonly TimeSpan RestPatience = TimeSpan.FromSeconds(10);

    private readonly SandboxProcess _process;
    private readonly IMeter _meter;
    private readonly Frames _frames;
    private readonly List<JsonElement> _messages = [];
    private bool _hasChild;
    private bool _isDead;
    private bool _isAtStop;
    private volatile bool _isLate, _hasWorked;
    private long _rested;

    private Runner(SandboxProcess process, IMeter meter) => (_process, _meter, _frames) = (process, meter, new Frames(process));

    /// <summary>CPU seconds from the start of the sandbox until it was ready to be asked.</summary>
    public double Starting { get; private set; }

    /// <summary>See <see cref="IMeter.MayResetPeak"/>.</summary>
    public bool MayResetPeak => _meter.MayResetPeak;

    /// <summary>Whether what an objective is about can be read here.</summary>
    public bool Knows(ObjectiveKind objective) => objective switch
    {
        ObjectiveKind.Time => true,
        ObjectiveKind.Memory => _meter.Memory() is not null && _meter.Peak() is not null,
        ObjectiveKind.Integral => _meter.Memory() is not null,
    };

    /// <summary>How the answers to some calls can be written, asked of the version whose answers count.</summary>
    public async Task<AnswerForm> ProbeAsync(byte[] inputs, TimeSpan patience, CancellationToken cancellationToken)
    {
        var reply = await AskAsync("probe", inputs, patience, cancellationToken).ConfigureAwait(false);
        return Read<ProbedReply>(reply) is { } form
            ? new AnswerForm(form.Encoder, form.Arguments)
            : throw new RunnerBrokenException(Refusal(reply).Unencodable ?? "its answers cannot be written down", side: true);
    }

    /// <summary>Which of some calls this version can make at all.</summary>
    public async Task<IReadOnlySet<int>> DecodableAsync(byte[] inputs, TimeSpan patience, CancellationToken cancellationToken)
    {
        var reply = await AskAsync("decodable", inputs, patience, cancellationToken).ConfigureAwait(false);
        return Read<DecodableReply>(reply)?.Decodable.ToHashSet() ?? [];
    }

    /// <summary>Calls of this function from JSON arguments, as blobs.</summary>
    public async Task<IReadOnlyList<string>> EncodeAsync(JsonArray arguments, TimeSpan patience, CancellationToken cancellationToken)
    {
        var reply = await AskAsync(
            "encode", JsonSerializer.SerializeToUtf8Bytes(arguments), patience, cancellationToken).ConfigureAwait(false);
        return Read<EncodedReply>(reply)?.Blobs ?? [];
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
                await _frames.SendAsync(Frames.Command, JsonSerializer.SerializeToUtf8Bytes(ProtocolJson.Write(new RunnerOrder("next")))).ConfigureAwait(false);
            _isAtStop = false;
            while (true)
            {
                var (kind, content) = await _frames.ReceiveAsync().ConfigureAwait(false);
                if (kind == Frames.Message)
                {
                    if (ProtocolJson.Parse(content) is { } told)
                        _messages.Add(told);
                    if (Read<DoneMessage>(content) is not null)
                        return null;
                    continue;
                }

                if (kind != Frames.Reply)
                    throw Unexpected(kind, content);
                if (Refusal(content).Unfit is { } unfit)
                    throw new RunnerBrokenException(unfit, side: true);
                var at = Read<StoppedReply>(content)?.At ?? throw Unexpected(kind, content);
                Rest();
                _isAtStop = true;
                return new Stop(at.Test, at.Ordinal, at.Rank);
            }
        }
        catch (Exception e) when (IsOver(e))
        {
            throw await WhyGoneAsync(e, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What the tests said so far, as a run of the harness.</summary>
    public HarnessRun Told() => new(new SandboxRun(SandboxEnd.Exited, 0, [], [], default, null, null, new Dictionary<string, byte[]>(), null), _messages);

    /// <summary>Makes one call and tells all of it that a user could see.</summary>
    public async Task<Observation> ObserveAsync(byte[] inputs, TimeSpan patience, CancellationToken cancellationToken)
    {
        var (told, status) = await ObserveAsync(inputs, 1, patience, cancellationToken).ConfigureAwait(false);
        return told is [var one] ? one : new Observation(null, "", 0, $"ended the process ({Words(status)})");
    }

    /// <summary>Makes some calls one after the other in one process, and tells the same of each; null where one of them ends it.</summary>
    public async Task<IReadOnlyList<Observation>?> ObserveAsync(IReadOnlyList<RecordedCall> calls, TimeSpan patience, CancellationToken cancellationToken)
    {
        var (told, _) = await ObserveAsync(Frames.Pack(calls), calls.Count, patience, cancellationToken).ConfigureAwait(false);
        return told?.Count == calls.Count ? told : null;
    }

    private async Task<(IReadOnlyList<Observation>? Told, int? Status)> ObserveAsync(
        byte[] inputs, int count, TimeSpan patience, CancellationToken cancellationToken)
    {
        var (kind, content) = await AskAnyAsync("observe", inputs, patience, cancellationToken).ConfigureAwait(false);
        if (kind == Frames.Ended)
            return (null, Refusal(content).Status);
        if (kind == Frames.Reply && Refusal(content).Failure is { } failure) // of a call inside a test, which is made alone
            return ([new Observation(null, "", 0, failure)], null);
        var parts = kind == Frames.Answers ? Frames.Split(content) : throw Unexpected(kind, content);
        return parts.Count == count * 4 ? ([.. parts.Chunk(4).Select(ReadObservation)], null) : throw Unexpected(kind, content);
    }

    private static Observation ReadObservation(byte[][] parts)
    {
        if (parts[3].Length > 0)
            return new Observation(null, "", 0, Encoding.UTF8.GetString(parts[3]));
        var told = double.TryParse(parts[2], CultureInfo.InvariantCulture, out var seconds) && double.IsFinite(seconds);
        return new Observation(parts[0], Encoding.UTF8.GetString(parts[1]), told ? Math.Max(0, seconds) : 0, null);
    }

    /// <summary>What of this version runs in a call, and what the call leaves behind; null when it does not come to its end.</summary>
    public async Task<TracedCall?> TraceAsync(byte[] inputs, TimeSpan patience, CancellationToken cancellationToken) =>
        await TraceAsync(inputs, 1, patience, cancellationToken).ConfigureAwait(false) is [var one] ? one : null;

    /// <summary>The same of some calls that are made one after the other in one process; null when they do not all come to their end.</summary>
    public Task<IReadOnlyList<TracedCall>?> TraceAsync(IReadOnlyList<RecordedCall> calls, TimeSpan patience, CancellationToken cancellationToken) =>
        TraceAsync(Frames.Pack(calls), calls.Count, patience, cancellationToken);

    private async Task<IReadOnlyList<TracedCall>?> TraceAsync(byte[] inputs, int count, TimeSpan patience, CancellationToken cancellationToken)
    {
        var (kind, content) = await AskAnyAsync("trace", inputs, patience, cancellationToken).ConfigureAwait(false);
        return kind == Frames.Reply && Read<TracedReply>(content) is { } told && told.Calls.Count == count ? told.Calls : null;
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private async Task<byte[]> AskAsync(string command, byte[] inputs, TimeSpan patience, CancellationToken cancellationToken)
    {
        var (kind, content) = await AskAnyAsync(command, inputs, patience, cancellationToken).ConfigureAwait(false);
        return kind == Frames.Reply ? content : throw Unexpected(kind, content);
    }

    private async Task<(byte Kind, byte[] Content)> AskAnyAsync(string command, byte[] inputs, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var alarm = Alarm(patience, cancellationToken);
        try
        {
            await NextChildAsync(new RunnerOrder(command)).ConfigureAwait(false);
            await ExpectAsync(Frames.Ready).ConfigureAwait(false);
            await _frames.SendAsync(Frames.Inputs, inputs).ConfigureAwait(false);
            var reply = await _frames.ReceiveAsync().ConfigureAwait(false);
            if (reply.Kind != Frames.Ended)
                await ExpectAsync(Frames.Ended).ConfigureAwait(false);
            _hasChild = false;
            Rest();
            return reply;
        }
        catch (Exception e) when (IsOver(e))
        {
            throw await WhyGoneAsync(e, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Lets the processes go on, the child of the sample before leave, and a new one be made.</summary>
    private async Task NextChildAsync(RunnerOrder command)
    {
        _meter.Resume();
        await LeaveAsync().ConfigureAwait(false);
        _hasChild = true;
        await _frames.SendAsync(Frames.Command, JsonSerializer.SerializeToUtf8Bytes(ProtocolJson.Write(command))).ConfigureAwait(false);
    }

    /// <summary>Brings the processes to rest, where their clock is exact.</summary>
    private void Rest()
    {
        if (!_meter.Rest(RestPatience))
            throw new RunnerBrokenException("its processes do not come to rest", side: _meter.MayBeRefused);
        _rested = _meter.CpuNanoseconds();
    }

    /// <summary>Ends a sample, where the clock has all of it.</summary>
    private void Finish()
    {
        if (!_meter.Finish(RestPatience))
            throw new RunnerBrokenException("its processes do not come to rest", side: _meter.MayBeRefused);
        _rested = _meter.CpuNanoseconds();
        _isDead = _meter.KillsSamples;
    }

    private async Task LeaveAsync()
    {
        if (!_hasChild)
            return;
        if (!_isDead)
            await _frames.SendAsync(Frames.Leave, []).ConfigureAwait(false);
        _isDead = false;
        await ExpectAsync(Frames.Ended).ConfigureAwait(false);
        _hasChild = false;
    }

    private async Task ExpectAsync(byte kind) => _ = await ContentAsync(kind).ConfigureAwait(false);

    private async Task<byte[]> ContentAsync(byte kind)
    {
        var (found, content) = await _frames.ReceiveAsync().ConfigureAwait(false);
        return found == kind ? content : throw Unexpected(found, content);
    }

    private static RunnerBrokenException Unexpected(byte kind, byte[] content) => kind switch
    {
        Frames.Ended => new($"the process ended in the middle of a call ({Words(Refusal(content).Status)})", side: true),
        Frames.Reply when Refusal(content).Failure is { } failure => new($"it {failure}", side: true),
        Frames.Reply when Refusal(content).Unencodable is not null => new("it answers with another kind of value than the baseline", side: true),
        _ => new("it does not keep to the way of answering", side: true),
    };

    /// <summary>A wait status of POSIX in words.</summary>
    private static string Words(int? status) =>
        status is { } code ? (code & 0x7f) == 0 ? $"exit code {code >> 8}" : $"signal {code & 0x7f}" : "no status";

    private static T? Read<T>(byte[] content)
        where T : class => ProtocolJson.Parse(content) is { } message ? ProtocolJson.Read<T>(message) : null;

    private static RunnerRefusal Refusal(byte[] content) => Read<RunnerRefusal>(content) ?? new();

    /// <summary>Kills the sandbox when time is over or nobody waits any more, which ends every read.</summary>
    private CancellationTokenSource Alarm(TimeSpan patience, CancellationToken cancellationToken)
    {
        var alarm = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var before = _meter.About();
        alarm.Token.Register(() =>
        {
            _isLate = true;
            _hasWorked = _meter.About() - before > patience.TotalNanoseconds / 2;
            _process.Kill();
        });
        alarm.CancelAfter(patience);
        return alarm;
    }

    /// <summary>Whether its processes are gone. The alarm ends them one after the other, so that those left may still tell of the others' end.</summary>
    private bool IsOver(Exception e) =>
        e is IOException or EndOfStreamException or ObjectDisposedException || (e is RunnerBrokenException && _isLate);

    private async Task<Exception> WhyGoneAsync(Exception inner, CancellationToken cancellationToken)
    {
        var run = await _process.EndAsync().ConfigureAwait(false);
        if (cancellationToken.IsCancellationRequested)
            return new OperationCanceledException("the measurement was cancelled", inner, cancellationToken);
        if (run.End == SandboxEnd.Failed)
            return new RunnerBrokenException(run.Failure ?? "the sandbox failed", side: false, inner);
        var reason = _isLate ? "timed out" : run.End switch
        {
            SandboxEnd.OutOfMemory => "it used up the memory limit",
            SandboxEnd.TimedOut => "it used up the time limit",
            _ => $"it ended the process {run.ErrorText[^Math.Min(400, run.ErrorText.Length)..].Trim()}".TrimEnd(),
        };
        return new RunnerBrokenException(reason, side: true, inner) { IsLate = _isLate, HasWorked = _hasWorked };
    }
}
