using Afterburner.Functions;

namespace Afterburner.Languages.Python;

/// <summary>
/// The names of a Python file that are bound to something else than they were, outside of functions: constants, tables, imports, decorated
/// functions, attributes and bases of classes, and what is made of those.
/// </summary>
internal sealed class ChangedNames : IChangedNames
{
    /// <summary>Methods that run at every look at an attribute, whatever is looked at.</summary>
    private static readonly HashSet<string> Hooks = ["__getattribute__", "__getattr__", "__setattr__"];

    /// <summary>What is made of a changed name stands below it, but for what a loop does.</summary>
    private const int MostRounds = 10;

    private readonly HashSet<(string Class, string Name)> _functions;
    private readonly IReadOnlyList<Binding> _bindings;
    private readonly IReadOnlyList<Binding> _earlier;
    private readonly HashSet<string> _ofModule = [];
    private readonly HashSet<(string Class, string Name)> _ofClasses = [];
    private readonly Dictionary<string, IReadOnlySet<string>> _heirs = [];

    private ChangedNames(IReadOnlyList<Binding> bindings, IReadOnlyList<Binding> earlier) => (_bindings, _earlier, _functions) = (
        bindings, earlier, [.. bindings.Concat(earlier).Where(b => b.IsFunction).Select(b => (b.Scope, b.Name))]);

    /// <summary>What other files may have of it: no functions, which are looked at by themselves, and not what is everything or nothing.</summary>
    private IEnumerable<string> Exported => _ofModule.Where(n => n != Binding.Everything && !_functions.Contains(("", n)));

    /// <summary>The same of its classes.</summary>
    private IEnumerable<(string Class, string Name)> ExportedMembers => _ofClasses.Where(m => m.Name != Binding.Everything && !_functions.Contains(m));

    /// <summary>Names of which one has to occur in a file that has anything of what changed in this one.</summary>
    public IEnumerable<string> Words => Exported.Concat(ExportedMembers.Select(m => m.Name));

    /// <param name="head">Bindings of a file at head.</param>
    /// <param name="earlier">Those of the file that it was at base.</param>
    public static ChangedNames Between(IReadOnlyList<Binding> head, IReadOnlyList<Binding> earlier)
    {
        var changed = new ChangedNames(head, earlier);
        var now = head.ToLookup(b => (b.Scope, b.Name));
        var then = earlier.ToLookup(b => (b.Scope, b.Name));
        foreach (var key in now.Select(g => g.Key).Union(then.Select(g => g.Key)))
        {
            if (!now[key].Select(b => b.Text).SequenceEqual(then[key].Select(b => b.Text)))
                changed.Add(key.Scope, key.Name, now[key].Concat(then[key]).Any(b => b.IsClass));
        }

        changed.FollowAll();
        return changed;
    }

    /// <summary>Takes in what changed in other files, as far as this one imports it: by its name, or through the module.</summary>
    /// <param name="others">By path. A module is known by the end of its path, which takes in too much rather than too little.</param>
    /// <returns>Whether there was any.</returns>
    public bool Import(IReadOnlyDictionary<string, ChangedNames> others)
    {
        var before = _ofModule.Count + _ofClasses.Count;
        foreach (var binding in _bindings)
        {
            if (binding.Import is not var (module, taken))
                continue;
            foreach (var other in others.Where(o => o.Value != this))
            {
                if (taken is not null && IsEndOf(module, other.Key))
                    Take(other.Value, taken, binding.Name);
                if (IsEndOf(taken is null ? module : [.. module, taken], other.Key))
                    TakeModule(other.Value, binding.Text.Contains(" as ", StringComparison.Ordinal) || taken is not null ? binding.Name : module[^1]);
            }
        }

        FollowAll();
        return _ofModule.Count + _ofClasses.Count > before;
    }

    private void Take(ChangedNames other, string name, string called)
    {
        foreach (var exported in other.Exported.Where(n => name == Binding.Everything || n == name))
            _ofModule.Add(name == Binding.Everything ? exported : called);
        foreach (var (owner, member) in other.ExportedMembers.Where(m => name == Binding.Everything || m.Class == name))
            _ofClasses.Add((name == Binding.Everything ? owner : called, member));
    }

    private void TakeModule(ChangedNames other, string called)
    {
        foreach (var exported in other.Exported)
            _ofClasses.Add((called, exported));
        foreach (var (owner, member) in other.ExportedMembers)
            _ofClasses.Add((owner, member));
    }

    /// <summary>Whether a module's name may be that of a file: <c>shop.words</c> of <c>src/shop/words.py</c>, and <c>shop</c> of <c>shop/__init__.py</c>.</summary>
    private static bool IsEndOf(string[] module, string path)
    {
        string[] parts = path[..path.LastIndexOf('.')].Split('/');
        if (parts[^1] == "__init__")
            parts = parts[..^1];
        // Of a relative import there may be no more than the dots.
        return module.Length > 0 && module.Length <= parts.Length && parts.AsSpan()[^module.Length..].SequenceEqual(module);
    }

