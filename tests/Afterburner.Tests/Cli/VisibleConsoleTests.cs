using Afterburner.Cli;
using Afterburner.Suggestions;
using Afterburner.Tests.Suggestions;
using Spectre.Console;
using Xunit;

namespace Afterburner.Tests.Cli;

/// <summary>A name of the repository reaches the terminal as text, whichever way it takes.</summary>
public sealed class VisibleConsoleTests
{
    private const string Hostile = "\u001b]0;owned\u0007\u001b[2J\u202eevil";

    [Fact]
    public void A_line_of_a_log_is_one_line_whatever_the_function_is_called()
    {
        var log = new StringWriter();
        var observer = new PlainObserver(log);
        var report = SampleReport.Build().Functions[0] with { Path = "a\n::error::b\u001b[1m.py", Name = Hostile, Status = FunctionStatus.Skipped, Reason = Hostile };

        observer.FunctionFinished(report);

        Assert.Equal(1, log.ToString().Count(c => c == '\n'));
        AssertHarmless(log.ToString());
    }

    [Fact]
    public void What_is_written_in_any_way_is_shown()
    {
        var terminal = new StringWriter();
        using var writer = new VisibleWriter(terminal);

        writer.Write(Hostile);
        writer.WriteLine(Hostile);
        writer.WriteLine("{0}", Hostile);
        writer.Write(Hostile.ToCharArray());
        writer.Write(Hostile.AsSpan());
        foreach (var c in Hostile + "\U000e0041")
            writer.Write(c);

        AssertHarmless(terminal.ToString());
        Assert.Contains("[U+E0041]", terminal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_drawn_with_colours_is_shown_too()
    {
        var terminal = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.Standard, Out = new AnsiConsoleOutput(terminal) });
        console.Pipeline.Attach(new VisibleHook());

        console.MarkupLineInterpolated($"[red]rejected[/] {Hostile}");
        console.Write(new Table().AddColumn("Function").AddRow(Markup.Escape(Hostile)));

        var text = terminal.ToString();
        Assert.Matches("\u001b\\[[0-9;]+mrejected", text);
        Assert.DoesNotContain("\u001b]", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[2J", text, StringComparison.Ordinal);
        Assert.Contains("[U+001B]", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("optimize", "\u001b[2Jgone.py::f", "--repo", "REPO")]
    [InlineData("optimize", "gone.py::\u001b[2Jf", "--repo", "REPO")]
    [InlineData("review", "--repo", "REPO", "--base", "\u001b[2Jmain")]
    [InlineData("review", "--repo", "REPO", "--config", "\u001b[2J.yml")]
    [InlineData("review", "--repo", "REPO", "--\u001b[2J")]
    [InlineData("review", "--repo", "REPO\u001b[2J")]
    public async Task A_message_shows_what_a_name_hides(params string[] arguments)
    {
        using var repository = await Changes.TestRepository.CreateAsync();
        repository.Write("gone.py", "def g():\n    return 1\n");
        await repository.CommitAsync();

        var run = await BadInputTests.AfterburnerAsync([], [.. arguments.Select(a => a.Replace("REPO", repository.Path, StringComparison.Ordinal))]);

        Assert.Equal(2, run.ExitCode);
        AssertHarmless(run.Text + run.ErrorText);
        Assert.Contains("[U+001B]", run.ErrorText, StringComparison.Ordinal);
    }

    private static void AssertHarmless(string text)
    {
        Assert.NotEmpty(text);
        Assert.DoesNotContain('\u001b', text);
        Assert.DoesNotContain('\u0007', text);
        Assert.DoesNotContain('\u202e', text);
    }
}
