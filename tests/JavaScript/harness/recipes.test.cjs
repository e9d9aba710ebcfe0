// What recipes make, where they keep off, and that a review finds what they make equal.
'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const { Case } = require('./judging.cjs');
const { load } = require('./harness.cjs');

const { main } = load('rewriting/flow.cjs');
const { RECIPES } = load('rewriting/recipes.cjs');

const LONG = { types: ['Array'], minLength: 0, maxLength: 500 }, SHORT = { ...LONG, maxLength: 20 }, SET = { ...LONG, types: ['Array', 'Set'] };

/** What is proposed for a function, by the recipes that made it. */
function proposed(source, observed = { xs: LONG, ks: LONG }) {
  const found = {};
  main({ source, indent: '  ', observed, patterns: [] }, message => {
    if (message.type === 'proposal') found[message.recipes.join('+')] = message.source;
  });
  return found;
}

const number = n => n * 7 % 50, many = Array.from({ length: 200 }, (_, n) => number(n)), words = many.map(n => `w${n}`);
const rows = many.map(n => ({ id: `r${n}`, n }));

// Recipe -> [function, what it becomes, calls]
const FIRES = {
  'js-filter-first': ['function f(xs) {\n  return xs.filter(x => x.n > 1)[0];\n}', 'function f(xs) {\n  return xs.find(x => x.n > 1);\n}', [[rows], [rows.slice(0, 3)], [[]]]],
  'js-filter-index-of': ['function f(xs) {\n  return xs.filter((x, n) => xs.indexOf(x) === n);\n}', 'function f(xs) {\n  return [...new Set(xs)];\n}', [[words], [words.slice(0, 3)], [[]]]],
  'js-member-set': [
    'function f(xs, ks) {\n  return xs.filter(x => !ks.includes(x));\n}', 'function f(xs, ks) {\n  const ksSet = new Set(ks);\n  return xs.filter(x => !ksSet.has(x));\n}',
    [[words, words.slice(0, 20)], [words, []], [[], ['a']]],
  ],
  'js-seen-set': [
    'function f(xs) {\n  const kept = [];\n  for (const x of xs) {\n    if (!kept.includes(x)) {\n      kept.push(x);\n    }\n  }\n  return kept;\n}',
    'function f(xs) {\n  const kept = [];\n  const seen = new Set();\n  for (const x of xs) {\n    if (!seen.has(x)) {\n      kept.push(x);\n      seen.add(x);\n    }\n  }\n  return kept;\n}',
    [[words], [['b', 'a', 'b']], [[]]],
  ],
  'js-reduce-concat': ['function f(xs) {\n  return xs.reduce((all, x) => all.concat(x.list), []);\n}', 'function f(xs) {\n  return xs.flatMap(x => x.list);\n}', [[rows.map(row => ({ list: [row.n, row.id] }))], [[]]]],
  'js-reduce-object-spread': [
    'function f(xs) {\n  return xs.reduce((all, x) => ({ ...all, [x.id]: x.n }), {});\n}', 'function f(xs) {\n  return Object.fromEntries(xs.map(x => [x.id, x.n]));\n}', [[rows], [rows.slice(0, 2)], [[]]],
  ],
  'js-reduce-spread': ['function f(xs) {\n  return xs.reduce((all, x) => [...all, { n: x.n }], []);\n}', 'function f(xs) {\n  return xs.map(x => ({ n: x.n }));\n}', [[rows], [rows.slice(0, 2)], [[]]]],
  'js-unshift-reverse': [
    'function f(xs) {\n  const out = [];\n  for (const x of xs) {\n    out.unshift(x.n);\n  }\n  return out;\n}', 'function f(xs) {\n  const out = [];\n  for (const x of xs) {\n    out.push(x.n);\n  }\n  return out.reverse();\n}',
    [[rows], [rows.slice(0, 2)], [[]]],
  ],
};

// Recipe -> functions, with what was observed of their parameters where that is the point
const KEEPS_OFF = {
  'js-filter-first': [['function f(xs) {\n  return xs.filter(x => x)[1];\n}'], ['function f(xs) {\n  xs.filter(x => x)[0] = 1;\n}'], ['function f(xs) {\n  return xs.filter(x => x)[0]();\n}']],
  'js-filter-index-of': [
    ['function f(xs) {\n  return xs.filter((x, n) => xs.indexOf(x) === n);\n}', { xs: SHORT }], ['function f(xs) {\n  return xs.filter((x, n) => xs.indexOf(x) === n);\n}', { xs: SET }],
    ['function f(xs) {\n  return xs.filter((x, n) => xs.indexOf(x) !== n);\n}'], ['function f(xs, ks) {\n  return xs.filter((x, n) => ks.indexOf(x) === n);\n}'],
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
  'js-reduce-object-spread': [['function f(xs) {\n  return xs.reduce((all, x) => ({ ...all, [x]: (all[x] ?? 0) + 1 }), {});\n}'], ['function f(xs) {\n  return xs.reduce((all, x) => ({ [x]: 1, ...all }), {});\n}']],
  'js-reduce-spread': [['function f(xs) {\n  return xs.reduce((all, x) => [...all, all.length], []);\n}'], ['function f(xs) {\n  return xs.reduce((all, x) => [x, ...all], []);\n}'], ['function f(xs) {\n  return xs.reduce((all, x) => [...all, ...x], []);\n}']],
  'js-unshift-reverse': [['function f(xs) {\n  const out = [];\n  for (const x of xs) {\n    out.unshift(out[0] ?? x);\n  }\n  return out;\n}'], ['function f(xs) {\n  const out = [];\n  out.unshift(xs);\n  return out;\n}']],
};

test('every recipe has a text that it makes, one that it keeps off, and words for people', () => {
  const ids = RECIPES.map(recipe => recipe.id);
  assert.deepEqual([Object.keys(FIRES).sort(), Object.keys(KEEPS_OFF).sort()], [[...ids].sort(), [...ids].sort()]);
  for (const { id, title, why, unsafeWhen } of RECIPES) assert.ok(title && why && unsafeWhen, id);
});

for (const [id, [before, after, calls]] of Object.entries(FIRES)) {
  test(`${id} makes what a review finds equal`, () => {
    assert.equal(proposed(before)[id], after);
    const verdict = new Case({ 'a.cjs': `${before}\nmodule.exports = { f };\n`, 'package.json': '{}' }, 'f', calls).judge(text => text.replace(before, () => after));
    assert.match(verdict, /^equal/);
  });
}

for (const [id, list] of Object.entries(KEEPS_OFF)) {
  test(`${id} keeps off what it would change`, () => {
    for (const [source, observed] of list) assert.equal(Object.keys(proposed(source, observed)).some(each => each.split('+').includes(id)), false, source);
  });
}

test('all that fire are proposed together, in methods and arrows too', () => {
  const found = proposed('method(xs) {\n    const a = xs.filter(x => x)[0];\n    return xs.reduce((all, x) => [...all, x + a], []);\n  }');
  assert.deepEqual(Object.keys(found), ['js-filter-first', 'js-reduce-spread', 'js-filter-first+js-reduce-spread']);
  assert.equal(found['js-filter-first+js-reduce-spread'], 'method(xs) {\n    const a = xs.find(x => x);\n    return xs.map(x => x + a);\n  }');
  assert.equal(proposed('xs => xs.filter(x => x)[0]')['js-filter-first'], 'xs => xs.find(x => x)');
});

test('what does not parse, and a function with nothing to do, get no proposal', () => {
  assert.deepEqual([proposed('function f( {'), proposed('xs => xs.length')], [{}, {}]);
});
