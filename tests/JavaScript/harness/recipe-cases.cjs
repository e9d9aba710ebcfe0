// A function for each recipe, what it becomes, calls that find both equal, and a small and a large call to time. Where each keeps off.
'use strict';

const LONG = { types: ['Array'], minLength: 0, maxLength: 1000 }, SHORT = { ...LONG, maxLength: 20 }, SET = { ...LONG, types: ['Array', 'Set'] }, OBJECT = { types: ['Object'] };

const number = n => n * 7 % 50, many = Array.from({ length: 200 }, (_, n) => number(n)), words = many.map(n => `w${n}`);
const rows = many.map(n => ({ id: `r${n}`, n }));
const table = Object.fromEntries(many.map(n => [`k${n}`, n]));

const wordsOf = n => Array.from({ length: n }, (_, k) => `w${k}`), numbersOf = n => Array.from({ length: n }, (_, k) => k * 7 % n);
const rowsOf = n => numbersOf(n).map(k => ({ id: `r${k}`, n: k }));
const SMALL = 10, LARGE = 1000;
const sizes = make => ({ small: () => make(SMALL), large: () => make(LARGE) });

const FIRES = {
  'js-filter-first': {
    before: 'function f(xs) {\n  return xs.filter(x => x.n > 1)[0];\n}', after: 'function f(xs) {\n  return xs.find(x => x.n > 1);\n}',
    calls: [[rows], [rows.slice(0, 3)], [[]]], ...sizes(n => [rowsOf(n)]),
  },
  'js-filter-index-of': {
    before: 'function f(xs) {\n  return xs.filter((x, n) => xs.indexOf(x) === n);\n}', after: 'function f(xs) {\n  return [...new Set(xs)];\n}',
    calls: [[words], [words.slice(0, 3)], [[]]], ...sizes(n => [wordsOf(n)]),
  },
  'js-filter-length': {
    before: 'function f(xs) {\n  return xs.filter(x => x.n > 1).length > 0;\n}', after: 'function f(xs) {\n  return xs.some(x => x.n > 1);\n}',
    calls: [[rows], [rows.slice(0, 1)], [[]]], ...sizes(n => [rowsOf(n)]),
  },
  'js-find-map': {
    before: 'function f(xs, ks) {\n  return xs.map(x => ks.find(k => k.id === x.id)?.n);\n}',
    after: 'function f(xs, ks) {\n  let ksMap;\n  return xs.map(x => (ksMap ??= new Map(ks.map(k => [k.id, k]).reverse())).get(x.id)?.n);\n}',
    calls: [[rows, rows.slice(0, 20)], [rows, [{ id: 'r7', n: 1 }, { id: 'r7', n: 2 }]], [[], rows]], ...sizes(n => [rowsOf(n), rowsOf(n)]),
  },
  'js-index-of-set': {
    before: 'function f(xs, ks) {\n  return xs.filter(x => ks.indexOf(x) !== -1);\n}',
    after: 'function f(xs, ks) {\n  const ksSet = new Set(ks);\n  return xs.filter(x => ksSet.has(x));\n}',
    calls: [[words, words.slice(0, 20)], [words, []], [[], ['a']]], ...sizes(n => [wordsOf(n), wordsOf(n).reverse()]),
  },
  'js-keys-hoist': {
    before: 'function f(xs, o) {\n  let found = 0;\n  for (const x of xs) {\n    if (Object.keys(o).length > x) found += o.k7 ?? 1;\n  }\n  return found;\n}',
    after: 'function f(xs, o) {\n  let found = 0;\n  let oKeys;\n  for (const x of xs) {\n    if ((oKeys ??= Object.keys(o)).length > x) found += o.k7 ?? 1;\n  }\n  return found;\n}',
    calls: [[many, table], [many, {}], [[], table]], ...sizes(n => [numbersOf(n), Object.fromEntries(numbersOf(n).map(k => [`k${k}`, k]))]),
  },
  'js-loop-object-spread': {
    before: 'function f(xs) {\n  let out = {};\n  for (const x of xs) {\n    out = { ...out, [x.id]: (out[x.id] ?? 0) + x.n };\n  }\n  return out;\n}',
    after: 'function f(xs) {\n  let out = {};\n  for (const x of xs) {\n    out[x.id] = (out[x.id] ?? 0) + x.n;\n  }\n  return out;\n}',
    calls: [[rows], [rows.slice(0, 2)], [[]]], ...sizes(n => [rowsOf(n)]),
  },
  'js-loop-spread': {
    before: 'function f(xs) {\n  let out = [];\n  for (const x of xs) {\n    if (x.n > 2) out = [...out, x.n + out.length];\n  }\n  return out;\n}',
    after: 'function f(xs) {\n  let out = [];\n  for (const x of xs) {\n    if (x.n > 2) out.push(x.n + out.length);\n  }\n  return out;\n}',
    calls: [[rows], [rows.slice(0, 2)], [[]]], ...sizes(n => [rowsOf(n)]),
  },
  'js-member-set': {
    before: 'function f(xs, ks) {\n  return xs.filter(x => !ks.includes(x));\n}', after: 'function f(xs, ks) {\n  const ksSet = new Set(ks);\n  return xs.filter(x => !ksSet.has(x));\n}',
    calls: [[words, words.slice(0, 20)], [words, []], [[], ['a']]], ...sizes(n => [wordsOf(n), wordsOf(n).reverse()]),
  },
  'js-reduce-concat': {
    before: 'function f(xs) {\n  return xs.reduce((all, x) => all.concat(x.list), []);\n}', after: 'function f(xs) {\n  return xs.flatMap(x => x.list);\n}',
    calls: [[rows.map(row => ({ list: [row.n, row.id] }))], [[]]], ...sizes(n => [rowsOf(n).map(row => ({ list: [row.n, row.id] }))]),
  },
  'js-reduce-object-assign': {
    before: 'function f(xs) {\n  return xs.reduce((all, x) => Object.assign({}, all, { [x.id]: x.n }), {});\n}', after: 'function f(xs) {\n  return Object.fromEntries(xs.map(x => [x.id, x.n]));\n}',
    calls: [[rows], [rows.slice(0, 2)], [[]]], ...sizes(n => [rowsOf(n)]),
  },
  'js-reduce-object-spread': {
    before: 'function f(xs) {\n  return xs.reduce((all, x) => ({ ...all, [x.id]: x.n }), {});\n}', after: 'function f(xs) {\n  return Object.fromEntries(xs.map(x => [x.id, x.n]));\n}',
    calls: [[rows], [rows.slice(0, 2)], [[]]], ...sizes(n => [rowsOf(n)]),
  },
  'js-reduce-spread': {
    before: 'function f(xs) {\n  return xs.reduce((all, x) => [...all, { n: x.n }], []);\n}', after: 'function f(xs) {\n  return xs.map(x => ({ n: x.n }));\n}',
    calls: [[rows], [rows.slice(0, 2)], [[]]], ...sizes(n => [rowsOf(n)]),
  },
  'js-seen-set': {
    before: 'function f(xs) {\n  const kept = [];\n  for (const x of xs) {\n    if (!kept.includes(x)) {\n      kept.push(x);\n    }\n  }\n  return kept;\n}',
    after: 'function f(xs) {\n  const kept = [];\n  const seen = new Set();\n  for (const x of xs) {\n    if (!seen.has(x)) {\n      kept.push(x);\n      seen.add(x);\n    }\n  }\n  return kept;\n}',
    calls: [[words], [['b', 'a', 'b']], [[]]], ...sizes(n => [wordsOf(n)]),
  },
  'js-sort-first': {
    before: 'function f(xs) {\n  return [...xs].sort((a, b) => a.n - b.n)[0];\n}', after: 'function f(xs) {\n  return xs.reduce((a, b) => b.n < a.n ? b : a, xs[0]);\n}',
    calls: [[rows], [[...rows].reverse()], [rows.slice(0, 1)], [[]]], ...sizes(n => [rowsOf(n)]),
  },
  'js-unshift-reverse': {
    before: 'function f(xs) {\n  const out = [];\n  for (const x of xs) {\n    out.unshift(x.n);\n  }\n  return out;\n}', after: 'function f(xs) {\n  const out = [];\n  for (const x of xs) {\n    out.push(x.n);\n  }\n  return out.reverse();\n}',
    calls: [[rows], [rows.slice(0, 2)], [[]]], ...sizes(n => [rowsOf(n)]),
  },
};

