using static Afterburner.Tests.Languages.Ending;

namespace Afterburner.Tests.Languages;

internal static partial class JavaScriptCases
{
    private const string Doubled = "function f(xs) {\n  const out = [];\n  for (const x of xs) {\n    out.push(x * 2);\n  }\n  return out;\n}";

    private const string DoubledAtOnce = "function f(xs) {\n  return xs.map(x => x * 2);\n}";

    private const string DoubledChecks = "`${m.f([3, 1, 2])}` === '6,2,4'\nm.f([]).length === 0";

    private const string Summed = "function f(xs) {\n  let t = 0;\n  for (const x of xs) {\n    t += x;\n  }\n  return t;\n}";

    private static IEnumerable<(string Name, CaseSources Sources)> ByTests() =>
    [
        Case("writes_a_loop_otherwise", Doubled, DoubledAtOnce, DoubledChecks),
        Case("fails_a_test_that_looks_at_more_than_answers", Doubled, DoubledAtOnce, "m.f([1])[0] === 2\nm.f([1]) && `${m.f}`.includes('push')"),
        Case("answers_wrongly_where_a_test_looks", Doubled, "function f(xs) {\n  return xs.map(x => x + 2);\n}", DoubledChecks),
        Case("answers_wrongly_where_no_test_looks", Doubled, "function f(xs) {\n  return xs.map(x => x + 2);\n}", "m.f([3, 1, 2]).length === 3"),
        Case("cannot_be_parsed", Doubled, "function f(xs) {\n  return xs.map(x => x * );\n}", DoubledChecks),
        Case("names_what_does_not_exist", Doubled, "function f(xs) {\n  return noSuchName(xs);\n}", DoubledChecks),
        Case("crashes", Using("process.abort"), "function f(xs) {\n  process.abort(xs);\n}", DoubledChecks),
        Case("never_ends", Doubled, "function f(xs) {\n  while (xs) {\n  }\n}", DoubledChecks),
        Case("ends_the_process_as_if_all_were_well", Using("process.exit"), "function f(xs) {\n  process.exit(xs.length * 0);\n}", DoubledChecks),
        Case("prints_without_end", Using("console.log"), "function f(xs) {\n  while (xs) {\n    console.log(xs);\n  }\n}", DoubledChecks),
    ];

