using Afterburner.CSharp.Calls;
using Afterburner.CSharp.Comparing;
using Afterburner.CSharp.Timing;
using Xunit;

namespace Afterburner.Tests.Languages;

/// <summary>What of replaying C# is pure: frames, and differences of answers.</summary>
public sealed class CSharpReplayTests
{
    [Fact]
    public void Frames_come_as_they_were_sent()
    {
        using var wire = new MemoryStream();
        new FramePipe(Stream.Null, wire).Send(FramePipe.Inputs, FramePipe.Pack([[1, 2], [], [3]]));
        wire.Position = 0;

        var parts = FramePipe.Unpack(new FramePipe(wire, Stream.Null).Receive(FramePipe.Inputs));

        Assert.Equal([[1, 2], [], [3]], parts);
    }

    [Fact]
    public void A_frame_of_another_kind_and_inputs_that_are_not_whole_are_refused()
    {
        using var wire = new MemoryStream();
        new FramePipe(Stream.Null, wire).Send(FramePipe.Go);
        wire.Position = 0;

        Assert.Throws<InvalidDataException>(() => new FramePipe(wire, Stream.Null).Receive(FramePipe.Inputs));
        Assert.Throws<InvalidDataException>(() => FramePipe.Unpack([9, 0, 0, 0, 1]));
        Assert.Throws<EndOfStreamException>(() => new FramePipe(Stream.Null, Stream.Null).Receive(FramePipe.Go));
    }

    [Fact]
    public void Equal_answers_do_not_differ_and_others_do_where_they_differ()
    {
        Assert.Null(Difference(Answer(new List<int> { 1, 2 }), Answer(new List<int> { 1, 2 })));
        Assert.Equal("return[1]: 2 != 3", Difference(Answer(new List<int> { 1, 2 }), Answer(new List<int> { 1, 3 })));
        Assert.Equal("return: 2 elements != 1", Difference(Answer(new List<int> { 1, 2 }), Answer(new List<int> { 1 })));
        Assert.Contains("return: ", Difference(Answer(new List<int>()), Answer(Array.Empty<int>())), StringComparison.Ordinal);
        Assert.Contains("return: ", Difference(Answer(1), Answer(1L)), StringComparison.Ordinal);
        Assert.StartsWith("outcome: returned 1 != raised", Difference(Answer(1), ValueWriter.Canonical(["raised", new InvalidOperationException("no"), "", null!])), StringComparison.Ordinal);
        Assert.StartsWith("printed: ", Difference(Answer(1), ValueWriter.Canonical(["returned", 1, "said", null!])), StringComparison.Ordinal);
    }

    [Fact]
    public void Fractions_may_differ_by_the_tolerance_and_zeros_may_not_differ_in_sign()
    {
        Assert.Null(Difference(Answer(0.1 + 0.2), Answer(0.3)));
        Assert.NotNull(Difference(Answer(0.3), Answer(0.31)));
        Assert.NotNull(Difference(Answer(0.0), Answer(-0.0)));
        Assert.Null(Difference(Answer(new[] { 0.1 + 0.2 }), Answer(new[] { 0.3 })));
        Assert.NotNull(Difference(Answer(new[] { 1, 2 }), Answer(new[] { 1, 3 })));
    }

    [Fact]
    public void One_object_and_two_equal_ones_differ()
    {
        var one = new List<int>();

        Assert.NotNull(Difference(Answer(new[] { one, one }), Answer(new[] { one, new List<int>() })));
        Assert.NotNull(Difference(Answer(new[] { one, new List<int>() }), Answer(new[] { one, one })));
    }

    [Fact]
    public void What_is_no_answer_is_refused() => Assert.Throws<InvalidDataException>(() => Difference([1, 2, 3], [4], 1e-9, made: false));

    private static byte[] Answer(object value) => ValueWriter.Canonical(["returned", value, "", null!]);

    private static string? Difference(byte[] first, byte[] second, double tolerance = 1e-9, bool made = false) => AnswerComparison.Difference(first, second, tolerance, made);
}
