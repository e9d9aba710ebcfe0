using System.Reflection;
using Xunit;
using Xunit.v3;

[assembly: Afterburner.Tests.TimeForWholeReviews]

namespace Afterburner.Tests;

/// <summary>
/// Tests that review or gate whole repositories take ten minutes together, and several times that where a fork and a page fault are dear, as on
/// some virtual machines. What has not begun after twenty minutes is skipped there, and says so, and so is any test after an hour but those
/// of attackers; <c>AFTERBURNER_TESTS=all</c> runs them all the same.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class TimeForWholeReviewsAttribute : BeforeAfterTestAttribute
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(20), LongestOfAll = TimeSpan.FromMinutes(62);

    /// <summary>When the first test did.</summary>
    private static readonly long Begun = TimeProvider.System.GetTimestamp();

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        var kind = methodUnderTest.ReflectedType ?? methodUnderTest.DeclaringType!;
        var longest = LongestFirst.IsOfWholeReviews(kind.FullName!) ? Longest : LongestOfAll;
        if (LongestFirst.IsOfAttacks(kind.FullName!) || Environment.GetEnvironmentVariable("AFTERBURNER_TESTS") == "all")
            return;
        Assert.SkipWhen(
            TimeProvider.System.GetElapsedTime(Begun) > longest,
            $"this machine is slow: {longest.TotalMinutes:0} minutes were over before its turn; AFTERBURNER_TESTS=all runs it");
    }
}
