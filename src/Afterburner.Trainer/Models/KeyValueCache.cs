using static TorchSharp.torch;

namespace Afterburner.Trainer.Models;

/// <summary>Keys and values of tokens that were computed before, so that each is computed once.</summary>
/// <param name="sequences">B.</param>
/// <param name="tokens">Room for so many of each.</param>
public sealed class KeyValueCache(Qwen2Configuration configuration, int sequences, int tokens, ScalarType type = ScalarType.Float32, Device? device = null) : IDisposable
{
    /// <summary>Tokens that it holds of each sequence.</summary>
    public int Length { get; private set; }

    internal IReadOnlyList<Layer> Layers { get; } =
        [.. Enumerable.Range(0, configuration.Layers).Select(_ => new Layer(configuration, sequences, tokens, type, device ?? CPU))];

    internal void Advance(int count) => Length += count;

    public void Dispose()
    {
        foreach (var layer in Layers)
            layer.Dispose();
    }

    internal sealed class Layer(Qwen2Configuration configuration, int sequences, int tokens, ScalarType type, Device device) : IDisposable
    {
        private readonly Tensor _keys = zeros([sequences, configuration.KeyValueHeads, tokens, configuration.HeadSize], type, device).DetachFromDisposeScope();
        private readonly Tensor _values = zeros([sequences, configuration.KeyValueHeads, tokens, configuration.HeadSize], type, device).DetachFromDisposeScope();
        private long _length;

        /// <param name="keys">[B, K, T, D], of the new tokens.</param>
        /// <returns>Those of all tokens, [B, K, S, D].</returns>
        public (Tensor Keys, Tensor Values) Take(Tensor keys, Tensor values)
        {
            var count = keys.shape[2];
            using (var scope = NewDisposeScope())
            {
                _keys.narrow(2, _length, count).copy_(keys);
                _values.narrow(2, _length, count).copy_(values);
            }

            _length += count;
            return (_keys.narrow(2, 0, _length), _values.narrow(2, 0, _length));
        }

        public void Dispose()
        {
            _keys.Dispose();
            _values.Dispose();
        }
    }
}
