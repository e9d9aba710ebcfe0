using Afterburner.Evaluation.Programs;
using Afterburner.Evaluation.Tasks;
using Xunit;

namespace Afterburner.Tests.Evaluation;

public sealed class AnswersTests
{
    [Fact]
    public void What_is_far_longer_than_what_is_right_is_not_taken_apart()
    {
        Assert.False(Answers.AreRight(Comparison.Values, ["12"], new string('9', 40_000)));
        Assert.False(Answers.AreRight(Comparison.Words, ["0.5"], "0.5" + new string('0', 40_000)));
        Assert.True(Answers.AreRight(Comparison.Values, [new string('9', 40_000)], new string('9', 40_000)));
    }

    [Theory]
    [InlineData(Comparison.Lines, "1\n2\n", "1  \n2\n\n\n", true)]
    [InlineData(Comparison.Lines, "1\n2\n", "1\r\n2", true)]
    [InlineData(Comparison.Lines, "1\n2\n", "1 2", false)]
    [InlineData(Comparison.Lines, "1.0", "1.00", false)]
    [InlineData(Comparison.Words, "1\n2", "1 2", true)]
    [InlineData(Comparison.Words, "0.333333", "0.33333400", true)]
    [InlineData(Comparison.Words, "0.3333", "0.3334", false)]
    [InlineData(Comparison.Words, "yes", "Yes", false)]
    [InlineData(Comparison.Words, "1", "1 2", false)]
    [InlineData(Comparison.Words, "nan", "0", false)]
    [InlineData(Comparison.Words, "1000000000", "1000000001", false)]
    [InlineData(Comparison.Words, "1000000000", "+01000000000", true)]
    [InlineData(Comparison.Words, "-0", "0", true)]
    [InlineData(Comparison.Words, "3", "3.0", true)]
    [InlineData(Comparison.Words, "3.0", "3", true)]
    [InlineData(Comparison.Words, "3", "2.9999999999", false)]
    [InlineData(Comparison.Values, "[1, 2]", "[1,2]", true)]
    [InlineData(Comparison.Values, "1", "1.0", true)]
    [InlineData(Comparison.Values, "true", "1", true)]
    [InlineData(Comparison.Values, "true", "2", false)]
    [InlineData(Comparison.Values, "true", "\"True\"", false)]
    [InlineData(Comparison.Values, "20000000300000001", "20000000300000000", false)]
    [InlineData(Comparison.Values, "20000000300000001", "2.00000003e16", false)]
    [InlineData(Comparison.Values, "9007199254740992", "9007199254740992.0", true)]
    [InlineData(Comparison.Values, "0.5", "5e-1", true)]
    [InlineData(Comparison.Values, "{\"a\": [1], \"b\": null}", "{\"b\":null,\"a\":[1]}", true)]
    [InlineData(Comparison.Values, "null", "null", true)]
    [InlineData(Comparison.Values, "\"a\"", "a", false)]
    [InlineData(Comparison.Values, "12345678901234567890", "12345678901234567890", true)]
    [InlineData(Comparison.Values, "\"a\"", "\"\\ud800\"", false)]
    [InlineData(Comparison.Values, "{\"a\": 1, \"b\": 1}", "{\"a\": 1, \"a\": 1}", false)]
    [InlineData(Comparison.Lines, "\n1\n\n2\n", "\n1\n\n2", true)]
    [InlineData(Comparison.Lines, "1\n\n2\n", "1\n2", false)]
    public void Answers_are_the_same_as_the_checker_of_the_data_set_says(Comparison comparison, string expected, string actual, bool same) =>
        Assert.Equal(same, Answers.AreRight(comparison, ["something else", expected], actual));

    [Fact]
    public void What_a_program_answers_can_be_voted_about_whatever_it_is() => Assert.Equal("\"\\ud800\"", Answers.Normal(Comparison.Values, "\"\\ud800\""));
}
