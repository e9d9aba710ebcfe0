using System.Text.Json;
using Afterburner.Sandboxes;
using Afterburner.Workloads.Protocol;

namespace Afterburner.Workloads;

/// <summary>
/// Runs a command of a language's harness inside a sandbox. One JSON request goes in on standard input, JSON lines come out on
/// standard output; the last one has <c>"type": "done"</c>. Everything that comes out was written in the reach of hostile code: it is
/// read as data, with limits, and never executed.
/// </summary>
public sealed class Harness(ISandbox sandbox, HarnessProgram program)
{
    private static readonly Lazy<string> Nothing = new(() => Own("afterburner-nothing-"));

    private static readonly TimeSpan MeterPatience = TimeSpan.FromSeconds(10);

    public ISandbox Sandbox => sandbox;

    public HarnessProgram Program => program;

    /// <summary>Runs one harness command on a workspace.</summary>
    /// <param name="workspace">Directory that appears as <c>/work</c>.</param>
    /// <param name="writable">Whether the command needs a writable <c>/work</c>, as the repository's tests do.</param>
    /// <param name="variation">See <see cref="HarnessProgram.Environment"/>.</param>
    public async Task<HarnessRun> RunAsync(
        HarnessRequest request, string workspace, Limits limits, bool writable = false, int variation = 0,
        CancellationToken cancellationToken = default)
    {
        var run = await sandbox.RunAsync(
            Command([.. program.Start, Name(request.Command)], workspace, variation, writable, WithSettings(request)),
            limits,
            cancellationToken).ConfigureAwait(false);
        return new HarnessRun(run, Parse(run.Text));
    }

    /// <summary>Starts a process that has one version of a function and answers calls, see <see cref="Trials.Runner"/>.</summary>
    /// <exception cref="SandboxFailedException">The sandbox could not be made.</exception>
    public Task<SandboxProcess> StartAsync(string workspace, Limits limits, int variation, bool writable, CancellationToken cancellationToken) =>
        sandbox.StartAsync(
            Command([.. program.Start, "runner"], workspace, variation, writable, default) with
            {
                SameLayout = true,
                First = program.First,
            },
            limits,
            cancellationToken);

    /// <summary>Starts a program of somebody else in the same way: alone, laid out like every other, and measured from outside.</summary>
    /// <param name="command">Without <see cref="SandboxCommand.First"/>, and with no mount at <c>/harness</c>.</param>
    /// <exception cref="EnvironmentFailureException">The sandbox could not be made.</exception>
    public async Task<SandboxProcess> StartAsync(SandboxCommand command, Limits limits, CancellationToken cancellationToken)
    {
        var measured = command with
        {
            SameLayout = true,
            First = program.First,
            Mounts = new Dictionary<string, MachineDirectory>(command.Mounts) { ["/harness"] = program.Files },
        };
        try
        {
            return await sandbox.StartAsync(measured, limits, cancellationToken).ConfigureAwait(false);
        }
        catch (SandboxFailedException e)
        {
            throw new EnvironmentFailureException(e.Message, e);
        }
    }

    /// <summary>How what a version costs is read on this machine, found out by starting one.</summary>
    /// <returns>Whether it can be, and a few words: "measured by ..." or "cannot measure: ...".</returns>
    public async Task<(bool Works, string Words)> MeasuringAsync(Limits limits, CancellationToken cancellationToken)
    {
        try
        {
            await using var process = await StartAsync(Nothing.Value, limits, 0, writable: false, cancellationToken).ConfigureAwait(false);
            if (process.Meter is not { } meter)
                return (false, $"cannot measure: {process.Unmeasured}");
            return meter.Rest(MeterPatience) && meter.CpuNanoseconds() >= 0
                ? (true, $"measured by {meter.Means}")
                : (false, "cannot measure: processes do not come to rest");
        }
        catch (Exception e) when (e is SandboxFailedException or IOException)
        {
            return (false, $"cannot measure: {e.Message}");
        }
    }

