using System.Text.Json;
using System.Text.RegularExpressions;
using Afterburner.Sandboxes;
using Afterburner.Workloads;

namespace Afterburner.Languages.Python;

/// <summary>
/// The files of the harness with what an interpreter compiles them to beside them. A review starts some hundred processes, and most of
/// what a start takes is compiling them: it is done once, in a sandbox that has nothing of the repository.
/// </summary>
internal static partial class PythonBytecode
{
    private const string FilesOf = "Languages/Python/harness/";

    private static readonly Limits CompilingLimits = new() { Wall = TimeSpan.FromSeconds(20), Cpu = TimeSpan.FromSeconds(20) };

    private static readonly Lazy<MachineDirectory> Plain = new(() => Harness.Materialise(FilesOf));

    private static readonly Dictionary<string, MachineDirectory> Made = [];

    private static readonly SemaphoreSlim Making = new(1);

    /// <summary>The files alone.</summary>
    public static MachineDirectory Files => Plain.Value;

    /// <summary>The files with their bytecode, made once for an interpreter; the files alone where it does not compile them.</summary>
    /// <remarks>What one interpreter made never gets to another one: it may be that of another repository.</remarks>
    public static async Task<MachineDirectory> OfAsync(
        ISandbox sandbox, string interpreter, IReadOnlyDictionary<string, MachineDirectory> mounts, CancellationToken cancellationToken)
    {
        var key = string.Join('\n', [sandbox.Name, interpreter, .. mounts.Select(m => $"{m.Key}={m.Value.Path}").Order(StringComparer.Ordinal)]);
        await Making.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!Made.TryGetValue(key, out var files))
                Made[key] = files = await MakeAsync(sandbox, interpreter, mounts, cancellationToken).ConfigureAwait(false);
            return files;
        }
        finally
        {
            Making.Release();
        }
    }

    private static async Task<MachineDirectory> MakeAsync(
        ISandbox sandbox, string interpreter, IReadOnlyDictionary<string, MachineDirectory> mounts, CancellationToken cancellationToken)
    {
        var empty = SharedFolder.Create("afterburner-empty-");
        try
        {
            var command = new SandboxCommand([interpreter, "-I", "-S", "-B", "/harness/bytecode.py"], empty)
            {
                Mounts = new Dictionary<string, MachineDirectory>(mounts) { ["/harness"] = Files },
            };
            var run = await sandbox.RunAsync(command, CompilingLimits, cancellationToken).ConfigureAwait(false);
            return run.Succeeded && Read(run.Output) is { } compiled ? With(compiled) : Files;
        }
        finally
        {
            Directory.Delete(empty, recursive: true);
        }
    }

    /// <summary>Null where it is not what the script writes.</summary>
    private static Dictionary<string, byte[]>? Read(byte[] output)
    {
        try
        {
            var compiled = JsonSerializer.Deserialize<Dictionary<string, byte[]>>(output);
            return compiled is { Count: > 0 } && compiled.Keys.All(k => PlainName().IsMatch(k)) ? compiled : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static MachineDirectory With(Dictionary<string, byte[]> compiled)
    {
        var files = Harness.Materialise(FilesOf);
        foreach (var (name, content) in compiled)
        {
            var path = Path.Combine(files.Path, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, content);
        }

        return files;
    }

    [GeneratedRegex(@"\A(\w+/)*__pycache__/\w+\.[a-z0-9-]+\.pyc\z")]
    private static partial Regex PlainName();
}
