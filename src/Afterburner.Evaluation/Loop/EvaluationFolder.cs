using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Afterburner.Evaluation.Loop;

/// <summary>The folder of an evaluation: its settings, and a file for each task, written anew as a whole after each step.</summary>
public sealed class EvaluationFolder
{
    private const string SettingsFile = "settings.json";

    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web) { WriteIndented = true, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true };

    private readonly string _tasks;

    private EvaluationFolder(string path) => (Path, _tasks) = (path, System.IO.Path.Combine(path, "tasks"));

    public string Path { get; }

    /// <summary>Makes a folder, or goes on in one that is there.</summary>
    /// <param name="settings">What the results depend on: data set, solver, options.</param>
    /// <exception cref="UsageException">It is the folder of another evaluation.</exception>
    public static EvaluationFolder Open(string path, IReadOnlyDictionary<string, string> settings)
    {
        var folder = new EvaluationFolder(path);
        try
        {
            Directory.CreateDirectory(folder._tasks);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"'{path}' cannot be made: {e.Message} Give another --out.", e);
        }

        var file = System.IO.Path.Combine(path, SettingsFile);
        if (!File.Exists(file))
        {
            Write(file, JsonSerializer.Serialize(settings, Form));
            return folder;
        }

        Dictionary<string, string> there;
        try
        {
            there = JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(file), Form) ?? [];
        }
        catch (JsonException e)
        {
            throw new UsageException($"'{file}' is damaged: give another --out, or delete the folder.", e);
        }

        var others = settings.Where(s => there.GetValueOrDefault(s.Key) != s.Value).Select(s => $"{s.Key} was {there.GetValueOrDefault(s.Key) ?? "not set"} and is {s.Value}").ToList();
        return others.Count == 0 ? folder
            : throw new UsageException($"'{path}' holds another evaluation: {string.Join("; ", others)}. Give another --out, or the settings that it was begun with.");
    }

    /// <returns>Null where nothing is kept, or what is kept was not written to its end.</returns>
    public TaskRun? Read(string task)
    {
        try
        {
            return JsonSerializer.Deserialize<TaskRun>(File.ReadAllText(FileOf(task)), Form);
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }

    public TaskRun Keep(TaskRun run)
    {
        Write(FileOf(run.Task), JsonSerializer.Serialize(run, Form));
        return run;
    }

    /// <summary>Writes a file that is there as a whole, or not at all.</summary>
    internal static void Write(string file, string text)
    {
        var half = file + ".half";
        File.WriteAllText(half, text);
        File.Move(half, file, overwrite: true);
    }

    // The id is somebody else's text.
    private string FileOf(string task) => System.IO.Path.Combine(_tasks, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(task)))[..24] + ".json");
}
