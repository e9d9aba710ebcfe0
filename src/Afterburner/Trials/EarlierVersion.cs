using Afterburner.Workloads;

namespace Afterburner.Trials;

/// <summary>The function in another version of the whole repository, with the helpers, constants and modules of that version.</summary>
/// <param name="Directory">Tree of that version on this machine.</param>
/// <param name="Target">Where the function is there.</param>
/// <param name="Entry">Where the function that is called is there: the target itself, or its caller.</param>
public sealed record EarlierVersion(string Directory, Target Target, Target Entry);
