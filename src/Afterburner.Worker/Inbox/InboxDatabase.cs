using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Afterburner.Worker.Inbox;

/// <summary>Opens the database that the settings name, and knows what the two kinds do not have in common.</summary>
internal sealed class InboxDatabase
{
    private const int LockOfTheRelay = 0x4166_7465;

    private readonly DbContextOptions<SqliteInbox>? _sqlite;
    private readonly DbContextOptions<PostgresInbox>? _postgres;

    public InboxDatabase(WorkerSettings settings)
    {
        if (settings.Postgres is { Length: > 0 } postgres)
        {
            ConnectionString = postgres;
            _postgres = new DbContextOptionsBuilder<PostgresInbox>().UseNpgsql(postgres).Options;
            return;
        }

        ConnectionString = new SqliteConnectionStringBuilder { DataSource = Path.Combine(settings.Data, "worker.db"), DefaultTimeout = 30 }.ToString();
        _sqlite = new DbContextOptionsBuilder<SqliteInbox>().UseSqlite(ConnectionString).Options;
    }

    public string ConnectionString { get; }

    public bool IsShared => _postgres is not null;

    public InboxContext Open() => _postgres is { } postgres ? new PostgresInbox(postgres) : new SqliteInbox(_sqlite!);

    /// <summary>Makes the tables, or brings them up to date. Workers that start together wait for each other.</summary>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using var inbox = Open();
        await inbox.Database.MigrateAsync(cancellationToken).ConfigureAwait(false);
        if (!IsShared)
            await inbox.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether it answers.</summary>
    public async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        await using var inbox = Open();
        return await inbox.Database.CanConnectAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether this transaction alone may sort and release; others do not wait for it.</summary>
    public async Task<bool> TakeRelayAsync(InboxContext inbox, CancellationToken cancellationToken) =>
        !IsShared || await inbox.Database
            .SqlQuery<bool>($"SELECT pg_try_advisory_xact_lock({LockOfTheRelay}) AS \"Value\"").SingleAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Whether an exception says that the database was out of reach, and not that it was asked for something wrong.</summary>
    public static bool IsOutage(Exception e) => e switch
    {
        // Class 08: connection; 57: shut down, starting up; 53: resources.
        PostgresException { SqlState: ['0', '8', ..] or ['5', '7', ..] or ['5', '3', ..] } => true,
        PostgresException => false,
        NpgsqlException or TimeoutException => true,
        SqliteException { SqliteErrorCode: 5 or 6 or 10 or 13 } => true,
        DbUpdateException { InnerException: { } inner } => IsOutage(inner),
        InvalidOperationException { InnerException: DbException inner } => IsOutage(inner),
        _ => false,
    };
}