    private void FollowAll()
    {
        for (var round = 0; round < MostRounds && Follow(); round++)
        {
        }
    }

    /// <summary>A changed name that a function names, or null. What it calls its own parameter is another thing.</summary>
    public string? In(Function function)
    {
        if (_ofModule.Count + _ofClasses.Count == 0)
            return null;
        var signature = Signature.Of(function);
        var mentions = PythonTokens.Names(PythonTokens.Of(function.Source));
        return _ofModule.Contains(Binding.Everything) ? "what is imported"
            : First(mentions.Where(m => !signature.Parameters.Contains(m) || signature.Mentions.Contains(m)).Where(_ofModule.Contains))
                ?? Member(mentions, function.Name.Contains('.', StringComparison.Ordinal) ? function.Name[..function.Name.LastIndexOf('.')] : "");
    }

    /// <summary>A part of a function's own name, or of that of its class, that stands for something else; null where none does.</summary>
    public string? Rebound(Function function)
    {
        if (_ofModule.Contains(Binding.Everything))
            return "what is imported";
        string[] parts = function.Name.Split('.');
        return _ofModule.Contains(parts[0]) ? parts[0]
            : Enumerable.Range(1, parts.Length - 1).Where(i => _ofClasses.Contains((string.Join('.', parts[..i]), parts[i])))
                .Select(i => string.Join('.', parts[..(i + 1)])).FirstOrDefault();
    }

    /// <summary>The method in whose place a new one is called: the one that its class inherited at base, from a class of its file; null where there is none.</summary>
    public string? Replaced(Function function)
    {
        var at = Math.Max(0, function.Name.LastIndexOf('.'));
        var (name, seen) = (function.Name[(at + 1)..], new HashSet<string>());
        var waiting = new Stack<string>([function.Name[..at]]);
        while (waiting.TryPop(out var heir))
        {
            var named = _earlier.Where(b => b.IsClass && b.QualifiedName == heir && seen.Add(heir)).SelectMany(b => b.Mentions).ToHashSet();
            foreach (var parent in _earlier.Where(b => b.IsClass && b.QualifiedName != heir && named.Contains(b.Name)).Select(b => b.QualifiedName))
            {
                if (_earlier.Any(b => b.Scope == parent && b.Name == name))
                    return $"{parent}.{name}";
                waiting.Push(parent);
            }
        }

        return null;
    }

    /// <summary>Whether a function's decorators or default values name what changed.</summary>
    public bool InSignature(Function function) => Signature.Of(function).Mentions.Any(_ofModule.Contains);

    private static string? First(IEnumerable<string> names) => names.Order(StringComparer.Ordinal).FirstOrDefault();

    /// <summary>A changed member of a class that is named, by its methods, those of its heirs, or beside the name of the class.</summary>
    private string? Member(IReadOnlySet<string> mentions, string scope) => First(_ofClasses
        .Where(m => m.Name == Binding.Everything || mentions.Contains(m.Name))
        .Where(m => IsInside(scope, m.Class) || mentions.Contains(Last(m.Class)) || Heirs(m.Class).Any(h => IsInside(scope, h)))
        .Select(m => m.Name == Binding.Everything ? m.Class : $"{m.Class}.{m.Name}"));

    private static bool IsInside(string scope, string name) => scope == name || scope.StartsWith(name + ".", StringComparison.Ordinal);

    private static string Last(string name) => name[(name.LastIndexOf('.') + 1)..];

    private IReadOnlySet<string> Heirs(string name)
    {
        if (_heirs.TryGetValue(name, out var known))
            return known;
        var heirs = new HashSet<string>();
        var names = new HashSet<string> { Last(name) };
        foreach (var heir in _bindings.Where(b => b.IsClass && b.Mentions.Overlaps(names)))
        {
            heirs.Add(heir.QualifiedName);
            names.Add(heir.Name);
        }

        return _heirs[name] = heirs;
    }

    /// <summary>Adds what is made of changed names; whether there was any.</summary>
    private bool Follow()
    {
        var before = _ofModule.Count + _ofClasses.Count;
        // What one statement binds has its mentions in common.
        foreach (var made in _bindings.GroupBy(b => (b.Scope, b.Mentions)))
        {
            if (made.Key.Mentions.Any(_ofModule.Contains) || Member(made.Key.Mentions, made.Key.Scope) is not null)
            {
                foreach (var binding in made)
                    Add(binding.Scope, binding.Name, binding.IsClass);
            }
        }

        return _ofModule.Count + _ofClasses.Count > before;
    }

    private void Add(string scope, string name, bool isClass)
    {
        if (scope.Length == 0)
            _ofModule.Add(name);
        else
            _ofClasses.Add((scope, name));
        if (isClass)
            _ofClasses.Add((scope.Length == 0 ? name : $"{scope}.{name}", Binding.Everything));
        else if (scope.Length > 0 && Hooks.Contains(name))
            _ofClasses.Add((scope, Binding.Everything));
    }
}