    private static IEnumerable<(string Name, CaseSources Sources)> Equal() =>
    [
        Case("returns_early", "function f(xs, x) {\n  let found = false;\n  for (const y of xs) {\n    if (y === x) {\n      found = true;\n    }\n  }\n  return found;\n}",
            "function f(xs, x) {\n  for (const y of xs) {\n    if (y === x) {\n      return true;\n    }\n  }\n  return false;\n}", "m.f([1, 2], 2)\n!m.f([1, 2], 3)"),
        Case("uses_another_data_structure", Unique, "function f(xs) {\n  return [...new Set(xs)];\n}", "`${m.f(['b', 'a', 'b'])}` === 'b,a'\nm.f([]).length === 0"),
        Case("adds_floats_in_another_order", Summed, "function f(xs) {\n  return xs.reduceRight((t, x) => t + x, 0);\n}", "Math.round(m.f(new Array(1000).fill(0).map((_, n) => n / 7))) === 71357"),
        Case("gives_not_a_number_again", "function f(xs) {\n  const out = [];\n  for (const x of xs) {\n    out.push(x * NaN);\n  }\n  return out;\n}",
            "function f(xs) {\n  return xs.map(x => x * NaN);\n}", "m.f([1, 2]).length === 2"),
        // The order of a Set is that in which its elements came, and a user sees it.
        Case("gives_the_same_set_in_another_order", "function f(xs) {\n  const out = new Set();\n  for (const x of xs) {\n    out.add(x);\n  }\n  return out;\n}",
            "function f(xs) {\n  return new Set(xs.reverse());\n}", "m.f(['a', 'b', 'c', 'd']).size === 4", right: Rejected("in another order")),
        Case("raises_the_same_in_another_place", "function f(xs) {\n  let t = 0;\n  for (const x of xs) {\n    t += x;\n  }\n  if (t < 0) {\n    throw new RangeError(`negative: ${t}`);\n  }\n  return t;\n}",
            "function f(xs) {\n  const t = xs.reduce((a, b) => a + b, 0);\n  if (t < 0) {\n    throw new RangeError(`negative: ${t}`);\n  }\n  return t;\n}", "m.f([1]) === 1\n" + Throws("m.f([-1])")),
        Case("prints_the_same_at_once", "function f(xs) {\n  for (const x of xs) {\n    process.stdout.write(`${x}\\n`);\n  }\n  return xs.length;\n}",
            "function f(xs) {\n  process.stdout.write(xs.map(x => `${x}\\n`).join(''));\n  return xs.length;\n}", "m.f([3, 1]) === 2"),
        Case("changes_its_argument_as_before", "function f(xs) {\n  for (let i = 0; i < xs.length; i++) {\n    xs[i] = xs[i] * 2;\n  }\n}",
            "function f(xs) {\n  xs.forEach((x, i) => {\n    xs[i] = x * 2;\n  });\n}", "m.f([3, 1]) === undefined"),
        Case("reads_a_global_as_before", "function f(xs) {\n  const out = [];\n  for (const x of xs) {\n    out.push(x * SCALE);\n  }\n  return out;\n}",
            "function f(xs) {\n  return xs.map(x => x * SCALE);\n}", "m.f([3, 1])[0] === 9", before: "const SCALE = 3;"),
        Case("counts_in_a_global_as_before", Counting("for (const x of xs) {\n    COUNTS.n += 1;\n  }"), Counting("COUNTS.n += xs.length;"), "m.f([3, 1]) === 2", before: "const COUNTS = { n: 0 };"),
        Case("has_a_function_inside", "function f(xs, k) {\n  const scaled = x => x * k;\n  const out = [];\n  for (const x of xs) {\n    out.push(scaled(x));\n  }\n  return out;\n}",
            "function f(xs, k) {\n  const scaled = x => x * k;\n  return xs.map(x => scaled(x));\n}", "m.f([3, 1], 2)[0] === 6"),
        Case("imports_what_is_pure", "function f(xs) {\n  const out = {};\n  for (const x of xs) {\n    out[x] = (out[x] ?? 0) + 1;\n  }\n  return Object.entries(out).map(([x, n]) => [Number(x), n]).sort((a, b) => a[0] - b[0]);\n}",
            "function f(xs) {\n  const out = new Map();\n  for (const x of xs) {\n    out.set(x, out.has(x) ? out.get(x) + 1 : 1);\n  }\n  return [...out].sort((a, b) => a[0] - b[0]);\n}", "`${m.f([3, 1, 3])}` === '1,1,3,2'"),
        Case("is_decorated_as_before", "export let f = xs => {\n  const out = [];\n  for (const x of xs) {\n    out.push(x * 2);\n  }\n  return out;\n};", "xs => xs.map(x => x * 2)", DoubledChecks,
            before: "const again = call => (...a) => call(...a);", after: "f = again(f);"),
        Case("is_a_method_as_before", Method("const out = [];\n    for (const x of xs) {\n      out.push(x * this.k);\n    }\n    return out;"), Method("return xs.map(x => x * this.k);"),
            "m.make(2).f([3, 1])[0] === 6", before: Box, after: Boxed, function: "Box.f"),
        Case("is_a_class_method_as_before", Method("const out = [];\n    for (const x of xs) {\n      out.push([this.name, x]);\n    }\n    return out;", "static "),
            Method("return xs.map(x => [this.name, x]);", "static "), "m.Box.f([3])[0][0] === 'Box'", before: Box, after: Boxed, function: "Box.f"),
        Case("is_a_static_method_as_before", Method("const out = [];\n    for (const x of xs) {\n      out.push(x);\n    }\n    return out;", "static "),
            Method("return [...xs];", "static "), "m.Box.f([3])[0] === 3", before: Box, after: Boxed, function: "Box.f"),
        Case("is_a_constructor_as_before", "  constructor(xs) {\n    this.xs = [];\n    for (const x of xs) {\n      this.xs.push(x);\n    }\n  }", "  constructor(xs) {\n    this.xs = [...xs];\n  }",
            "new m.Box([3]).xs[0] === 3", before: "export class Box {", after: "}", function: "Box.constructor"),
    ];

