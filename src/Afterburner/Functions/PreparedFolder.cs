namespace Afterburner.Functions;

/// <summary>A folder of what a repository's set-up made, in which the tools of a language look without being told.</summary>
/// <param name="Name">Of the folder.</param>
/// <param name="Place">Where in a sandbox they look for it; null where they go by a variable.</param>
/// <param name="Variable">What they read its place from; null for none.</param>
internal sealed record PreparedFolder(string Name, string? Place, string? Variable);
