namespace Afterburner.Evaluation.Tasks;

/// <summary>A problem with tests and the programs of people who solved it, as a data set has it. All of it was written by others: programs run in sandboxes only.</summary>
/// <param name="Id">Unique in its data set.</param>
/// <param name="Statement">The problem in words.</param>
public sealed record EvaluationTask(string Id, string Statement)
{
    /// <value>Programming language, as Markdown spells it: <c>python</c>, <c>cpp</c>. Defaults to Python.</value>
    public string Language { get; init; } = "python";

    /// <value>Function (or method of a class <c>Solution</c>) that is called. Defaults to null: a program that reads standard input and writes standard output.</value>
    public string? Entry { get; init; }

    /// <value>What a solution has to begin with, for a model; may be empty.</value>
    public string StarterCode { get; init; } = "";

    /// <value>Programs of people, in the order of the data set, each once. Not every one is right.</value>
    public IReadOnlyList<string> Solutions { get; init; } = [];

    /// <value>Tests whose answers the data set knows.</value>
    public IReadOnlyList<TaskTest> Tests { get; init; } = [];

    /// <value>Python programs with <c>generate_input()</c>, each for one large input whose answer is not known: a text, or for a call its arguments.</value>
    public IReadOnlyList<string> Generators { get; init; } = [];

    /// <value>How answers are compared.</value>
    public Comparison Comparison { get; init; }

    /// <value>
    /// Python source with <c>is_right(input, expected, actual)</c>, all three as texts, that decides about answers which <see cref="Comparison"/> does not find equal.
    /// Defaults to null: those are wrong.
    /// </value>
    public string? Checker { get; init; }

    /// <value>Python source that runs before a solution, whose names it finds there (APPS: the modules that its solutions do not import). Defaults to none.</value>
    public string? Prelude { get; init; }

    /// <value>Python source that holds <c>==Code Submission==</c> where a solution stands (Venus). Defaults to null: a solution is run as it is.</value>
    public string? Runner { get; init; }
}

/// <summary>One input, and what comes of it.</summary>
/// <param name="Input">Standard input; for a call its arguments, a JSON array.</param>
/// <param name="Expected">Every answer that is right: what is printed, or for a call a JSON value. Empty where that is not known.</param>
public sealed record TaskTest(string Input, IReadOnlyList<string> Expected)
{
    /// <value>Whether <see cref="Input"/> is a Python expression for the arguments instead of JSON: large ones are written so. Defaults to false.</value>
    public bool IsExpression { get; init; }
}

/// <summary>When two answers are the same.</summary>
public enum Comparison
{
    /// <summary>Texts whose lines are equal, but for blanks at the ends of lines and empty lines at the end (Venus, CodeContests).</summary>
    Lines,

    /// <summary>
    /// Texts whose words are equal, or are numbers that differ by no more than 1e-8 and a hundred-thousandth: the lenient comparison of APPS
    /// (<c>testing_util.py</c> of its authors, with the defaults of <c>numpy.allclose</c>).
    /// </summary>
    Words,

    /// <summary>JSON values that are equal as Python's are; a tuple as a list.</summary>
    Values,

    /// <summary>Python values as Python writes them, whose texts are equal.</summary>
    Literals,
}
