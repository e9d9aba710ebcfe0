using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Afterburner.Tests.Worker;

/// <summary>A PostgreSQL server of the tests' own, from Debian's package, on loopback; it can be taken away and brought back.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _directory = Directory.CreateTempSubdirectory("afterburner-postgres-").FullName;
    private readonly int _port = FreePort();
    private readonly string _programs;
    private CancellationTokenSource _stop = new();
    private Task<ProcessRun>? _server;

    private PostgresServer(string programs) => _programs = programs;

    public string ConnectionString => $"Host=127.0.0.1;Port={_port.ToString(CultureInfo.InvariantCulture)};Username=postgres;Database=postgres;Timeout=5;Command Timeout=30";

    /// <returns>Null where there is no PostgreSQL and none can be installed.</returns>
    public static async Task<PostgresServer?> StartAsync(CancellationToken cancellationToken)
    {
        if (Programs() is not { } programs)
            return null;
        var server = new PostgresServer(programs);
        try
        {
            if (Environment.IsPrivilegedProcess)
                await RunAsync("chown", "postgres", server._directory);
            await RunAsync(server.AsOwner("initdb", "--pgdata", server._directory, "--username=postgres", "--auth=trust", "--no-sync"));
            await server.ReturnAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>As when the machine it runs on loses power.</summary>
    public async Task LeaveAsync()
    {
        await _stop.CancelAsync();
        await _server!.ContinueWith(_ => { }, TaskScheduler.Default);
        NpgsqlConnection.ClearAllPools();
    }

    public async Task ReturnAsync(CancellationToken cancellationToken)
    {
        _stop.Dispose();
        _stop = new CancellationTokenSource();
        var start = AsOwner(
            "postgres", "-D", _directory, "-c", "listen_addresses=127.0.0.1", "-c", $"port={_port.ToString(CultureInfo.InvariantCulture)}", "-c", "unix_socket_directories=",
            "-c", "fsync=off", "-c", "max_connections=200", "-c", "dynamic_shared_memory_type=mmap");
        _server = Processes.RunAsync(new ProcessStart(start[0], start[1..]) { Timeout = TimeSpan.FromHours(1) }, cancellationToken: _stop.Token);
        for (var until = TimeProvider.System.GetUtcNow() + Patience; ; await Task.Delay(100, cancellationToken))
        {
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString);
                await connection.OpenAsync(cancellationToken);
                return;
            }
            catch (NpgsqlException) when (TimeProvider.System.GetUtcNow() < until && !_server.IsCompleted)
            {
                // Not yet.
            }
        }
    }

    /// <summary>Removes all that was stored.</summary>
    public async Task EmptyAsync()
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("DROP SCHEMA public CASCADE; CREATE SCHEMA public", connection);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await LeaveAsync();
        _stop.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static string? Programs() => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).LastOrDefault(d => File.Exists(Path.Combine(d, "initdb")))
        : null;

    /// <summary>It refuses to be started by root.</summary>
    private string[] AsOwner(string program, params string[] arguments) => Environment.IsPrivilegedProcess
        ? ["runuser", "-u", "postgres", "--", Path.Combine(_programs, program), .. arguments]
        : [Path.Combine(_programs, program), .. arguments];

    private static async Task RunAsync(params string[] command)
    {
        var run = await Processes.RunAsync(new ProcessStart(command[0], command[1..]));
        if (!run.Succeeded)
            throw new EnvironmentFailureException($"{string.Join(' ', command)}: {run.ErrorText}");
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
