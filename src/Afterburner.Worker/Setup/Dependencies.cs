using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Afterburner.Changes;
using Afterburner.Cli.Network;
using Afterburner.Sandboxes;
using Afterburner.Settings;
using Afterburner.Workloads;

namespace Afterburner.Worker.Setup;

/// <summary>What a repository's tests need, while a review uses it: nobody changes or removes it until then.</summary>
internal sealed class Prepared(MachineDirectory directory, Action release) : IDisposable
{
    public MachineDirectory Directory => directory;

    public void Dispose() => release();
}

/// <summary>
/// Makes what a repository's tests need beside its files, by the commands that its default branch names (<c>setup.commands</c>): in a sandbox that sees
/// the default branch alone, with the hosts of the network that the administrator allows, and once for as long as neither they nor the files they go by
/// change. Reviews only ever read it, and only those of the same repository.
/// </summary>
internal sealed class Dependencies(WorkerSettings settings, TimeProvider time, ILogger<Dependencies> log)
{
    /// <summary>Results that are kept of a repository: that of the newest set-up, and the one before, which reviews may still be at.</summary>
    private const int Kept = 2;

    private const int WordsShown = 800, MostEntries = 1_000_000;

    /// <summary>What is left of the disk in any case: a set-up that comes near it is ended, whatever it hides from those who count.</summary>
    private const long Reserve = 1L << 30;

    /// <summary>Bytes of scratch space of a set-up, which is memory, and of a file at most.</summary>
    private const long MostScratch = 2L << 30;

    private const string Unfinished = ".new-";

    private static readonly TimeSpan Often = TimeSpan.FromSeconds(2);

    /// <summary>How long a set-up may take, how long its failure counts, and how long its result: what it installs without naming a version gets older.</summary>
    private static readonly TimeSpan MostTime = TimeSpan.FromMinutes(20), FailureCounts = TimeSpan.FromMinutes(10), ResultCounts = TimeSpan.FromDays(7);

    private static readonly string[] Interpreters = ["/usr/bin/python3", "/usr/bin/node"];

    private readonly ConcurrentDictionary<long, Shelf> _shelves = new();

    private string Root => Path.Combine(settings.Data, "dependencies");

