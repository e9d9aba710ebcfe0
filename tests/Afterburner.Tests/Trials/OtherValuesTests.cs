using Afterburner.Tests.Workloads;
using Afterburner.Trials;
using Xunit;

namespace Afterburner.Tests.Trials;

/// <summary>Candidates that do as the original does on every recorded call, and not on others that somebody could make: these are made too.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class OtherValuesTests(HarnessFixture fixture) : IClassFixture<HarnessFixture>
{
    private const string Steps = "count = 0\n    while a < b:\n        a += datetime.timedelta(days=1)\n        count += 1\n    return count";
    private const string Joined = """
        found = []
            for start, end in sorted(xs):
                if found and start <= found[-1][1]:
                    found[-1] = (found[-1][0], max(found[-1][1], end))
                else:
                    found.append((start, end))
            return found
        """;

    [Theory]
    [InlineData("a, b", Steps, "return max(0, (b - a).days)", "{'a': datetime.datetime(2024, 1, 1), 'b': datetime.datetime(2024, 1, 9)}", "return: ")]
    [LongData("a, b", "return int((b - a).total_seconds() // 60)", "return (b - a).seconds // 60", "{'a': datetime.datetime(2024, 1, 1, 8), 'b': datetime.datetime(2024, 1, 1, 9)}", "return: ")]
    [LongData("a, b", "return int((b - a).total_seconds() // 60)", "return round((b - a).total_seconds() / 60)", "{'a': datetime.datetime(2024, 1, 1, 8), 'b': datetime.datetime(2024, 1, 1, 9)}", "return: ")]
    [LongData("a, b", "return a <= b", "return a < b", "{'a': datetime.date(2024, 1, 1), 'b': datetime.date(2024, 1, 9)}", "True != False")]
    [LongData("day", "return day.isocalendar()[:2]", "return day.year, day.isocalendar()[1]", "{'day': datetime.date(2024, 5, 1)}", "return")]
    [LongData("born, day", "return day.year - born.year - ((day.month, day.day) < (born.month, born.day))", "return int((day - born).days / 365.2425)", "{'born': datetime.date(1990, 5, 17), 'day': datetime.date(2024, 3, 1)}", "return: ")]
    [LongData("x", "return int(x * 2 + 0.5) if x >= 0 else -int(0.5 - x * 2)", "return round(x * 2)", "{'x': 1.5}", "return: ")]
    [LongData("xs", "return [int(x + 0.5) for x in xs if 0 <= x < 100]", "return [round(x) for x in xs if 0 <= x < 100]", "{'xs': [1.25, 7.75]}", "return")]
    [LongData("text, part", "return [i for i in range(len(text)) if text.startswith(part, i)]", "import re\n    return [m.start() for m in re.finditer(re.escape(part), text)]", "{'text': 'one two one', 'part': 'one'}", "return")]
    [InlineData("a, b", "return b >= a", "return b > a", "{'a': 1.5, 'b': 7.5}", "True != False")]
    [LongData("xs", Joined, "|<=|<", "{'xs': [(0, 3), (2, 5), (7, 9)]}", "return")]
    [LongData("xs", "return [x for x, y in zip(xs, xs[1:]) if x <= y]", "return [x for x, y in zip(xs, xs[1:]) if x < y]", "{'xs': [3, 1, 2]}", "return: ")]
    [LongData("xs", "return [x[4:] if x.startswith('ref/') else x for x in xs]", "return [x.replace('ref/', '') for x in xs]", "{'xs': ['ref/main', 'tip']}", "return[0]")]
    [LongData("xs", "return [x[4:] if x.startswith('ref/') else x for x in xs]", "return [x.lstrip('ref/') for x in xs]", "{'xs': ['ref/main', 'tip']}", "return")]
    [LongData("xs", "seen = []\n    for x in xs:\n        if x not in seen:\n            seen.append(x)\n            yield x", "yield from dict.fromkeys(xs)", "{'xs': [1, 2, 3, 2, 4]}", "afterwards")]
    [LongData("name", "dot = name.rfind('.')\n    return (name, '') if dot < 0 else (name[:dot], name[dot:])", "import os.path\n    return os.path.splitext(name)", "{'name': 'notes.txt'}", "return")]
    [LongData("xs: 'Iterable[int]'", "items = list(xs)\n    return [max(items) - x for x in items]", "if not xs:\n        return []\n    most = max(xs)\n    return [most - x for x in xs]", "{'xs': range(4)}", "return")]
    [LongData("mode", "return mode in ('fast', 'slow')", "import re\n    return re.match('^(fast|slow)$', mode) is not None", "{'mode': 'fast'}", "False != True")]
    [LongData("words, stop: 'Iterable[str]'", "return [w for w in words if w not in stop]", "stop = set(stop)\n    return [w for w in words if w not in stop]", "{'words': ['the', 'quick', 'he'], 'stop': ['the', 'in']}", "stop")]
    public async Task A_rewrite_that_is_right_for_recorded_values_only_is_refused(string parameters, string original, string candidate, string call, string expected)
    {
        var outcome = await CompareAsync(parameters, original, candidate, call);

        Assert.IsType<EquivalenceOutcome.Differs>(outcome);
        Assert.Contains(expected, outcome.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a, b", "return abs(a - b)", "return a - b if a > b else b - a", "{'a': datetime.datetime.max, 'b': datetime.datetime(2024, 1, 9)}")]
    [LongData("xs", Joined, "|found.append((start, end))|found += [(start, end)]", "{'xs': [(0, 3), (2, 5), (7, 9)]}")]
    [InlineData("xs", "return [x[4:] if x.startswith('ref/') else x for x in xs]", "return [x.removeprefix('ref/') for x in xs]", "{'xs': ['ref/main', 'tip']}")]
    [LongData("xs", "seen = []\n    for x in xs:\n        if x not in seen:\n            seen.append(x)\n            yield x", "seen = set()\n    for x in xs:\n        if x not in seen:\n            seen.add(x)\n            yield x", "{'xs': [1, 2, 3, 2, 4]}")]
    [LongData("words, stop: 'list[str]'", "return [w for w in words if w not in stop]", "stop = set(stop)\n    return [w for w in words if w not in stop]", "{'words': ['the', 'quick', 'he'], 'stop': ['the', 'in']}")]
    public async Task One_that_is_right_for_all_is_equal(string parameters, string original, string candidate, string call)
    {
        var outcome = await CompareAsync(parameters, original, candidate, call);

        Assert.True(outcome is EquivalenceOutcome.Equal, outcome.Reason);
    }

    /// <param name="candidate">Its body; or the original's with one text exchanged for another: <c>|this|that</c>.</param>
    private async Task<EquivalenceOutcome> CompareAsync(string parameters, string original, string candidate, string call)
    {
        if (candidate.Split('|') is ["", var from, var to])
            candidate = original.Replace(from, to, StringComparison.Ordinal);
        using var file = new OneFile($"def f({parameters}):\n    {original}", "import datetime");
        return await fixture.CompareAsync(
            file, $"def f({parameters}):\n    {candidate}", HarnessFixture.NothingChanged, call.Replace("datetime.date", "__import__('datetime').date", StringComparison.Ordinal));
    }
}