    private static IEnumerable<(string Name, CaseSources Sources)> Values() =>
    [
        Case("gives_another_type_of_number", Summed, "function f(xs) {\n  return BigInt(xs.reduce((a, b) => a + b, 0));\n}", "m.f([3, 1]) == 4", right: Rejected("(number) != ")),
        Case("gives_another_kind_of_sequence", Doubled, "function f(xs) {\n  return new Uint8Array(xs.map(x => x * 2));\n}", "m.f([3])[0] === 6", right: Rejected("some numbers alone")),
        Case("gives_true_for_one", "function f(xs) {\n  let n = 0;\n  for (const x of xs) {\n    n = 1;\n  }\n  return n;\n}", "function f(xs) {\n  return xs.length > 0;\n}", "m.f([3]) == 1\nm.f([]) == 0"),
        Case("gives_another_order", Doubled, "function f(xs) {\n  return xs.map(x => x * 2).sort((a, b) => a - b);\n}", "m.f([3, 1]).length === 2"),
        Case("gives_an_order_of_chance", Unique, "function f(xs) {\n  return [...new Set(xs)].sort(() => Math.random() - 0.5);\n}", "m.f(['a', 'b', 'c']).length === 3", right: Rejected("depends on chance")),
        Case("gives_keys_in_another_order", Both("sum: t, n: xs.length"), Both("n: xs.length, sum: t"), "m.f([3]).n === 1"),
        Case("leaves_a_key_out", Both("sum: t, n: xs.length"), Both("sum: t"), "m.f([3]).sum === 3"),
        Case("gives_a_number_for_not_a_number", "function f(xs) {\n  return xs.map(x => x * NaN);\n}", "function f(xs) {\n  return xs.map(x => x * 0);\n}", "m.f([1]).length === 1"),
        Case("gives_another_sign_of_zero", "function f(xs) {\n  return xs.map(x => x * -1);\n}", "function f(xs) {\n  return xs.map(x => 0 - x);\n}", "m.f([0, 1])[1] === -1", right: Rejected("-0 != 0")),
        Case("rounds_beyond_the_tolerance", "function f(xs) {\n  const places = 7;\n  return xs.map(x => x / 3 + 0 * places);\n}", "function f(xs) {\n  const places = 7;\n  return xs.map(x => Number((x / 3).toFixed(places)));\n}",
            "m.f([1])[0] > 0.3333", right: Rejected("some numbers alone")),
        Case("folds_text_in_another_way", "function f(xs) {\n  return xs.map(x => x.toLowerCase());\n}", "function f(xs) {\n  return xs.map(x => x.toUpperCase().toLowerCase());\n}", "m.f(['STRASSE', 'Straße']).length === 2"),
        Case("differs_on_an_empty_input", "function f(xs) {\n  return xs.length ? Math.max(...xs) : 0;\n}", "function f(xs) {\n  return xs.length ? Math.max(...xs) : -1;\n}", "m.f([3]) === 3\nm.f([]) < 1"),
        Case("gives_nothing_for_an_empty_answer", Doubled, "function f(xs) {\n  return xs.length ? xs.map(x => x * 2) : undefined;\n}", "m.f([3])[0] === 6\n!m.f([])?.length", right: Rejected("undefined")),
        Case("loses_digits_of_a_large_number", "function f(n) {\n  return n * n / 2n;\n}", "function f(n) {\n  return BigInt(Math.floor(Number(n) * Number(n) / 2));\n}", "m.f(3n) === 4n\nm.f(10n ** 12n + 1n) > 0"),
    ];

