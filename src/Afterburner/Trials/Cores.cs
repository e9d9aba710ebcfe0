using System.Globalization;

namespace Afterburner.Trials;

/// <summary>The processor cores that this program, and what it starts, may run on, and those of them that samples run on.</summary>
public static class Cores
{
    private static readonly Lazy<IReadOnlyList<int>> Allowed = new(Read);

    private static Pool _measuring = new(() => All);

    /// <summary>What the program could run on when it started, in rising order.</summary>
    public static IReadOnlyList<int> All => Allowed.Value;

    /// <summary>
    /// Keeps cores for samples alone: the program leaves them, and with it all that it starts from now on, but for the samples. To be called once, before
    /// anything is measured.
    /// </summary>
    /// <param name="cores">Some of <see cref="All"/>, and not all of them.</param>
    /// <exception cref="EnvironmentFailureException">The system does not let it.</exception>
    public static async Task SetApartAsync(IReadOnlyList<int> cores, CancellationToken cancellationToken)
    {
        var others = string.Join(',', All.Except(cores));
        // Of every thread: each that starts something passes on its own cores.
        var run = await Processes.RunAsync(
            new ProcessStart("taskset", "--all-tasks", "--cpu-list", "--pid", others, Environment.ProcessId.ToString(CultureInfo.InvariantCulture)), cancellationToken: cancellationToken).ConfigureAwait(false);
        if (!run.Succeeded)
            throw new EnvironmentFailureException($"the cores {string.Join(',', cores)} cannot be set apart: {VisibleText.Line(run.ErrorText.Trim())}");
        _measuring = new Pool(() => cores);
    }

    /// <summary>Reads a list as the kernel writes it: <c>0-3,8</c>. Null where it is none.</summary>
    public static IReadOnlyList<int>? Parse(string list)
    {
        var cores = new SortedSet<int>();
        foreach (var range in list.Split(',', StringSplitOptions.TrimEntries))
        {
            var ends = range.Split('-');
            if (ends.Length > 2 || !TryNumber(ends[0], out var first) || !TryNumber(ends[^1], out var last) || last < first)
                return null;
            cores.UnionWith(Enumerable.Range(first, last - first + 1));
        }

        return [.. cores];
    }

    /// <summary>Gives a core that no other pair of samples of this program is on, any of those there are; waits for one.</summary>
    internal static Task<Lease> TakeAsync(Random random, CancellationToken cancellationToken) => _measuring.TakeAsync(random, cancellationToken);

    // "Cpus_allowed_list:	0-3,8"
    private static IReadOnlyList<int> Read()
    {
        const string Name = "Cpus_allowed_list:";
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith(Name, StringComparison.Ordinal));
        return Parse(line?[Name.Length..] ?? "0") ?? [0];
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number < 4096;

    /// <summary>A core while a pair of samples has it.</summary>
    internal sealed class Lease(int core, Action giveBack) : IDisposable
    {
        public int Core => core;

        public void Dispose() => giveBack();
    }

    /// <summary>Cores that are dealt out one by one.</summary>
    internal sealed class Pool(Func<IReadOnlyList<int>> cores)
    {
        private readonly Lazy<(List<int> Free, SemaphoreSlim Count)> _cores = new(() => ([.. cores()], new SemaphoreSlim(cores().Count)));

        public async Task<Lease> TakeAsync(Random random, CancellationToken cancellationToken)
        {
            var (free, count) = _cores.Value;
            await count.WaitAsync(cancellationToken).ConfigureAwait(false);
            lock (free)
            {
                var index = random.Next(free.Count);
                var core = free[index];
                free.RemoveAt(index);
                return new Lease(core, () => GiveBack(core));
            }
        }

        private void GiveBack(int core)
        {
            var (free, count) = _cores.Value;
            lock (free)
            {
                // In order, so that who draws by a seed draws the same.
                free.Insert(~free.BinarySearch(core), core);
            }

            count.Release();
        }
    }
}
