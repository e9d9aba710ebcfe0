using System.Text;
using System.Text.RegularExpressions;
using Afterburner.Functions;

namespace Afterburner.Proposers;

/// <summary>One YAML file with an ast-grep rule and what we need to know about it. Unknown keys are errors.</summary>
internal sealed partial class RuleFile
{
    /// <summary>Larger files are refused.</summary>
    public const int LargestBytes = 16 * 1024;

    /// <summary>Rules nest; none of ours comes near this.</summary>
    private const int Deepest = 24;

    private static readonly string[] Keys = ["id", "language", "severity", "message", "note", "rule", "constraints", "utils", "transform", "fix", "metadata"];

    private readonly YamlValue _root;
    private readonly string _text;
    private readonly IReadOnlyList<YamlValue> _about;

    private RuleFile(YamlValue root, string text, IReadOnlyList<string> aboutKeys)
    {
        (_root, _text) = (root, text);
        CheckKeys(root, Keys);
        _about = Find(root, "metadata") is { } about ? about.Entries ?? throw about.Wrong("a mapping of keys to values") : [];
        if (Find(root, "metadata") is { } metadata)
            CheckKeys(metadata, aboutKeys);
        _ = Find(root, "rule") ?? throw root.Error("'rule' is missing.");
    }

    /// <param name="where">Named in errors.</param>
    /// <exception cref="UsageException">It does not read, has an unknown key, or lacks one that it needs.</exception>
    public static Recipe Recipe(ReadOnlySpan<byte> yaml, string where)
    {
        var file = Open(yaml, where, ["title", "why", "unsafe-when", "builtins", "imports", "guards", "gain"]);
        return new Recipe(file.Id(), file.Language(), file.About("title"), file.About("why"), file.About("unsafe-when"), file._text)
        {
            Fix = file.Text("fix"),
            Builtins = file.Words("builtins", Name(), "a name"),
            Imports = file.Words("imports", file.Language().RecipeImport ?? Nothing(), "an import as recipes add it, such as: from itertools import chain"),
            Guards = file.Guards(),
            Gain = file.Gain(),
        };
    }

    /// <inheritdoc cref="Recipe"/>
    public static Detector Detector(ReadOnlySpan<byte> yaml, string where)
    {
        var file = Open(yaml, where, ["title", "guards"]);
        if (Find(file._root, "fix") is { } fix)
            throw fix.Error("a detector has no 'fix': what has one is a recipe.");
        return new Detector(file.Id(), file.Language(), file.About("title"), file._text) { Guards = file.Guards() };
    }

    private static RuleFile Open(ReadOnlySpan<byte> yaml, string where, IReadOnlyList<string> aboutKeys)
    {
        var root = YamlDocument.Read(yaml, where, LargestBytes, Deepest);
        return root?.Entries is null
            ? throw new UsageException($"{where}: a mapping of keys to values was expected.")
            : new RuleFile(root, Encoding.UTF8.GetString(yaml).TrimStart('\ufeff'), aboutKeys);
    }

    private string Id()
    {
        var value = Find(_root, "id") ?? throw _root.Error("'id' is missing.");
        const string Expected = "up to 64 small letters, digits and hyphens";
        return IdForm().IsMatch(value.Text(Expected)) ? value.Scalar! : throw value.Wrong(Expected);
    }

    private Language Language()
    {
        var value = Find(_root, "language") ?? throw _root.Error("'language' is missing.");
        var expected = $"one of {string.Join(", ", Functions.Language.All.Select(l => l.Id))}";
        return Functions.Language.Find(value.Text(expected)) ?? throw value.Wrong(expected);
    }

    private string Text(string key) => (Find(_root, key) ?? throw _root.Error($"'{key}' is missing.")).Text("a text").Trim();

    private string About(string key)
    {
        var value = About(key, required: true)!;
        var text = value.Text("one line of text").Trim();
        return text.Any(char.IsControl) ? throw value.Wrong("one line of text") : text;
    }

    private YamlValue? About(string key, bool required) =>
        _about.FirstOrDefault(e => e.Key == $"metadata.{key}")
        ?? (required ? throw _root.Error($"'metadata: {key}' is missing.") : null);

    private IReadOnlyList<string> Words(string key, Regex form, string expected) => About(key, required: false)?.List(
        v => form.IsMatch(v.Text(expected)) ? v.Scalar! : throw v.Wrong(expected)) ?? [];

    private IReadOnlyList<RecipeGuard> Guards() => About("guards", required: false)?.List(Guard) ?? [];

    private static RecipeGuard Guard(YamlValue guard)
    {
        CheckKeys(guard, ["variable", "types", "min-length", "always", "unknown"]);
        YamlValue? Value(string key) => Find(guard, $"{guard.Key}.{key}");
        return new RecipeGuard(
            (Value("variable") ?? throw guard.Error("a guard needs 'variable'.")).Text("a variable of the pattern without its dollar sign"),
            Value("types")?.List(t => t.Text("a type's name")) ?? [],
            (int?)Value("min-length")?.Whole(0, int.MaxValue),
            Value("unknown")?.Choice<WhenUnknown>() == WhenUnknown.Fire)
        {
            Always = Value("always")?.Choice<Truth>() == Truth.True,
        };
    }

    private RecipeGain? Gain()
    {
        if (About("gain", required: false) is not { } gain)
            return null;
        CheckKeys(gain, ["small", "large"]);
        double Size(string key) => (Find(gain, $"metadata.gain.{key}") ?? throw gain.Error($"'gain' needs '{key}'.")).Number(0.01, 1e6);
        return new RecipeGain(Size("small"), Size("large"));
    }

    private static YamlValue? Find(YamlValue mapping, string key) => mapping.Entries!.FirstOrDefault(e => e.Key == key);

    private static void CheckKeys(YamlValue mapping, IReadOnlyList<string> known)
    {
        foreach (var entry in mapping.Entries ?? throw mapping.Wrong("a mapping of keys to values"))
        {
            var name = mapping.Key.Length == 0 ? entry.Key : entry.Key[(mapping.Key.Length + 1)..];
            if (!known.Contains(name))
                throw YamlValue.ErrorAt(entry.Source, entry.KeyAt, $"unknown key '{entry.Key}': {Spelling.Advice(name, known)}");
        }
    }

    private enum WhenUnknown { Skip, Fire }

    private enum Truth { False, True }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{0,63}\z")]
    private static partial Regex IdForm();

    [GeneratedRegex(@"\A[A-Za-z_]\w*\z")]
    private static partial Regex Name();

    [GeneratedRegex(@"(?!)")]
    private static partial Regex Nothing();
}
