namespace Afterburner.Trainer.Training;

/// <summary>Which examples a step takes: each epoch another order, which follows from the seed alone, so that a run that goes on needs to keep nothing of it.</summary>
public sealed class ExampleOrder(int count, long seed)
{
    private (int Epoch, int[] Order) _known = (-1, []);

    /// <summary>Steps that so many epochs take; the last one may be short of examples, which the next epoch gives.</summary>
    public int Steps(int batch, int epochs) => checked((int)((((long)count * epochs) + batch - 1) / batch));

    /// <param name="step">From 0.</param>
    /// <returns>Places of examples, as many as the batch has.</returns>
    public IReadOnlyList<int> Batch(int step, int batch) => [.. Enumerable.Range(0, batch).Select(i => At(((long)step * batch) + i))];

    private int At(long place)
    {
        var epoch = (int)(place / count);
        if (_known.Epoch != epoch)
        {
            var order = Enumerable.Range(0, count).ToArray();
            new Random(HashCode(epoch)).Shuffle(order);
            _known = (epoch, order);
        }

        return _known.Order[(int)(place % count)];
    }

    // Not System.HashCode, which is another one in each process.
    private int HashCode(int epoch) => unchecked((int)((seed * 1_000_003) + epoch));
}