    private static IEnumerable<(string Name, CaseSources Sources)> Arguments() =>
    [
        Case("changes_an_argument", "function f(xs) {\n  return [...xs].sort();\n}", "function f(xs) {\n  xs.sort();\n  return xs.slice();\n}", "m.f([3, 1])[0] === 1"),
        Case("changes_an_argument_no_longer", "function f(xs) {\n  xs.sort();\n  return xs.slice();\n}", "function f(xs) {\n  return [...xs].sort();\n}", "m.f([3, 1])[0] === 1"),
        Case("changes_a_part_of_an_argument", "function f(xs) {\n  return xs.map(x => [...x].sort());\n}", "function f(xs) {\n  xs.forEach(x => x.sort());\n  return xs.map(x => x.slice());\n}", "m.f([[3, 1]])[0][0] === 1"),
        Case("gives_the_argument_itself", "function f(xs) {\n  return [...xs];\n}", "function f(xs) {\n  return xs;\n}", "m.f([3, 1])[0] === 3"),
        Case("gives_one_list_several_times", "function f(n) {\n  return Array.from(new Array(n), () => new Array(n).fill(0));\n}", "function f(n) {\n  return new Array(n).fill(new Array(n).fill(0));\n}", "m.f(3)[2][2] === 0"),
        Case("gives_out_a_list_of_the_module", "function f(n) {\n  return n ? [...TABLE] : [];\n}", "function f(n) {\n  return n ? TABLE : [];\n}", "m.f(3)[1] === 2\nm.f(0).length === 0", before: "const TABLE = [1, 2, 3];"),
        Case("raises_another_type", Positive("new RangeError('negative')"), Positive("new TypeError('negative')"), "m.f(1) === 1\n" + Throws("m.f(-1)"), right: Rejected("(RangeError) != (TypeError)")),
        Case("raises_another_message", Positive("new RangeError('negative')"), Positive("new RangeError(`${'negative'}${x}`)"), "m.f(1) === 1\n" + Throws("m.f(-1)"), right: Rejected("exception.message")),
        Case("raises_from_another_cause", First("{ cause: error }"), First("{ cause: null }"), "m.f('[1]')[0] === 1\n" + Throws("m.f('[')")),
        Case("raises_where_the_original_does_not", "function f(xs, k) {\n  return xs[k]?.length;\n}", "function f(xs, k) {\n  return xs[k].length;\n}", "m.f({ a: [1] }, 'a') === 1\nm.f({ a: [1] }, 'b') || true"),
        Case("swallows_an_exception", "function f(xs, k) {\n  return xs[k].length;\n}", "function f(xs, k) {\n  return xs[k]?.length;\n}", "m.f({ a: [1] }, 'a') === 1\n" + Throws("m.f({ a: [1] }, 'b')")),
    ];

    private const string Unique = "function f(xs) {\n  const out = [];\n  for (const x of xs) {\n    if (!out.includes(x)) {\n      out.push(x);\n    }\n  }\n  return out;\n}";

    private const string Box = "export class Box {\n  constructor(k) {\n    this.k = k;\n  }\n";

    private const string Boxed = "}\n\nexport const make = k => new Box(k);";

    private static string Throws(string call) => $"await assert.rejects(async () => {call}) === undefined";

    private static string Method(string body, string before = "") => $"  {before}f(xs) {{\n    {body}\n  }}";

    private static string Counting(string body) => $"function f(xs) {{\n  {body}\n  return xs.length;\n}}";

    private static string Both(string keys) => $"function f(xs) {{\n  const t = xs.reduce((a, b) => a + b, 0);\n  return {{ {keys} }};\n}}";

    private static string Positive(string error) => $"function f(x) {{\n  if (x < 0) {{\n    throw {error};\n  }}\n  return x;\n}}";

    private static string First(string options) => $"function f(text) {{\n  try {{\n    return JSON.parse(text);\n  }} catch (error) {{\n    throw new RangeError('unread', {options});\n  }}\n}}";

    /// <summary>Doubles, and names something that a candidate may name for that reason.</summary>
    private static string Using(string name) => $"function f(xs) {{\n  const out = [], used = [{name}];\n  for (const x of xs) {{\n    out.push(x * 2);\n  }}\n  return out;\n}}";
}
