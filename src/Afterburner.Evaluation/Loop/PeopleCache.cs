using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Afterburner.Evaluation.Programs;
using Afterburner.Evaluation.Tasks;

namespace Afterburner.Evaluation.Loop;

/// <summary>Frozen tests and what people's programs cost, kept by the content of the task: another evaluation of it on this machine measures no person again.</summary>
/// <param name="folder">Null keeps nothing.</param>
/// <param name="isFresh">Whether what is kept is measured anew, and replaced.</param>
public sealed class PeopleCache(string? folder, bool isFresh = false)
{
    /// <summary>Of what is measured and how: what another version kept is measured anew.</summary>
    private const int Version = 5;

    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web) { RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true };

    /// <summary>Gives a prepared task, and prepares it where it is not there.</summary>
    public async Task<PreparedTask> GetAsync(EvaluationTask task, ProgramOptions options, Func<Task<PreparedTask>> prepare)
    {
        var file = folder is null ? null : Path.Combine(folder, $"{Key(task, options)}.json");
        if (file is not null && !isFresh && Read(file) is { } kept)
            return new PreparedTask(task, kept.Tests, [.. kept.People.Select(p => (p.Program, p.Measured))]);
        var prepared = await prepare().ConfigureAwait(false);
        if (file is not null)
        {
            Directory.CreateDirectory(folder!);
            EvaluationFolder.Write(file, JsonSerializer.Serialize(new Kept(prepared.Tests, [.. prepared.People.Select(p => new KeptPerson(p.Program, p.Measured))]), Form));
        }

        return prepared;
    }

    /// <summary>Forgets a task, which turned out not to be as it was.</summary>
    public void Drop(EvaluationTask task, ProgramOptions options)
    {
        if (folder is not null)
            File.Delete(Path.Combine(folder, $"{Key(task, options)}.json"));
    }

    private static Kept? Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<Kept>(File.ReadAllText(file), Form);
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }

    private static string Key(EvaluationTask task, ProgramOptions options) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{Version}\n{JsonSerializer.Serialize(task, Form)}\n{JsonSerializer.Serialize(options, Form)}\n{Environment.MachineName}\n{Environment.ProcessorCount}")))[..32];

    private sealed record Kept(TestSet Tests, IReadOnlyList<KeptPerson> People);

    private sealed record KeptPerson(string Program, Measurement Measured);
}
