using Afterburner.Evaluation.Programs;
using Afterburner.Evaluation.Tasks;
using Xunit;

namespace Afterburner.Tests.Evaluation;

public sealed class AnswersTests
{
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
