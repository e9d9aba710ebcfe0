using Afterburner.Suggestions;
using Afterburner.Trials;

namespace Afterburner.Checks;

/// <summary>What a comparison of answers came to, in the words of a check: a review's candidate is the edit, and its baseline is base.</summary>
internal static class CheckWords
{
    private const string Unequal = " != ";

    /// <summary>A call on which base and edit do not do the same; null where none is known.</summary>
    public static CheckDifference? Different(EquivalenceOutcome outcome) => outcome switch
    {
        EquivalenceOutcome.Differs differs => Of(differs.Input, differs.Difference, !differs.IsMade),
        EquivalenceOutcome.Crashed crashed => Of(crashed.Input, OfEdit(crashed.How), isOfTests: true),
        EquivalenceOutcome.TimedOut late => Of(late.Input, OfEdit(late.How), isOfTests: true),
        EquivalenceOutcome.NotExercised { ShownBy: { } shown } => Different(shown),
        _ => null,
    };

    /// <summary>Why they are not proven to be equal; null where they are.</summary>
    public static string? Unproven(EquivalenceOutcome outcome) => outcome is EquivalenceOutcome.Equal ? null : OfEdit(outcome.Reason.TrimEnd('.'));

    /// <summary>A difference that is known by its test alone.</summary>
    public static CheckDifference InTests(string difference) => Of(null, difference, isOfTests: true);

    /// <summary>Words of a review, said of an edit.</summary>
    public static string OfEdit(string words) => words.Replace("he candidate", "he edit", StringComparison.Ordinal).Replace("he baseline", "he base", StringComparison.Ordinal).Replace("the original", "base", StringComparison.Ordinal);

    private static CheckDifference Of(string? input, string text, bool isOfTests)
    {
        // "WHERE: WAS != NOW", where a value may hold the same signs: then it is not taken apart.
        var (colon, unequal) = (text.IndexOf(": ", StringComparison.Ordinal), text.IndexOf(Unequal, StringComparison.Ordinal));
        var isClear = input is not null && colon >= 0 && unequal > colon && text.LastIndexOf(Unequal, StringComparison.Ordinal) == unequal;
        return new CheckDifference
        {
            Input = input,
            Text = text,
            Where = isClear ? text[..colon] : null,
            Base = isClear ? text[(colon + 2)..unequal] : null,
            Edit = isClear ? text[(unequal + Unequal.Length)..] : null,
            IsOfTests = isOfTests,
        };
    }
}
