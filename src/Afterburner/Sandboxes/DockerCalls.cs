using Docker.DotNet;
using Docker.DotNet.Models;

namespace Afterburner.Sandboxes;

/// <summary>The daemon did not answer, or said no.</summary>
internal sealed class DockerBreakdownException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Calls to the daemon, each with a deadline of its own: a hung container runtime blocks calls forever, and the token of
/// a call is not always looked at.
/// </summary>
internal sealed class DockerCalls(DockerClient client, TimeSpan patience)
{
    public DockerClient Client => client;

    /// <exception cref="DockerBreakdownException">No answer in time, or an error as the answer.</exception>
    public async Task<T> CallAsync<T>(string what, Func<DockerClient, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(patience);
        try
        {
            return await call(client, deadline.Token).WaitAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DockerBreakdownException($"docker did not answer in {patience.TotalSeconds:0} s ({what})", e);
        }
        catch (Exception e) when (e is DockerApiException or HttpRequestException or IOException or TimeoutException or System.Net.Sockets.SocketException)
        {
            throw new DockerBreakdownException($"docker could not {what}: {e.Message.Trim()}", e);
        }
    }

    public Task CallAsync(string what, Func<DockerClient, CancellationToken, Task> call, CancellationToken cancellationToken) =>
        CallAsync(
            what,
            async (c, cancel) =>
            {
                await call(c, cancel).ConfigureAwait(false);
                return true;
            },
            cancellationToken);

    /// <summary>Kills and removes a container, whatever its state; one that does not exist is fine.</summary>
    public async Task RemoveAsync(string name)
    {
        try
        {
            await CallAsync(
                "remove the container",
                (c, cancel) => c.Containers.RemoveContainerAsync(name, new ContainerRemoveParameters { Force = true, RemoveVolumes = true }, cancel),
                CancellationToken.None).ConfigureAwait(false);
        }
        catch (DockerBreakdownException e) when (e.InnerException is DockerContainerNotFoundException)
        {
            // It was never made, or is gone already.
        }
    }
}
