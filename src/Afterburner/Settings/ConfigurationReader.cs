namespace Afterburner.Settings;

/// <summary>Reads the configuration.</summary>
internal static class ConfigurationReader
{
    /// <summary>No key is nested deeper than this by far.</summary>
    private const int Deepest = 8;

    private static readonly string[] Secrets = ["apikey", "token", "secret", "password"];

    public static Configuration Read(ReadOnlySpan<byte> yaml, string source)
    {
        var root = Document(yaml, source);
        if (root is null or { IsPlain: true, Scalar: "" })
            return Configuration.Default;
        return root.Entries is null
            ? throw root.Error("a mapping of keys to values was expected.")
            : Apply(Configuration.Default, root.Entries);
    }

    /// <summary>As it is written; null when it is empty.</summary>
    public static YamlValue? Document(ReadOnlySpan<byte> yaml, string source) =>
        YamlDocument.Read(yaml, source, Configuration.LargestBytes, Deepest);

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

        return YamlValue.ErrorAt(entry.Source, entry.KeyAt, $"unknown key '{entry.Key}': {Spelling.Advice(entry.Key, [.. ConfigurationKey.All.Select(k => k.Name)])}");
    }
}
