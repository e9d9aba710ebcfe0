using System.Collections.Concurrent;

namespace Afterburner.Sandboxes;

/// <summary>
/// A thread that lives as long as the sandbox and starts its processes. A sandbox asks the kernel to be killed when its
/// parent dies, and to the kernel the parent is the thread that started it: started from the thread pool, a long run is
/// killed when the pool retires an idle thread.
/// </summary>
internal sealed class StarterThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];

    public StarterThread()
    {
        new Thread(Work) { IsBackground = true, Name = "sandbox starter" }.Start();
    }

    /// <summary>Runs the synchronous beginning of a task on the lasting thread.</summary>
    public Task<T> RunAsync<T>(Func<Task<T>> begin)
    {
        var begun = new TaskCompletionSource<Task<T>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                begun.SetResult(begin());
            }
            catch (Exception e)
            {
                begun.SetException(e);
            }
        });
        return begun.Task.Unwrap();
    }

    /// <summary>Lets the thread end; only safe when nothing it started is still running.</summary>
    public void Dispose() => _work.CompleteAdding();

    private void Work()
    {
        foreach (var action in _work.GetConsumingEnumerable())
            action();
        _work.Dispose();
    }
}
