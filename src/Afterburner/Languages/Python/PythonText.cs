using System.Text.RegularExpressions;
using Afterburner.Functions;
using Afterburner.Proposers;
using Line = Afterburner.Languages.Python.PythonLines.Line;
using Place = Afterburner.Languages.Python.PythonLines.Place;

namespace Afterburner.Languages.Python;

/// <summary>Finds one function by name in Python text (the function, its class, or a whole file) and fits it into its place.</summary>
internal sealed partial class PythonText : ILanguageText
{
    private sealed record Definition(string Name, int First, int Def, int End);

    public (string? Source, string? Reason) Fit(string code, Function function, string fileSource)
    {
        var lines = PythonLines.Of(code.TrimEnd());
        var definitions = Definitions(lines);
        var last = function.Name[(function.Name.LastIndexOf('.') + 1)..];
        var named = definitions.Where(d => d.Name == function.Name || d.Name.EndsWith("." + last, StringComparison.Ordinal) || d.Name == last).ToList();
        if (function.Namesake is not null && named.Where(d => DecoratorsOf(lines, d).SequenceEqual(function.Decorators)).ToList() is { Count: > 0 } alike)
            named = alike;
        var chosen = named.LastOrDefault(d => d.Name == function.Name) ?? named.LastOrDefault(d => d.Name == last) ?? named.LastOrDefault();
        if (chosen is null)
            return (null, definitions.Count == 0
                ? $"the reply's code does not define {last}"
                : $"the reply defines {definitions[0].Name}, not {last}");

        var added = Added(lines, chosen, definitions, fileSource);
        var imports = Imports(lines, chosen, added, fileSource);
        var own = lines[chosen.Def].Text[..lines[chosen.Def].Indent];
        var indent = Indentation.Of(function, fileSource);
        if (own.Length < indent.Length && BodyIndent(lines, chosen.Def) is { } body && body == BodyIndent(function.Source))
            own = indent = ""; // Text of a span: only its first line lacks the file's indentation.
        else
            lines = Indented(lines, own, Unit(BodyIndent(lines, chosen.Def), own), Unit(BodyIndent(function.Source), indent));
        var original = function.Source.ReplaceLineEndings("\n").Split('\n').ToHashSet();
        List<string> Moved(int from, int to) =>
            [.. lines[from..to].Select(l => Move(l, own, indent, original))];

        var rest = With(lines, chosen, imports, added, Moved);
        var decorators = Decorators(function, Moved(chosen.First, chosen.Def));
        var source = string.Join('\n', decorators.Concat(rest)).TrimStart(' ', '\t').TrimEnd();
        return (WithDocstringOf(function, PythonHeader.WithAnnotationsOf(function, source)), null);
    }

    /// <summary>A rewrite with the documentation of the function as it is: what a reply says better or leaves out is none of its changes.</summary>
    private static string WithDocstringOf(Function function, string source)
    {
        var (original, lines) = (PythonLines.Of(function.Source.ReplaceLineEndings("\n")), PythonLines.Of(source));
        if (Documentation(original) is not { } kept || Documentation(lines) is not { } own)
            return source;
        if (own.Count == 0 && kept.Count == 0)
            return source;
        var rest = lines.Skip(own.Start + own.Count).ToList();
        return rest.Exists(l => l.Opens)
            ? string.Join('\n', [.. lines.Take(own.Start).Select(l => l.Text), .. original.Skip(kept.Start).Take(kept.Count).Select(l => l.Text), .. rest.Select(l => l.Text)])
            : source;
    }

    /// <summary>Where the documentation of a function lies among its lines; none of them where it has none. Null where its body does not begin on a line of its own.</summary>
    private static (int Start, int Count)? Documentation(List<Line> lines)
    {
        var def = lines.FindIndex(l => l.Opens && Opening().IsMatch(l.Text));
        var first = def < 0 ? -1 : lines.FindIndex(def + 1, l => l.Opens);
        if (first < 0)
            return null;
        if (!Docstring().IsMatch(lines[first].Text))
            return (first, 0);
        var next = lines.FindIndex(first + 1, l => l.Place == Place.Statement);
        var end = next < 0 ? lines.Count : next;
        return lines[end - 1].Text.TrimEnd() is [.., '"' or '\''] ? (first, end - first) : null;
    }

    private static List<Definition> Definitions(List<Line> lines)
    {
        var found = new List<Definition>();
        var open = new Stack<(int Indent, string Name)>();
        for (var i = 0; i < lines.Count; i++)
        {
            if (!lines[i].Opens)
                continue;
            while (open.Count > 0 && open.Peek().Indent >= lines[i].Indent)
                open.Pop();
            var match = Opening().Match(lines[i].Text);
            if (!match.Success)
                continue;
            var name = open.Count == 0 ? match.Groups[2].Value : $"{open.Peek().Name}.{match.Groups[2].Value}";
            open.Push((lines[i].Indent, name));
            if (match.Groups[1].Value != "class")
                found.Add(new Definition(name, FirstDecorator(lines, i), i, End(lines, i)));
        }

        return found;
    }

