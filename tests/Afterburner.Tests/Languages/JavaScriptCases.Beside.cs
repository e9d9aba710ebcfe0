using static Afterburner.Tests.Languages.Ending;

namespace Afterburner.Tests.Languages;

internal static partial class JavaScriptCases
{
    private static IEnumerable<(string Name, CaseSources Sources)> Ends() =>
    [
        Case("calls_itself_without_end", "function f(n) {\n  return n <= 0 ? 0 : n + f(n - 1);\n}", "function f(n) {\n  return f(n);\n}", "m.f(3) === 6\nm.f(0) === 0", right: Rejected("RangeError")),
        Case("raises_what_ends_the_process", Using("process.exit"), "function f(xs) {\n  process.exit(xs.length - xs.length + 1);\n}", DoubledChecks, right: Rejected("exit code 1")),
        Case("kills_itself", Using("process.kill, process.pid, 'SIGKILL'"), "function f(xs) {\n  return process.kill(process.pid, 'SIGKILL') && xs;\n}", DoubledChecks),
        Case("asks_for_more_memory_than_there_is", Using("4294967296"), "function f(xs) {\n  return new Array(4294967296) && xs;\n}", DoubledChecks, right: Rejected("RangeError")),
        Case("prints_otherwise", Counting("console.log(xs.length);"), Counting("console.log(xs.length + 1);"), "m.f([3, 1]) === 2"),
        Case("prints_no_longer", Counting("console.log(xs.length);"), Counting("String(xs.length);"), "m.f([3, 1]) === 2", right: Rejected("printed")),
        Case("prints_an_error_otherwise", Counting("console.error(xs.length);"), Counting("console.error(xs.length + 1);"), "m.f([3, 1]) === 2"),
        Case("logs_otherwise", Counting("console.debug(xs.length);"), Counting("console.debug(xs.length + 1);"), "m.f([3, 1]) === 2", right: Rejected("printed")),
        Case("warns_otherwise", Counting("process.emitWarning(String(xs.length));"), Counting("process.emitWarning(String(xs.length + 1));"), "m.f([3, 1]) === 2"),
    ];

    private static IEnumerable<(string Name, CaseSources Sources)> Left() =>
    [
        Case("remembers_in_a_global", "function f(xs) {\n  return xs.length + KEPT.most;\n}", "function f(xs) {\n  const held = KEPT;\n  held.least = xs.length;\n  return xs.length + held.most;\n}", "m.f([3, 1]) === 5", before: "const KEPT = { most: 3, least: 1 };"),
        Case("remembers_in_a_new_global", Summed, "function f(xs) {\n  kept = xs.reduce((a, b) => a + b, 0);\n  return kept;\n}", "m.f([3, 1]) === 4"),
        Case("remembers_in_itself", Summed, "function f(xs) {\n  f.kept = xs.reduce((a, b) => a + b, 0);\n  return f.kept;\n}", "m.f([3, 1]) === 4"),
        Case("remembers_in_a_default", Summed, "function f(xs, kept = {}) {\n  return kept[xs] ??= xs.reduce((a, b) => a + b, 0);\n}", "m.f([3, 1]) === 4"),
        Case("remembers_in_a_class", "function f(xs) {\n  return xs.length + Box.k;\n}", "function f(xs) {\n  Box.last = xs.length;\n  return Box.last + Box.k;\n}", "m.f([3, 1]) === 2", before: "class Box {\n  static k = 0;\n}"),
        Case("remembers_in_another_module", "function f(xs) {\n  return xs.length + LIMITS.most;\n}", "function f(xs) {\n  const held = LIMITS;\n  held.least = xs.length;\n  return xs.length + held.most;\n}",
            "m.f([3, 1]) === 5", before: "import { LIMITS } from './consts.js';"),
        Case("remembers_by_a_decorator", Summed, "const f = again(xs => xs.reduce((a, b) => a + b, 0));", "m.f([3]) === 3", right: Rejected("There is no function f")),
        Case("counts_in_a_global_otherwise", Counting("for (const x of xs) {\n    COUNTS.n += 1;\n  }"), Counting("COUNTS.n += 1;"), "m.f([3, 1]) === 2", before: "const COUNTS = { n: 0 };"),
        Case("uses_up_more_of_an_iterator", Counting("COUNT.next();"), Counting("COUNT.next();\n  COUNT.next();"), "m.f([3, 1]) === 2", before: "const COUNT = {\n  n: 0,\n  next() {\n    return this.n++;\n  },\n};"),
        // Nobody can set or tell where Math.random goes on.
        Case("uses_up_more_chance", Counting("const kept = Math.random();"), Counting("const kept = [Math.random(), Math.random()];"), "m.f([3, 1]) === 2", right: Verified),
        Case("sets_a_variable_of_the_environment", Counting("const kept = process.env;"), Counting("process.env.KEPT = String(xs.length);"), "m.f([3, 1]) === 2"),
        Case("leaves_a_thread_behind", Counting("const kept = [setTimeout, 100000];"), Counting("setTimeout(() => {}, 100000);"), "m.f([3, 1]) === 2", right: Rejected("still running")),
        Case("looks_at_the_clock", Summed, "function f(xs) {\n  return Date.now() > 0 ? xs.reduce((a, b) => a + b, 0) : 0;\n}", "m.f([3, 1]) === 4", right: Rejected("it names Date")),
    ];

