using System.Reflection;
using Xunit;
using Xunit.v3;

[assembly: Afterburner.Tests.LongestRun]

namespace Afterburner.Tests;

/// <summary>Ends a run of the tests on a machine that is too slow for it: what has not begun after 75 minutes is skipped, and says so.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class LongestRunAttribute : BeforeAfterTestAttribute
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(75);

    /// <summary>When the first test did.</summary>
    private static readonly long Begun = TimeProvider.System.GetTimestamp();

    public override void Before(MethodInfo methodUnderTest, IXunitTest test) => Assert.SkipWhen(
        !LongFormAttribute.AreAsked && TimeProvider.System.GetElapsedTime(Begun) > Longest,
        $"this machine is too slow: {Longest.TotalMinutes:0} minutes were over before its turn; AFTERBURNER_TESTS=all runs it");
}
