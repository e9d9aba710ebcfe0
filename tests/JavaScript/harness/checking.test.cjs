'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const { load } = require('./harness.cjs');

const { checked } = load('checking/check.cjs');
const { seenDifference } = load('comparing/answers.cjs');

const FILE = 'const KEPT = { most: 1 };\nfunction f(xs, k) {\n  const out = [];\n  for (const x of xs) {\n    out.push(x * k);\n  }\n  return out;\n}\nmodule.exports = { f };\n';
const FROM = FILE.indexOf('function'), TO = FILE.indexOf('\nmodule');

const check = candidate => checked({ target: { path: 'a.cjs', name: 'f', line: 2 }, file: FILE, candidateFile: FILE.slice(0, FROM) + candidate + FILE.slice(TO) });
const body = text => `function f(xs, k) {\n  ${text}\n}`;

test('a candidate that keeps the rules is accepted, with what of it has to run', () => {
  const found = check(body('return k < 0 ? [] : xs.map(x => x * k);'));

  assert.equal(found.ok, true);
  assert.deepEqual(found.changedLines, [3]);
  assert.deepEqual(found.removedLines, [3, 4, 5, 7]);
  assert.deepEqual(found.changedArms.map(each => each.unrun), ['`k < 0` was never true', '`k < 0` was never false', 'the function `x => x * k` was never called']);
  assert.deepEqual(found.removedArms.map(each => each.unrun), ['the loop over `xs` never ran', 'the loop over `xs` never went over nothing']);
});

