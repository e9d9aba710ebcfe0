namespace Afterburner.Tests.Languages;

internal static partial class PythonCases
{
    private const string Doubled = "def f(xs):\n    out = []\n    for x in xs:\n        out.append(x * 2)\n    return out";

    private const string DoubledAtOnce = "def f(xs):\n    return [x * 2 for x in xs]";

    private const string DoubledChecks = "m.f([3, 1, 2]) == [6, 2, 4]\nm.f([]) == []";

    private static IEnumerable<(string Name, CaseSources Sources)> ByTests() =>
    [
        Case("writes_a_loop_otherwise", Doubled, DoubledAtOnce, DoubledChecks),
        Case("fails_a_test_that_looks_at_more_than_answers", Doubled, DoubledAtOnce, "m.f([1]) == [2]\nm.f([1]) and m.f.__code__.co_varnames[:3] == ('xs', 'out', 'x')"),
        Case("answers_wrongly_where_a_test_looks", Doubled, "def f(xs):\n    return [x + 2 for x in xs]", DoubledChecks),
        Case("answers_wrongly_where_no_test_looks", Doubled, "def f(xs):\n    return [x + 2 for x in xs]", "len(m.f([3, 1, 2])) == 3"),
        Case("cannot_be_parsed", Doubled, "def f(xs):\n    return [x * 2 for x in", DoubledChecks),
        Case("names_what_does_not_exist", Doubled, "def f(xs):\n    return no_such_name(xs)", DoubledChecks),
        Case("crashes", Using("os.abort"), "def f(xs):\n    os.abort()", DoubledChecks, before: "import os"),
        Case("never_ends", Doubled, "def f(xs):\n    while True:\n        pass", DoubledChecks),
        Case("ends_the_process_as_if_all_were_well", Using("os._exit"), "def f(xs):\n    os._exit(0)", DoubledChecks, before: "import os"),
        Case("prints_without_end", Using("print"), "def f(xs):\n    while True:\n        print('x' * 1000)", DoubledChecks),
    ];

