using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Afterburner.Languages.Python;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Tests.Trials;

/// <summary>One sample that was asked of a scripted runner.</summary>
/// <param name="Process">How many runners of its side came before.</param>
/// <param name="Number">How many samples of it came before in its process.</param>
/// <param name="Calls">Blobs of the calls, as text.</param>
internal sealed record ScriptedSample(bool IsBaseline, int Process, int Number, IReadOnlyList<string> Calls, bool Stored, bool Collect, long Room);

/// <summary>Runs nothing: runners answer at once, and cost the CPU time that a test says.</summary>
/// <param name="cost">CPU seconds of a sample.</param>
internal sealed class ScriptedRunners(Func<ScriptedSample, double> cost) : ISandbox
{
    public const string BaselineFile = "baseline", CandidateFile = "candidate";

    private double Cost(ScriptedSample sample) => cost(sample);

    /// <value>What a runner answers to a call. Defaults to the call itself.</value>
    public Func<ScriptedSample, string, string> Answer { get; init; } = (_, call) => call;

    /// <value>CPU seconds of reading the inputs of a sample.</value>
    public Func<ScriptedSample, double> Around { get; init; } = _ => 0;

    /// <value>CPU seconds of a process before it is asked.</value>
    public Func<ScriptedSample, double> Before { get; init; } = _ => 0;

    /// <value>Whether a runner leaves instead of answering.</value>
    public Func<ScriptedSample, bool> Leaves { get; init; } = _ => false;

    /// <value>Whether the highest memory can be told of each sample alone. Defaults to true.</value>
    public bool MayResetPeak { get; init; } = true;

    public List<JsonObject> Setups { get; } = [];

    public List<SandboxCommand> Commands { get; } = [];

    public List<ScriptedSample> Samples { get; } = [];

    public string Name => "scripted";

    public Pace Pace { get; init; } = Pace.Default;

    public Harness ToHarness() => new(this, new PythonProject("python", new Dictionary<string, MachineDirectory>(), ["."], TestRunner.Unittest).Program with { Pace = Pace });

