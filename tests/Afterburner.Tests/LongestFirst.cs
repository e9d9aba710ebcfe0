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

    /// <summary>Those of them that may be skipped where the machine is slow; what an attacker tries never is.</summary>
    private static readonly string[] WholeReviews =
        [.. Longest, ".Unseen", ".Namesakes", ".Projects", ".ReviewTests", ".PlacedCandidates", ".UnlikelyCalls", ".GateScope", ".LimitsOfRuns"];

    /// <summary>Whether a class of tests reviews or gates whole repositories.</summary>
    public static bool IsOfWholeReviews(string name) => WholeReviews.Any(n => name.Contains(n, StringComparison.Ordinal));

    /// <summary>Whether a class of tests plays an attacker.</summary>
    public static bool IsOfAttacks(string name) => Attacks.Any(n => name.Contains(n, StringComparison.Ordinal));

    private static readonly string[] Attacks = ["Attack", "Hostile", "Planted", "Cheating", "Untrusted", "Sandbox"];

    private static bool Is(ITestCollection collection, string[] names) =>
        names.Any(n => collection.TestCollectionDisplayName.Contains(n, StringComparison.Ordinal));
}
