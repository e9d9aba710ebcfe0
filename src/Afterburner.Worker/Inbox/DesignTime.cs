using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Afterburner.Worker.Inbox;

/// <summary>For <c>dotnet ef migrations add NAME --context SqliteInbox --output-dir Inbox/Migrations/Sqlite</c>.</summary>
internal sealed class SqliteDesign : IDesignTimeDbContextFactory<SqliteInbox>
{
    public SqliteInbox CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<SqliteInbox>().UseSqlite("Data Source=design.db").Options);
}

/// <summary>For <c>dotnet ef migrations add NAME --context PostgresInbox --output-dir Inbox/Migrations/Postgres</c>.</summary>
internal sealed class PostgresDesign : IDesignTimeDbContextFactory<PostgresInbox>
{
    public PostgresInbox CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<PostgresInbox>().UseNpgsql("Host=design").Options);
}
