using System.Numerics;
using Afterburner.Cli;
using Afterburner.Functions;
using Afterburner.Proposers;
using Afterburner.Reviews;
using Afterburner.Sandboxes;
using Afterburner.Settings;

namespace Afterburner.Benchmarks;

/// <summary>
/// What a hosted worker does while it measures: further reviews, each of the sample repository again and again, and a model on the processor, which reads its
/// weights from memory with a thread a core. All in this process, as in a worker.
/// </summary>
internal sealed class Neighbours : IAsyncDisposable
{
    private const int Weights = 64 << 20; // bytes for each thread: more than a cache holds

    private readonly CancellationTokenSource _stop = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("afterburner-neighbours-");
    private readonly List<Thread> _model = [];
    private Task _reviews = Task.CompletedTask;
    private int _done;

    private Neighbours()
    {
    }

    /// <value>Reviews that have ended.</value>
    public int Done => _done;

    /// <param name="reviews">At a time.</param>
    /// <param name="threads">Of the model.</param>
    public static async Task<Neighbours> StartAsync(ISandbox sandbox, int reviews, int threads)
    {
        var neighbours = new Neighbours();
        var sample = Path.Combine(neighbours._folder.FullName, "sample");
        await SampleRepository.CreateAsync(sample, CancellationToken.None);
        neighbours._reviews = Task.WhenAll(Enumerable.Range(0, reviews).Select(i => neighbours.ReviewAsync(sandbox, sample, i)));
        for (var i = 0; i < threads; i++)
        {
            var thread = new Thread(neighbours.Write) { IsBackground = true };
            neighbours._model.Add(thread);
            thread.Start();
        }

        return neighbours;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reviews;
        _model.ForEach(t => t.Join());
        _folder.Delete(recursive: true);
        _stop.Dispose();
    }

    private async Task ReviewAsync(ISandbox sandbox, string sample, int place)
    {
        for (var number = 0; !_stop.IsCancellationRequested; number++)
        {
            try
            {
                await new Review(
                    sandbox, (harness, _) => [new RecipeProposer(AstGrep.Find(harness.Sandbox), harness, RecipeCatalogue.BuiltIn())], new QuietObserver(), TimeProvider.System).RunAsync(
                    new ReviewRequest(sample, Path.Combine(_folder.FullName, $"run{place}-{number}"), Configuration.Default)
                    {
                        Base = SampleRepository.BaseBranch, Head = SampleRepository.ChangeBranch,
                    },
                    _stop.Token);
                Interlocked.Increment(ref _done);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>Multiplies its weights with a vector, a token after the other.</summary>
    private void Write()
    {
        var weights = new float[Weights / sizeof(float)];
        Array.Fill(weights, 0.5f);
        var sum = Vector<float>.Zero;
        while (!_stop.IsCancellationRequested)
        {
            for (var i = 0; i <= weights.Length - Vector<float>.Count; i += Vector<float>.Count)
                sum += new Vector<float>(weights, i) * sum;
        }

        GC.KeepAlive(sum[0]);
    }
}