    private static IEnumerable<(string Name, CaseSources Sources)> Forged() =>
    [
        Case("answers_with_what_equals_everything", "function f(xs) {\n  return [xs.map(x => x * 2), Yes];\n}", "function f(xs) {\n  return [new Yes(xs), Yes];\n}", "m.f([3])[0] == '6'",
            before: "class Yes {\n  valueOf() {\n    return '6';\n  }\n\n  toString() {\n    return '6';\n  }\n}"),
        Case("answers_with_a_text_that_lies", "function f(xs) {\n  return [xs.map(x => String(x)), Text];\n}", "function f(xs) {\n  return [xs.map(x => new Text(x)), Text];\n}", "m.f([3])[0][0] == '3'",
            before: "class Text extends String {\n}", right: Rejected("cannot be compared")),
        Case("answers_with_a_property_that_lies", "function f(xs) {\n  return new Box(xs.length);\n}", "function f(xs) {\n  return new Box(xs.length * 0);\n}", "m.f([3]).total > -1",
            before: "class Box {\n  constructor(t) {\n    this.t = t;\n  }\n\n  get total() {\n    return 3;\n  }\n}"),
        Case("answers_with_what_is_stored_as_something_else", "function f(xs) {\n  return new Sum(xs.length);\n}", "function f(xs) {\n  class Late extends Sum {\n    toJSON() {\n      return new Sum(xs.length);\n    }\n  }\n  return new Late(xs.length);\n}",
            "m.f([3]) !== null", before: "class Sum {\n  constructor(t) {\n    this.t = t;\n  }\n}"),
        Case("looks_for_the_harness", Using("process"), "function f(xs) {\n  return process.__ab ? [] : xs.map(x => x * 2);\n}", DoubledChecks),
        Case("looks_at_who_calls", Summed, "function f(xs) {\n  return new Error().stack ? xs.reduce((a, b) => a + b, 0) : 0;\n}", "m.f([3]) === 3"),
        Case("reads_a_global_by_its_name", Summed, "function f(xs) {\n  return globalThis.Math ? xs.reduce((a, b) => a + b, 0) : 0;\n}", "m.f([3]) === 3", right: Rejected("it names globalThis")),
        Case("writes_into_the_answers", Using("writeSync, 20, '{\"type\": \"done\"}'"),
            "function f(xs) {\n  for (let place = 1; place < 20 + xs.length; place++) {\n    try {\n      writeSync(place, '{\"type\": \"done\"}');\n    } catch {\n    }\n  }\n  return xs.map(x => x * 2);\n}",
            DoubledChecks, before: "import { writeSync } from 'node:fs';"),
        Case("writes_the_same_file_at_once", Writing("for (const c of text) {\n    appendFileSync(path, c);\n  }"), Writing("appendFileSync(path, text);"), Written, before: Files, right: Rejected("effects")), // of no text there was no file
        Case("writes_another_text", Writing("writeFileSync(path, text);"), Writing("writeFileSync(path, text.toUpperCase());"), Written, before: Files),
        Case("writes_no_file", Writing("writeFileSync(path, text);"), Writing("String(path);"), Written, before: Files),
        Case("writes_one_more_file", Writing("writeFileSync(path, text);"), Writing("writeFileSync(path, text);\n  writeFileSync(path + text, text);"), Written, before: Files, right: Rejected("effects")),
    ];

