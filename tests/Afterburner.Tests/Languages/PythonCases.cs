namespace Afterburner.Tests.Languages;

/// <summary>The cases of <see cref="RuntimeCases"/> in Python: each is a module with its tests.</summary>
internal static partial class PythonCases
{
    public static IReadOnlyDictionary<string, CaseSources> All { get; } = new[]
    {
        ByTests(), Equal(), Values(), Arguments(), Ends(), Left(), Forged(), Later(), Called(), Text(),
    }.SelectMany(c => c).ToDictionary(c => c.Name, c => c.Sources);

    /// <param name="original">The function, indented as in its module.</param>
    /// <param name="checks">Expressions, one a line, that a test each asserts.</param>
    /// <param name="before">What stands above it in its module.</param>
    /// <param name="after">What stands below it.</param>
    private static (string Name, CaseSources Sources) Case(
        string name, string original, string candidate, string checks, string before = "", string after = "", string function = "f", int place = 0)
    {
        var asserts = checks.Split('\n').Select((c, i) => $"def test_{i}():\n    assert {c}\n");
        return (name, new CaseSources($"{name}.py", function, candidate.Trim(), new Dictionary<string, string>
        {
            [$"{name}.py"] = $"{before}\n\n{original}\n\n{after}\n",
            [$"test_{name}.py"] = $"import pytest\nimport {name} as m\n\n{string.Join('\n', asserts)}",
        })
        { Place = place });
    }
}
