namespace Afterburner.Worker.Queue;

/// <summary>The oldest command of a repository that waits.</summary>
/// <param name="Installation">Null where a delivery names none.</param>
/// <param name="Repository">Null where it is about none.</param>
internal sealed record Waiting(long Id, long? Installation, long? Repository);

/// <summary>
/// Whose command is next: of the installation, and of it the repository, whose last turn is longest ago. Who writes a thousand comments is served
/// every second time, where somebody else wrote one.
/// </summary>
internal sealed class Turns
{
    /// <summary>Who had a turn longer ago counts as one who never had.</summary>
    private const int Remembered = 10_000;

    private readonly Dictionary<(long?, long?), long> _last = [];
    private long _turn;

    /// <summary>The lower, the sooner.</summary>
    public (long OfInstallation, long OfRepository, long Id) Of(Waiting waiting) =>
        (_last.GetValueOrDefault((waiting.Installation, null)), _last.GetValueOrDefault((waiting.Installation, waiting.Repository)), waiting.Id);

    public void Had(Waiting waiting)
    {
        if (_last.Count > Remembered)
            _last.Clear();
        _last[(waiting.Installation, waiting.Repository)] = ++_turn;
        _last[(waiting.Installation, null)] = _turn;
    }
}
