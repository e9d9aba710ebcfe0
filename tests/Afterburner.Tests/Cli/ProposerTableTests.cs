using Afterburner.Cli;
using Afterburner.Suggestions;
using Afterburner.Tests.Suggestions;
using Spectre.Console;
using Xunit;

namespace Afterburner.Tests.Cli;

public sealed class ProposerTableTests
{
    [Theory]
    [InlineData("recipes", 0, FunctionStatus.NoImprovement, true)]
    [InlineData("recipes", 1, FunctionStatus.NoImprovement, false)]
    [InlineData("recipes", 0, FunctionStatus.Skipped, false)]
    [InlineData("chat:small", 0, FunctionStatus.NoImprovement, false)]
    public void Who_has_recipes_alone_and_none_that_fits_is_told_how_a_model_is_asked(string proposer, int proposed, FunctionStatus status, bool isTold)
    {
        var sample = SampleReport.Build();
        var terminal = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(terminal) });
        console.Profile.Width = 200;

        ProposerTable.Show(
            sample with { Proposers = [new ProposerReport { Name = proposer, Proposed = proposed }], Functions = [sample.Functions[0] with { Status = status, Suggestion = null }] }, console);

        Assert.Equal(isTold, terminal.ToString().Contains("--proposer recipes --proposer chat --model-url URL --model NAME", StringComparison.Ordinal));
    }
}
