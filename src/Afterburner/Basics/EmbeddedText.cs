namespace Afterburner.Basics;

/// <summary>Texts the engine carries (prompts, recipes), by their path under <c>src/Afterburner</c>.</summary>
internal static class EmbeddedText
{
    public static string Read(string path)
    {
        using var stream = typeof(EmbeddedText).Assembly.GetManifestResourceStream(path)
            ?? throw new InvalidOperationException($"{path} is not embedded");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    public static IEnumerable<string> Under(string folder) => typeof(EmbeddedText).Assembly.GetManifestResourceNames()
        .Where(n => n.StartsWith(folder, StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    /// <summary>Texts of all languages in folders of one name.</summary>
    public static IEnumerable<string> OfLanguages(string folder) => Under("Languages/").Where(n => n.Contains(folder, StringComparison.Ordinal));
}
