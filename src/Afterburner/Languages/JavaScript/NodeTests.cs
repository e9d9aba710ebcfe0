namespace Afterburner.Languages.JavaScript;

/// <summary>How a repository's tests are run. All of it are words of whoever wrote <c>package.json</c>, for a shell inside a sandbox.</summary>
/// <param name="Runner"><c>node</c>, <c>vitest</c>, <c>jest</c> or <c>mocha</c>.</param>
/// <param name="Flags">Words that are no names of files: before <c>--test</c>, or of the runner.</param>
/// <param name="Patterns">Words that say which files hold tests.</param>
internal sealed record NodeTests(string Runner, string Flags, string Patterns)
{
    /// <value>Command lines that make what is tested, in order. Defaults to none.</value>
    public IReadOnlyList<string> Before { get; init; } = [];

    /// <value>Options for Node.js, as <c>NODE_OPTIONS</c> has them. Defaults to none.</value>
    public string Options { get; init; } = "";

    /// <value>Variables that are set for the tests. Defaults to none.</value>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <value>As people call the runner.</value>
    public string Name => Runner switch { "node" => "node --test", "vitest" => "Vitest", "jest" => "Jest", _ => "Mocha" };

    public bool Same(NodeTests? other) =>
        other is not null && Runner == other.Runner && Flags == other.Flags && Patterns == other.Patterns && Options == other.Options
        && Before.SequenceEqual(other.Before) && Variables.OrderBy(v => v.Key, StringComparer.Ordinal).SequenceEqual(other.Variables.OrderBy(v => v.Key, StringComparer.Ordinal));
}
