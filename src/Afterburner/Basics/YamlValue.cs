using System.Globalization;
using YamlDotNet.Core;

namespace Afterburner.Basics;

/// <summary>A value of a configuration file with its place, read as what its key needs.</summary>
/// <param name="Key">Full name of the key, for messages.</param>
/// <param name="Scalar">Its text; null for a list or a mapping.</param>
/// <param name="IsPlain">Not in quotes: only then is it a number.</param>
/// <param name="Items">Of a list; null for anything else.</param>
/// <param name="Entries">Of a mapping, in order; null for anything else.</param>
internal sealed record YamlValue(
    string Source, Mark At, string Key, string? Scalar, bool IsPlain, IReadOnlyList<YamlValue>? Items, IReadOnlyList<YamlValue>? Entries)
{
    /// <summary>What comes before the name of what proposes.</summary>
    private static readonly string[] OfOthers = ["replay:", "command:"];

    /// <value>Place of the key of an entry.</value>
    public Mark KeyAt { get; init; }

    public string Text(string expected) =>
        Scalar is null || (IsPlain && Scalar is "" or "~" or "null") ? throw Wrong(expected) : Scalar;

    /// <summary>A text that can be an argument of a program: not empty, no option, no control characters.</summary>
    public string Word(string expected)
    {
        var text = Text(expected);
        return text.Length == 0 || text[0] == '-' || text.Any(char.IsControl) ? throw Wrong(expected) : text;
    }

    public string Glob()
    {
        const string Expected = "a glob such as src/**/*.py";
        var glob = Word(Expected);
        return glob[0] == '!' ? throw Wrong($"{Expected} (what is not wanted belongs under exclude)") : glob;
    }

    /// <summary>A glob of files, or of functions as <c>FILE::FUNCTION</c>.</summary>
    public string FunctionGlob()
    {
        const string Expected = "a glob such as src/**/*.py, or src/hot.py::parse*";
        var glob = Word(Expected);
        return glob[0] == '!' || glob.Split("::") is not ([_] or [_, { Length: > 0 }]) || glob.StartsWith("::", StringComparison.Ordinal) ? throw Wrong(Expected) : glob;
    }

    /// <summary>A path or glob that stays below the root.</summary>
    /// <param name="orRoot">Whether <c>.</c> may be said.</param>
    public string Below(bool orRoot = false)
    {
        const string Expected = "a path or glob below the repository's root such as src/shop/_version.py";
        var glob = Word(Expected);
        return orRoot && glob == "." ? glob : glob[0] is '!' or '/' or ':' || glob.Split('/').Any(p => p is ".." or "." or ".git") ? throw Wrong(Expected) : glob.TrimEnd('/');
    }

    public string Proposer()
    {
        const string Expected = "one of recipes, chat, replay:FILE, command:LINE";
        var text = Word(Expected);
        return text is "recipes" or "chat" || OfOthers.Any(p => text.StartsWith(p, StringComparison.Ordinal) && text.Length > p.Length) ? text : throw Wrong(Expected);
    }

    public Uri Address()
    {
        const string Expected = "an http or https address without a user name or password";
        return Uri.TryCreate(Text(Expected), UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.UserInfo.Length == 0
            ? address
            : throw Wrong(Expected, quote: false);
    }

    public T Choice<T>()
        where T : struct, Enum
    {
        var names = Enum.GetNames<T>().Select(System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName).ToList();
        var expected = $"one of {string.Join(", ", names)}";
        var index = names.IndexOf(Text(expected));
        return index < 0 ? throw Wrong(expected) : Enum.GetValues<T>()[index];
    }

    /// <summary>Null for the first of the names.</summary>
    public string? OneOf(string none, IEnumerable<string> names)
    {
        string[] known = [none, .. names];
        var expected = $"one of {string.Join(", ", known)}";
        var text = Text(expected);
        return !known.Contains(text) ? throw Wrong(expected) : text == none ? null : text;
    }

    public bool Flag() => Text("true or false") switch
    {
        "true" => true,
        "false" => false,
        _ => throw Wrong("true or false"),
    };

    public long Whole(long least, long most) =>
        IsPlain && long.TryParse(Scalar, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw Wrong(most == long.MaxValue ? $"a whole number from {least}" : $"a whole number from {least} to {most}");

    public double Number(double least, double most) =>
        IsPlain && double.TryParse(Scalar, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw Wrong(string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}"));

    /// <summary>A part of a whole, as <c>0.01%</c> or as a number from 0 to 1.</summary>
    public double Share()
    {
        var text = Scalar ?? "";
        var isPercent = text.EndsWith('%');
        return double.TryParse(isPercent ? text[..^1] : text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
            && (isPercent ? number / 100 : number) is >= 0 and <= 1 and var share
            ? share
            : throw Wrong("a share from 0% to 100%, such as 0.01%");
    }

    public TimeSpan Duration(TimeSpan least, TimeSpan most, string range) =>
        Quantities.TryDuration(Scalar ?? "", out var duration) && duration >= least && duration <= most
            ? duration
            : throw Wrong($"a duration with its unit, {range} (us, ms, s, m or h)");

    public long Bytes(long least, long most, string range) =>
        Quantities.TryBytes(Scalar ?? "", out var bytes) && bytes >= least && bytes <= most
            ? bytes
            : throw Wrong($"a size with its unit, {range} (KiB, MiB, GiB or TiB)");

    public IReadOnlyList<T> List<T>(Func<YamlValue, T> read) => Items is null ? throw Wrong("a list") : [.. Items.Select(read)];

    public UsageException Wrong(string expected, bool quote = true)
    {
        var found = Items is not null ? "a list"
            : Entries is not null ? "a mapping"
            : IsPlain && Scalar is "" or "~" or "null" ? "nothing"
            : !quote ? "this value"
            : Scalar!.Length > 60 ? $"'{Scalar[..60]}...'" : $"'{Scalar}'";
        return Error($"'{Key}' must be {expected}, not {found}.");
    }

    /// <summary>A message with the place, as compilers write it.</summary>
    public UsageException Error(string message) => ErrorAt(Source, At, message);

    /// <inheritdoc cref="Error"/>
    public static UsageException ErrorAt(string source, Mark at, string message) =>
        // What the file says must not write lines of its own into a log.
        new($"{source}({at.Line},{at.Column}): {VisibleText.Line(message)}");
}
