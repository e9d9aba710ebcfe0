using System.Text.Json.Nodes;

namespace Afterburner.Evaluation.Tasks;

/// <summary>What could not be read of a data set.</summary>
/// <param name="Place">The line of a file of lines, the row of a table; from 1.</param>
/// <param name="Field">Which field is wrong; null where the record as a whole is.</param>
public sealed record BadRecord(long Place, string? Field, string Reason)
{
    public override string ToString() => Field is null ? $"record {Place}: {Reason}" : $"record {Place}, field '{Field}': {Reason}";
}

/// <summary>Tasks, and what was left out of them.</summary>
/// <param name="Layout">Whose layout the file has: <c>Venus</c>, <c>APPS</c>.</param>
public sealed record DataSet(string Layout, IReadOnlyList<EvaluationTask> Tasks, IReadOnlyList<BadRecord> Bad)
{
    private static readonly IReadOnlyList<TaskLayout> Layouts = [new VenusLayout(), new AppsLayout(), new CoffeContestLayout(), new CoffeFunctionLayout(), new EnamelLayout()];

    /// <summary>Reads a file: JSON Lines, Parquet or CSV, in the layout of any data set that is known.</summary>
    /// <exception cref="UsageException">The file cannot be read, or no record of it is a task.</exception>
    public static async Task<DataSet> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var records = RecordFile.ReadAsync(path, cancellationToken);
        var (tasks, bad, ids) = (new List<EvaluationTask>(), new List<BadRecord>(), new HashSet<string>());
        TaskLayout? layout = null;
        await foreach (var (place, record, reason) in records.ConfigureAwait(false))
        {
            if (record is null)
            {
                bad.Add(new BadRecord(place, null, reason!));
                continue;
            }

            try
            {
                layout ??= Layouts.FirstOrDefault(l => l.Fits(record));
                if (layout is null)
                {
                    bad.Add(new BadRecord(place, null, $"its fields ({string.Join(", ", record.Select(f => f.Key).Take(12))}) are those of no data set that is known: {string.Join(", ", Layouts.Select(l => l.Name))}"));
                    continue;
                }

                var task = layout.Read(new Fields(record));
                if (!ids.Add(task.Id))
                    throw new BadFieldException(layout.IdField, $"'{task.Id}' is there already");
                tasks.Add(task);
            }
            catch (BadFieldException e)
            {
                bad.Add(new BadRecord(place, e.Name, e.Message));
            }
            catch (InvalidOperationException)
            {
                // Found where it is read: half of a character, as "\ud800".
                bad.Add(new BadRecord(place, null, "it holds a text that is no text"));
            }
        }

        return tasks.Count > 0 ? new DataSet(layout!.Name, tasks, bad)
            : throw new UsageException($"'{path}' holds no task{(bad.Count > 0 ? $": {bad[0]}" : "")}. Give a file of Venus, APPS, COFFE or ENAMEL: JSON Lines, Parquet or CSV.");
    }
}

/// <summary>How one data set writes its tasks.</summary>
internal abstract class TaskLayout
{
    public abstract string Name { get; }

    /// <value>The field that tells tasks apart.</value>
    public abstract string IdField { get; }

    /// <summary>Whether a record looks like one of its tasks.</summary>
    public abstract bool Fits(JsonObject record);

    /// <exception cref="BadFieldException">A field is missing, or is not what it should be.</exception>
    public abstract EvaluationTask Read(Fields record);

    /// <summary>Each once, without the empty ones.</summary>
    protected static IReadOnlyList<string> Programs(IEnumerable<string> programs) => [.. programs.Where(p => !string.IsNullOrWhiteSpace(p)).Distinct(StringComparer.Ordinal)];
}
