namespace Afterburner.Evaluation.Programs;

/// <summary>Who measures has the machine to himself, as far as programs go.</summary>
internal static class Measuring
{
    /// <param name="measuring">As many as may measure at a time; null where nobody else does.</param>
    public static async Task<T> AloneAsync<T>(this SemaphoreSlim? measuring, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        if (measuring is null)
            return await work().ConfigureAwait(false);
        await measuring.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await work().ConfigureAwait(false);
        }
        finally
        {
            measuring.Release();
        }
    }
}