    /// <summary>Without the '@': what tells a getter from a setter of the same name.</summary>
    private static IEnumerable<string> DecoratorsOf(List<Line> lines, Definition definition) =>
        lines[definition.First..definition.Def].Where(l => l.Opens).Select(l => l.Text.Trim().TrimStart('@').Trim());

    private static int FirstDecorator(List<Line> lines, int def)
    {
        var first = def;
        for (var i = def - 1; i >= 0; i--)
        {
            if (lines[i].Place != Place.Statement)
                continue;
            if (lines[i].IsBlank || lines[i].Indent != lines[def].Indent || !lines[i].Text.TrimStart().StartsWith('@'))
                break;
            first = i;
        }

        return first;
    }

    private static int End(List<Line> lines, int def)
    {
        var end = def + 1;
        for (var i = def + 1; i < lines.Count; i++)
        {
            if (lines[i].Opens && lines[i].Indent <= lines[def].Indent)
                break;
            if (lines[i].Place != Place.Statement || lines[i].Opens || (lines[i].IsComment && lines[i].Indent > lines[def].Indent))
                end = i + 1;
        }

        return end;
    }

    private static string? BodyIndent(string source)
    {
        var lines = PythonLines.Of(source.ReplaceLineEndings("\n"));
        return BodyIndent(lines, lines.FindIndex(l => l.Opens && Opening().IsMatch(l.Text)));
    }

    private static string? BodyIndent(List<Line> lines, int def)
    {
        var first = def < 0 ? -1 : lines.FindIndex(def + 1, l => l.Opens);
        return first < 0 ? null : lines[first].Text[..lines[first].Indent];
    }

    /// <summary>One step of indentation: what a body has beyond its <c>def</c>. Null where that is not known.</summary>
    private static string? Unit(string? body, string def) =>
        body is not null && body.Length > def.Length && body.StartsWith(def, StringComparison.Ordinal) ? body[def.Length..] : null;

    /// <summary>The lines with the steps of the file (tabs, two spaces) in the place of those of the reply; as they are where these are not even.</summary>
    private static List<Line> Indented(List<Line> lines, string own, string? from, string? to)
    {
        if (from is null || to is null || from == to)
            return lines;
        var moved = new List<Line>();
        foreach (var line in lines)
        {
            var start = line.Text.StartsWith(own, StringComparison.Ordinal) ? own.Length : 0;
            var (at, steps) = (start, 0);
            for (; string.CompareOrdinal(line.Text, at, from, 0, from.Length) == 0; steps++)
                at += from.Length;
            if (line.Place == Place.Statement && !line.IsBlank && at < line.Indent)
                return lines;
            moved.Add(line.Place == Place.String || line.IsBlank ? line
                : line with { Text = line.Text[..start] + string.Concat(Enumerable.Repeat(to, steps)) + line.Text[at..] });
        }

        return moved;
    }

    private static string Move(Line line, string from, string to, HashSet<string> original)
    {
        if (line.IsBlank && line.Place != Place.String)
            return "";
        var moved = line.Text.StartsWith(from, StringComparison.Ordinal) ? to + line.Text[from.Length..] : line.Text;
        // The inside of a string is its value: it moves only when that gives back a line of the original.
        return line.Place != Place.String || original.Contains(moved) ? moved : line.Text;
    }

    /// <summary>
    /// Imports at the top of the reply that the file does not have and the function, or what is added to it, uses: they move into the function,
    /// the only thing a candidate may change. What only an annotation used is not among them.
    /// </summary>
    private static List<string> Imports(List<Line> lines, Definition chosen, List<(int From, int To)> added, string fileSource)
    {
        var known = AtTop(PythonLines.Of(fileSource.ReplaceLineEndings("\n"))).Select(i => i.Text).ToHashSet();
        var body = lines.FindIndex(chosen.Def + 1, chosen.End - chosen.Def - 1, l => l.Opens);
        var inside = string.Join('\n', added.Append((From: body < 0 ? chosen.Def : body, To: chosen.End)).SelectMany(a => lines[a.From..a.To]).Select(l => l.Text));
        return [.. AtTop(lines)
            .Where(i => i.Line < chosen.First || i.Line >= chosen.End)
            .Select(i => i.Text)
            .Where(t => !known.Contains(t) && !t.StartsWith("from __future__", StringComparison.Ordinal) && (t.Contains('*') || BoundBy(t).Any(n => HasWord(inside, n))))
            .Distinct()];
    }

