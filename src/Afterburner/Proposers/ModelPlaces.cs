namespace Afterburner.Proposers;

/// <summary>
/// The places at a model that several reviews ask: so many questions at a time, and the others wait, whatever review they are of. Waiting counts
/// towards no time-out of a reply, and not towards what the reply cost.
/// </summary>
/// <param name="places">Questions at a time, at least 1.</param>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001", Justification = "It is never waited for by its handle, and so holds none. Whoever is at the model when a program ends gives his place back later.")]
public sealed class ModelPlaces(int places)
{
    private readonly SemaphoreSlim _places = new(places, places);
    private int _waiting;

    /// <value>Questions that wait for a place.</value>
    public int Waiting => _waiting;

    /// <value>Questions that are being answered.</value>
    public int Asked => places - _places.CurrentCount;

    /// <returns>The place, until it is disposed.</returns>
    /// <exception cref="OperationCanceledException">Nobody waits for the answer any more.</exception>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }

        return new Place(_places);
    }

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        private SemaphoreSlim? _places = places;

        public void Dispose() => Interlocked.Exchange(ref _places, null)?.Release();
    }
}
