using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Evaluation.Programs;

/// <summary>How one run of a program ended.</summary>
/// <param name="Answer">What it wrote; for a call what came back, as JSON.</param>
/// <param name="Failure">Why it is no answer; null where it is one.</param>
public sealed record ProgramEnd(string Answer, string? Failure);

/// <summary>Runs of a program on some inputs, one after the other, and what they cost together.</summary>
/// <param name="Seconds">CPU time of all its processes, from when the inputs are sent until every answer is here.</param>
/// <param name="PeakBytes">Highest memory meanwhile.</param>
/// <param name="ByteSeconds">Memory over CPU time; between readings, about one a millisecond, a straight line.</param>
public sealed record ProgramRuns(IReadOnlyList<ProgramEnd> Ends, double Seconds, double PeakBytes, double ByteSeconds);

/// <summary>The program cannot be run at all: it does not compile, it took too long, or its sandbox is gone.</summary>
public sealed class ProgramFailedException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <value>Whether it never came to run. Defaults to false.</value>
    public bool DoesNotCompile { get; init; }
}

/// <summary>
/// One program in a sandbox, and the meter on all its processes. All that comes out was written in the reach of hostile code: it is text to be compared, and
/// nothing in there knows the right answers. What it costs is the kernel's word, of the whole sandbox, and counted until the answers are here: whatever a
/// program does to make its runs look short is part of what they cost.
/// </summary>
internal sealed class ProgramProcess : IAsyncDisposable
{
    private const int LargestFrame = 17 << 20;

    private static readonly JsonSerializerOptions AsItIs = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Bytes of all answers to a question, which are held at a time; in a sample inputs are repeated.</summary>
    private const int MostAnswered = 48 << 20, MostInSample = 128 << 20;

    private static readonly TimeSpan RestPatience = TimeSpan.FromSeconds(10);

    private static readonly Lazy<MachineDirectory> Judge = new(Materialise);

    private readonly SandboxProcess _process;
    private readonly IMeter _meter;
    private readonly TimeSpan _patience;

    private ProgramProcess(SandboxProcess process, IMeter meter, TimeSpan patience) => (_process, _meter, _patience) = (process, meter, patience);

    /// <summary>A folder that every sandbox of these may see.</summary>
    public static string Folder => Judge.Value.Path;

