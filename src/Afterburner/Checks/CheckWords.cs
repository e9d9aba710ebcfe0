using System.Text.RegularExpressions;
using Afterburner.Suggestions;
using Afterburner.Trials;

namespace Afterburner.Checks;

/// <summary>What a comparison of answers came to, in the words of a check: a review's candidate is the edit, and its baseline is base.</summary>
internal static partial class CheckWords
{
    private const string Unequal = " != ";

    private static readonly (string Review, string Check)[] Said =
    [
        ("he candidate", "he edit"), ("he baseline", "he base"), ("the original", "base"), (" at head", " with the edit"), ("tests of head", "tests of the edit"), ("version of head", "version of the edit"),
    ];

    private static readonly (string Check, string Gate)[] SaidOfHead =
        [(" with the edit", " at head"), ("The edit", "Head"), ("the edit", "head"), ("The base", "Base"), ("the base", "base")];

    /// <summary>A call on which base and edit do not do the same; null where none is known.</summary>
    public static CheckDifference? Different(EquivalenceOutcome outcome) => outcome switch
    {
        EquivalenceOutcome.Differs differs => Of(differs.Input, differs.Difference, !differs.IsMade),
        EquivalenceOutcome.Crashed crashed => Of(crashed.Input, OfEdit(crashed.How), !crashed.IsMade),
        EquivalenceOutcome.TimedOut late => Of(late.Input, OfEdit(late.How), !late.IsMade),
        EquivalenceOutcome.NotExercised { ShownBy: { } shown } => Different(shown),
        _ => null,
    };

    /// <summary>Why they are not proven to be equal; null where they are.</summary>
    public static string? Unproven(EquivalenceOutcome outcome) => outcome is EquivalenceOutcome.Equal ? null : OfEdit(outcome.Reason.TrimEnd('.'));

    /// <summary>Words of a check, said of head.</summary>
    public static string OfHead(string words) => SaidOfHead.Aggregate(words, (text, said) => text.Replace(said.Check, said.Gate, StringComparison.Ordinal));

    /// <summary>A difference that is known by its test alone.</summary>
    public static CheckDifference InTests(string difference) => Of(null, difference, isOfTests: true);

    /// <summary>Words of a review or a gate, said of an edit.</summary>
    public static string OfEdit(string words) => Said.Aggregate(words, (text, said) => text.Replace(said.Review, said.Check, StringComparison.Ordinal));

    private static CheckDifference Of(string? input, string text, bool isOfTests)
    {
        // "WHERE: WAS != NOW", where a value may hold the same signs: then it is not taken apart.
        var isClear = input is not null && text.IndexOf(Unequal, StringComparison.Ordinal) is > 0 and var place && text.LastIndexOf(Unequal, StringComparison.Ordinal) == place;
        var parts = isClear ? Parts().Match(text) : Match.Empty;
        return new CheckDifference
        {
            Input = input,
            Text = text,
            Where = parts.Success ? parts.Groups["where"].Value + (parts.Groups["at"].Success ? $", at {parts.Groups["at"].Value}" : "") : null,
            Base = parts.Success ? parts.Groups["was"].Value : null,
            Edit = parts.Success ? parts.Groups["now"].Value : null,
            IsOfTests = isOfTests,
        };
    }

    // "return: text differs at 7: …'abc' != …'abd' (10 and 10 characters)" names the place and the lengths beside what is there.
    [GeneratedRegex(@"^(?<where>[^:]+(?::(?! )[^:]+)*): (?:message |(?:text differs|[a-z]+ differ) at (?<at>\d+): )?(?<was>.*) != (?<now>.*?)(?: \(\d+ and \d+ (?:characters|bytes)\))?$", RegexOptions.Singleline)]
    private static partial Regex Parts();
}
