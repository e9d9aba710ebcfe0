using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Afterburner.Changes;
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

    private const int WordsShown = 800;

    private const string Unfinished = ".new-";

    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1);

    // Certificates of the machine, where tools look for them; what they lead to lies below /usr.
    private static readonly string[] Certificates = ["/etc/ssl/certs", "/etc/pki/tls/certs", "/etc/pki/ca-trust"];

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
                await making().ConfigureAwait(false);
                await MakeAsync(directory, sandbox, repository, commit, setup, cancellationToken).ConfigureAwait(false);
            }

            Directory.SetLastWriteTimeUtc(directory, time.GetUtcNow().UtcDateTime);
            shelf.Enter(directory);
            Tidy(number, shelf, DateTimeOffset.MinValue);
            return new Prepared(MachineDirectory.Own(directory), () => shelf.Leave(directory));
        }
        finally
        {
            shelf.Gate.Release();
        }
    }

    /// <summary>Removes what no review has used since, but what one is at.</summary>
    public async Task ForgetUnusedAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        foreach (var folder in Directory.Exists(Root) ? Directory.GetDirectories(Root) : [])
        {
            if (long.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                await ForgetAsync(number, since, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Removes all that was made for a repository, but what a review is at.</summary>
    public Task ForgetAsync(long number, CancellationToken cancellationToken) => ForgetAsync(number, DateTimeOffset.MaxValue, cancellationToken);

    private async Task ForgetAsync(long number, DateTimeOffset unusedSince, CancellationToken cancellationToken)
    {
        var shelf = _shelves.GetOrAdd(number, _ => new Shelf());
        await shelf.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Tidy(number, shelf, unusedSince);
        }
        finally
        {
            shelf.Gate.Release();
        }
    }

    private string FolderOf(long number) => Path.Combine(Root, number.ToString(CultureInfo.InvariantCulture));

    /// <summary>Under another key something else may come of it.</summary>
    private static async Task<string> KeyAsync(ISandbox sandbox, GitRepository repository, string commit, SetupConfiguration setup, CancellationToken cancellationToken)
    {
        // An update of the machine may take away what an environment links to.
        var machine = sandbox.Name == "bubblewrap" ? string.Join('\n', Interpreters.Select(p => new FileInfo(p).LinkTarget ?? "")) : "";
        var files = await repository.FingerprintAsync(commit, setup.Files, cancellationToken).ConfigureAwait(false);
        var all = string.Join('\0', [sandbox.Name, machine, files, .. setup.Commands]);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)))[..32];
    }

    private async Task MakeAsync(
        string directory, ISandbox sandbox, GitRepository repository, string commit, SetupConfiguration setup, CancellationToken cancellationToken)
    {
        var made = Directory.CreateDirectory(directory + Unfinished + RandomNumberGenerator.GetHexString(8, lowercase: true)).FullName;
        var tree = Directory.CreateTempSubdirectory("afterburner-setup-").FullName;
        try
        {
            Permit(made, 0b111_111_111);
            Permit(tree, 0b111_101_101);
            await repository.ExportAsync(commit, tree, cancellationToken).ConfigureAwait(false);
            await using var proxy = EgressProxy.Open(settings.SetupHosts);
            var command = new SandboxCommand(EgressProxy.Through("/bin/sh", "-exc", string.Join('\n', setup.Commands)), tree)
            {
                Writable = true,
                Filled = new(RuntimeRequest.DependenciesPlace, MachineDirectory.Own(made)),
                Mounts = Certificates.Where(Directory.Exists).ToDictionary(c => c, MachineDirectory.Own).Append(new("/network", proxy.Folder)).ToDictionary(),
                Environment = new Dictionary<string, string> { ["CI"] = "true", ["PIP_NO_INPUT"] = "1", ["PIP_DISABLE_PIP_VERSION_CHECK"] = "1", ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1" },
            };
            var limits = new Limits { Wall = settings.MostTime, Cpu = settings.MostTime, Memory = settings.MostMemory, Disk = settings.MostDependencies, Processes = 1024 };
            var run = await RunAsync(sandbox, command, limits, made, cancellationToken).ConfigureAwait(false);
            if (run.End == SandboxEnd.Failed)
                throw new EnvironmentFailureException($"setup.commands could not be run: {VisibleText.Line(run.Failure ?? "")}");
            if (!run.Succeeded)
                throw new UsageException(WhyNot(run, proxy.Refused));
            Permit(made, 0b111_101_101);
            Directory.Move(made, directory);
        }
        finally
        {
            Remove(made);
            Remove(tree);
        }
    }

    /// <summary>Runs the commands for as long as what they leave is not more than is allowed.</summary>
    private async Task<SandboxRun> RunAsync(ISandbox sandbox, SandboxCommand command, Limits limits, string made, CancellationToken cancellationToken)
    {
        using var tooLarge = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = sandbox.RunAsync(command, limits, tooLarge.Token);
        while (await Task.WhenAny(running, Task.Delay(Often, time, CancellationToken.None)).ConfigureAwait(false) != running)
        {
            if (SizeOf(made) > settings.MostDependencies)
                await tooLarge.CancelAsync().ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
        await Task.WhenAny(running).ConfigureAwait(false);
        if (tooLarge.IsCancellationRequested || SizeOf(made) > settings.MostDependencies)
            throw new UsageException($"setup.commands leave more than {settings.MostDependencies >> 20} MiB in {RuntimeRequest.DependenciesPlace} (AFTERBURNER_MOST_DEPENDENCIES).");
        return await running.ConfigureAwait(false);
    }

    private static string WhyNot(SandboxRun run, IReadOnlyCollection<string> refused)
    {
        var ended = run.End switch
        {
            SandboxEnd.TimedOut => "took longer than AFTERBURNER_MOST_TIME",
            SandboxEnd.OutOfMemory => "took more memory than a repository may have",
            SandboxEnd.OutputLimit => "printed too much",
            _ => string.Create(CultureInfo.InvariantCulture, $"ended with {run.ExitCode}"),
        };
        var said = run.ErrorText.Trim() is { Length: > 0 } error ? error : run.Text.Trim();
        var hosts = refused.Count == 0 ? "" : $" It asked for {string.Join(", ", refused)}, which AFTERBURNER_SETUP_HOSTS does not name.";
        return $"setup.commands of the default branch {ended}.{VisibleText.Line(hosts)} The end of what they said: {VisibleText.Line(said[^Math.Min(said.Length, WordsShown)..])}";
    }

    /// <summary>Of what nobody is at, the newest stay that were used since.</summary>
    private void Tidy(long number, Shelf shelf, DateTimeOffset unusedSince)
    {
        var folder = new DirectoryInfo(FolderOf(number));
        if (!folder.Exists)
            return;
        var all = folder.GetDirectories().OrderByDescending(d => d.LastWriteTimeUtc).ToList();
        // Nothing is made at the moment: who makes something holds the shelf.
        var unfinished = all.Where(d => d.Name.Contains(Unfinished, StringComparison.Ordinal)).ToList();
        foreach (var gone in unfinished.Concat(all.Except(unfinished).Where((d, i) => i >= Kept || d.LastWriteTimeUtc < unusedSince.UtcDateTime)).Where(d => !shelf.IsInUse(d.FullName)))
            Remove(gone.FullName);
    }

    private void Remove(string directory)
    {
        try
        {
            if (Directory.Exists(directory))
                Directory.Delete(directory, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.LogWarning("{Directory} could not be removed: {Reason}", directory, e.Message);
        }
    }

    // Links count as nothing and are not followed.
    private static long SizeOf(string directory)
    {
        var bytes = 0L;
        var all = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (var file in new DirectoryInfo(directory).EnumerateFiles("*", all))
        {
            try
            {
                bytes += file.Length;
            }
            catch (FileNotFoundException)
            {
                // Gone meanwhile.
            }
        }

        return bytes;
    }

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

        public void Enter(string directory) => _readers.AddOrUpdate(directory, 1, (_, n) => n + 1);

        public void Leave(string directory) => _readers.AddOrUpdate(directory, 0, (_, n) => n - 1);

        public bool IsInUse(string directory) => _readers.GetValueOrDefault(directory) > 0;
    }
}
