using Afterburner.Checks;
using Afterburner.Trials;
using Xunit;

namespace Afterburner.Tests;

public sealed class CheckWordsTests
{
    [Theory]
    [InlineData("return: 1 != 2", "return", "1", "2")]
    [InlineData("return[3].name: 'a' != 'b'", "return[3].name", "'a'", "'b'")]
    [InlineData("outcome: returned 29 != raised ValueError('x: y')", "outcome", "returned 29", "raised ValueError('x: y')")]
    [InlineData("exception: message 'time: x' != 'y'", "exception", "'time: x'", "'y'")]
    [InlineData("return: text differs at 7: …'abc' != …'abd' (10 and 12 characters)", "return, at 7", "…'abc'", "…'abd'")]
    [InlineData("argument items afterwards[0]: 1 (int) != 1.0 (float)", "argument items afterwards[0]", "1 (int)", "1.0 (float)")]
    [InlineData("return: ' != ' != 'x'", null, null, null)]
    [InlineData("return: keys in another order", null, null, null)]
    public void A_difference_is_taken_apart_where_that_is_clear(string text, string? where, string? was, string? now)
    {
        var difference = CheckWords.Different(new EquivalenceOutcome.Differs("1", "f(1)", text) { IsMade = true })!;

        Assert.Equal((text, where, was, now, false), (difference.Text, difference.Where, difference.Base, difference.Edit, difference.IsOfTests));
    }

    [Fact]
    public void What_a_review_says_of_a_candidate_is_said_of_the_edit()
    {
        Assert.Equal("The edit keeps state between calls: x", CheckWords.Unproven(new EquivalenceOutcome.KeepsState("x")));
        Assert.Equal("its calls take 3 us with the edit", CheckWords.OfEdit("its calls take 3 us at head"));
        Assert.Null(CheckWords.Unproven(new EquivalenceOutcome.Equal(1, 0)));
    }

    [Fact]
    public void An_edit_that_breaks_or_does_not_end_on_a_call_is_different_there_and_one_that_could_not_be_compared_is_not()
    {
        Assert.Equal("the edit broke: signal 11", CheckWords.Different(new EquivalenceOutcome.Crashed("f(1)", "the candidate broke: signal 11"))!.Text);
        Assert.Equal("f(1)", CheckWords.Different(new EquivalenceOutcome.TimedOut("f(1)", "the candidate did not finish within 2 s"))!.Input);
        Assert.Null(CheckWords.Different(new EquivalenceOutcome.NotCompared("none")));
        Assert.Null(CheckWords.Different(new EquivalenceOutcome.NotExercised([3], [], [], [])));
    }
}
