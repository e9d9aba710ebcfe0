namespace Afterburner.Languages.Python;

/// <summary>A name that a Python file binds outside of its functions.</summary>
/// <param name="Scope">Qualified name of the class around it; empty where there is none.</param>
/// <param name="Name"><see cref="Everything"/> where it cannot be told which names are bound.</param>
/// <param name="Text">What binds it, the blocks around that included; equal where it says the same.</param>
/// <param name="Mentions">Names that occur in it.</param>
internal sealed record Binding(string Scope, string Name, string Text, IReadOnlySet<string> Mentions)
{
    /// <summary>The name of all names of a scope.</summary>
    public const string Everything = "*";

    /// <summary>By these every name of a module is at hand.</summary>
    private static readonly HashSet<string> Spaces = ["globals", "vars", "locals", "__builtins__"];

    /// <summary>By these a name can be bound that is written nowhere.</summary>
    private static readonly HashSet<string> Binders = ["exec", "setattr", "delattr", "__setattr__", "__delattr__", "__dict__", "modules"];

    /// <value>Whether a class is bound: its members come along with it. Defaults to false.</value>
    public bool IsClass { get; init; }

    /// <value>Whether it is the definition of a function, whose text is compared by itself. Defaults to false.</value>
    public bool IsFunction { get; init; }

    /// <summary>Qualified name, of a class and of what is in one.</summary>
    public string QualifiedName => Scope.Length == 0 ? Name : $"{Scope}.{Name}";

    /// <summary>The names that a statement binds or may change, each with the text that does so.</summary>
    /// <param name="tokens">Of a statement that holds no other.</param>
    public static IEnumerable<(string Name, string Text)> Bound(IReadOnlyList<string> tokens)
    {
        if (tokens is ["import" or "from", ..])
            return Imported(tokens);
        var text = string.Join(' ', tokens);
        if (MayBindAny(tokens))
            return [(Everything, text)];
        return (tokens.All(PythonTokens.IsString) ? [] : Targets(tokens)).Distinct().Select(name => (name, text));
    }

    /// <summary>What an import at the top of a file gets from where; null where the binding is none.</summary>
    /// <returns>Parts of the module's name without the dots of a relative one, and the name that is taken from it: null where it is the module itself that is bound, by its last part or another name.</returns>
    public (string[] Module, string? Name)? Import
    {
        get
        {
            var at = Scope.Length == 0 ? Text.LastIndexOf(" import ", StringComparison.Ordinal) : -1;
            if (at < 0)
                return null;
            var from = Text.LastIndexOf("from ", at, StringComparison.Ordinal);
            var what = Text[(at + " import ".Length)..].Split(" as ")[0];
            return from < 0 || Text[from..at].Contains('\n', StringComparison.Ordinal) ? (Parts(what), null) : (Parts(Text[(from + "from ".Length)..at]), what);

            static string[] Parts(string dotted) => dotted.Split([' ', '.'], StringSplitOptions.RemoveEmptyEntries);
        }
    }

    private static IEnumerable<(string Name, string Text)> Imported(IReadOnlyList<string> tokens)
    {
        var from = string.Join(' ', tokens.TakeWhile(t => t != "import"));
        string[] names = [.. tokens.SkipWhile(t => t != "import").Skip(1).Where(t => t is not ("(" or ")"))];
        for (var (start, end) = (0, 0); start < names.Length; start = end + 1)
        {
            end = Array.IndexOf(names, ",", start) is >= 0 and var comma ? comma : names.Length;
            if (names[start..end] is { Length: > 0 } part)
                yield return (part is [.., "as", var other] ? other : part[0], $"{from} import {string.Join(' ', part)}");
        }
    }