    /// <summary>Gives what the tests of a repository need, and makes it where it is not there.</summary>
    /// <param name="commit">Of the default branch.</param>
    /// <param name="number">What GitHub knows the repository by.</param>
    /// <param name="making">Told when it has to be made.</param>
    /// <returns>Null where the repository names no commands.</returns>
    /// <exception cref="UsageException">The commands fail, or leave more than is allowed.</exception>
    /// <exception cref="EnvironmentFailureException">The sandbox does not work.</exception>
    public async Task<Prepared?> PrepareAsync(
        ISandbox sandbox, GitRepository repository, string commit, long number, SetupConfiguration setup, Func<Task> making, CancellationToken cancellationToken)
    {
        if (setup.Commands.Count == 0)
            return null;
        var shelf = _shelves.GetOrAdd(number, _ => new Shelf());
        await shelf.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var directory = Path.Combine(FolderOf(number), await KeyAsync(sandbox, repository, commit, setup, cancellationToken).ConfigureAwait(false));
            if (!Directory.Exists(directory))
            {
                if (shelf.Failure is { } failure && failure.Directory == directory && time.GetUtcNow() - failure.At < FailureCounts)
                    throw new UsageException(failure.Why);
                await making().ConfigureAwait(false);
                try
                {
                    await MakeAsync(directory, sandbox, repository, commit, setup, cancellationToken).ConfigureAwait(false);
                }
                catch (UsageException e)
                {
                    // Each delivery would run into the same, one after the other.
                    shelf.Failure = (directory, time.GetUtcNow(), e.Message);
                    throw;
                }
            }

            Directory.SetLastWriteTimeUtc(directory, time.GetUtcNow().UtcDateTime);
            shelf.Enter(directory);
            await TidyAsync(number, shelf, DateTimeOffset.MinValue).ConfigureAwait(false);
            return new Prepared(MachineDirectory.Own(directory), () => shelf.Leave(directory));
        }
        finally
        {
            shelf.Gate.Release();
        }
    }

    /// <summary>Removes what no review has used since, but what one is at.</summary>
    public async Task ForgetUnusedAsync(DateTimeOffset since)
    {
        foreach (var folder in Directory.Exists(Root) ? Directory.GetDirectories(Root) : [])
        {
            if (long.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                await ForgetAsync(number, since).ConfigureAwait(false);
        }
    }

    /// <summary>Removes all that was made for a repository, but what a review is at.</summary>
    public Task ForgetAsync(long number) => ForgetAsync(number, DateTimeOffset.MaxValue);

    private async Task ForgetAsync(long number, DateTimeOffset unusedSince)
    {
        var shelf = _shelves.GetOrAdd(number, _ => new Shelf());
        // Nobody waits for a set-up that is under way: what is left is removed the next time.
        if (!await shelf.Gate.WaitAsync(TimeSpan.Zero).ConfigureAwait(false))
            return;
        try
        {
            await TidyAsync(number, shelf, unusedSince).ConfigureAwait(false);
        }
        finally
        {
            shelf.Gate.Release();
        }
    }

    private string FolderOf(long number) => Path.Combine(Root, number.ToString(CultureInfo.InvariantCulture));

    /// <summary>Under another key something else may come of it.</summary>
    private async Task<string> KeyAsync(ISandbox sandbox, GitRepository repository, string commit, SetupConfiguration setup, CancellationToken cancellationToken)
    {
        // An update of the machine may take away what an environment links to.
        var machine = sandbox.Name == "bubblewrap" ? string.Join('\n', Interpreters.Select(p => new FileInfo(p).LinkTarget ?? "")) : "";
        var files = await repository.FingerprintAsync(commit, setup.Files, cancellationToken).ConfigureAwait(false);
        var age = (time.GetUtcNow().UtcTicks / ResultCounts.Ticks).ToString(CultureInfo.InvariantCulture);
        var all = string.Join('\0', [sandbox.Name, machine, age, settings.SetupHosts.ToString(), files, .. setup.Commands]);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)))[..32];
    }

    private async Task MakeAsync(
        string directory, ISandbox sandbox, GitRepository repository, string commit, SetupConfiguration setup, CancellationToken cancellationToken)
    {
        var made = Directory.CreateDirectory(directory + Unfinished + RandomNumberGenerator.GetHexString(8, lowercase: true)).FullName;
        // It is private what lies in a repository: nobody else on this machine walks to it.
        var closed = Directory.CreateTempSubdirectory("afterburner-setup-").FullName;
        var tree = Directory.CreateDirectory(Path.Combine(closed, "tree")).FullName;
        try
        {
            Permit(made, 0b111_111_111);
            Permit(tree, 0b111_101_101);
            await repository.ExportAsync(commit, tree, settings.MostWorkspace, cancellationToken).ConfigureAwait(false);
            await using var proxy = EgressProxy.Open(settings.SetupHosts, "AFTERBURNER_SETUP_HOSTS");
            var command = new SandboxCommand(EgressProxy.Through("/bin/sh", "-exc", string.Join('\n', setup.Commands)), tree)
            {
                Writable = true,
                Filled = new(RuntimeRequest.DependenciesPlace, MachineDirectory.Own(made)),
                Mounts = EgressProxy.Certificates.Append(new("/network", proxy.Folder)).ToDictionary(),
                Environment = new Dictionary<string, string> { ["CI"] = "true", ["PIP_NO_INPUT"] = "1", ["PIP_DISABLE_PIP_VERSION_CHECK"] = "1", ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1" },
            };
            var most = settings.MostTime < MostTime ? settings.MostTime : MostTime;
            var limits = new Limits { Wall = most, Cpu = most, Memory = settings.MostMemory, Disk = Math.Min(MostScratch, settings.MostDependencies), Processes = 512 };
            var run = await RunAsync(sandbox, command, limits, made, cancellationToken).ConfigureAwait(false);
            if (run.End == SandboxEnd.Failed)
                throw new EnvironmentFailureException($"setup.commands could not be run: {VisibleText.Line(run.Failure ?? "")}");
            if (!run.Succeeded)
                throw new UsageException(WhyNot(run, proxy.Refused));
            await AdmitAsync(made).ConfigureAwait(false);
            Permit(made, 0b111_101_101);
            Directory.Move(made, directory);
        }
        finally
        {
            // All that ran is dead by now.
            await RemoveAsync(made).ConfigureAwait(false);
            await RemoveAsync(closed).ConfigureAwait(false);
        }
    }

    /// <summary>Runs the commands for as long as what they leave is not more than is allowed.</summary>
    private async Task<SandboxRun> RunAsync(ISandbox sandbox, SandboxCommand command, Limits limits, string made, CancellationToken cancellationToken)
    {
        using var tooLarge = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var isFull = false;
        var running = sandbox.RunAsync(command, limits, tooLarge.Token);
        try
        {
            while (await Task.WhenAny(running, Task.Delay(Often, time, CancellationToken.None)).ConfigureAwait(false) != running)
            {
                var isTooLarge = await IsTooLargeAsync(made).ConfigureAwait(false);
                isFull = !isTooLarge && new DriveInfo(made).AvailableFreeSpace < Reserve;
                if (isTooLarge || isFull)
                {
                    await tooLarge.CancelAsync().ConfigureAwait(false);
                    break;
                }
            }
        }
        finally
        {
            // Whatever happened here: it may write there, so it is waited for.
            if (!running.IsCompleted)
                await tooLarge.CancelAsync().ConfigureAwait(false);
            await Task.WhenAny(running).ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
        // That the disk is full may be another's doing: it is tried again.
        return isFull ? throw new EnvironmentFailureException($"the disk of the worker has less than {Reserve >> 30} GiB left")
            : tooLarge.IsCancellationRequested ? throw TooLarge() : await running.ConfigureAwait(false);
    }

    private UsageException TooLarge() => new(
        $"setup.commands leave more than {settings.MostDependencies >> 20} MiB or {MostEntries} files in {RuntimeRequest.DependenciesPlace} (AFTERBURNER_MOST_DEPENDENCIES), or what cannot be looked through.");

    /// <summary>Looks at what was left before it is kept.</summary>
    /// <exception cref="UsageException">It is too large, cannot be looked through, or has in it what two sandboxes could talk through.</exception>
    private async Task AdmitAsync(string made)
    {
        // Readable by whoever runs them, whatever their set-up thinks: they are removed one day.
        await ToolAsync("chmod", "-R", "u+rwX", "--", made).ConfigureAwait(false);
        if (await IsTooLargeAsync(made).ConfigureAwait(false))
            throw TooLarge();
        var special = await ToolAsync("find", made, "-xdev", "!", "-type", "f", "!", "-type", "d", "!", "-type", "l", "-print", "-quit").ConfigureAwait(false);
        if (!special.Succeeded || special.Text.Length > 0)
            throw new UsageException($"setup.commands leave in {RuntimeRequest.DependenciesPlace} what is neither a file, nor a folder, nor a link, or what cannot be looked through.");
    }

    private static string WhyNot(SandboxRun run, IReadOnlyCollection<string> refused)
    {
        var ended = run.End switch
        {
            SandboxEnd.TimedOut => "took longer than 20 minutes, or AFTERBURNER_MOST_TIME",
            SandboxEnd.OutOfMemory => "took more memory than a repository may have",
            SandboxEnd.OutputLimit => "printed too much",
            _ => string.Create(CultureInfo.InvariantCulture, $"ended with {run.ExitCode}"),
        };
        var said = run.ErrorText.Trim() is { Length: > 0 } error ? error : run.Text.Trim();
        var hosts = refused.Count == 0 ? "" : $" It asked for {string.Join(", ", refused)}, which AFTERBURNER_SETUP_HOSTS does not name.";
        return $"setup.commands of the default branch {ended}.{VisibleText.Line(hosts)} The end of what they said: {VisibleText.Line(said[^Math.Min(said.Length, WordsShown)..])}";
    }

    /// <summary>Of what nobody is at, the newest stay that were used since.</summary>
    private async Task TidyAsync(long number, Shelf shelf, DateTimeOffset unusedSince)
    {
        var folder = new DirectoryInfo(FolderOf(number));
        if (!folder.Exists)
            return;
        var all = folder.GetDirectories().OrderByDescending(d => d.LastWriteTimeUtc).ToList();
        // Nothing is made at the moment: who makes something holds the shelf.
        var unfinished = all.Where(d => d.Name.Contains(Unfinished, StringComparison.Ordinal)).ToList();
        foreach (var gone in unfinished.Concat(all.Except(unfinished).Where((d, i) => i >= Kept || d.LastWriteTimeUtc < unusedSince.UtcDateTime)).Where(d => !shelf.IsInUse(d.FullName)))
            await RemoveAsync(gone.FullName).ConfigureAwait(false);
    }

    // By tools that go from folder to folder by descriptors: what code of somebody else made may be deeper than any path, have names that are no text,
    // and be exchanged for links by who is not dead after all.
    private async Task RemoveAsync(string directory)
    {
        if (!Directory.Exists(directory))
            return;
        await ToolAsync("chmod", "-R", "u+rwX", "--", directory).ConfigureAwait(false);
        if (await ToolAsync("rm", "-r", "-f", "--one-file-system", "--", directory).ConfigureAwait(false) is { Succeeded: false } failed)
            log.LogWarning("{Directory} could not be removed: {Reason}", directory, VisibleText.Line(failed.ErrorText.Trim()));
    }

    /// <summary>Whether it is more than is allowed. A folder that nobody may look into is no way to hide what is in it.</summary>
    private async Task<bool> IsTooLargeAsync(string made) =>
        await CountAsync("--block-size=1", made).ConfigureAwait(false) is not { } size || size > settings.MostDependencies
        || await CountAsync("--inodes", made).ConfigureAwait(false) is not { } entries || entries > MostEntries;

    /// <summary>Bytes on the disk, or entries; null where it cannot be looked through. What goes away while it is counted is no reason.</summary>
    private static async Task<long?> CountAsync(string what, string directory)
    {
        var run = await ToolAsync("env", "LC_ALL=C", "du", "-s", "-x", what, "--", directory).ConfigureAwait(false);
        var isHidden = run.ErrorText.Contains("Permission denied", StringComparison.Ordinal);
        return !isHidden && long.TryParse(run.Text.Split('\t')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private static Task<ProcessRun> ToolAsync(string program, params string[] arguments) => Processes.RunAsync(new ProcessStart(program, arguments) { Timeout = TimeSpan.FromMinutes(10) });

    // Commands in a sandbox may run as another user.
    private static void Permit(string directory, int mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(directory, (UnixFileMode)mode);
    }

    /// <summary>What was made for one repository, and who is at it. Only who holds the gate may make or remove something.</summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001", Justification = "It is never waited for by its handle, and so holds none.")]
    private sealed class Shelf
    {
        private readonly ConcurrentDictionary<string, int> _readers = new();

        public SemaphoreSlim Gate { get; } = new(1);

        /// <summary>The last one, of what would lie where.</summary>
        public (string Directory, DateTimeOffset At, string Why)? Failure { get; set; }

        public void Enter(string directory) => _readers.AddOrUpdate(directory, 1, (_, n) => n + 1);

        public void Leave(string directory) => _readers.AddOrUpdate(directory, 0, (_, n) => n - 1);

        public bool IsInUse(string directory) => _readers.GetValueOrDefault(directory) > 0;
    }
}