    public Task<SandboxRun> RunAsync(SandboxCommand command, Limits limits, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<SandboxProcess> StartAsync(SandboxCommand command, Limits limits, CancellationToken cancellationToken)
    {
        lock (Commands)
            Commands.Add(command);
        return Task.FromResult<SandboxProcess>(new Process(this));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Process : SandboxProcess, IMeter
    {
        private readonly ScriptedRunners _script;
        private readonly Channel<byte[]> _frames = Channel.CreateUnbounded<byte[]>();
        private bool _isBaseline;
        private int _process, _number;
        private JsonObject? _command;
        private ScriptedSample? _sample;
        private bool _rehearsed;
        private long _cpu;

        public Process(ScriptedRunners script)
        {
            _script = script;
            (Input, Output) = (new Into(Take), new OutOf(_frames.Reader));
        }

        public override Stream Input { get; }

        public override Stream Output { get; }

        public override IMeter? Meter => this;

        public string Means => "a script";

        public bool MayResetPeak => _script.MayResetPeak;

        public long CpuNanoseconds() => _cpu;

        public long? Memory() => 0;

        public long? Peak() => 0;

        public bool ResetPeak() => true;

        public bool Rest(TimeSpan patience) => true;

        public void Resume()
        {
        }

        public void Dispose()
        {
        }

        public override void Kill() => _frames.Writer.TryComplete();

        public override Task<SandboxRun> EndAsync()
        {
            Kill();
            return Task.FromResult(new SandboxRun(SandboxEnd.Exited, 0, [], [], default, null, null, new Dictionary<string, byte[]>(), null));
        }

        private void Take(byte kind, byte[] content)
        {
            switch ((char)kind)
            {
                case 'C' when _command is null && _number == 0 && JsonNode.Parse(content) is JsonObject setup && setup["do"] is null:
                    lock (_script.Setups)
                    {
                        _isBaseline = (string?)setup["file"] == BaselineFile;
                        _process = _script.Setups.Count(s => (string?)s["file"] == (string?)setup["file"]);
                        _script.Setups.Add(setup);
                    }

                    Send('J', new JsonObject { ["loaded"] = true });
                    break;
                case 'C':
                    _command = JsonNode.Parse(content)!.AsObject();
                    _rehearsed = (bool?)_command["stored"] != true;
                    if (_rehearsed)
                        BecomeReady();
                    break;
                case 'N':
                    Send('R', Array.Empty<byte>());
                    break;
                case 'I' when !_rehearsed:
                    _rehearsed = true;
                    BecomeReady();
                    break;
                case 'I' when (string?)_command!["do"] == "probe":
                    Send('J', new JsonObject { ["encoder"] = "marshal", ["arguments"] = false });
                    Send('E', new JsonObject { ["status"] = 0 });
                    break;
                case 'I':
                    var sample = Sample(Split(content));
                    _number++;
                    lock (_script.Samples)
                        _script.Samples.Add(sample);
                    if (_script.Leaves(sample))
                    {
                        Send('E', new JsonObject { ["status"] = 9 });
                        break;
                    }

                    _sample = sample;
                    _cpu += (long)(_script.Around(sample) * 1e9);
                    Send('D', Array.Empty<byte>());
                    break;
                case 'G':
                    _cpu += (long)(_script.Cost(_sample!) * 1e9);
                    Send('S', Array.Empty<byte>());
                    break;
                case 'W':
                    Send('A', Join(_sample!.Calls.Select(c => _script.Answer(_sample, c))));
                    break;
                case 'L':
                    Send('E', new JsonObject { ["status"] = 0 });
                    break;
            }
        }

        private void BecomeReady()
        {
            _cpu += (long)(_script.Before(Sample([])) * 1e9);
            Send('R', Array.Empty<byte>());
        }

        private ScriptedSample Sample(IReadOnlyList<string> calls) => new(
            _isBaseline, _process, _number, calls, (bool?)_command?["stored"] == true, (bool?)_command?["collect"] == true,
            (long?)_command?["room"] ?? 0);

        private void Send(char kind, JsonObject content) => Send(kind, JsonSerializer.SerializeToUtf8Bytes(content));

        private void Send(char kind, byte[] content)
        {
            var head = new byte[5];
            BinaryPrimitives.WriteInt32LittleEndian(head, content.Length);
            head[4] = (byte)kind;
            _frames.Writer.TryWrite([.. head, .. content]);
        }

        private static List<string> Split(byte[] content)
        {
            var parts = new List<string>();
            for (var at = 0; at < content.Length;)
            {
                var length = BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(at));
                parts.Add(System.Text.Encoding.UTF8.GetString(content, at + 4, length));
                at += 4 + length;
            }

            return parts;
        }

        private static byte[] Join(IEnumerable<string> parts)
        {
            using var all = new MemoryStream();
            var length = new byte[4];
            foreach (var part in parts.Select(System.Text.Encoding.UTF8.GetBytes))
            {
                BinaryPrimitives.WriteInt32LittleEndian(length, part.Length);
                all.Write(length);
                all.Write(part);
            }

            return all.ToArray();
        }
    }

    /// <summary>Whole frames at a time, as a runner's owner writes them.</summary>
    private sealed class Into(Action<byte, byte[]> take) : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            take(buffer.Span[4], buffer[5..].ToArray());
            return ValueTask.CompletedTask;
        }
    }

    private sealed class OutOf(ChannelReader<byte[]> frames) : MemoryStream
    {
        private byte[] _left = [];

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_left.Length == 0)
            {
                if (!await frames.WaitToReadAsync(cancellationToken))
                    return 0;
                frames.TryRead(out _left!);
            }

            var count = Math.Min(buffer.Length, _left.Length);
            _left.AsMemory(0, count).CopyTo(buffer);
            _left = _left[count..];
            return count;
        }
    }
}
