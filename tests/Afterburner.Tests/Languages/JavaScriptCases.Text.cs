using static Afterburner.Tests.Languages.Ending;

namespace Afterburner.Tests.Languages;

internal static partial class JavaScriptCases
{
    private const string Getter = "  get f() {\n    ";
    private const string Setter = "  set f(xs) {\n    ";

    private const string TwoWays = "let f;\nif (process.version < 'v1') {\n  f = function (xs) {\n    return xs.length;\n  };\n} else {\n  f = ";
    private const string OneOfTwo = "function (xs) {\n    return xs.filter(() => true).length;\n  }";

    private static IEnumerable<(string Name, CaseSources Sources)> Called() =>
    [
        Case("calls_back_as_before", "function f(xs, note) {\n  const out = [];\n  for (const x of xs) {\n    out.push(note.see(x));\n  }\n  return out;\n}", "function f(xs, note) {\n  return xs.map(x => note.see(x));\n}", Noted, before: Noting),
        Case("calls_back_in_another_order", "function f(xs, note) {\n  return xs.map(x => note.see(x));\n}", "function f(xs, note) {\n  return [...xs].reverse().map(x => note.see(x)).reverse();\n}", Noted, before: Noting),
        Case("calls_back_more_often", "function f(xs, note) {\n  return xs.map(x => note.see(x));\n}", "function f(xs, note) {\n  return xs.map(x => note.see(x) ?? note.see(x));\n}", Noted, before: Noting),
        Case("is_a_getter_as_before", Getter + "const out = [];\n    for (const x of this.k) {\n      out.push(x);\n    }\n    return out;\n  }", Getter + "return [...this.k];\n  }",
            "m.make([3]).f[0] === 3", before: Box, after: Setter + "this.k = xs;\n  }\n" + Boxed, function: "Box.f"),
        Case("is_a_getter_that_differs", Getter + "return [...this.k];\n  }", Getter + "return this.k.slice(1);\n  }",
            "m.make([3]).f.length < 2", before: Box, after: Setter + "this.k = xs;\n  }\n" + Boxed, function: "Box.f"),
        Case("is_a_setter_as_before", Setter + "this.k = [];\n    for (const x of xs) {\n      this.k.push(x);\n    }\n  }", Setter + "this.k = [...xs];\n  }",
            "Object.assign(m.make([3]), { f: [1, 2] }).k.length === 2", before: Box + "\n" + Getter + "return this.k;\n  }\n", after: Boxed, function: "Box.f", place: 1),
        Case("is_a_setter_that_differs", Setter + "this.k = [...xs];\n  }", Setter + "this.k = xs.slice(1);\n  }",
            "Object.assign(m.make([3]), { f: [1, 2] }).k.length > 0", before: Box + "\n" + Getter + "return this.k;\n  }\n", after: Boxed, function: "Box.f", place: 1),
        Case("is_the_branch_of_two_that_is_used", TwoWays + OneOfTwo + ";\n}", "function (xs) {\n    return xs.length;\n  }", "m.f([3]) === 1", after: "export { f };", place: 1),
        Case("is_the_branch_of_two_that_is_used_and_differs", TwoWays + OneOfTwo + ";\n}", "function (xs) {\n    return xs.length + 1;\n  }", "m.f([3]) > 0", after: "export { f };", place: 1),
        Case("is_the_branch_of_two_that_is_not_used", TwoWays + OneOfTwo + ";\n}", "function (xs) {\n    return xs.length;\n  }", "m.f([3]) === 1", after: "export { f };"),
    ];

    private static IEnumerable<(string Name, CaseSources Sources)> Text() =>
    [
        Case("is_reached_by_none", Summed, "function f(xs) {\n  return xs.reduce((a, b) => a + b, 0);\n}", "m !== null"),
        Case("answers_by_chance", "function f(n) {\n  return Math.random() * n;\n}", "function f(n) {\n  return n * Math.random();\n}", "m.f(8) < 8"),
        Case("has_a_line_that_never_runs", Doubled, "function f(xs) {\n  if (xs.length < 0) {\n    return xs;\n  }\n  return xs.map(x => x * 2);\n}", DoubledChecks),
        Case("has_an_arm_that_never_runs", Doubled, "function f(xs) {\n  return xs.length < 0 ? xs : xs.map(x => x * 2);\n}", DoubledChecks, right: Rejected("`xs.length < 0` was never true")),
        Case("drops_a_branch_that_never_ran", "function f(xs) {\n  if (xs.length < 0) {\n    return null;\n  }\n  return xs.map(x => x * 2);\n}", DoubledAtOnce, DoubledChecks),
        Case("is_wrong_on_a_number_that_it_names", Doubled, "function f(xs) {\n  return xs.length === 700 ? xs : xs.map(x => x * 2);\n}", DoubledChecks, right: Rejected("it names 700")),
        Case("reads_an_option_no_longer", "function f(xs, reverse = false) {\n  return reverse ? [...xs].reverse() : [...xs];\n}", "function f(xs, reverse = false) {\n  return [...xs];\n}", "m.f([3, 1])[0] === 3", right: Rejected("no longer reads reverse")),
        Case("has_another_name", Summed, "function g(xs) {\n  return xs.reduce((a, b) => a + b, 0);\n}", "m.f([3]) === 3"),
        Case("has_another_parameter", Summed, "function f(ys) {\n  return ys.reduce((a, b) => a + b, 0);\n}", "m.f([3]) === 3"),
        Case("has_another_default", "function f(xs, k = 1) {\n  return xs.map(x => x * k);\n}", "function f(xs, k = 2) {\n  return xs.map(x => x * k);\n}", "m.f([3], 1)[0] === 3"),
        Case("is_another_kind_of_function", Summed, "async function f(xs) {\n  return xs.reduce((a, b) => a + b, 0);\n}", "m.f([3]) === 3"),
        Case("brings_another_function", Summed, "function f(xs) {\n  return xs.reduce((a, b) => a + b, 0);\n}\n\nfunction other(xs) {\n  return xs;\n}", "m.f([3]) === 3", after: "export const last = 1;"),
        Case("uses_what_is_not_known_to_be_pure", Summed, "function f(xs) {\n  return fetch ? xs.reduce((a, b) => a + b, 0) : 0;\n}", "m.f([3]) === 3"),
        Case("runs_text_as_code", Summed, "function f(xs) {\n  return eval('xs.reduce((a, b) => a + b, 0)');\n}", "m.f([3]) === 3"),
    ];

    private const string Noting = "class Note {\n  constructor() {\n    this.seen = [];\n  }\n\n  see(x) {\n    this.seen.push(x);\n  }\n}\n\nexport const note = () => new Note();";

    private const string Noted = "m.f([3, 1], m.note()).length === 2";
}
