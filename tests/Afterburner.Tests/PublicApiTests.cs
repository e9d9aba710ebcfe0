using PublicApiGenerator;
using Xunit;

namespace Afterburner.Tests;

/// <summary>What other assemblies may use of the engine changes only where somebody approves of it.</summary>
public sealed class PublicApiTests
{
    private static readonly ApiGeneratorOptions Options = new() { IncludeAssemblyAttributes = false };

    [Fact]
    public void The_public_types_and_members_of_the_engine_are_those_approved() =>
        Approved.Check(typeof(Review).Assembly.GeneratePublicApi(Options) + "\n", "PublicApi.approved.txt");
}
