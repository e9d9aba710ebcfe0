namespace Afterburner.Functions;

/// <summary>
/// Makes functions of one file's matches. Rule ids are KIND-LANGUAGE: "function" and "default" (a nameless default
/// export), "container" (what qualifies names), "decorator" (inside the function's node), "leading" (a decorator that
/// stands before it), "test" (a region of test code) and "error" (what does not parse).
/// </summary>
internal static class FunctionReader
{
    public static bool IsError(AstGrepMatch match) => match.Rule.StartsWith("error-", StringComparison.Ordinal);

    /// <param name="matches">Of the extraction rules, in one file.</param>
    public static IEnumerable<(Function Function, bool IsTest)> Read(SourceFile file, IReadOnlyList<AstGrepMatch> matches)
    {
        var kinds = matches.ToLookup(m => m.Rule[..m.Rule.IndexOf('-', StringComparison.Ordinal)]);
        var functions = kinds["function"].Concat(kinds["default"]).Select(m => new Scope(m, file.Language) { IsFunction = true }).ToList();
        foreach (var decorator in kinds["decorator"])
            functions.Where(f => f.Holds(decorator)).MinBy(f => f.End - f.Start)?.Decorators.Add(decorator);
        foreach (var decorator in kinds["leading"])
            functions.Where(f => f.NodeStart >= decorator.EndByte).MinBy(f => f.NodeStart)?.Decorators.Add(decorator);

        var around = new Stack<Scope>();
        var containers = kinds["container"].Select(m => new Scope(m, file.Language));
        foreach (var scope in containers.Concat(functions).OrderBy(s => s.Start).ThenByDescending(s => s.End))
        {
            while (around.TryPeek(out var top) && top.End <= scope.Start)
                around.Pop();
            scope.Parent = around.TryPeek(out var parent) ? parent : null;
            around.Push(scope);
            if (scope.IsFunction)
                yield return (scope.ToFunction(file), IsTest(scope, file.Language) || kinds["test"].Any(t => t.StartByte <= scope.Start && scope.End <= t.EndByte));
        }
    }

    private static bool IsTest(Scope function, Language language) =>
        language.TestDecorator is { } test && function.DecoratorTexts.Any(test.IsMatch);
}
