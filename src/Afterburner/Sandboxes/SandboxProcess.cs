namespace Afterburner.Sandboxes;

/// <summary>
/// A command that runs in a sandbox until it is ended, and is talked to over its standard streams. What it writes is the
/// word of whatever code it has loaded; what <see cref="Meter"/> reads is the kernel's.
/// </summary>
public abstract class SandboxProcess : IAsyncDisposable
{
    /// <summary>Standard input of the command.</summary>
    public abstract Stream Input { get; }

    /// <summary>Standard output of the command; at its end when the command is gone, or was killed at a limit.</summary>
    public abstract Stream Output { get; }

    /// <summary>What all its processes use together; null where that cannot be read, and then nothing can be measured.</summary>
    public abstract IMeter? Meter { get; }

    /// <summary>Why there is no <see cref="Meter"/>.</summary>
    public virtual string Unmeasured => "the sandbox has no control group that can be read and brought to rest";

    /// <summary>Kills it at once; <see cref="Output"/> comes to its end.</summary>
    public abstract void Kill();

    /// <summary>
    /// Kills whatever is left. Nothing of it is alive when the task ends, unless a process is stuck in the kernel.
    /// </summary>
    /// <returns>How it ended, if it had ended by itself.</returns>
    public abstract Task<SandboxRun> EndAsync();

    public async ValueTask DisposeAsync()
    {
        await EndAsync().ConfigureAwait(false);
        Meter?.Dispose();
        GC.SuppressFinalize(this);
    }
}
