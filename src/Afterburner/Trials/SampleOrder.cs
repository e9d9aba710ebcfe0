namespace Afterburner.Trials;

/// <summary>How answers are written by a runner, as the baseline showed it: see <c>encoders.py</c>.</summary>
/// <param name="Encoder">The quickest way that takes all answers: "marshal", "pickle" or "tree".</param>
/// <param name="Arguments">Whether calls change their arguments, which are part of the answers then.</param>
internal sealed record AnswerForm(string Encoder, bool Arguments)
{
    /// <summary>The encoder that takes whatever any other takes.</summary>
    public const string Any = "tree";
}

/// <summary>What is asked of a runner in one sample.</summary>
/// <param name="Core">Where the child runs; both samples of a pair belong on one.</param>
internal sealed record SampleOrder(AnswerForm Form, int? Core)
{
    /// <value>The answers are made beforehand and only written in the timed span: what a call of no cost would take.</value>
    public bool Stored { get; init; }

    /// <value>The garbage collector is on, and collects once more before the calls are over: who leaves garbage pays for it.</value>
    public bool Collect { get; init; }

    /// <value>
    /// Bytes of memory that the child has before its span, for what the calls will make: what the system takes to give it, page by page, is no part
    /// of what they cost. Defaults to 0: then the memory of the span is told.
    /// </value>
    public long Room { get; init; }

    /// <value>The child warms up once more right before it is asked, see <see cref="Workloads.Pace.WarmsAgain"/>. Defaults to false.</value>
    public bool Again { get; init; }

    /// <value>Memory is followed over the span. Defaults to false.</value>
    public bool Follow { get; init; }
}
