namespace Afterburner.Tests.Languages;

/// <summary>The cases of <see cref="RuntimeCases"/> in JavaScript: each is a module with its tests.</summary>
internal static partial class JavaScriptCases
{
    public static IReadOnlyDictionary<string, CaseSources> All { get; } = new[]
    {
        ByTests(), Equal(), Values(), Arguments(), Ends(), Left(), Forged(), Later(), Called(), Text(),
    }.SelectMany(c => c).ToDictionary(c => c.Name, c => c.Sources);

    /// <param name="original">The function, indented as in its module; <c>export</c> may stand before it.</param>
    /// <param name="checks">Expressions, one a line, that a test each asserts.</param>
    /// <param name="before">What stands above it in its module.</param>
    /// <param name="after">What stands below it.</param>
    /// <param name="right">See <see cref="CaseSources.Right"/>.</param>
    private static (string Name, CaseSources Sources) Case(
        string name, string original, string candidate, string checks, string before = "", string after = "", string function = "f", int place = 0, Ending? right = null)
    {
        var tests = checks.Split('\n').Select((c, i) => $"test('{i}', async () => assert.ok({c}));\n");
        var exported = original.StartsWith("function", StringComparison.Ordinal) || original.StartsWith("async function", StringComparison.Ordinal) ? $"export {original}" : original;
        return (name, new CaseSources($"{name}.js", function, candidate.Trim(), new Dictionary<string, string>
        {
            [$"{name}.js"] = $"{before}\n\n{exported}\n\n{after}\n",
            [$"{name}.test.js"] = $"import test from 'node:test';\nimport assert from 'node:assert/strict';\nimport * as m from './{name}.js';\n\n{string.Join('\n', tests)}",
        })
        { Place = place, Right = right });
    }
}
