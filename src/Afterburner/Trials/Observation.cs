namespace Afterburner.Trials;

/// <summary>All of a call that a user could see, as a version told it.</summary>
/// <param name="Seen">A tree, as JSON; null when there is none.</param>
/// <param name="Input">The call as a person would write it.</param>
/// <param name="Seconds">About how long it took, by the version's own word.</param>
/// <param name="Failure">Why there is none: what it did instead, as "ended the process"; null when there is one.</param>
internal sealed record Observation(byte[]? Seen, string Input, double Seconds, string? Failure);
