using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Afterburner.Cli;

/// <summary>
/// Puts <see cref="VisibleText"/> between this program and the terminal: whatever is printed, by whom and through which
/// writer, a name or a message of the repository reaches it without escape sequences.
/// </summary>
internal static class VisibleConsole
{
    /// <summary>Before anything is printed.</summary>
    public static void Use()
    {
        // Spectre writes escape sequences of its own, so what it is given is looked at before it makes them.
        var console = AnsiConsole.Console;
        console.Pipeline.Attach(new VisibleHook());
        AnsiConsole.Console = console;
        Console.SetOut(new VisibleWriter(Console.Out));
        Console.SetError(new VisibleWriter(Console.Error));
    }
}

/// <summary>Passes text on with every hidden character as its number. Line ends and tabs stay.</summary>
internal sealed class VisibleWriter(TextWriter inner) : TextWriter(inner.FormatProvider)
{
    private readonly TextWriter _inner = inner;
    private readonly StringBuilder _half = new();

    public override Encoding Encoding => _inner.Encoding;

    public override void Write(char value)
    {
        // Half of a pair says nothing by itself.
        lock (_half)
        {
            _half.Append(value);
            if (char.IsHighSurrogate(value) && _half.Length == 1)
                return;
            _inner.Write(VisibleText.Of(_half.ToString()));
            _half.Clear();
        }
    }

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void Write(string? value)
    {
        if (value is not null)
            _inner.Write(VisibleText.Of(value));
    }

    public override void Flush() => _inner.Flush();
}

/// <summary>Shows hidden characters of everything that Spectre is to render.</summary>
internal sealed class VisibleHook : IRenderHook
{
    public IEnumerable<IRenderable> Process(RenderOptions options, IEnumerable<IRenderable> renderables) =>
        renderables.Select(r => new Visible(r));

    private sealed class Visible(IRenderable inner) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => inner.Measure(options, maxWidth);

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) => inner.Render(options, maxWidth)
            .Select(s => s.IsControlCode || s.IsLineBreak ? s : new Segment(VisibleText.Of(s.Text), s.Style, s.Link));
    }
}
