namespace Afterburner.Sandboxes;

/// <summary>Repeats runs whose sandbox failed. Runs whose command failed are never repeated.</summary>
internal static class Attempts
{
    private const int Most = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public static async Task<SandboxRun> RunAsync(
        Func<CancellationToken, Task<SandboxRun>> attempt, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var made = 1; ; made++)
        {
            var run = await attempt(cancellationToken).ConfigureAwait(false);
            if (run.End != SandboxEnd.Failed || made == Most)
                return run;
            await Task.Delay(Pause * made, time, cancellationToken).ConfigureAwait(false);
        }
    }
}
