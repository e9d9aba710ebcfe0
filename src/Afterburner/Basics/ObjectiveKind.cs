namespace Afterburner.Basics;

/// <summary>What counts as better.</summary>
public enum ObjectiveKind
{
    /// <summary>CPU seconds of the thread that makes the calls.</summary>
    Time,

    /// <summary>Peak resident memory above the resident memory before the calls, in bytes.</summary>
    Memory,

    /// <summary>Resident memory integrated over CPU time, in byte-seconds.</summary>
    Integral,
}
