using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Afterburner.Sandboxes;

/// <summary>
/// Process 1 of a bubblewrap sandbox. bubblewrap itself ends as soon as it knows the exit code, moments before the kernel
/// has killed the rest; process 1 ends after everything else in its namespace. Used where no control group tells.
/// </summary>
/// <param name="file">Where bubblewrap writes its information.</param>
internal sealed class FirstProcess(string file) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public string File => file;

    /// <summary>Waits until the namespace is empty.</summary>
    /// <returns>False when that took longer than ten seconds.</returns>
    public async Task<bool> GoneAsync()
    {
        var watch = Stopwatch.StartNew();
        var process = Number();
        for (var pause = 1; process is { } number && IsAlive(number); pause = Math.Min(2 * pause, 50))
        {
            if (watch.Elapsed > Patience)
                return false;
            await Task.Delay(pause, CancellationToken.None).ConfigureAwait(false);
        }

        return true;
    }

    public void Dispose() => System.IO.File.Delete(file);

    // Nothing is there when bubblewrap was stopped before it made a namespace.
    private int? Number()
    {
        try
        {
            using var information = JsonDocument.Parse(System.IO.File.ReadAllText(file));
            return information.RootElement.GetProperty("child-pid").GetInt32();
        }
        catch (Exception e) when (e is IOException or JsonException or KeyNotFoundException)
        {
            return null;
        }
    }

    // "123 (name) S ...": a dead process that nobody has asked about yet is in state Z.
    private static bool IsAlive(int process)
    {
        try
        {
            var text = System.IO.File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            return text[(text.LastIndexOf(')') + 2)..] is not ['Z' or 'X', ..];
        }
        catch (IOException)
        {
            return false;
        }
    }
}
