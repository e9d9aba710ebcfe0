using System.Text;
using Afterburner.Workloads;
using Xunit;

namespace Afterburner.Tests.Languages;

public sealed class JUnitReportTests
{
    [Fact]
    public void Each_test_has_its_name_and_how_it_ended()
    {
        var outcomes = Read("""
            <testsuites><testsuite><testcase classname="a.B" name="passes" time="0.5"/>
            <testcase name="fails"><failure message="no">1 != 2</failure></testcase>
            <testcase classname="a" name="breaks"><error>x</error></testcase><testcase name="waits"><skipped/></testcase><testcase/></testsuite></testsuites>
            """);

        Assert.Equal(["a.B.passes passed", "fails failed", "a.breaks error", "waits skipped"], outcomes.Select(o => $"{o.Id} {o.Outcome}"));
        Assert.Equal((0.5, "no\n1 != 2"), (outcomes[0].Seconds, outcomes[1].Text));
    }

    [Theory]
    [InlineData("<!DOCTYPE a [<!ENTITY b \"&#65;\"><!ENTITY c \"&b;&b;\">]><testsuite><testcase name=\"&c;\"/></testsuite>")]
    [InlineData("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><testsuite><testcase name=\"a\"/></testsuite>")]
    [InlineData("<testsuite><testcase name=\"a\"/>")]
    [InlineData("no XML at all")]
    [InlineData("")]
    public void What_is_no_such_file_or_wants_something_expanded_has_no_tests(string report) => Assert.Empty(Read(report));

    [Fact]
    public void Elements_nested_by_the_thousand_end_nothing_but_the_reading()
    {
        const int Levels = 200_000;
        var nested = string.Concat(Enumerable.Repeat("<a>", Levels)) + string.Concat(Enumerable.Repeat("</a>", Levels));

        Assert.Empty(Read($"<testsuite><testcase name=\"a\"><failure>{nested}</failure></testcase></testsuite>"));
    }

    private static IReadOnlyList<Afterburner.Workloads.Protocol.OutcomeMessage> Read(string report) => JUnitReport.Read(Encoding.UTF8.GetBytes(report));
}
