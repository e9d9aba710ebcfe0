using System.Text;
using Afterburner.Functions;

namespace Afterburner.Languages.Python;

/// <summary>Reads what a Python file binds outside of its functions.</summary>
internal sealed class BindingReader
{
    /// <summary>Python nests no deeper; what does cannot be imported.</summary>
    private const int Deepest = 100;

    private static readonly Around Nothing = new("", 0, "", new HashSet<string>());

    private readonly SourceFile _file;
    private readonly int[] _blocks;
    private readonly HashSet<string> _functions;
    private readonly Stack<Open> _open = new();
    private readonly List<Binding> _bindings = [];

    private BindingReader(SourceFile file, IReadOnlyList<AstGrepMatch> matches, IEnumerable<Function> functions) => (_file, _blocks, _functions) = (
        file, [.. matches.Where(m => m.Rule == "block-python").Select(m => m.StartByte).Order()], [.. functions.Select(f => f.Name)]);

    /// <param name="matches">Of the rules for what stands around functions, in one file.</param>
    /// <param name="functions">Of that file.</param>
    /// <returns>In the order of the file.</returns>
    public static IReadOnlyList<Binding> Read(SourceFile file, IReadOnlyList<AstGrepMatch> matches, IEnumerable<Function> functions)
    {
        functions = [.. functions];
        var reader = new BindingReader(file, matches, functions);
        var pieces = matches.Where(m => m.Rule != "block-python").Select(m => (m.StartByte, m.EndByte, Match: (AstGrepMatch?)m, Function: (Function?)null))
            .Concat(functions.Where(f => f.Enclosing is null).Select(f => (f.StartByte, f.EndByte, (AstGrepMatch?)null, (Function?)f)));
        foreach (var (start, end, match, function) in pieces.OrderBy(p => p.StartByte).ThenByDescending(p => p.EndByte))
        {
            while (reader._open.TryPeek(out var top) && top.End <= start)
                reader._open.Pop();
            if (function is not null)
                reader.Bind(function);
            else if (match!.Rule == "statement-python")
                reader.Bind(PythonTokens.Of(match.Text));
            else
                reader.Enter(match, end);
        }

        return reader._bindings;
    }

    private Around Now => _open.TryPeek(out var top) ? top.Around : Nothing;

    private void Bind(IReadOnlyList<string> tokens)
    {
        // What is imported is made of nothing in this file.
        var mentions = With(tokens is ["import" or "from", ..] ? new HashSet<string>() : PythonTokens.Names(tokens));
        foreach (var (name, text) in Binding.Bound(tokens))
        {
            Add(name, text, mentions);
            // In the body of a class a name that is not assigned to is most often one of the module.
            if (Now.Scope.Length > 0 && Binding.IsReachedThrough(name, tokens))
                _bindings.Add(new Binding("", name, Now.Text + text, mentions));
        }

        Hand(tokens, mentions);
    }

    private void Bind(Function function)
    {
        var signature = Signature.Of(function);
        Add(function.Name[(function.Name.LastIndexOf('.') + 1)..], signature.Text, With(signature.Mentions), isFunction: true);
        var tokens = PythonTokens.Of(function.Source);
        foreach (var name in signature.Walruses)
            Add(name, signature.Text, With(signature.Mentions));
        Hand(signature.Evaluated, With(signature.Mentions));
        foreach (var name in Binding.Global(tokens).Distinct())
            _bindings.Add(new Binding("", name, Now.Text + string.Join(' ', tokens), With(PythonTokens.Names(tokens))));
    }

    private void Enter(AstGrepMatch match, int end)
    {
        var header = PythonTokens.Of(Header(match));
        var (mentions, now) = (With(PythonTokens.Names(header)), Now);
        if (Binding.MayBindAny(header))
            Add(Binding.Everything, string.Join(' ', header), mentions);
        Hand(header, mentions);
        if (match.Rule == "class-python")
        {
            var name = match.Variables["NAME"].Text;
            Add(name, string.Join(' ', header), mentions, isClass: true);
            var scope = _bindings[^1].QualifiedName;
            foreach (var made in PythonTokens.Walruses(header))
                Add(made, string.Join(' ', header), mentions);
            _open.Push(new Open(end, now with { Scope = scope }));
            return;
        }

        var around = now.Depth >= Deepest ? now
            : new Around(now.Scope, now.Depth + 1, $"{now.Text}{string.Join(' ', header)}\n", mentions);
        _open.Push(new Open(end, around));
        foreach (var name in header.Where((t, i) => i > 0 && header[i - 1] == "as" && PythonTokens.IsName(t)).Concat(
            header.SkipWhile(t => t != "for").TakeWhile(t => t != "in").Where(PythonTokens.IsName))
            .Concat(PythonTokens.Walruses(header)).Concat(header is ["case", ..] ? Binding.Captured(header) : []))
            Add(name, "", mentions);
    }

    /// <summary>Functions of the file that are handed to what is called: it may give them another body, or register one beside them.</summary>
    private void Hand(IReadOnlyList<string> tokens, IReadOnlySet<string> mentions)
    {
        foreach (var name in Binding.Handed(tokens).Distinct())
        {
            foreach (var scope in new[] { Now.Scope, "" }.Distinct().Where(s => _functions.Contains(s.Length == 0 ? name : $"{s}.{name}")))
                _bindings.Add(new Binding(scope, name, Now.Text + string.Join(' ', tokens), mentions));
        }
    }

    private void Add(string name, string text, IReadOnlySet<string> mentions, bool isClass = false, bool isFunction = false) =>
        _bindings.Add(new Binding(
            name == Binding.Everything ? "" : Now.Scope, PythonTokens.MayBeSpelledOtherwise(name) ? Binding.Everything : name, Now.Text + text, mentions)
        { IsClass = isClass, IsFunction = isFunction });

    private IReadOnlySet<string> With(IReadOnlySet<string> mentions) => Now.Mentions.Count == 0 ? mentions : Now.Mentions.Concat(mentions).ToHashSet();

    /// <summary>What stands before the first block of a statement.</summary>
    private string Header(AstGrepMatch match)
    {
        var at = Array.BinarySearch(_blocks, match.StartByte);
        at = at < 0 ? ~at : at;
        var end = at < _blocks.Length && _blocks[at] < match.EndByte ? _blocks[at] : match.EndByte;
        return Encoding.UTF8.GetString(_file.Bytes, match.StartByte, end - match.StartByte);
    }

    private sealed record Open(int End, Around Around);

    private sealed record Around(string Scope, int Depth, string Text, IReadOnlySet<string> Mentions);
}
