namespace Afterburner.Cli;

/// <summary>How a program ends: what went wrong is told in a line, with the exit code for its kind.</summary>
internal static class Ending
{
    /// <param name="name">Stands before the line.</param>
    /// <param name="cancelled">What is told where somebody ended it.</param>
    public static async Task<int> OfAsync(string name, string cancelled, Func<Task<int>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (UsageException e)
        {
            return await ToldAsync(e.Message, ExitCode.Usage).ConfigureAwait(false);
        }
        catch (EnvironmentFailureException e)
        {
            return await ToldAsync(e.Message, ExitCode.Environment).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return await ToldAsync(cancelled, ExitCode.Cancelled).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A file or a folder that was named, or the disk is full: what it is stands in the message.
            return await ToldAsync(e.Message, ExitCode.Usage).ConfigureAwait(false);
        }

        async Task<int> ToldAsync(string what, int code)
        {
            await Console.Error.WriteLineAsync($"{name}: {what}").ConfigureAwait(false);
            return code;
        }
    }
}
