using System.Text.Json.Nodes;
using Afterburner.Tests.Actions;
using Afterburner.Worker;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace Afterburner.Tests.Worker;

/// <summary>The files of <c>action/worker</c>, which a worker is run with, and who judges them.</summary>
internal static class WorkerFiles
{
    public static readonly string Folder = Path.Combine(Repository.Root, "action", "worker");

    public static readonly string Chart = Path.Combine(Folder, "chart");

    public static readonly string Tools = Path.Combine(Repository.Root, "tests", "Tools", "worker");

    /// <summary>All of them, but for what somebody who runs a worker here has put beside them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Directory.EnumerateFiles(Folder).Concat(Directory.EnumerateFiles(Chart, "*", SearchOption.AllDirectories)).Where(f => Path.GetFileName(f) != ".env").Order(),
    ];

    /// <summary>Keys of the settings that may stand in a file.</summary>
    public static IReadOnlyList<string> Secrets { get; } = [.. WorkerSetting.All.Where(s => s.IsSecret).Select(s => s.Key)];

    public static string Text(params string[] path) => File.ReadAllText(Path.Combine([Folder, .. path]));

    public static YamlMappingNode Yaml(params string[] path) => (YamlMappingNode)ActionFile.Yaml(Path.Combine([Folder, .. path]));

    /// <summary>What others find wrong, see <c>tests/Tools/worker/check.mjs</c>.</summary>
    public static async Task<IReadOnlyList<string>> FindingsAsync(string input, params string[] arguments) =>
        [.. JsonNode.Parse(await CheckAsync(input, arguments))!.AsArray().Select(f => (string)f!)];

    public static async Task<string> CheckAsync(string input, params string[] arguments)
    {
        var run = await Processes.RunAsync(
            new ProcessStart("node", [Path.Combine(Tools, "check.mjs"), .. arguments]) { Input = System.Text.Encoding.UTF8.GetBytes(input) },
            cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(run.Succeeded, run.ErrorText);
        return run.Text;
    }
}
