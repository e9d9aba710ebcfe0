namespace Afterburner.Sandboxes;

/// <summary>Reads from outside what all processes of a running command use together.</summary>
public interface IMeter : IDisposable
{
    /// <summary>What it is made of, as it stands behind "measured by".</summary>
    string Means { get; }

    /// <summary>Whether a sample is dead after <see cref="Finish"/>.</summary>
    bool KillsSamples => false;

    /// <summary>Whether <see cref="ResetPeak"/> works here.</summary>
    bool MayResetPeak { get; }

    /// <summary>Whether processes can keep themselves from coming to rest; else it is the machine's doing.</summary>
    bool MayBeRefused => true;

    /// <summary>CPU time of all processes that live or lived, in nanoseconds. Exact only when they are at rest.</summary>
    long CpuNanoseconds();

    /// <summary>The same while the processes run and others read, about; null where that cannot be read then.</summary>
    long? About() => null;

    /// <summary>The same in the middle of a sample, exact.</summary>
    /// <returns>Null when that cannot be had, which can only be refused.</returns>
    long? ExactNanoseconds(TimeSpan patience) => CpuNanoseconds();

    /// <summary>Bytes of memory in use; null where that cannot be told.</summary>
    long? Memory();

    /// <summary>Highest bytes of memory since <see cref="ResetPeak"/>, or ever where that does not work; null where it cannot be told.</summary>
    long? Peak();

    /// <summary>Starts the highest memory anew at what is in use now.</summary>
    /// <returns>Whether that works here.</returns>
    bool ResetPeak();

    /// <summary>Stops every process where it is.</summary>
    /// <returns>False when they did not come to rest in time, which can only be refused.</returns>
    bool Rest(TimeSpan patience);

    /// <summary>Lets the processes go on.</summary>
    void Resume();

    /// <summary>Lets a sample go on that was made since the rest before last.</summary>
    void Begin() => Resume();

    /// <summary>Brings a sample to its end, after which the clock has all of it.</summary>
    /// <returns>False when that cannot be had, which can only be refused.</returns>
    bool Finish(TimeSpan patience) => Rest(patience);
}