    /// <summary>What stands left of an assignment. Of what is no assignment, such as a call, all names: it may change what they stand for.</summary>
    private static IEnumerable<string> Targets(IReadOnlyList<string> tokens)
    {
        var end = LastAssignment(tokens);
        if (end < 0)
            return tokens.Where((t, i) => i == 0 || tokens[i - 1] != ".").Select(PythonTokens.NameIn).OfType<string>();
        // Of work.__code__ both: what is reached through a name may be what it does.
        return tokens.Take(end).Select(PythonTokens.NameIn).OfType<string>().Concat(PythonTokens.Walruses(tokens));
    }

    /// <summary>The names that a pattern of <c>case</c> binds, and some that it only compares.</summary>
    /// <param name="header">From <c>case</c> on.</param>
    public static IEnumerable<string> Captured(IReadOnlyList<string> header) => header.Skip(1).TakeWhile(t => t != "if")
        .Where((t, i) => t != "_" && PythonTokens.IsName(t) && header[i] != "." && (i + 2 >= header.Count || header[i + 2] is not ("." or "(" or "=")));

    /// <summary>The names that a function declares to be of its module, to assign to them.</summary>
    public static IEnumerable<string> Global(IReadOnlyList<string> tokens)
    {
        var declares = false;
        for (var i = 1; i < tokens.Count; i++)
        {
            declares = tokens[i - 1] == "global" || (declares && (tokens[i] == "," || tokens[i - 1] == ","));
            if (declares && tokens[i] != ",")
                yield return tokens[i];
        }
    }

    /// <summary>Whether a statement, or the head of one, executes text, or writes where all names of a module are kept.</summary>
    public static bool MayBindAny(IReadOnlyList<string> tokens)
    {
        if (tokens.Any(Binders.Contains))
            return true;
        if (LastAssignment(tokens) is >= 0 and var end)
            return tokens.Take(end).Any(Spaces.Contains) || Spaces.Contains(tokens.ElementAtOrDefault(end + 1) ?? "");
        return tokens.Any(Spaces.Contains);
    }

    /// <summary>Names that are given to a call, or that an attribute is called of (<c>@name.register</c>): they may do otherwise afterwards.</summary>
    public static IEnumerable<string> Handed(IReadOnlyList<string> tokens)
    {
        var calls = new Stack<bool>();
        for (var i = 0; i < tokens.Count; i++)
        {
            var (before, next) = (tokens.ElementAtOrDefault(i - 1), tokens.ElementAtOrDefault(i + 1));
            var asked = next == "." && (before == "@" || tokens.ElementAtOrDefault(i + 3) == "(");
            if (tokens[i] is "(" or "[" or "{")
                calls.Push(tokens[i] == "(" && before is not null && (PythonTokens.IsName(before) || before is ")" or "]"));
            else if (tokens[i] is ")" or "]" or "}")
                calls.TryPop(out _);
            else if (PythonTokens.IsName(tokens[i]) && before != "." && next != "(" && (asked || calls.Contains(true)))
                yield return tokens[i];
        }
    }

    /// <summary>Whether what a name stands for is changed, rather than what the name is: <c>name.x = </c>, <c>name[x] = </c>, <c>change(name)</c>.</summary>
    public static bool IsReachedThrough(string name, IReadOnlyList<string> tokens) =>
        LastAssignment(tokens) < 0 || tokens.Where((t, i) => i + 1 < tokens.Count && tokens[i + 1] is "." or "[" && t == name).Any();

    /// <summary>Where the targets of an assignment (or of an annotation, a <c>del</c>, a <c>type</c>) end; -1 where it is none.</summary>
    private static int LastAssignment(IReadOnlyList<string> tokens)
    {
        var (depth, last) = (0, -1);
        for (var i = 0; i < tokens.Count && tokens[i] != "lambda"; i++)
        {
            depth += tokens[i] switch { "(" or "[" or "{" => 1, ")" or "]" or "}" => -1, _ => 0 };
            if (depth != 0)
                continue;
            if (tokens[i] == ":" && last < 0)
                return i;
            if (tokens[i] is [.., '='] and not ("==" or "<=" or ">=" or "!=" or ":="))
                last = i;
        }

        return last;
    }
}
