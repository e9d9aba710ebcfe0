using Afterburner.CSharp.Calls;
using Afterburner.CSharp.Checking;
using Afterburner.CSharp.Comparing;
using Afterburner.CSharp.Compiling;
using Afterburner.CSharp.Finding;
using Afterburner.CSharp.Timing;
using Xunit;

namespace Afterburner.Tests.Languages;

/// <summary>What of replaying C# is pure: frames, differences of answers, what of a version can run and what of it changed.</summary>
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

    [Fact]
    public void A_change_asks_for_its_lines_and_for_all_after_them()
    {
        var (changed, removed) = ChangedCode.Parts(
            Function("int F(int x)\n{\n    var y = x;\n    var z = y + 1;\n    return z;\n}"), Function("int F(int x)\n{\n    var y = x;\n    var z = 1 + y;\n    return z;\n}"));

        Assert.Equal([5, 6], changed.Lines);
        Assert.Equal([5, 6], removed.Lines);
    }

    [Theory]
    [InlineData("return x > 0 ? 1 : 2;", 2)]
    [InlineData("return x > 0 && x < 9;", 4)]
    [InlineData("if (x > 0) return 1; return 2;", 2)]
    [InlineData("foreach (var y in x) { } return 1;", 2)]
    [InlineData("return x switch { 1 => 2, _ => 3 };", 2)]
    [InlineData("return x?.Length ?? 0;", 4)]
    [InlineData("try { return 1; } catch { return 2; }", 1)]
    [InlineData("return x.Where(y => y > 1);", 3)]
    [InlineData("switch (x) { case 1: return 1; } return 2;", 2)]
    public void Each_way_of_a_branch_has_to_run(string statements, int ways) => Assert.Equal(ways, RunPoints.Arms(Function($"object F(object x)\n{{\n    {statements}\n}}")).Count);

    [Fact]
    public void Of_a_branch_that_leads_to_the_whole_change_only_that_way_counts()
    {
        var (changed, _) = ChangedCode.Parts(Function("int F(int x)\n{\n    if (x > 0)\n        return 1;\n    return 2;\n}"), Function("int F(int x)\n{\n    if (x > 0)\n        return 7;\n    return 2;\n}"));

        Assert.Equal([0], changed.Arms.Select(a => a.Number));
    }

    private static Microsoft.CodeAnalysis.SyntaxNode Function(string text) => FoundFunction.In(FoundFunction.Parse($"class C\n{{{text}\n}}")).First().Node;

    private static byte[] Answer(object value) => ValueWriter.Canonical(["returned", value, "", null!]);

    private static string? Difference(byte[] first, byte[] second, double tolerance = 1e-9, bool made = false) => AnswerComparison.Difference(first, second, tolerance, made);
}