// Recipe -> functions, with what was observed of their parameters where that is the point
const KEEPS_OFF = {
  'js-filter-first': [['function f(xs) {\n  return xs.filter(x => x)[1];\n}'], ['function f(xs) {\n  xs.filter(x => x)[0] = 1;\n}'], ['function f(xs) {\n  return xs.filter(x => x)[0]();\n}']],
  'js-filter-index-of': [
    ['function f(xs) {\n  return xs.filter((x, n) => xs.indexOf(x) === n);\n}', { xs: SHORT }], ['function f(xs) {\n  return xs.filter((x, n) => xs.indexOf(x) === n);\n}', { xs: SET }],
    ['function f(xs) {\n  return xs.filter((x, n) => xs.indexOf(x) !== n);\n}'], ['function f(xs, ks) {\n  return xs.filter((x, n) => ks.indexOf(x) === n);\n}'],
  ],
  'js-filter-length': [['function f(xs) {\n  return xs.filter(x => x).length > 1;\n}'], ['function f(xs) {\n  return xs.filter(x => x).length;\n}'], ['function f(xs, n) {\n  return n > xs.filter(x => x).length;\n}'], ['function f(xs) {\n  return 0 < xs.filter(x => x).length - 1;\n}']],
  'js-find-map': [
    ['function f(xs, ks) {\n  return xs.map(x => ks.find(k => k.id === x.id));\n}', { xs: LONG, ks: SHORT }], ['function f(xs, ks) {\n  return xs.map(x => ks.find(k => k.id == x.id));\n}'],
    ['function f(xs, ks) {\n  return xs.map(x => ks.find(k => k.id === next()));\n}'], ['function f(xs, ks) {\n  return ks.find(k => k.id === xs.id);\n}'],
    ['function f(xs, ks) {\n  return xs.map(x => ks.find(k => k.id === x.id) ?? ks.push(x));\n}'], ['function f(xs, ks) {\n  return xs.map(x => ks.find(k => k.id === k.other));\n}'],
    ['function f(xs, ks) {\n  return xs.map(x => ks.find(k => k.id === x.id) ?? ks.find(k => k.name === x.name));\n}'],
  ],
  'js-index-of-set': [
    ['function f(xs, ks) {\n  return xs.filter(x => ks.indexOf(x) > 0);\n}'], ['function f(xs, ks) {\n  return xs.map(x => ks.indexOf(x));\n}'], ['function f(xs, ks) {\n  return xs.filter(x => ks.indexOf(x) !== -1);\n}', { xs: LONG, ks: SHORT }],
    ['function f(xs, ks) {\n  return xs.filter(x => ks.indexOf(x, 2) !== -1);\n}'], ['function f(xs, ks) {\n  return xs.filter(x => ks.indexOf(x) === -1 && ks.push(x));\n}'],
  ],
  'js-keys-hoist': [
    ['function f(xs, o) {\n  for (const x of xs) o[x] = Object.keys(o).length;\n  return o;\n}'], ['function f(xs, o) {\n  for (const x of xs) xs[x] = Object.keys(o);\n  return xs;\n}'],
    ['function f(xs, o) {\n  for (const x of xs) if (Object.keys(o).length > x) delete o[x];\n  return o;\n}'], ['function f(xs, o) {\n  return Object.keys(o).length;\n}'],
    ['function f(xs, o) {\n  for (const x of xs) if (Object.keys(o).length > x) o.add(x);\n  return o;\n}'], ['function f(xs, o) {\n  for (const x of xs) Object.keys(o).sort();\n}'],
  ],
  'js-loop-object-spread': [
    ['function f(xs) {\n  let out = {};\n  for (const x of xs) {\n    out = { ...out, id: x };\n  }\n  return out;\n}'], ['function f(xs, ks) {\n  let out = {};\n  for (const x of xs) {\n    out = { ...out, [x]: 1 };\n    ks.push(out);\n  }\n  return ks;\n}'],
    ['function f(xs) {\n  let out = { a: 1 };\n  for (const x of xs) {\n    out = { ...out, [x]: 1 };\n  }\n  return out;\n}'], ['function f(xs) {\n  let out = {};\n  for (const x of xs) {\n    out = { [x]: 1, ...out };\n  }\n  return out;\n}'],
  ],
  'js-loop-spread': [
    ['function f(xs) {\n  let out = [];\n  for (const x of xs) {\n    out = [x, ...out];\n  }\n  return out;\n}'], ['function f(xs) {\n  let out = [];\n  out = [...out, xs];\n  return out;\n}'],
    ['function f(xs, ks) {\n  let out = [];\n  for (const x of xs) {\n    out = [...out, x];\n    ks.push(out);\n  }\n  return ks;\n}'], ['function f(xs) {\n  let out = [];\n  for (const x of xs) {\n    out = [...out, ...x];\n  }\n  return out;\n}'],
    ['function f(xs) {\n  let out = [];\n  for (const x of xs) {\n    out = [...out, () => out];\n  }\n  return out;\n}'],
  ],
  'js-member-set': [
    ['function f(xs, ks) {\n  return xs.filter(x => ks.includes(x));\n}', { xs: LONG, ks: SHORT }], ['function f(xs, ks) {\n  return ks.includes(xs);\n}'],
    ['function f(xs, ks) {\n  return xs.filter(x => ks.includes(x) || ks.push(x));\n}'], ['function f(xs, ks) {\n  return xs.filter(x => ks.includes(x));\n}', {}],
  ],
  'js-seen-set': [
    ['function f(xs) {\n  const kept = [];\n  for (const x of xs) {\n    if (!kept.includes(x)) {\n      kept.push(x);\n      kept.sort();\n    }\n  }\n  return kept;\n}'],
    ['function f(xs) {\n  const kept = [];\n  for (const x of xs) {\n    if (!kept.includes(x)) {\n      kept.push(x);\n    }\n  }\n  return kept;\n}', { xs: SHORT }],
    ['function f(xs) {\n  const kept = [1];\n  for (const x of xs) {\n    if (!kept.includes(x)) {\n      kept.push(x);\n    }\n  }\n  return kept;\n}'],
  ],
  'js-reduce-concat': [['function f(xs) {\n  return xs.reduce((all, x) => all.concat(all), []);\n}'], ['function f(xs, ks) {\n  return xs.reduce((all, x) => all.concat(x), ks);\n}'], ['function f(xs) {\n  return xs.reduce((all, x) => all.concat(x), []);\n}', { xs: SHORT }]],
  'js-reduce-object-assign': [
    ['function f(xs) {\n  return xs.reduce((all, x) => Object.assign(all, { [x]: 1 }), {});\n}'], ['function f(xs) {\n  return xs.reduce((all, x) => Object.assign({}, all, { [x]: all.n }), {});\n}'], ['function f(xs, ks) {\n  return xs.reduce((all, x) => Object.assign({}, all, { [x]: 1 }), ks);\n}'],
    ['function f(xs) {\n  return xs.reduce((all, x) => Object.assign({}, all, x), {});\n}'],
  ],
  'js-reduce-object-spread': [['function f(xs) {\n  return xs.reduce((all, x) => ({ ...all, [x]: (all[x] ?? 0) + 1 }), {});\n}'], ['function f(xs) {\n  return xs.reduce((all, x) => ({ [x]: 1, ...all }), {});\n}']],
  'js-reduce-spread': [['function f(xs) {\n  return xs.reduce((all, x) => [...all, all.length], []);\n}'], ['function f(xs) {\n  return xs.reduce((all, x) => [x, ...all], []);\n}'], ['function f(xs) {\n  return xs.reduce((all, x) => [...all, ...x], []);\n}']],
  'js-sort-first': [
    ['function f(xs) {\n  return xs.sort((a, b) => a - b)[0];\n}'], ['function f(xs) {\n  return [...xs].sort()[0];\n}'], ['function f(xs) {\n  return [...xs].sort((a, b) => a - b)[1];\n}'],
    ['function f(xs) {\n  return [...xs].sort((a, b) => a.n - b.m)[0];\n}'], ['function f(xs) {\n  return [...xs].sort((a, b) => a - b)[0];\n}', { xs: SET }], ['function f(xs) {\n  return [...xs].sort((a, b) => 1 - 2)[0];\n}'],
  ],
  'js-unshift-reverse': [['function f(xs) {\n  const out = [];\n  for (const x of xs) {\n    out.unshift(out[0] ?? x);\n  }\n  return out;\n}'], ['function f(xs) {\n  const out = [];\n  out.unshift(xs);\n  return out;\n}']],
};

module.exports = { FIRES, KEEPS_OFF, OBSERVED: { xs: LONG, ks: LONG, o: OBJECT } };
