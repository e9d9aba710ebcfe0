using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(Afterburner.Tests.LongestFirst))]

namespace Afterburner.Tests;

/// <summary>Classes that review or gate whole repositories come first: none of them runs alone at the end, while other cores are idle.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Longest = [".MaintainersChanges", ".Equivalence", ".GateAround"];

    private static readonly string[] Long = [".Unseen", ".Namesakes", ".Projects", "ReviewTests", ".Action", ".GateTests", ".Cheating", ".Attack", ".Docker", ".HostileEvent", ".LlamaInProcess", ".PythonRuntime", ".PlantedProgram", ".PlacedCandidates", ".UnlikelyCalls",
        ".GateScope", ".LimitsOfRuns", ".PublishCommand"];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderByDescending(c => Is(c, Longest)).ThenByDescending(c => Is(c, Long))];

    private static bool Is(ITestCollection collection, string[] names) =>
        names.Any(n => collection.TestCollectionDisplayName.Contains(n, StringComparison.Ordinal));
}
