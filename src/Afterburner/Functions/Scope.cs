using System.Text;
using System.Text.RegularExpressions;

namespace Afterburner.Functions;

/// <summary>A named piece of a file while its functions are put together: a function, or what qualifies the names inside it.</summary>
internal sealed partial class Scope(AstGrepMatch match, Language language)
{
    public bool IsFunction { get; init; }

    /// <summary>Set in order, outer scopes first.</summary>
    public Scope? Parent { get; set; }

    public List<AstGrepMatch> Decorators { get; } = [];

    public int NodeStart => match.StartByte;

    public int End => match.EndByte;

    /// <summary>Leading decorators included.</summary>
    public int Start => Decorators.Count == 0 ? NodeStart : Math.Min(NodeStart, Decorators.Min(d => d.StartByte));

    /// <summary>Without <c>@</c> or <c>#[ ]</c>, outermost first.</summary>
    public IEnumerable<string> DecoratorTexts => Decorators.OrderBy(d => d.StartByte).Select(d =>
        // Where a node goes on to the end of the line, a comment included, the rule names the part that counts.
        d.Variables.TryGetValue("TEXT", out var text) ? text.Text
        : d.Text.StartsWith('#') ? d.Text[(d.Text.IndexOf('[', StringComparison.Ordinal) + 1)..^1].Trim()
        : d.Text.TrimStart('@'));

    // Kept, and asked of outer scopes first: nesting may be thousands deep.
    private string QualifiedName => field ??= Parent is null ? Name : $"{Parent.QualifiedName}.{Name}";

    private string? Enclosing
    {
        get
        {
            var around = Parent;
            while (around is { IsFunction: false })
                around = around.Parent;
            return around?.QualifiedName;
        }
    }

    private string Name
    {
        get
        {
            if (!match.Variables.TryGetValue("NAME", out var variable))
                return "default";
            var name = Spaces().Replace(variable.Text.Trim('\'', '"'), "");
            return match.Variables.TryGetValue("OWNER", out var owner) ? $"{owner.Text}.{name}" : language.Names switch
            {
                QualifiedNames.Plain => name,
                QualifiedNames.Qualified => Qualified(name),
                QualifiedNames.LastPart => IsFunction ? name : WithoutArguments(name).Split("::")[^1],
            };
        }
    }

    public bool Holds(AstGrepMatch other) => NodeStart <= other.StartByte && other.EndByte <= End;

    public Function ToFunction(SourceFile file)
    {
        var start = Start;
        // A node never ends with its line's end, but a parser that recovers from an error may leave it so.
        var end = file.Bytes.AsSpan(0, End).TrimEnd("\r\n"u8).Length;
        var startLine = start == NodeStart ? match.StartLine : Decorators.First(d => d.StartByte == start).StartLine;
        return new Function(
            file.Path,
            file.Language,
            QualifiedName,
            startLine,
            startLine + file.Bytes.AsSpan(start..end).Count((byte)'\n'),
            start,
            end,
            Encoding.UTF8.GetString(file.Bytes, start, end - start),
            [.. DecoratorTexts])
        {
            Enclosing = Enclosing,
        };
    }

    /// <summary><c>S&lt;T&gt;::g</c> is <c>S.g</c>; <c>operator&lt;</c> stays.</summary>
    private static string Qualified(string name)
    {
        var symbol = name.IndexOf("operator", StringComparison.Ordinal);
        var (path, last) = symbol < 0 ? (name, "") : (name[..symbol], name[symbol..]);
        return WithoutArguments(path).Replace("::", ".", StringComparison.Ordinal) + last;
    }

    private static string WithoutArguments(string name)
    {
        var kept = new StringBuilder();
        var depth = 0;
        foreach (var c in name)
        {
            depth -= c == '>' ? 1 : 0;
            if (depth == 0 && c is not ('<' or '>'))
                kept.Append(c);
            depth += c == '<' ? 1 : 0;
        }

        return kept.ToString();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
