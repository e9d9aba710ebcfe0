namespace Afterburner.Workloads;

/// <summary>What a name held while the repository's tests ran.</summary>
/// <param name="Types">Type names seen: <c>list</c>, <c>str</c>, <c>dict</c>, <c>pkg.Class</c>.</param>
/// <param name="MaxLength">Largest <c>len()</c> seen, or null.</param>
/// <param name="ElementsHashable">Whether every element looked at was hashable; null when there were none.</param>
public sealed record ObservedValue(IReadOnlyList<string> Types, int? MinLength, int? MaxLength, bool? ElementsHashable);

/// <summary>A function of the repository that calls the one under review.</summary>
/// <param name="Calls">That it makes while tests run; where there are very many, about.</param>
public sealed record Caller(Target Function, long Calls);

/// <param name="Line">1-based within the function's span.</param>
/// <param name="Share">0 to 1 of the function's own time.</param>
public sealed record HotLine(int Line, double Share, long Hits);
