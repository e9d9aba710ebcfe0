namespace Afterburner.Tests.Languages;

internal static partial class PythonCases
{
    private const string Getter = "    @property\n    def f(self):\n        ";
    private const string Setter = "    @f.setter\n    def f(self, xs):\n        ";

    private const string TwoWays = "import sys\n\nif sys.version_info < (3,):\n    def f(xs):\n        return len(xs)\nelse:";

    private static IEnumerable<(string Name, CaseSources Sources)> Called() =>
    [
        Case("calls_back_as_before", "def f(xs, note):\n    out = []\n    for x in xs:\n        out.append(note(x))\n    return out", "def f(xs, note):\n    return [note(x) for x in xs]", Noted, before: Noting),
        Case("calls_back_in_another_order", "def f(xs, note):\n    return [note(x) for x in xs]", "def f(xs, note):\n    return [note(x) for x in xs[::-1]][::-1]", Noted, before: Noting),
        Case("calls_back_more_often", "def f(xs, note):\n    return [note(x) for x in xs]", "def f(xs, note):\n    return [note(x) or note(x) for x in xs]", Noted, before: Noting),
        Case("is_a_getter_as_before", Getter + "out = []\n        for x in self.k:\n            out.append(x)\n        return out", Getter + "return [x for x in self.k]",
            "m.Box([3]).f == [3]", before: Box, after: Setter + "self.k = xs", function: "Box.f"),
        Case("is_a_getter_that_differs", Getter + "return [x for x in self.k]", Getter + "return [x for x in self.k[1:]]",
            "len(m.Box([3]).f) < 2", before: Box, after: Setter + "self.k = xs", function: "Box.f"),
        Case("is_a_setter_as_before", Setter + "self.k = []\n        for x in xs:\n            self.k.append(x)", Setter + "self.k = [x for x in xs]",
            "setattr(m.Box([3]), 'f', [1, 2]) is None", before: Box + "\n" + Getter + "return self.k", function: "Box.f", place: 1),
        Case("is_a_setter_that_differs", Setter + "self.k = [x for x in xs]", Setter + "self.k = [x for x in xs[1:]]",
            "setattr(m.Box([3]), 'f', [1, 2]) is None", before: Box + "\n" + Getter + "return self.k", function: "Box.f", place: 1),
        Case("is_the_branch_of_two_that_is_used", "    def f(xs):\n        return len([x for x in xs])", "    def f(xs):\n        return len(xs)", "m.f([3]) == 1", before: TwoWays, place: 1),
        Case("is_the_branch_of_two_that_is_used_and_differs", "    def f(xs):\n        return len([x for x in xs])", "    def f(xs):\n        return len(xs) + 1", "m.f([3]) > 0", before: TwoWays, place: 1),
        Case("is_the_branch_of_two_that_is_not_used", "    def f(xs):\n        return len([x for x in xs])", "    def f(xs):\n        return len(xs)", "m.f([3]) == 1", before: TwoWays),
    ];

    private static IEnumerable<(string Name, CaseSources Sources)> Text() =>
    [
        Case("is_reached_by_none", Summed, "def f(xs):\n    return sum(xs)", "m is not None"),
        Case("answers_by_chance", "def f(n):\n    return os.urandom(n)", "def f(n):\n    return os.urandom(n + 0)", "len(m.f(8)) == 8", before: "import os"),
        Case("has_a_line_that_never_runs", Doubled, "def f(xs):\n    if len(xs) > 2000000:\n        return 'many'\n    return [x * 2 for x in xs]", DoubledChecks),
        Case("has_an_arm_that_never_runs", Doubled, "def f(xs):\n    return [x * 2 for x in xs] if len(xs) < 2000000 else 'many'", DoubledChecks),
        Case("drops_a_branch_that_never_ran", "def f(xs, known=object):\n    if known is not object:\n        return None\n    return [x * 2 for x in xs]", "def f(xs, known=object):\n    return [x * 2 for x in xs]", DoubledChecks),
        Case("is_wrong_on_a_number_that_it_names", Doubled, "def f(xs):\n    table = {700: xs}\n    return table.get(len(xs), [x * 2 for x in xs])", DoubledChecks),
        Case("reads_an_option_no_longer", "def f(xs, reverse=False):\n    return xs[::-1] if reverse else xs[:]", "def f(xs, reverse=False):\n    return xs[:]", "m.f([3, 1]) == [3, 1]"),
        Case("has_another_name", Summed, "def g(xs):\n    return sum(xs)", "m.f([3]) == 3"),
        Case("has_another_parameter", Summed, "def f(ys):\n    return sum(ys)", "m.f([3]) == 3"),
        Case("has_another_default", "def f(xs, k=1):\n    return [x * k for x in xs]", "def f(xs, k=2):\n    return [x * k for x in xs]", "m.f([3], 1) == [3]"),
        Case("is_another_kind_of_function", Summed, "async def f(xs):\n    return sum(xs)", "m.f([3]) == 3"),
        Case("brings_another_function", Summed, "def f(xs):\n    return sum(xs)\n\n\ndef other(xs):\n    return xs", "m.f([3]) == 3", after: "def other(xs):\n    return None"),
        Case("uses_what_is_not_known_to_be_pure", Summed, "def f(xs):\n    import shelve\n    return sum(xs) if shelve else 0", "m.f([3]) == 3"),
        Case("runs_text_as_code", Summed, "def f(xs):\n    return eval('sum(xs)')", "m.f([3]) == 3"),
    ];

    private const string Noting = "class Note:\n    def __init__(self):\n        self.seen = []\n\n    def __call__(self, x):\n        self.seen.append(x)";

    private const string Noted = "m.f([3, 1], m.Note()) == [None, None]";
}