    private static IEnumerable<(string Name, CaseSources Sources)> Equal() =>
    [
        Case("returns_early", "def f(xs, x):\n    found = False\n    for y in xs:\n        if y == x:\n            found = True\n    return found",
            "def f(xs, x):\n    for y in xs:\n        if y == x:\n            return True\n    return False", "m.f([1, 2], 2)\nnot m.f([1, 2], 3)"),
        Case("uses_another_data_structure", "def f(xs):\n    seen = []\n    for x in xs:\n        if x not in seen:\n            seen.append(x)\n    return seen",
            "def f(xs):\n    return list(dict.fromkeys(xs))", "m.f(['b', 'a', 'b']) == ['b', 'a']\nm.f([]) == []"),
        Case("adds_floats_in_another_order", "def f(xs):\n    t = 0.0\n    for x in xs:\n        t += x\n    return t",
            "def f(xs):\n    import math\n    return math.fsum(xs)", "round(m.f([0.1] * 1000), 6) == 100"),
        Case("gives_not_a_number_again", "def f(xs):\n    out = []\n    for x in xs:\n        out.append(x * float('nan'))\n    return out",
            "def f(xs):\n    return [x * float('nan') for x in xs]", "len(m.f([1, 2])) == 2"),
        Case("gives_the_same_set_in_another_order", "def f(xs):\n    out = set()\n    for x in xs:\n        out.add(x)\n    return out",
            "def f(xs):\n    return set(reversed(xs))", "m.f(['a', 'b', 'c', 'd']) == set('abcd')"),
        Case("raises_the_same_in_another_place", "def f(xs):\n    t = 0\n    for x in xs:\n        t += x\n    if t < 0:\n        raise ValueError(f'negative: {t}')\n    return t",
            "def f(xs):\n    t = sum(xs)\n    if t < 0:\n        raise ValueError(f'negative: {t}')\n    return t", "m.f([1]) == 1\npytest.raises(ValueError, m.f, [-1])"),
        Case("prints_the_same_at_once", "def f(xs):\n    for x in xs:\n        print(x)\n    return len(xs)",
            "def f(xs):\n    print('\\n'.join([str(x) for x in xs]))\n    return len(xs)", "m.f([3, 1]) == 2"),
        Case("changes_its_argument_as_before", "def f(xs):\n    for i in range(len(xs)):\n        xs[i] = xs[i] * 2",
            "def f(xs):\n    xs[:] = [x * 2 for x in xs]", "m.f([3, 1]) is None"),
        Case("reads_a_global_as_before", "def f(xs):\n    out = []\n    for x in xs:\n        out.append(x * SCALE)\n    return out",
            "def f(xs):\n    return [x * SCALE for x in xs]", "m.f([3, 1]) == [9, 3]", before: "SCALE = 3"),
        Case("counts_in_a_global_as_before", Counting("for x in xs:\n        COUNTS['n'] += 1"), Counting("COUNTS['n'] += len(xs)"), "m.f([3, 1]) == 2", before: "COUNTS = {'n': 0}"),
        Case("has_a_function_inside", "def f(xs, k):\n    def scaled(x):\n        return x * k\n    out = []\n    for x in xs:\n        out.append(scaled(x))\n    return out",
            "def f(xs, k):\n    def scaled(x):\n        return x * k\n    return [scaled(x) for x in xs]", "m.f([3, 1], 2) == [6, 2]"),
        Case("imports_what_is_pure", "def f(xs):\n    out = {}\n    for x in xs:\n        out[x] = out.get(x, 0) + 1\n    return sorted(out.items())",
            "def f(xs):\n    from collections import Counter\n    return sorted(Counter(xs).items())", "m.f([3, 1, 3]) == [(1, 1), (3, 2)]"),
        Case("is_decorated_as_before", "@again\n" + Doubled, "@again\n" + DoubledAtOnce, DoubledChecks,
            before: "import functools\n\ndef again(call):\n    @functools.wraps(call)\n    def inner(*a):\n        return call(*a)\n    return inner"),
        Case("is_a_method_as_before", Method("out = []\n        for x in xs:\n            out.append(x * self.k)\n        return out"), Method("return [x * self.k for x in xs]"),
            "m.Box(2).f([3, 1]) == [6, 2]", before: Box, function: "Box.f"),
        Case("is_a_class_method_as_before", Method("out = []\n        for x in xs:\n            out.append((cls.__name__, x))\n        return out", "classmethod", "cls"),
            Method("return [(cls.__name__, x) for x in xs]", "classmethod", "cls"), "m.Box.f([3]) == [('Box', 3)]", before: Box, function: "Box.f"),
        Case("is_a_static_method_as_before", Method("out = []\n        for x in xs:\n            out.append(x)\n        return out", "staticmethod", "k"),
            Method("return [x for x in xs]", "staticmethod", "k"), "m.Box.f(0, [3]) == [3]", before: Box, function: "Box.f"),
        Case("is_a_constructor_as_before", "    def __init__(self, xs):\n        self.xs = []\n        for x in xs:\n            self.xs.append(x)",
            "    def __init__(self, xs):\n        self.xs = list(xs)", "m.Box([3]).xs == [3]", before: "class Box:", function: "Box.__init__"),
    ];

    private static IEnumerable<(string Name, CaseSources Sources)> Values() =>
    [
        Case("gives_another_type_of_number", Summed, "def f(xs):\n    return float(sum(xs))", "m.f([3, 1]) == 4"),
        Case("gives_another_kind_of_sequence", Doubled, "def f(xs):\n    return tuple([x * 2 for x in xs])", "list(m.f([3])) == [6]"),
        Case("gives_true_for_one", "def f(xs):\n    n = 0\n    for x in xs:\n        n = 1\n    return n", "def f(xs):\n    return len(xs) > 0", "m.f([3]) == 1\nm.f([]) == 0"),
        Case("gives_another_order", Doubled, "def f(xs):\n    return sorted([x * 2 for x in xs])", "sorted(m.f([3, 1])) == [2, 6]"),
        Case("gives_an_order_of_chance", "def f(xs):\n    seen = []\n    for x in xs:\n        if x not in seen:\n            seen.append(x)\n    return seen",
            "def f(xs):\n    return list(set(xs))", "len(m.f(['k%d' % i for i in range(9)])) == 9"),
        Case("gives_keys_in_another_order", "def f(xs):\n    return {'sum': sum(xs), 'n': len(xs)}", "def f(xs):\n    return {'n': len(xs), 'sum': sum(xs)}", "m.f([3]) == {'n': 1, 'sum': 3}"),
        Case("leaves_a_key_out", "def f(xs):\n    return {'sum': sum(xs), 'n': len(xs)}", "def f(xs):\n    return {'sum': sum(xs)}", "m.f([3])['sum'] == 3"),
        Case("gives_a_number_for_not_a_number", "def f(xs):\n    return [x * float('nan') for x in xs]", "def f(xs):\n    return [x * 0.0 for x in xs]", "len(m.f([1.0])) == 1"),
        Case("gives_another_sign_of_zero", "def f(xs):\n    return [x * -1.0 for x in xs]", "def f(xs):\n    return [0.0 - x for x in xs]", "m.f([0.0, 1.0]) == [0, -1]"),
        Case("rounds_beyond_the_tolerance", "def f(xs):\n    return [x / 3 for x in xs]", "def f(xs):\n    return [round(x / 3, 9) for x in xs]", "round(m.f([1])[0], 6) == 0.333333"),
        Case("folds_text_in_another_way", "def f(xs):\n    return [x.lower() for x in xs]", "def f(xs):\n    return [x.casefold() for x in xs]", "len(m.f(['STRASSE', 'Straße'])) == 2"),
        Case("differs_on_an_empty_input", "def f(xs):\n    return max(xs) if xs else 0", "def f(xs):\n    return max(xs) if xs else -1", "m.f([3]) == 3\nm.f([]) < 1"),
        Case("gives_nothing_for_an_empty_answer", Doubled, "def f(xs):\n    return [x * 2 for x in xs] or None", "m.f([3]) == [6]\nnot m.f([])"),
        Case("loses_digits_of_a_large_number", "def f(n):\n    return n * n // 3", "def f(n):\n    return int(n * n / 3)", "m.f(3) == 3\nm.f(10 ** 12 + 1) > 0"),
    ];

