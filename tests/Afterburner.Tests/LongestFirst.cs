using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(Afterburner.Tests.LongestFirst))]

namespace Afterburner.Tests;

/// <summary>Classes that review or gate whole repositories come first: none of them runs alone at the end, while other cores are idle.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long = ["ReviewTests", ".Action", ".GateTests", ".Cheating", ".Attack", ".Docker", ".HostileEvent", ".LlamaInProcess"];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderByDescending(c => Long.Any(l => c.TestCollectionDisplayName.Contains(l, StringComparison.Ordinal)))];
}
