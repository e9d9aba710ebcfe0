namespace Afterburner.Trials;

/// <summary>A runner that cannot go on.</summary>
/// <param name="side">Whether its code is to blame; false: the sandbox or the machine.</param>
internal sealed class RunnerBrokenException(string message, bool side, Exception? inner = null) : Exception(message, inner)
{
    public bool IsOfItsCode => side;

    /// <value>It took longer than it was waited for.</value>
    public bool IsLate { get; init; }
}