for (const [text, word] of [
  ['return KEPT.most + xs + k;', 'names KEPT'], ['return noSuch(xs, k);', 'not known to be pure'], ['KEPT.most = k; return xs;', 'outlives the call'], ['f.kept = k; return xs;', 'outlives the call'],
  ['k0 = k; return xs;', 'outlive the call'], ['[KEPT.a] = xs; return k;', 'outlives the call'], ['delete KEPT.most; return xs[k];', 'outlives the call'],
  ['return eval("xs") + xs + k;', 'text as code'], ['return new Function("return 1")(xs, k);', 'text as code'], ['return xs.constructor(k);', 'constructor'], ['return xs["constructor"](k);', 'constructor'],
  ['const { constructor: c } = xs; return c(k);', 'constructor'], ['return Object.setPrototypeOf(xs, k);', 'setPrototypeOf'], ['return Object.getOwnPropertySymbols(xs, k);', 'Object.getOwnPropertySymbols'],
  ['return new Error(xs, k).stack;', 'frames'], ['return arguments.callee(xs, k);', 'frames'], ['return Math.random() * k + xs;', 'chance'], ['return import(xs + k);', 'imports a module'],
  ['return xs.length === 700 ? k : xs;', '700'], ['return xs.length === 2 ** 9 ? k : xs;', '512'], ['return xs.length === 1 << 9 ? k : xs;', '32 bits'], ['return xs.at(k) === "magic" ? k : xs;', 'magic'], ['return /magic/.test(xs) ? k : xs;', 'magic'],
  ['return xs;', 'no longer reads k'], ['return f(xs, k);', 'calls itself'], ['return process.__ab ? xs : k;', 'looks for the harness'],
]) {
  test(`a candidate with "${text}" is refused because of ${word}`, () => {
    const found = check(body(text));

    assert.equal(found.ok, false);
    assert.match(found.reason, new RegExp(word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  });
}

for (const [candidate, word] of [
  [body('return xs.map(x => );'), 'does not parse'], ['function g(xs, k) { return xs.map(x => x * k); }', 'no function'], ['function f(xs, j) { return xs.map(x => x * j); }', 'arguments'],
  ['async function f(xs, k) { return xs.map(x => x * k); }', 'callers'], ['function* f(xs, k) { yield* xs.map(x => x * k); }', 'callers'], [`${body('return xs.map(x => x * k);')}\nfunction g() {}`, 'outside'],
]) {
  test(`a candidate whose text is ${JSON.stringify(candidate.slice(0, 40))} is refused because of ${word}`, () => assert.match(check(candidate).reason, new RegExp(word)));
}

test('a candidate may use what the language has, small numbers, and types in words', () => {
  for (const text of ['return [...new Set(xs)].map(x => x * k);', 'return typeof k === "number" ? xs.slice(0, -1) : Object.keys(xs).join("");', 'const m = new Map(); for (const x of xs) m.set(x, k); return [...m.values()];']) {
    assert.equal(check(body(text)).ok, true, check(body(text)).reason);
  }
});

test('of a change inside one way through a branch the other ways do not have to run, and what comes after it in the same names does', () => {
  const file = 'function f(xs, k) {\n  const out = [];\n  if (k > 1) {\n    for (const x of xs) out.push(x);\n  } else if (k < 0) {\n    throw new Error();\n  }\n  if (k === 2) {\n    return out.length;\n  }\n  return out;\n}\n';
  const found = checked({ target: { path: 'a.cjs', name: 'f', line: 1 }, file, candidateFile: file.replace('for (const x of xs) out.push(x);', 'out.push(xs);') });

  assert.deepEqual(found.changedLines, [3, 4, 9, 11]);
  assert.deepEqual(found.changedArms.map(each => each.unrun), ['`k > 1` was never true', '`k === 2` was never true']);
  assert.deepEqual(found.removedArms.map(each => each.unrun), ['`k > 1` was never true', 'the loop over `xs` never ran', 'the loop over `xs` never went over nothing', '`out.push(x);` never ran', '`k === 2` was never true']);
});

test('what only is laid out otherwise does not have to run', () => {
  const found = check(FILE.slice(FROM, TO).replace('const out = [];', '// all of it\n  const out\n    = [];'));

  assert.deepEqual([found.changedLines, found.removedLines, found.changedArms, found.removedArms], [[], [], [], []]);
});

test('answers that cannot be compared part by part are not equal', () => {
  const told = way => ({ way, given: [], roots: [1, 'u'], nodes: [], shared: [], printed: '', warned: '', effects: [] });

  assert.equal(seenDifference(told('returned'), told('returned'), 1e-9), null);
  assert.match(seenDifference(told('returned'), told('threw'), 1e-9), /raised/);
  assert.match(seenDifference(told('returned'), { ...told('returned'), printed: 'x' }, 1e-9), /printed/);
  assert.match(seenDifference(told('returned'), { ...told('returned'), effects: [['a', 'b']] }, 1e-9), /effects/);
  assert.notEqual(seenDifference(told('returned'), { ...told('returned'), roots: [1, 'u', 2] }, 1e-9), null);
  assert.match(seenDifference({ ...told('returned'), broken: '' }, { ...told('returned'), broken: 'x' }, 1e-9), /broken/);
  assert.match(seenDifference({ ...told('returned'), shared: [[0, 'a#A']] }, { ...told('returned'), shared: [[0, 'a#B']] }, 1e-9), /not the same ones/);
  const step = value => ({ roots: [value, 'u'], nodes: [] });
  assert.match(seenDifference({ ...told('sequence'), steps: [step('u'), step(1)] }, { ...told('sequence'), steps: [step('u'), step(2)] }, 1e-9), /at item 0/);
});

test('where the language fails in the middle of a call that no test makes only the kind of the error counts', () => {
  const failed = (kind, message, more = []) => ({ way: 'threw', given: [], roots: [{ r: 0 }, 'u'], nodes: [['error', kind, [['smessage', `s${message}`, 6], ...more], 0]], shared: [], effects: [] });

  assert.equal(seenDifference(failed('BTypeError', 'a'), failed('BTypeError', 'b'), 1e-9, true), null);
  assert.match(seenDifference(failed('BTypeError', 'a'), failed('BTypeError', 'b'), 1e-9), /message/);
  assert.match(seenDifference(failed('BTypeError', 'a'), failed('BRangeError', 'b'), 1e-9, true), /TypeError/);
  const broken = message => ({ way: 'sequence', given: [], roots: [{ r: 0 }, 'u'], nodes: [['object', 0, [['sitems', { r: 1 }, 7], ['serror', { r: 2 }, 7]], 0], ['array', 0, [], [], 0], ['error', 'BTypeError', [['smessage', `s${message}`, 6]], 0]], shared: [] });
  assert.equal(seenDifference(broken('a'), broken('b'), 1e-9, true), null);
  assert.match(seenDifference(broken('a'), broken('b'), 1e-9), /message/);
  assert.match(seenDifference(failed('Na#Own', 'a'), failed('Na#Own', 'b'), 1e-9, true), /message/);
  assert.match(seenDifference(failed('BTypeError', 'a', [['scode', 1, 7]]), failed('BTypeError', 'b', [['scode', 1, 7]]), 1e-9, true), /message/);
});
