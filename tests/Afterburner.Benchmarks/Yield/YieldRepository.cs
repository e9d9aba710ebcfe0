using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Afterburner.Sandboxes;

namespace Afterburner.Benchmarks.Yield;

/// <summary>
/// Tasks as a repository: a module and a test file each. Tests whose name starts with <c>test_large</c> call the function
/// with what takes long, as far as it ends in time.
/// </summary>
internal static class YieldRepository
{
    public const string LargeTest = "test_large";

    /// <summary>CPU seconds of one call: as long as the larger calls may take that the product makes itself.</summary>
    private const double LongestCall = 0.04;

    /// <summary>Writes the tasks that can be executed at all.</summary>
    /// <param name="script">Path of inputs.py; the tests use it too.</param>
    /// <returns>Those tasks.</returns>
    public static async Task<IReadOnlyList<YieldTask>> WriteAsync(
        ISandbox sandbox, IReadOnlyList<YieldTask> tasks, string script, string folder, CancellationToken cancellationToken)
    {
        var chosen = await ChooseAsync(sandbox, tasks, script, folder, cancellationToken).ConfigureAwait(false);
        File.Copy(script, Path.Combine(folder, Path.GetFileName(script)));
        var written = new List<YieldTask>();
        foreach (var task in tasks)
        {
            if (!chosen.TryGetValue(task.Id, out var answer))
                continue;
            var tests = Tests(task, answer);
            if (tests.Length == 0)
                continue;
            await File.WriteAllTextAsync(Path.Combine(folder, task.Path), task.Source, cancellationToken).ConfigureAwait(false);
            await File.WriteAllTextAsync(
                Path.Combine(folder, task.TestPath),
                $"import json\nimport random\n\nfrom inputs import plain\nfrom task_{task.Id} import {task.Entry} as solve\n\n\n{tests}",
                cancellationToken).ConfigureAwait(false);
            written.Add(task);
        }

        return written;
    }

    private static async Task<Dictionary<string, JsonObject>> ChooseAsync(
        ISandbox sandbox, IReadOnlyList<YieldTask> tasks, string script, string folder, CancellationToken cancellationToken)
    {
        var request = new JsonObject
        {
            ["seconds"] = LongestCall,
            ["tasks"] = new JsonArray([.. tasks.Select(t => (JsonNode)new JsonObject
            {
                ["id"] = t.Id,
                ["source"] = t.Source,
                ["entry"] = t.Entry,
                ["small"] = new JsonArray([.. t.Small.Select(c => (JsonNode)new JsonObject
                {
                    ["input"] = c.Input.DeepClone(), ["output"] = c.Output?.DeepClone(),
                })]),
                ["large"] = new JsonArray([.. t.Large.Select(e => (JsonNode)e)]),
            })]),
        };
        var run = await sandbox.RunAsync(
            new SandboxCommand(["python3", "-I", "-B", "/script/" + Path.GetFileName(script)], folder)
            {
                Mounts = new Dictionary<string, MachineDirectory> { ["/script"] = MachineDirectory.Own(Path.GetDirectoryName(script)!) },
                Input = Encoding.UTF8.GetBytes(request.ToJsonString()),
            },
            new Limits { Wall = TimeSpan.FromMinutes(5), Cpu = TimeSpan.FromMinutes(5) },
            cancellationToken).ConfigureAwait(false);
        if (!run.Succeeded)
            throw new EnvironmentFailureException($"the inputs could not be chosen: {run.End} {run.Failure} {run.ErrorText}");
        return run.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => (JsonObject)JsonNode.Parse(l)!)
            .ToDictionary(o => (string)o["id"]!);
    }

    private static string Tests(YieldTask task, JsonObject answer)
    {
        var text = new StringBuilder();
        for (var i = 0; i < task.Small.Count; i++)
        {
            var (call, verdict) = ($"solve(*json.loads({Literal(task.Small[i].Input)}))", answer["small"]![i]!);
            if ((bool)verdict["agrees"]!)
                Test($"test_small_{i}", $"assert plain({call}) == json.loads({Literal(task.Small[i].Output)})");
            else if ((bool)verdict["runs"]!)
                Test($"test_small_{i}", call);
        }

        for (var i = 0; i < task.Large.Count; i++)
        {
            if (answer["large"]![i] is not null)
                Test($"{LargeTest}_{i}", $"random.seed(0)\n    solve(*({task.Large[i]}))");
        }

        return text.ToString();

        void Test(string name, string body) => text.Append(CultureInfo.InvariantCulture, $"def {name}():\n    {body}\n\n\n");
    }

    /// <summary>A Python string that holds JSON.</summary>
    private static string Literal(JsonNode? node) => JsonSerializer.Serialize(node?.ToJsonString() ?? "null");
}