    /// <summary>Imports of a module with all of their lines as one.</summary>
    private static IEnumerable<(int Line, string Text)> AtTop(List<Line> lines) =>
        from at in Enumerable.Range(0, lines.Count)
        where lines[at] is { Opens: true, Indent: 0 } && Import().IsMatch(lines[at].Text)
        let next = lines.FindIndex(at + 1, l => l.Place == Place.Statement)
        select (at, string.Join(' ', lines[at..(next < 0 ? lines.Count : next)].Select(l => l.Text.Split('#')[0].TrimEnd('\\', ' ').Trim()).Where(t => t != "")));

    private static IEnumerable<string> BoundBy(string import) =>
        Taken().Match(import).Groups[1].Value.Trim(' ', '(', ')').Split(',').Select(p => p.Trim().Split(" as ")[^1].Trim().Split('.')[0]).Where(n => n != "");

    /// <summary>
    /// Constants and helpers beside the function in the reply that it uses and the file does not have: they move into the function as the imports do.
    /// </summary>
    /// <returns>Spans of lines, in order.</returns>
    private static List<(int From, int To)> Added(List<Line> lines, Definition chosen, List<Definition> definitions, string fileSource)
    {
        var helpers = definitions.Where(d => d != chosen && lines[d.Def].Indent == 0 && (d.End <= chosen.First || d.First >= chosen.End))
            .Select(d => (d.Name, From: d.First, To: d.End));
        var constants = Enumerable.Range(0, lines.Count)
            .Where(i => (i < chosen.First || i >= chosen.End) && lines[i] is { Opens: true, Indent: 0 })
            .Select(i => (Match: Assignment().Match(lines[i].Text), From: i, To: lines.FindIndex(i + 1, l => l.Opens) is var next and >= 0 ? next : lines.Count))
            .Where(c => c.Match.Success).Select(c => (Name: c.Match.Groups[1].Value, c.From, c.To));
        var open = helpers.Concat(constants).Where(a => !HasWord(fileSource, a.Name)).OrderBy(a => a.From).ToList();
        var text = Text(chosen.First, chosen.End);
        var added = new List<(int From, int To)>();
        while (open.FindIndex(a => HasWord(text, a.Name)) is var found and >= 0)
        {
            added.Add((open[found].From, open[found].To));
            text += "\n" + Text(open[found].From, open[found].To);
            open.RemoveAt(found);
        }

        added.Sort();
        return added;

        string Text(int from, int to) => string.Join('\n', lines[from..to].Select(l => l.Text));
    }

    private static bool HasWord(string text, string name) => Regex.IsMatch(text, $@"(?<![\w.]){Regex.Escape(name)}(?!\w)");

    private static List<string> With(
        List<Line> lines, Definition chosen, List<string> imports, List<(int From, int To)> added, Func<int, int, List<string>> moved)
    {
        var first = lines.FindIndex(chosen.Def + 1, chosen.End - chosen.Def - 1, l => l.Opens);
        if (imports.Count + added.Count == 0 || first < 0)
            return moved(chosen.Def, chosen.End);
        if (Docstring().IsMatch(lines[first].Text))
            first = lines.FindIndex(first + 1, chosen.End - first - 1, l => l.Opens) is var next and >= 0 ? next : chosen.End;
        var rest = moved(first, chosen.End);
        var margin = rest.Count > 0 ? rest[0][..^rest[0].TrimStart().Length] : "    ";
        var inside = added.SelectMany(a => lines[a.From..a.To]).Where(l => !l.IsBlank || l.Place == Place.String)
            .Select(l => l.Place == Place.String ? l.Text : margin + l.Text);
        return [.. moved(chosen.Def, first), .. imports.Select(i => margin + i), .. inside, .. rest];
    }

    /// <summary>The function's own decorators, then those of the reply that are not among them.</summary>
    private static List<string> Decorators(Function function, List<string> ofReply)
    {
        var lines = PythonLines.Of(function.Source.ReplaceLineEndings("\n"));
        var def = lines.FindIndex(l => l.Opens && Opening().IsMatch(l.Text));
        var own = lines[..Math.Max(def, 0)].Select(l => l.Text).ToList();
        if (own.Count == 0)
            return ofReply;
        var known = own.Select(l => l.Trim()).ToHashSet();
        return [.. own, .. ofReply.Where(l => !known.Contains(l.Trim()))];
    }

    [GeneratedRegex(@"^\s*(?:async\s+)?(def|class)\s+(\w+)")]
    private static partial Regex Opening();

    [GeneratedRegex(@"^(?:import|from)\s+[\w.]+")]
    private static partial Regex Import();

    [GeneratedRegex(@"\bimport\b(.*)")]
    private static partial Regex Taken();

    [GeneratedRegex(@"^([A-Za-z_]\w*)\s*(?::[^=]+)?=(?!=)")]
    private static partial Regex Assignment();

    [GeneratedRegex("""^\s*[rRuU]?["']""")]
    private static partial Regex Docstring();
}
