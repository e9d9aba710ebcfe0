using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Afterburner;

/// <summary>
/// Reads the configuration from YAML events. Anchors, aliases and tags are refused: no key needs them, and they let a
/// small file stand for a huge one.
/// </summary>
internal static class ConfigurationReader
{
    /// <summary>No key is nested deeper than this by far.</summary>
    private const int Deepest = 8;

    private static readonly string[] Secrets = ["apikey", "token", "secret", "password"];

    public static Configuration Read(ReadOnlySpan<byte> yaml, string source)
    {
        if (yaml.Length > Configuration.LargestBytes)
            throw TooLarge(source);
        if (!System.Text.Unicode.Utf8.IsValid(yaml))
            throw new UsageException($"{source}: not UTF-8.");
        YamlValue? root;
        try
        {
            root = Parse(System.Text.Encoding.UTF8.GetString(yaml).TrimStart('\ufeff'), source);
        }
        catch (YamlException e)
        {
            throw new UsageException($"{source}({e.Start.Line},{e.Start.Column}): not YAML: {e.Message}", e);
        }

        if (root is null or { IsPlain: true, Scalar: "" })
            return Configuration.Default;
        return root.Entries is null
            ? throw root.Error("a mapping of keys to values was expected.")
            : Apply(Configuration.Default, root.Entries);
    }

    public static UsageException TooLarge(string source) =>
        new($"{source}: larger than {Configuration.LargestBytes / 1024} KiB, which no configuration needs.");

    private static Configuration Apply(Configuration configuration, IReadOnlyList<YamlValue> entries)
    {
        foreach (var entry in entries)
        {
            var key = ConfigurationKey.All.FirstOrDefault(k => k.Name == entry.Key);
            var isSection = ConfigurationKey.All.Any(k => k.Name.StartsWith(entry.Key + ".", StringComparison.Ordinal));
            configuration = key is not null ? key.Apply(configuration, entry)
                : !isSection ? throw Unknown(entry)
                : entry.Entries is null ? throw entry.Wrong("a mapping of keys to values")
                : Apply(configuration, entry.Entries);
        }

        return configuration;
    }

    private static UsageException Unknown(YamlValue entry)
    {
        var letters = string.Concat(entry.Key.Where(char.IsLetterOrDigit)).ToLowerInvariant();
        if (Secrets.Any(s => letters.Contains(s, StringComparison.Ordinal)))
            return YamlValue.ErrorAt(entry.Source, entry.KeyAt, $"'{entry.Key}': secrets do not belong in a file of the repository: use AFTERBURNER_API_KEY.");

        var last = entry.Key[(entry.Key.LastIndexOf('.') + 1)..];
        var nearest = ConfigurationKey.All.Select(k => k.Name)
            .MinBy(name => Math.Min(Distance(entry.Key, name), Distance(last, name[(name.LastIndexOf('.') + 1)..])));
        return YamlValue.ErrorAt(entry.Source, entry.KeyAt, $"unknown key '{entry.Key}': did you mean '{nearest}'?");
    }

    /// <summary>Levenshtein's edit distance.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }

    private static YamlValue? Parse(string text, string source)
    {
        var parser = new Parser(new StringReader(text));
        parser.Consume<StreamStart>();
        if (parser.TryConsume<StreamEnd>(out _))
            return null;
        parser.Consume<DocumentStart>();
        var root = Value(parser, source, "", 0);
        parser.Consume<DocumentEnd>();
        if (parser.TryConsume<DocumentStart>(out var second))
            throw new UsageException($"{source}({second.Start.Line},{second.Start.Column}): a second document: put all keys into one.");
        return root;
    }

    private static YamlValue Value(IParser parser, string source, string key, int depth)
    {
        var at = parser.Current!.Start;
        if (depth > Deepest)
            throw Refused("values nested this deep");
        if (parser.Current is AnchorAlias || parser.Current is NodeEvent { Anchor.IsEmpty: false })
            throw Refused("anchors and aliases");
        if (parser.Current is NodeEvent { Tag.IsEmpty: false })
            throw Refused("tags");

        if (parser.TryConsume<Scalar>(out var scalar))
            return new YamlValue(source, at, key, scalar.Value, scalar.Style == ScalarStyle.Plain, null, null);

        if (parser.TryConsume<SequenceStart>(out _))
        {
            var items = new List<YamlValue>();
            while (!parser.TryConsume<SequenceEnd>(out _))
                items.Add(Value(parser, source, $"{key}[{items.Count}]", depth + 1));
            return new YamlValue(source, at, key, null, false, items, null);
        }

        parser.Consume<MappingStart>();
        var entries = new List<YamlValue>();
        var names = new HashSet<string>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var name = Value(parser, source, key, depth + 1);
            var full = name.Scalar is null ? throw name.Error("a key must be a word.") : key.Length == 0 ? name.Scalar : $"{key}.{name.Scalar}";
            if (!names.Add(full))
                throw name.Error($"'{full}' appears twice.");
            entries.Add(Value(parser, source, full, depth + 1) with { KeyAt = name.At });
        }

        return new YamlValue(source, at, key, null, false, null, entries);

        UsageException Refused(string what) => YamlValue.ErrorAt(source, at, $"{what} are not supported here: write the value out.");
    }
}
