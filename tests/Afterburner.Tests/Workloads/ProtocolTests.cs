using System.Text.Json;
using Afterburner.Workloads.Protocol;
using Xunit;

namespace Afterburner.Tests.Workloads;

/// <summary>What a harness is asked, and what is believed of its answers.</summary>
public sealed class ProtocolTests
{
    [Fact]
    public void The_page_of_the_protocol_is_up_to_date() =>
        Approved.Check(ProtocolFormat.Page(), Path.Combine(Repository.Root, ".github", "protocol.md"));

    [Theory]
    [InlineData("""{"type": "outcome", "id": "a", "outcome": "passed"}""", "passed")]
    [InlineData("""{"type": "outcome", "id": "a", "outcome": "passed", "seconds": 1, "more": [1]}""", "passed")]
    [InlineData("""{"type": "started", "id": "a", "outcome": "passed"}""", null)]
    [InlineData("""{"type": "outcome", "id": "a"}""", null)]
    [InlineData("""{"type": "outcome", "id": 1, "outcome": "passed"}""", null)]
    [InlineData("""{"type": "outcome", "id": null, "outcome": "passed"}""", null)]
    [InlineData("""{"type": "outcome", "id": "a", "outcome": "passed", "seconds": "1"}""", null)]
    [InlineData("""{"type": ["outcome"], "id": "a", "outcome": "passed"}""", null)]
    [InlineData("""{"id": "a", "outcome": "passed"}""", null)]
    public void What_is_not_of_the_form_of_a_message_is_none(string line, string? outcome) =>
        Assert.Equal(outcome, ProtocolJson.Read<OutcomeMessage>(Parsed(line))?.Outcome);

    [Fact]
    public void Half_a_surrogate_pair_makes_a_text_unreadable_and_not_its_message()
    {
        var message = ProtocolJson.Read<OutcomeMessage>(Parsed("""{"type": "outcome", "id": "a", "outcome": "failed", "text": "\ud800"}"""));

        Assert.Equal(("failed", null), (message?.Outcome, message?.Text));
    }

    private static JsonElement Parsed(string line) => ProtocolJson.Parse(System.Text.Encoding.UTF8.GetBytes(line))!.Value;

    [Theory]
    [InlineData("""{"type": "reach", "target": "a", "tests": [null]}""")]
    [InlineData("""{"type": "reach", "target": "a", "picks": [null]}""")]
    [InlineData("""{"type": "reach", "target": "a", "callers": [null]}""")]
    [InlineData("""{"type": "reach", "target": "a", "observed": {"xs": null}}""")]
    public void Nothing_in_the_place_of_something_makes_no_message(string line) =>
        Assert.Null(ProtocolJson.Read<ReachMessage>(ProtocolJson.Parse(System.Text.Encoding.UTF8.GetBytes(line))!.Value));

    [Fact]
    public void Half_a_surrogate_pair_in_the_names_of_a_line_makes_it_no_JSON() =>
        Assert.Null(ProtocolJson.Parse(System.Text.Encoding.UTF8.GetBytes("{\"\\ud800\":1,\"\\ud800\":2}")));

    [Fact]
    public void What_is_left_out_of_a_request_is_not_there() =>
        Assert.Equal("""{"tests":["a"]}""", ProtocolJson.Write(new TestsRequest { Tests = ["a"] }).ToJsonString());
}
