using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Afterburner.CSharp.Running;

/// <summary>How a run of <c>dotnet</c> went.</summary>
/// <param name="Output">The end of what it wrote to standard output.</param>
/// <param name="Error">The end of what it wrote to standard error.</param>
internal sealed record DotnetRun(int ExitCode, string Output, string Error)
{
    private const int MostErrors = 8;

    public bool Succeeded => ExitCode == 0;

    /// <summary>What it complains of; the end of what it printed where that is nothing known.</summary>
    public string Errors
    {
        get
        {
            var lines = $"{Output}\n{Error}".Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            var errors = lines.Where(l => l.Contains("error ", StringComparison.OrdinalIgnoreCase)).Distinct().Take(MostErrors).ToList();
            return string.Join('\n', errors.Count > 0 ? errors : lines.TakeLast(MostErrors));
        }
    }
}

/// <summary>Starts the .NET that this program itself runs by.</summary>
internal static class Dotnet
{
    private const int Kept = 1 << 18;

    // Servers that a build leaves behind may hold its pipes.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Versions of installed runtimes of .NET itself.</summary>
    public static IReadOnlyList<Version> Runtimes() =>
    [
        .. Run("--list-runtimes").Output.Split('\n').Select(l => l.Split(' ')).Where(w => w is ["Microsoft.NETCore.App", _, ..])
            .Select(w => Version.TryParse(w[1].Split('-')[0], out var version) ? version : null).OfType<Version>(),
    ];

    /// <summary>Properties of a project, as MSBuild evaluates them. None where it cannot.</summary>
    public static IReadOnlyDictionary<string, string> Properties(string project, string? framework, params IEnumerable<string> names)
    {
        var run = Run(["msbuild", project, "-nologo", "-p:Configuration=Release", .. framework is null ? (string[])[] : [$"-p:TargetFramework={framework}"], .. names.Select(n => $"-getProperty:{n}")]);
        try
        {
            using var json = JsonDocument.Parse(run.Output);
            return json.RootElement.GetProperty("Properties").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString() ?? "");
        }
        catch (JsonException)
        {
            return new Dictionary<string, string>();
        }
    }

    /// <summary>Runs it in the workspace, to its end.</summary>
    public static DotnetRun Run(params IEnumerable<string> arguments) => Run(arguments, null);

    /// <param name="environment">Beside what is there.</param>
    /// <param name="patience">After it the run is ended, with an exit code that is not 0; null for none.</param>
    /// <inheritdoc cref="Run(IEnumerable{string})"/>
    public static DotnetRun Run(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment, TimeSpan? patience = null)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath ?? "dotnet", arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Environment.CurrentDirectory,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
#pragma warning disable RS0030 // Inside a sandbox, where this is the one class that does.
        using var process = Process.Start(start)!;
#pragma warning restore RS0030
        process.StandardInput.Close();
        var (output, error) = (new Tail(), new Tail());
        var pumps = Task.WhenAll(output.PumpAsync(process.StandardOutput.BaseStream), error.PumpAsync(process.StandardError.BaseStream));
        if (!process.WaitForExit(patience ?? Timeout.InfiniteTimeSpan))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }

        pumps.Wait(Patience);
        return new DotnetRun(process.ExitCode, output.ToString(), error.ToString());
    }

    /// <summary>The last bytes of a stream, which may have no end.</summary>
    private sealed class Tail
    {
        private readonly Lock _writing = new();
        private readonly byte[] _kept = new byte[2 * Kept];
        private int _length;

        public async Task PumpAsync(Stream stream)
        {
            var buffer = new byte[1 << 14];
            int read;
            while ((read = await stream.ReadAsync(buffer).ConfigureAwait(false)) > 0)
            {
                lock (_writing)
                {
                    if (_length + read > _kept.Length)
                    {
                        Array.Copy(_kept, _length - Kept, _kept, 0, Kept);
                        _length = Kept;
                    }

                    Array.Copy(buffer, 0, _kept, _length, read);
                    _length += read;
                }
            }
        }

        public override string ToString()
        {
            lock (_writing)
                return Encoding.UTF8.GetString(_kept, 0, _length);
        }
    }
}