    /// <summary>Starts a program, and compiles it where its language wants that.</summary>
    /// <param name="most">CPU time of one run.</param>
    /// <param name="patience">With one question, or with its compiler.</param>
    /// <param name="harness">Of any language: its sandbox, and what measures there.</param>
    /// <exception cref="ProgramFailedException">It does not compile.</exception>
    /// <exception cref="EnvironmentFailureException">There is no sandbox, or nothing can be measured in it.</exception>
    public static async Task<ProgramProcess> StartAsync(Harness harness, ProgramSource source, Limits limits, TimeSpan most, TimeSpan patience, CancellationToken cancellationToken)
    {
        var process = await harness.StartAsync(
            new SandboxCommand(["/usr/bin/python3", "-I", "-B", "/judge/judge.py"], Judge.Value.Path)
            {
                Mounts = new Dictionary<string, MachineDirectory> { ["/judge"] = Judge.Value },
                IsFirst = true,
                // Programs of equal source behave alike.
                Environment = new Dictionary<string, string> { ["PYTHONHASHSEED"] = "0" },
            },
            limits, cancellationToken).ConfigureAwait(false);
        if (process.Meter is not { } meter)
        {
            var why = process.Unmeasured;
            await process.DisposeAsync().ConfigureAwait(false);
            throw new EnvironmentFailureException($"programs cannot be measured here: {why}");
        }

        var started = new ProgramProcess(process, meter, patience);
        try
        {
            await started.LoadAsync(source.Order(most), source.Text, cancellationToken).ConfigureAwait(false);
            return started;
        }
        catch
        {
            await process.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Runs it on inputs, one after the other.</summary>
    /// <param name="follows">Whether memory is followed over time: looking a thousand times a second is work for whoever looks.</param>
    /// <param name="stops">Whether one that fails is the last: whoever only asks whether all are right knows then.</param>
    /// <exception cref="ProgramFailedException">It is gone, or takes longer than the sandbox lives.</exception>
    public async Task<ProgramRuns> RunAsync(IReadOnlyList<string> inputs, bool follows, bool stops, CancellationToken cancellationToken)
    {
        using var alarm = Alarm(cancellationToken);
        try
        {
            Rest();
            _meter.ResetPeak();
            var before = _meter.CpuNanoseconds();
            _meter.Resume();
            await SendAsync(Question(inputs, stops, follows ? MostInSample : MostAnswered)).ConfigureAwait(false);
            var answering = AnswersAsync(inputs.Count, stops);
            var points = follows ? await FollowAsync(answering).ConfigureAwait(false) : [];
            var ends = await answering.ConfigureAwait(false);
            Rest();
            var after = _meter.CpuNanoseconds();
            points.Add((after, points.Count > 0 ? points[^1].Memory : 0));
            var runs = new ProgramRuns(ends, (after - before) / 1e9, _meter.Peak() ?? 0, Integral(points));
            _meter.Resume();
            return runs;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or JsonException or FormatException or InvalidOperationException)
        {
            throw await WhyGoneAsync(e, cancellationToken).ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    /// <summary>Each input once, and in which order they are run: in a sample they are repeated, and may be large.</summary>
    private static byte[] Question(IReadOnlyList<string> inputs, bool stops, long most)
    {
        var (each, places) = (new Dictionary<string, int>(StringComparer.Ordinal), new List<int>());
        foreach (var input in inputs)
        {
            if (!each.TryGetValue(input, out var place))
                each.Add(input, place = each.Count);
            places.Add(place);
        }

        return JsonSerializer.SerializeToUtf8Bytes(new { inputs = each.Keys, places, until = stops ? "failure" : "end", most }, AsItIs);
    }

    private async Task LoadAsync(JsonObject order, string program, CancellationToken cancellationToken)
    {
        using var alarm = Alarm(cancellationToken);
        try
        {
            await SendAsync(JsonSerializer.SerializeToUtf8Bytes(order)).ConfigureAwait(false);
            await SendAsync(System.Text.Encoding.UTF8.GetBytes(program)).ConfigureAwait(false);
            if (JsonNode.Parse(await ReceiveAsync().ConfigureAwait(false)) is not JsonObject told)
                throw new IOException("it does not keep to the way of answering");
            if (told["ready"] is null)
                throw new ProgramFailedException($"it does not compile: {VisibleText.Line(LastLine(told["failed"]))}") { DoesNotCompile = true };
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or JsonException or FormatException or InvalidOperationException)
        {
            throw await WhyGoneAsync(e, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<IReadOnlyList<ProgramEnd>> AnswersAsync(int count, bool stops)
    {
        var told = JsonNode.Parse(await ReceiveAsync().ConfigureAwait(false)) as JsonArray;
        if (told is null || told.Count > count || (told.Count < count && !(stops && told.Count > 0)))
            throw new IOException("it does not keep to the way of answering");
        var ends = new List<ProgramEnd>();
        foreach (var end in told)
            ends.Add(End(end as JsonObject ?? [], System.Text.Encoding.UTF8.GetString(await ReceiveAsync().ConfigureAwait(false))));
        return ends.Count < count && ends[^1].Failure is null ? throw new IOException("it does not keep to the way of answering") : ends;
    }

    private static ProgramEnd End(JsonObject told, string answer) =>
        told["late"] is not null ? new(answer, "it took too long")
        : told["cut"] is not null ? new(answer, "it answered with more than 16 MiB, or 48 MiB to 20 inputs, 128 MiB in a sample")
        : (told["code"]?.GetValueKind() == JsonValueKind.Number ? told["code"]!.GetValue<double>() : -1) is not 0 ? new(answer, $"it failed: {VisibleText.Line(LastLine(told["error"]))}")
        : new(answer, null);

    private static string LastLine(JsonNode? error) =>
        error?.GetValueKind() == JsonValueKind.String ? error.GetValue<string>().Trim().Split('\n')[^1] : "";

    private async Task<List<(long Cpu, long Memory)>> FollowAsync(Task answering)
    {
        var points = new List<(long, long)>();
        do
        {
            points.Add((_meter.CpuNanoseconds(), _meter.Memory() ?? 0));
        }
        while (await Task.WhenAny(answering, Task.Delay(1, CancellationToken.None)).ConfigureAwait(false) != answering);
        return points;
    }

    private static double Integral(List<(long Cpu, long Memory)> points) =>
        points.Zip(points.Skip(1), (a, b) => (b.Cpu - a.Cpu) / 1e9 * (a.Memory + b.Memory) / 2).Sum();

    private void Rest()
    {
        if (!_meter.Rest(RestPatience))
            throw new IOException("its processes do not come to rest");
    }

    private async Task SendAsync(byte[] content)
    {
        var head = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(head, content.Length);
        await _process.Input.WriteAsync(head).ConfigureAwait(false);
        await _process.Input.WriteAsync(content).ConfigureAwait(false);
        await _process.Input.FlushAsync().ConfigureAwait(false);
    }

    private async Task<byte[]> ReceiveAsync()
    {
        var head = new byte[4];
        await _process.Output.ReadExactlyAsync(head).ConfigureAwait(false);
        var length = BinaryPrimitives.ReadInt32BigEndian(head);
        if (length is < 0 or > LargestFrame)
            throw new IOException("it does not keep to the way of answering");
        var content = new byte[length];
        await _process.Output.ReadExactlyAsync(content).ConfigureAwait(false);
        return content;
    }

    /// <summary>Kills the sandbox when time is over or nobody waits any more, which ends every read.</summary>
    private CancellationTokenSource Alarm(CancellationToken cancellationToken)
    {
        var alarm = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        alarm.Token.Register(_process.Kill);
        alarm.CancelAfter(_patience);
        return alarm;
    }

    private async Task<Exception> WhyGoneAsync(Exception inner, CancellationToken cancellationToken)
    {
        var run = await _process.EndAsync().ConfigureAwait(false);
        if (cancellationToken.IsCancellationRequested)
            return new OperationCanceledException("the run was cancelled", inner, cancellationToken);
        return new ProgramFailedException(
            run.End switch
            {
                SandboxEnd.Failed => $"its sandbox failed: {VisibleText.Line(run.Failure ?? "")}",
                SandboxEnd.OutOfMemory => "it used up the memory limit",
                _ => "it took too long, or ended its sandbox",
            },
            inner);
    }

    private static MachineDirectory Materialise()
    {
        var directory = Directory.CreateTempSubdirectory("afterburner-judge-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(directory, recursive: true);
        using (var from = typeof(ProgramProcess).Assembly.GetManifestResourceStream("Programs/judge.py")!)
        using (var to = File.Create(Path.Combine(directory, "judge.py")))
            from.CopyTo(to);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);
        return MachineDirectory.Own(directory);
    }
}