    /// <summary>A request (or what a runner is to load) as JSON, with what the harness has to know of the repository in any case.</summary>
    public byte[] WithSettings(object said)
    {
        var request = ProtocolJson.Write(said);
        foreach (var (name, value) in program.Settings)
            request[name] = value?.DeepClone();
        return JsonSerializer.SerializeToUtf8Bytes(request);
    }

    private static string Name(HarnessCommand command) => command.ToString().ToLowerInvariant();

    /// <summary>
    /// Runs a command that loads nothing of the repository and must not be in its reach: no site-packages, no start-up files, an empty
    /// <c>/work</c>.
    /// </summary>
    public Task<HarnessRun> RunAloneAsync(HarnessRequest request, Limits limits, CancellationToken cancellationToken) =>
        RunAloneAsync(request, Nothing.Value, limits, cancellationToken);

    /// <inheritdoc cref="RunAloneAsync(HarnessRequest, Limits, CancellationToken)"/>
    /// <param name="workspace">Directory that appears as <c>/work</c>, whose files are read as text.</param>
    public async Task<HarnessRun> RunAloneAsync(HarnessRequest request, string workspace, Limits limits, CancellationToken cancellationToken)
    {
        var run = await sandbox.RunAsync(
            Command([.. program.Alone, Name(request.Command)], workspace, 0, false, JsonSerializer.SerializeToUtf8Bytes(ProtocolJson.Write(request))),
            limits,
            cancellationToken).ConfigureAwait(false);
        return new HarnessRun(run, Parse(run.Text));
    }

    private SandboxCommand Command(
        IReadOnlyList<string> command, string workspace, int variation, bool writable, ReadOnlyMemory<byte> input)
    {
        var mounts = new Dictionary<string, MachineDirectory>(program.Mounts) { ["/harness"] = program.Files };
        return new SandboxCommand(command, workspace)
        {
            Writable = writable,
            Mounts = mounts,
            Environment = program.Environment(variation),
            Input = input,
        };
    }

    // A line that is not ours is passed over: the run is judged by whether its last message is there.
    private static List<JsonElement> Parse(string text) =>
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => ProtocolJson.Parse(System.Text.Encoding.UTF8.GetBytes(l))).OfType<JsonElement>()];

    /// <summary>Puts the embedded files of a harness where sandboxes can mount them; they are gone when this program ends.</summary>
    /// <param name="prefix">Of their names, with a slash at its end.</param>
    internal static MachineDirectory Materialise(string prefix)
    {
        var assembly = typeof(Harness).Assembly;
        var directory = Own("afterburner-harness-");
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(prefix, StringComparison.Ordinal)))
        {
            var path = Path.Combine(directory, name[prefix.Length..]);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var from = assembly.GetManifestResourceStream(name)!;
            using var to = File.Create(path);
            from.CopyTo(to);
        }

        return MachineDirectory.Own(directory);
    }

    /// <summary>A directory that everyone may enter and only this program fills, gone when it ends.</summary>
    internal static string Own(string prefix)
    {
        var directory = SharedFolder.Create(prefix);
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            // A worker removes the folder that it lies in.
            if (Directory.Exists(directory))
                Directory.Delete(directory, recursive: true);
        };
        return directory;
    }
}

/// <summary>What a harness command left.</summary>
/// <param name="Lines">What it wrote, in order: lines that are JSON objects.</param>
public sealed record HarnessRun(SandboxRun Sandbox, IReadOnlyList<JsonElement> Lines)
{
    /// <summary>The last message, when the command came to its end; null when it crashed, was killed or was tampered with.</summary>
    public DoneMessage? Done => Of<DoneMessage>().LastOrDefault();

    /// <summary>What the harness says of its own failure; null where it did not fail.</summary>
    public string? Error => Of<ErrorMessage>().LastOrDefault()?.Message;

    /// <summary>Its messages of one kind, in order.</summary>
    public IEnumerable<T> Of<T>()
        where T : class => Lines.Select(ProtocolJson.Read<T>).OfType<T>();
}
