using Xunit;

namespace Afterburner.Tests;

/// <summary>
/// Tests that need a real measurement to come out one way. They run alone, one after the other, and what they measure differs by
/// factors that no noise of a machine reaches. What is arithmetic or scheduling is tested with numbers instead.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Measurements
{
    public const string Name = "measurements";
}
