namespace Afterburner.Changes;

/// <summary>A file that is not looked at.</summary>
/// <param name="Path">'/'-separated, relative to the repository's root; quoted as git does where it is not UTF-8.</param>
/// <param name="Reason">For a person: <c>test code</c>, <c>submodule</c>.</param>
public sealed record LeftOut(string Path, string Reason);