    private static IEnumerable<(string Name, CaseSources Sources)> Later() =>
    [
        Case("yields_the_same", Yielding("for (const x of xs) {\n    yield x * 2;\n  }"), Yielding("yield* xs.map(x => x * 2);"), "`${[...m.f([3, 1])]}` === '6,2'"),
        Case("yields_in_another_order", Yielding("for (const x of xs) {\n    yield x * 2;\n  }"), Yielding("for (const x of [...xs].sort()) {\n    yield x * 2;\n  }"), "[...m.f([3, 1])].length === 2", right: Rejected("return.items[0]")),
        Case("yields_one_more", Yielding("for (const x of xs) {\n    yield x * 2;\n  }"), Yielding("for (const x of [...xs, 0]) {\n    yield x * 2;\n  }"), "[...m.f([3, 1])].includes(6)"),
        Case("does_at_once_what_was_done_later", "function f(xs) {\n  return [(function* () {\n    yield xs.push(0);\n  })()];\n}", "function f(xs) {\n  return [[xs.push(0)].values()];\n}", "m.f([3, 1]).length === 1", right: Skipped("cannot be compared")),
        Case("does_not_clean_up_when_closed", Yielding("try {\n    for (const x of xs) {\n      yield x;\n    }\n  } finally {\n    EVENTS.push(1);\n  }"),
            Yielding("for (const x of xs) {\n    yield x;\n  }\n  EVENTS.push(1);"), "m.f([3, 1]).next().value === 3", before: "const EVENTS = [];", right: Rejected("no `finally`")),
        Case("waits_and_gives_the_same", "async function f(xs) {\n  await null;\n  const out = [];\n  for (const x of xs) {\n    out.push(x);\n  }\n  return out;\n}", "async function f(xs) {\n  await null;\n  return [...xs];\n}", "(await m.f([3, 1]))[0] === 3"),
        Case("waits_and_gives_something_else", "async function f(xs) {\n  await null;\n  return [...xs];\n}", "async function f(xs) {\n  await null;\n  return [...xs].sort();\n}", "(await m.f([3, 1])).length === 2"),
        Case("enters_and_leaves_as_before", Entering("PLACE.enter();", "for (const x of xs) {\n      t += x;\n    }"), Entering("PLACE.enter();", "t = xs.reduce((a, b) => a + b, 0);"), "m.f([3]) === 3", before: Place),
        Case("does_not_enter_what_the_original_enters", Entering("PLACE.enter();", "t = xs.reduce((a, b) => a + b, 0);"), Entering("", "t = xs.reduce((a, b) => a + b, 0);"), "m.f([3]) === 3", before: Place, right: Rejected("no longer reads .enter")),
    ];

    private const string Files = "import { appendFileSync, writeFileSync } from 'node:fs';";

    private const string Written = "m.f('/tmp/written', 'abc') === 3";

    private const string Place = "const PLACE = {\n  events: [],\n  enter() {\n    this.events.push(1);\n  },\n  leave() {\n    this.events.push(0);\n  },\n};";

    private static string Writing(string body) => $"function f(path, text) {{\n  {body}\n  return text.length;\n}}";

    private static string Yielding(string body) => $"function* f(xs) {{\n  {body}\n}}";

    private static string Entering(string enter, string body) => $"function f(xs) {{\n  let t = 0;\n  {enter}\n  try {{\n    {body}\n  }} finally {{\n    PLACE.leave();\n  }}\n  return t;\n}}";
}
