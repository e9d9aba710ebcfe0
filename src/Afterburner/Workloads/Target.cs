using System.Text.Json.Serialization;
using Afterburner.Functions;

namespace Afterburner.Workloads;

/// <summary>Which function is executed: where it is defined, as the harness inside the sandbox needs to know it.</summary>
/// <param name="Path">'/'-separated, relative to the repository's root.</param>
/// <param name="Name">Qualified: <c>Class.method</c>.</param>
/// <param name="StartLine">1-based first line at head, decorators included.</param>
public sealed record Target(
    [property: JsonPropertyName("path")] string Path,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("line")] int StartLine)
{
    public static Target Of(Function function) => new(function.Path, function.Name, function.StartLine);

    /// <summary>The key of everything that is said to and by the harness about it: a file may hold a name more than once.</summary>
    [JsonIgnore]
    public string Id => $"{Path}::{Name}@{StartLine}";
}
