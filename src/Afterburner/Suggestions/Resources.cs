namespace Afterburner.Suggestions;

/// <summary>Text files that the library carries.</summary>
internal static class Resources
{
    /// <param name="name">Path of the file relative to the project.</param>
    public static string Text(string name)
    {
        using var stream = typeof(Resources).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"'{name}' is not embedded");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
