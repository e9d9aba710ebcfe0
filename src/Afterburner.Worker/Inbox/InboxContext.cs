using Afterburner.GitHub;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Afterburner.Worker.Inbox;

/// <summary>The database of the workers: SQLite for one, PostgreSQL for many, the same tables in both.</summary>
internal abstract class InboxContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<Delivery> Deliveries => Set<Delivery>();

    public DbSet<LivingWorker> Workers => Set<LivingWorker>();

    public DbSet<StoredReport> Reports => Set<StoredReport>();

    public DbSet<StoredOutcome> Outcomes => Set<StoredOutcome>();

    public DbSet<StoredSuggestion> Suggestions => Set<StoredSuggestion>();

    public DbSet<StoredSession> Sessions => Set<StoredSession>();

    public DbSet<StoredKey> Keys => Set<StoredKey>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        // SQLite cannot order what it knows only as text.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UnixMilliseconds>();
        configurationBuilder.Properties<DeliveryState>().HaveConversion<string>().HaveMaxLength(20);
        configurationBuilder.Properties<WorkKind>().HaveConversion<string>().HaveMaxLength(20);
        configurationBuilder.Properties<SuggestionFate>().HaveConversion<string>().HaveMaxLength(20);
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Delivery>(delivery =>
        {
            delivery.ToTable("deliveries");
            delivery.HasIndex(d => new { d.Hook, d.Guid }).IsUnique();
            delivery.HasIndex(d => new { d.State, d.Id });
            delivery.HasIndex(d => new { d.RepositoryId, d.Number, d.Id });
            delivery.Ignore(d => d.RunName).Ignore(d => d.Subject);
            delivery.Property(d => d.Hook).HasMaxLength(40);
            delivery.Property(d => d.Guid).HasMaxLength(100);
            delivery.Property(d => d.Event).HasMaxLength(80);
            delivery.Property(d => d.Repository).HasMaxLength(250);
            delivery.Property(d => d.Branch).HasMaxLength(250);
            delivery.Property(d => d.Since).HasMaxLength(64);
            delivery.Property(d => d.Function).HasMaxLength(500);
            delivery.Property(d => d.Command).HasMaxLength(20);
            delivery.Property(d => d.Head).HasMaxLength(64);
            delivery.Property(d => d.Worker).HasMaxLength(200);
        });
        modelBuilder.Entity<StoredReport>(report =>
        {
            report.ToTable("reports");
            report.HasKey(r => new { r.DeliveryId, r.Attempt, r.Name });
            report.Property(r => r.Name).HasMaxLength(40);
            // They go with their delivery.
            report.HasOne<Delivery>().WithMany().HasForeignKey(r => r.DeliveryId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<StoredOutcome>(outcome =>
        {
            outcome.ToTable("outcomes");
            outcome.HasKey(o => o.DeliveryId);
            outcome.Property(o => o.DeliveryId).ValueGeneratedNever();
            outcome.HasOne<Delivery>().WithOne().HasForeignKey<StoredOutcome>(o => o.DeliveryId).OnDelete(DeleteBehavior.Cascade);
            outcome.HasMany(o => o.Yields).WithOne().OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<StoredYield>(of =>
        {
            of.ToTable("yields");
            of.Property(y => y.Proposer).HasMaxLength(200);
        });
        modelBuilder.Entity<StoredSuggestion>(suggestion =>
        {
            suggestion.ToTable("suggestions");
            suggestion.HasIndex(s => new { s.RepositoryId, s.Number, s.EditKey }).IsUnique();
            suggestion.Property(s => s.FunctionKey).HasMaxLength(16);
            suggestion.Property(s => s.SourceKey).HasMaxLength(16);
            suggestion.Property(s => s.EditKey).HasMaxLength(16);
            suggestion.Property(s => s.Proposer).HasMaxLength(200);
            suggestion.HasOne<Delivery>().WithMany().HasForeignKey(s => s.DeliveryId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<StoredSession>(session =>
        {
            session.ToTable("sessions");
            session.HasKey(s => s.Key);
            session.Property(s => s.Key).HasMaxLength(64);
        });
        modelBuilder.Entity<StoredKey>(key =>
        {
            key.ToTable("keys");
            key.HasKey(k => k.Name);
            key.Property(k => k.Name).HasMaxLength(40);
        });
        modelBuilder.Entity<LivingWorker>(worker =>
        {
            worker.ToTable("workers");
            worker.HasKey(w => w.Name);
            worker.Property(w => w.Name).HasMaxLength(200);
        });
    }

    private sealed class UnixMilliseconds()
        : ValueConverter<DateTimeOffset, long>(t => t.ToUnixTimeMilliseconds(), m => DateTimeOffset.FromUnixTimeMilliseconds(m));
}

internal sealed class SqliteInbox(DbContextOptions<SqliteInbox> options) : InboxContext(options);

internal sealed class PostgresInbox(DbContextOptions<PostgresInbox> options) : InboxContext(options);
