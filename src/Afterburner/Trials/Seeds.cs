namespace Afterburner.Trials;

internal static class Seeds
{
    /// <summary>The n-th seed that follows from a seed: SplitMix64 (Steele, Lea, Flood, 2014), 31 bits of it.</summary>
    public static long Of(long seed, int n)
    {
        unchecked
        {
            var z = (ulong)seed + 0x9E3779B97F4A7C15 * ((ulong)n + 1);
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return (long)((z ^ (z >> 31)) & int.MaxValue);
        }
    }
}
