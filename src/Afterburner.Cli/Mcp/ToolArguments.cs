using System.Text.Json;

namespace Afterburner.Cli.Mcp;

/// <summary>An argument of a tool.</summary>
/// <param name="Kind">Of JSON: <c>string</c> or <c>boolean</c>.</param>
/// <param name="Description">For the agent.</param>
internal sealed record ToolParameter(string Name, string Kind, string Description, bool IsRequired = false);

/// <summary>What a client gave for the arguments of a tool. A client is an agent, which may have been talked into anything: each is what it has to be, or the call ends with one sentence.</summary>
internal sealed class ToolArguments
{
    /// <summary>Characters of a patch.</summary>
    public const int LongestPatch = 1 << 20;

    private const int LongestName = 300, LongestFunction = 1_000;

    private readonly IDictionary<string, JsonElement> _given;

    /// <exception cref="UsageException">There is no such argument, or one is missing or of the wrong kind.</exception>
    public ToolArguments(string tool, IReadOnlyList<ToolParameter> parameters, IDictionary<string, JsonElement>? given)
    {
        _given = (given ?? new Dictionary<string, JsonElement>()).Where(g => g.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined)).ToDictionary();
        if (_given.Keys.FirstOrDefault(k => parameters.All(p => p.Name != k)) is { } unknown)
            throw new UsageException($"{tool} has no argument '{ToolText.Line(unknown, 60)}': it has {string.Join(", ", parameters.Select(p => p.Name))}.");
        foreach (var parameter in parameters)
        {
            if (!_given.TryGetValue(parameter.Name, out var value))
            {
                if (parameter.IsRequired)
                    throw new UsageException($"{tool} needs the argument '{parameter.Name}': {parameter.Description}");
                continue;
            }

            var isRight = parameter.Kind == "boolean" ? value.ValueKind is JsonValueKind.True or JsonValueKind.False : value.ValueKind == JsonValueKind.String;
            if (!isRight)
                throw new UsageException($"{parameter.Name}: {(parameter.Kind == "boolean" ? "true or false" : "a text")} was expected, not {Named(value.ValueKind)}.");
        }
    }

    public bool Flag(string name) => _given.TryGetValue(name, out var value) && value.GetBoolean();

    /// <summary>The name of a commit: nothing that a program could take for an option.</summary>
    public string? Commit(string name)
    {
        if (Text(name, LongestName, "a branch, a tag or a hash") is not { } text)
            return null;
        return text.Length == 0 || text[0] == '-' || text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))
            ? throw new UsageException($"{name}: a branch, a tag or a hash was expected, not '{ToolText.Line(text, 60)}'.") : text;
    }

    /// <summary>A function by its file, below the root, and its name there.</summary>
    public string? Function(string name)
    {
        if (Text(name, LongestFunction, "FILE::FUNCTION") is not { } text)
            return null;
        var parts = text.Split("::");
        return parts is not [{ Length: > 0 } path, { Length: > 0 }] || text.Any(char.IsControl) || path[0] == '-' || path.Split('/').Any(p => p is "" or "." or ".." or ".git")
            ? throw new UsageException($"{name}: FILE::FUNCTION was expected, with the file's path from the repository's root, such as src/shop.py::Cart.total, not '{ToolText.Line(text, 60)}'.") : text;
    }

    public string? Patch(string name) => Text(name, LongestPatch, "a unified diff, or a larger one by `afterburner check --patch FILE`");

    private string? Text(string name, int longest, string expected)
    {
        if (!_given.TryGetValue(name, out var value))
            return null;
        var text = Read(value) ?? throw new UsageException($"{name}: {expected} was expected, and this text is not Unicode.");
        return text.Length > longest
            ? throw new UsageException(FormattableString.Invariant($"{name}: {expected} was expected, of at most {longest:N0} characters, and this one has {text.Length:N0}.")) : text;
    }

    /// <summary>Null for half of a surrogate pair, which JSON can say and no text can have.</summary>
    private static string? Read(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string Named(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        _ => "true or false",
    };
}