    private static IEnumerable<(string Name, CaseSources Sources)> Arguments() =>
    [
        Case("changes_an_argument", "def f(xs):\n    return sorted(xs)", "def f(xs):\n    xs.sort()\n    return xs[:]", "m.f([3, 1]) == [1, 3]"),
        Case("changes_an_argument_no_longer", "def f(xs):\n    xs.sort()\n    return xs[:]", "def f(xs):\n    return sorted(xs)", "m.f([3, 1]) == [1, 3]"),
        Case("changes_a_part_of_an_argument", "def f(xs):\n    return [sorted(x) for x in xs]", "def f(xs):\n    for x in xs:\n        x.sort()\n    return [x[:] for x in xs]", "m.f([[3, 1]]) == [[1, 3]]"),
        Case("gives_the_argument_itself", "def f(xs):\n    return [x for x in xs]", "def f(xs):\n    return xs", "m.f([3, 1]) == [3, 1]"),
        Case("gives_one_list_several_times", "def f(n):\n    return [[0] * n for _ in range(n)]", "def f(n):\n    return [[0] * n] * n", "m.f(3) == [[0] * 3] * 3"),
        Case("gives_out_a_list_of_the_module", "def f(n):\n    return [x for x in TABLE]", "def f(n):\n    return TABLE", "m.f(3) == [1, 2, 3]", before: "TABLE = [1, 2, 3]"),
        Case("raises_another_type", Positive("ValueError('negative')"), Positive("KeyError('negative')"), "m.f(1) == 1\npytest.raises((ValueError, KeyError), m.f, -1)"),
        Case("raises_another_message", Positive("ValueError('negative')"), Positive("ValueError('below zero')"), "m.f(1) == 1\npytest.raises(ValueError, m.f, -1)"),
        Case("raises_from_another_cause", First("from error"), First("from None"), "m.f([1]) == 1\npytest.raises(KeyError, m.f, [])"),
        Case("raises_where_the_original_does_not", "def f(xs, k):\n    return xs.get(k)", "def f(xs, k):\n    return xs[k]", "m.f({'a': 1}, 'a') == 1\n(m.f({'a': 1}, 'b'), True)"),
        Case("swallows_an_exception", "def f(xs, k):\n    return xs[k]", "def f(xs, k):\n    return xs.get(k)", "m.f({'a': 1}, 'a') == 1\npytest.raises(KeyError, m.f, {'a': 1}, 'b')"),
    ];

    private const string Summed = "def f(xs):\n    t = 0\n    for x in xs:\n        t += x\n    return t";

    private const string Box = "class Box:\n    def __init__(self, k):\n        self.k = k\n";

    private static string Method(string body, string? decorator = null, string first = "self") =>
        $"{(decorator is null ? "" : $"    @{decorator}\n")}    def f({first}, xs):\n        {body}";

    private static string Counting(string body) => $"def f(xs):\n    {body}\n    return len(xs)";

    private static string Positive(string error) => $"def f(x):\n    if x < 0:\n        raise {error}\n    return x";

    private static string First(string end) => $"def f(xs):\n    try:\n        return xs[0]\n    except IndexError as error:\n        raise KeyError(1) {end}";

    /// <summary>Doubles, and names something that a candidate may name for that reason.</summary>
    private static string Using(string name) => $"def f(xs):\n    out, used = [], {name}\n    for x in xs:\n        out.append(x * 2)\n    return out";

}
