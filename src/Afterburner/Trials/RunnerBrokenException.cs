namespace Afterburner.Trials;

/// <summary>A runner that cannot go on.</summary>
/// <param name="side">Whether its code is to blame; false: the sandbox or the machine.</param>
internal sealed class RunnerBrokenException(string message, bool side, Exception? inner = null) : Exception(message, inner)
{
    public bool IsOfItsCode => side;

    /// <value>It took longer than it was waited for.</value>
    public bool IsLate { get; init; }

    /// <value>It was at work for half of that time at least, so it was not the machine that kept it waiting. False where that is not known.</value>
    public bool HasWorked { get; init; }
}
