using Afterburner.Functions;

namespace Afterburner.Languages.Python;

/// <summary>
/// What of a Python function is evaluated where it is defined and works at each of its calls: its decorators, and the default values of its
/// parameters. Annotations are no part of it.
/// </summary>
/// <param name="Text">Equal where it says the same.</param>
/// <param name="Parameters">Their names.</param>
/// <param name="Mentions">Names in decorators and default values.</param>
internal sealed record Signature(string Text, IReadOnlySet<string> Parameters, IReadOnlySet<string> Mentions)
{
    /// <value>Words of its decorators and default values.</value>
    public IReadOnlyList<string> Evaluated { get; private init; } = [];

    /// <value>Names that are bound where it is evaluated.</value>
    public IEnumerable<string> Walruses => PythonTokens.Walruses(Evaluated);

    public static Signature Of(Function function)
    {
        var tokens = PythonTokens.Of(function.Source);
        var start = Definition(tokens);
        var open = tokens.Skip(start).TakeWhile(t => t != "(").Count() + start;
        string[] decorators = [.. tokens.Take(start)];
        var (parameters, defaults) = Parts(tokens.Skip(open + 1));
        return new Signature(
            string.Join(' ', [.. decorators, "def", .. parameters, "=", .. defaults]),
            parameters.Where(PythonTokens.IsName).ToHashSet(), PythonTokens.Names([.. decorators, .. defaults]))
        {
            Evaluated = [.. decorators, .. defaults],
        };
    }

    /// <summary>Index of the <c>def</c> of the function itself.</summary>
    private static int Definition(IReadOnlyList<string> tokens)
    {
        var depth = 0;
        for (var i = 0; i < tokens.Count; i++)
        {
            depth += Deeper(tokens[i]);
            if (depth == 0 && tokens[i] == "def")
                return i;
        }

        return tokens.Count;
    }

    /// <param name="tokens">What follows the bracket that opens the parameters.</param>
    private static (List<string> Parameters, List<string> Defaults) Parts(IEnumerable<string> tokens)
    {
        var (parameters, defaults) = (new List<string>(), new List<string>());
        var (depth, lambdas) = (1, 0);
        List<string>? part = parameters; // null inside of an annotation
        foreach (var token in tokens)
        {
            depth += Deeper(token);
            if (depth == 0)
                break;
            if (depth == 1 && token == "," && lambdas == 0)
                part = parameters;
            else if (depth == 1 && token == ":" && part == parameters)
                part = null;
            else if (depth == 1 && token == "=" && part != defaults)
                part = defaults;
            if (depth == 1 && part == defaults)
                lambdas += token == "lambda" ? 1 : token == ":" && lambdas > 0 ? -1 : 0;
            part?.Add(token);
        }

        return (parameters, defaults);
    }

    private static int Deeper(string token) => token switch { "(" or "[" or "{" => 1, ")" or "]" or "}" => -1, _ => 0 };
}
