using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Afterburner.Tests.Actions;

/// <summary>action.yml as it is, so that what is documented and executed is what GitHub gets.</summary>
internal sealed partial class ActionFile
{
    public static readonly string Location = Path.Combine(Repository.Root, "action.yml");

    private readonly YamlMappingNode _root;

    private ActionFile(YamlMappingNode root) => _root = root;

    public static ActionFile Read() => new((YamlMappingNode)Yaml(Location));

    /// <summary>A YAML file's one document.</summary>
    public static YamlNode Yaml(string path)
    {
        var stream = new YamlStream();
        using var reader = new StreamReader(path);
        stream.Load(reader);
        return stream.Documents[0].RootNode;
    }

    public IReadOnlyList<(string Name, string Description, string? Default)> Inputs =>
        [.. Entries((YamlMappingNode)_root["inputs"]).Select(e => (e.Key, Text(e.Value, "description")!, Text(e.Value, "default")))];

    public IReadOnlyList<(string Name, string Description, string Value)> Outputs =>
        [.. Entries((YamlMappingNode)_root["outputs"]).Select(e => (e.Key, Text(e.Value, "description")!, Text(e.Value, "value")!))];

    public IReadOnlyList<ActionStep> Steps =>
    [
        .. ((YamlSequenceNode)_root["runs"]["steps"]).Cast<YamlMappingNode>().Select(s => new ActionStep(
            Text(s, "id"), Text(s, "if"), Text(s, "uses"), Text(s, "run"),
            s.Children.TryGetValue("env", out var env) ? Entries((YamlMappingNode)env).ToDictionary(e => e.Key, e => ((YamlScalarNode)e.Value).Value!) : [])),
    ];

    /// <summary>For the reference, in the order of the file.</summary>
    public string InputTable() =>
        "| Input | Default | Meaning |\n|---|---|---|\n"
        + string.Concat(Inputs.Select(i => $"| `{i.Name}` | {(string.IsNullOrEmpty(i.Default) ? "" : $"`{i.Default}`")} | {i.Description} |\n"));

    public string OutputTable() =>
        "| Output | Meaning |\n|---|---|\n" + string.Concat(Outputs.Select(o => $"| `{o.Name}` | {o.Description} |\n"));

    /// <summary>Puts the values of expressions in place. Only those that this action uses are known; anything else fails.</summary>
    public static string Evaluate(string text, Func<string, string> value) =>
        Expression().Replace(text, m => value(m.Groups[1].Value.Trim()));

    private static IEnumerable<(string Key, YamlNode Value)> Entries(YamlMappingNode map) =>
        map.Children.Select(c => (((YamlScalarNode)c.Key).Value!, c.Value));

    private static string? Text(YamlNode map, string key) =>
        ((YamlMappingNode)map).Children.TryGetValue(key, out var value) ? ((YamlScalarNode)value).Value : null;

    [GeneratedRegex(@"\$\{\{(.*?)\}\}")]
    private static partial Regex Expression();
}

/// <param name="Run">Null for a step that uses another action.</param>
internal sealed record ActionStep(string? Id, string? If, string? Uses, string? Run, IReadOnlyDictionary<string, string> Env);
