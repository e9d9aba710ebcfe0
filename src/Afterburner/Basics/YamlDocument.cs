using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Afterburner.Basics;

/// <summary>
/// Reads one YAML document from events. Anchors, aliases and tags are refused: nothing that is read here needs them, and
/// they let a small file stand for a huge one.
/// </summary>
internal static class YamlDocument
{
    /// <param name="source">Named in messages.</param>
    /// <param name="largest">In bytes.</param>
    /// <param name="deepest">How deep values may nest.</param>
    /// <returns>Null for an empty document.</returns>
    /// <exception cref="UsageException">Larger, deeper, not UTF-8, not YAML, or more than one document.</exception>
    public static YamlValue? Read(ReadOnlySpan<byte> yaml, string source, int largest, int deepest)
    {
        if (yaml.Length > largest)
            throw TooLarge(source, largest);
        if (!System.Text.Unicode.Utf8.IsValid(yaml))
            throw new UsageException($"{source}: not UTF-8.");
        try
        {
            return Parse(System.Text.Encoding.UTF8.GetString(yaml).TrimStart('\ufeff'), source, deepest);
        }
        catch (YamlException e)
        {
            throw new UsageException($"{source}({e.Start.Line},{e.Start.Column}): not YAML: {e.Message}", e);
        }
    }

    public static UsageException TooLarge(string source, int largest) =>
        new($"{source}: larger than {largest / 1024} KiB, which no such file needs.");

    private static YamlValue? Parse(string text, string source, int deepest)
    {
        var parser = new Parser(new StringReader(text));
        parser.Consume<StreamStart>();
        if (parser.TryConsume<StreamEnd>(out _))
            return null;
        parser.Consume<DocumentStart>();
        var root = Value(parser, source, "", deepest);
        parser.Consume<DocumentEnd>();
        if (parser.TryConsume<DocumentStart>(out var second))
            throw new UsageException($"{source}({second.Start.Line},{second.Start.Column}): a second document: put all keys into one.");
        return root;
    }

    private static YamlValue Value(IParser parser, string source, string key, int depth)
    {
        var at = parser.Current!.Start;
        if (depth < 0)
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
                items.Add(Value(parser, source, $"{key}[{items.Count}]", depth - 1));
            return new YamlValue(source, at, key, null, false, items, null);
        }

        parser.Consume<MappingStart>();
        var entries = new List<YamlValue>();
        var names = new HashSet<string>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var name = Value(parser, source, key, depth - 1);
            var full = name.Scalar is null ? throw name.Error("a key must be a word.") : key.Length == 0 ? name.Scalar : $"{key}.{name.Scalar}";
            if (!names.Add(full))
                throw name.Error($"'{full}' appears twice.");
            entries.Add(Value(parser, source, full, depth - 1) with { KeyAt = name.At });
        }

        return new YamlValue(source, at, key, null, false, null, entries);

        UsageException Refused(string what) => YamlValue.ErrorAt(source, at, $"{what} are not supported here: write the value out.");
    }
}
