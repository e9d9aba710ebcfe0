// Candidates that are wrong where nobody looks at first, each by the way that a review takes. None of them may come out as equal;
// and that the way lets anything through at all is shown by right ones beside them.
'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const { Case } = require('./judging.cjs');

/** @param {string} body of the original @param {string} candidate its body */
function judge(body, candidate, calls, { before = '', after = 'module.exports = { f };', head = 'function f(xs, k)', file = 'a.cjs', files = {}, ...options } = {}) {
  const whole = text => `${head} {\n  ${text}\n}`, original = whole(body);
  const one = new Case({ [file]: `${before}\n${original}\n${after}\n`, 'package.json': '{}', ...files }, 'f', calls);
  return one.judge(text => text.replace(original, () => whole(candidate)), options);
}

const LISTS = [[[3, 1, 2], 2]];

// What it does -> [original, candidate, calls, the word that tells, options]
const WRONG = {
  // Ways that no call takes.
  'moves a statement out of a branch': ['const out = [];\n  if (k) {\n    out.push(1);\n    out.push(xs.length);\n  }\n  return out;', 'const out = [];\n  if (k) {\n    out.push(1);\n  }\n  out.push(xs.length);\n  return out;', [[[1], 1]], 'unexercised: `k` was never false', { unlike: false }],
  'has a function inside that is never called': ['return xs.length ? [0] : [];', 'return xs.map(x => x + k) && xs.slice(0, xs.length && 1).map(() => 0);', [[[], 1]], 'never called', { unlike: false }],
  'has a function on one line that is never called': ['const out = [];\n  for (const x of xs) {\n    out.push(x);\n  }\n  return out;', 'return xs.map(x => x - x);', [[[], 1]], 'was never called', { unlike: false }],
  'drops a link that nobody leaves out': ['return xs?.length;', 'return xs.length;', [[[1], 1]], 'never met nothing', { unlike: false }],
  'drops a call that may be left out': ['return xs.at?.(0);', 'return xs.at(0);', [[[1], 1]], 'cannot be told', { unlike: false }],
  'assigns where something may be kept': ['const o = { n: xs };\n  o.n ??= k;\n  return o;', 'const o = { n: xs };\n  o.n = k;\n  return o;', [[undefined, 1]], 'never kept', { unlike: false }],
  'assigns where something may be left': ['const o = { n: k };\n  o.n &&= xs;\n  return o;', 'const o = { n: k };\n  o.n = xs;\n  return o;', [[[1], 1]], 'never kept', { unlike: false }],
  'keeps where something may be assigned': ['const o = { n: k };\n  o.n ||= xs;\n  return o;', 'const o = { n: k };\n  o.n = o.n;\n  return xs && o;', [[[1], 1]], 'never assigned', { unlike: false }],
  'answers where no case is': ['switch (k) {\n    case 1: return xs;\n    case 2: return [];\n  }\n  return null;', 'return k === 1 ? xs : [];', [[[1], 1], [[1], 2]], 'was ever left out', { unlike: false }],
  'goes over nothing otherwise': ['let t = 0;\n  for (const x of xs) {\n    t += x;\n  }\n  return t + k;', 'return xs.reduce((a, b) => a + b) + k;', LISTS, 'never went over nothing', { unlike: false }],
  'goes over nothing otherwise, and is called so': ['let t = 0;\n  for (const x of xs) {\n    t += x;\n  }\n  return t + k;', 'return xs.reduce((a, b) => a + b) + k;', LISTS, 'different'],
  'counts over nothing otherwise': ['let t = 0;\n  for (let n = 0; n < xs.length; n++) {\n    t += xs[n];\n  }\n  return t + k;', 'let n = 0, t = 0;\n  do {\n    t += xs[n];\n    n++;\n  } while (n < xs.length);\n  return t + k;', LISTS, 'never false at first', { unlike: false }],
  'waits for nothing otherwise': ['let n = k;\n  while (n > 0) {\n    n--;\n  }\n  return [n, xs.length];', 'return [k - k, xs.length];', [[[1], 3]], 'never false at first', { unlike: false }],
  'uses a default otherwise': ['const { step = 1 } = k;\n  return xs.map(x => x * step);', 'const { step = 2 } = k;\n  return xs.map(x => x * step);', [[[1], { step: 3 }]], 'never used', { unlike: false }],
  'reads a parameter otherwise where it is left out': ['return xs.map(x => x + k);', 'return xs.map(x => x + (k || 0));', [[[1], 3]], 'never', { unlike: false, head: 'function f(xs, k = 1)' }],
  'is wrong in an arm on one line': ['return k > 1 ? xs.length : xs.length + 1;', 'return k > 1 ? xs.length : xs.length - 1;', [[[1], 2]], 'was never false', { unlike: false }],
  'catches otherwise': ['try {\n    return JSON.parse(xs);\n  } catch {\n    return k;\n  }', 'try {\n    return JSON.parse(xs);\n  } catch {\n    return [k];\n  }', [['1', 1]], 'catch', { unlike: false }],
  'catches otherwise, and is called so': ['try {\n    return JSON.parse(xs);\n  } catch {\n    return k;\n  }', 'try {\n    return JSON.parse(xs);\n  } catch {\n    return [k];\n  }', [['1', 1]], 'different'],
  'drops half of a condition': ['return k.a && k.b ? xs : [];', 'const { b = true } = k;\n  return k.a ? xs : [b].slice(1);', [[[1], { a: 1, b: 1 }], [[1], { a: 0, b: 1 }]], 'never', { unlike: false }],
  'drops a filter that lets all through': ['return xs.filter(x => x !== 2 || k < 0);', 'return xs.filter(x => x > -1 || k < 0 || x !== 2);', [[[1, 3], 1]], 'never', { unlike: false }],
  'moves a statement over a branch that no call takes': ['const out = [xs.length];\n  out.push(k);\n  if (k > 2) {\n    out.reverse();\n  }\n  return out;', 'const out = [xs.length];\n  if (k > 2) {\n    out.reverse();\n  }\n  out.push(k);\n  return out;', [[[1], 1]], 'never true', { unlike: false }],
  'changes what a branch uses that no call takes': ['const out = [];\n  for (const x of xs) {\n    out.push(x);\n  }\n  if (k > 2) {\n    return out.length;\n  }\n  return [...out];', 'const out = new Set(xs);\n  if (k > 2) {\n    return out.length;\n  }\n  return [...out];', [[[1, 2], 1], [[], 1]], 'never true', { unlike: false }],

  // What nobody can look into.
  'gives out another closure': ['const n = xs.length + k;\n  return () => n;', 'return () => xs.length - k;', LISTS, 'cannot be compared'],
  'gives out a promise of something else inside': ['return [Promise.resolve(xs.length + k)];', 'return [Promise.resolve(xs.length - k)];', LISTS, 'untold', { before: 'const used = Promise;' }],
  'gives out another generator inside': ['return { each: (function* () { yield xs; yield k; })() };', 'return { each: (function* () { yield k; yield xs; })() };', LISTS, 'untold'],
  'gives out another getter': ['return { get n() { return xs.length + k; } };', 'return { get n() { return xs.length - k; } };', LISTS, 'untold'],
  'gives out other private fields': ['return new Hidden(xs.length + k);', 'return new Hidden(xs.length - k);', LISTS, 'private field', { before: 'class Hidden { #n; constructor(n) { this.#n = n; } }' }],
  'gives out what a builtin class holds': ['return new URL(`http://h/${xs.length + k}`);', 'return new URL(`http://h/${xs.length - k}`);', LISTS, 'untold'],
  'gives out another bound function': ['return xs.at.bind(xs, k);', 'return xs.at.bind(xs, k - 1);', LISTS, 'untold'],
  'gives out another class': ['return class { n() { return xs.length + k; } };', 'return class { n() { return xs.length - k; } };', LISTS, 'untold'],
  'gives out another weak map': ['return new WeakMap([[xs, k]]);', 'return new WeakMap([[xs, k + 1]]);', LISTS, 'untold'],
  'gives out another proxy': ['return new Proxy(xs, { get: () => k });', 'return new Proxy(xs, { get: () => k + 1 });', LISTS, 'untold'],
  'gives a sequence of another kind': ['return each(xs, k);', 'return each && xs.values(k);', LISTS, 'different', { before: 'function* each(xs) {\n  yield* xs;\n}', unlike: false }],
  'gives an own symbol for that of the module': ['return { [KEY]: xs.length + k };', 'return { [Symbol(KEY.description)]: xs.length + k };', LISTS, 'refused', { before: 'const KEY = Symbol("key");' }],
  'gives out the other of two objects of the module': ['return [A, B].map(x => x).at(xs.length + k - 5);', 'return [A, B].map(x => x).at(xs.length + k - 5 ? 0 : 1);', LISTS, 'values of the module', { before: 'const A = {}, B = {};', unlike: false }],
  'changes its argument while it waits': ['return later(xs.length && k);', 'xs.push(k);\n  return later(k).then(n => xs.pop() && n);', LISTS, 'once it returned', { before: 'const later = async k => k;', unlike: false }],
  'reads all before it gives the first': ['for (const x of xs) {\n    k.push(x);\n    yield x;\n  }', 'for (const x of xs) {\n    k.push(x);\n  }\n  yield* xs;', [[[1, 2], []]], 'at item 0', { head: 'function* f(xs, k)', unlike: false }],
  'leaves a promise broken': ['return xs.length + k;', 'fail();\n  return xs.length + k;', LISTS, 'broken', { before: 'const fail = async () => {\n  throw new Error("no");\n};', head: 'function f(xs, k, g = fail)', unlike: false }],

  // What is left beside the answer.
  'writes another file beside it': ['fs.writeFileSync("out.txt", `${xs}`);\n  return k;', 'fs.writeFileSync("out.txt", `${xs.slice(1)}`);\n  return k;', LISTS, 'effects', { before: 'const fs = require("node:fs");' }],
  'writes another file into a new folder': ['fs.mkdirSync("d/e", { recursive: true });\n  fs.writeFileSync("d/e/out.txt", `${xs}`);\n  return k;', 'fs.mkdirSync("d/e", { recursive: true });\n  fs.writeFileSync("d/e/out.txt", `${xs.slice(1)}`);\n  return k;', LISTS, 'effects', { before: 'const fs = require("node:fs");' }],
  'changes the code beside it': ['fs.existsSync("b.cjs");\n  return xs.length + k;', 'fs.existsSync("b.cjs") && fs.rmSync("b.cjs");\n  return xs.length + k;', LISTS, 'effects', { before: 'const fs = require("node:fs");\nconst rm = fs.rmSync;', files: { 'b.cjs': 'exports.x = 1;\n' } }],
  'lets others write to a file': ['fs.writeFileSync("o", "x");\n  return xs.length + k;', 'fs.writeFileSync("o", "x");\n  fs.chmodSync("o", 0);\n  return xs.length + k;', LISTS, 'effects', { before: 'const fs = require("node:fs");' }],
  'prints otherwise by the number of the stream': ['fs.writeSync(1, `${xs}\\n`);\n  return k;', 'fs.writeSync(1, `${xs.slice(1)}\\n`);\n  return k;', LISTS, 'printed', { before: 'const fs = require("node:fs");' }],
  'leaves module.exports otherwise': ['module.exports.count += k;\n  return xs.length;', 'module.exports.count += k + k;\n  return xs.length;', LISTS, 'state', { after: 'Object.assign(module.exports, { f, count: 0 });' }],
  'gives a copy for a part of the same memory': ['return [xs, xs.subarray(k), typeof Buffer];', 'return [xs, Buffer.from(xs.subarray(k)), typeof Buffer];', [[Buffer.from('hello'), 2]], 'different'],
  'gives a part of the same memory for a copy': ['return [xs, Buffer.from(xs.subarray(k))];', 'return [xs, xs.subarray(k)];', [[Buffer.from('hello'), 2]], 'different', { before: 'const used = Buffer;' }],
  'counts on in a closure of the module': ['next();\n  return xs.length + k;', 'next();\n  next();\n  return xs.length + k;', LISTS, 'state', { before: 'const next = (() => {\n  let n = 0;\n  return () => ++n;\n})();' }],
  'counts on in private fields of the module': ['seen.add(k);\n  return xs.length;', 'seen.add(k);\n  seen.add(xs);\n  return xs.length;', LISTS, 'state', { before: 'const seen = new (class { #m = new Map(); add(k) { this.#m.set(k, 1); } })();' }],
  'uses up more of a generator of the module': ['ids.next();\n  return xs.length + k;', 'ids.next();\n  ids.next();\n  return xs.length + k;', LISTS, 'state', { before: 'const ids = (function* () {\n  let n = 0;\n  for (;;) yield n++;\n})();' }],
  'stores in a weak map of the module': ['MEMO.set(xs, k);\n  return xs.length;', 'MEMO.set(xs, k);\n  MEMO.set(MEMO, k);\n  return xs.length;', LISTS, 'state', { before: 'const MEMO = new WeakMap();' }],
  'counts on in a global': ['tick();\n  return xs.length + k;', 'tick();\n  tick();\n  return xs.length + k;', LISTS, 'state', { before: 'globalThis.ticks = 0;\nconst tick = () => globalThis.ticks++;' }],
  'starts a timer': ['return [xs, k, typeof setTimeout];', 'setTimeout(() => {}, 2);\n  return [xs, k, typeof setTimeout];', LISTS, 'still running'],

  // Names, `this`, and what all code shares.
  'uses a function of a block outside of it': ['return xs.map(x => x + k);', '{\n    function g(x) {\n      return x + k;\n    }\n  }\n  return xs.map(g);', LISTS, 'names g', { before: 'function g(x) {\n  return x;\n}' }],
  'binds a name in a body that a default reads': ['return xs.map(x => x + k);', 'return ((a = KEPT) => {\n    var KEPT = 1;\n    return xs.map(x => x + k + a - KEPT);\n  })(1);', LISTS, 'names KEPT', { before: 'const KEPT = 5;' }],
  'uses this where the original does not': ['return xs.length + k;', 'this.kept = xs;\n  return xs.length + k;', LISTS, 'uses `this`'],
  'uses this in a function of its own': ['return xs.length + k;', '(function () {\n    this.kept = xs;\n  })();\n  return xs.length + k;', LISTS, 'uses `this`'],
  'reads arguments': ['return xs.length + k;', 'return arguments[0].length + arguments[1] + xs.length - xs.length + k - k;', LISTS, 'arguments'],
  'keeps something on a builtin function': ['const { max } = Math;\n  return xs.length + max(k, 0);', 'const { max } = Math;\n  max.kept = xs;\n  return xs.length + max(k, 0);', LISTS, 'all code shares'],
  'keeps something on what iterators share': ['const p = Object.getPrototypeOf(xs.values());\n  return p ? xs.length + k : 0;', 'const p = Object.getPrototypeOf(xs.values());\n  p.kept = xs;\n  return p ? xs.length + k : 0;', LISTS, 'all code shares'],
  'replaces what the answers are read with': ['const a = xs[k.a], p = k.p;\n  return [typeof a, p];', 'const a = xs[k.a], p = k.p;\n  a[p].push = a[p].concat;\n  return [typeof a, p];', [[[1], { a: 'constructor', p: 'prototype' }]], 'Array.prototype.push'],
  'calls a function by its name on what it is called of': ['return xs.length + k;', 'return xs.map(x => x).f?.(k) ?? xs.length + k;', LISTS, 'may be itself'],

  // What only calls show that no test is large enough for.
  'hands on a list one by one': ['let m = k;\n  for (const x of xs) {\n    m = x > m ? x : m;\n  }\n  return m;', 'return Math.max(k, ...xs);', LISTS, 'one by one'],
  'hands on a list one by one by apply': ['let m = k;\n  for (const x of xs) {\n    m = x > m ? x : m;\n  }\n  return m;', 'return Math.max.apply(k, xs);', LISTS, 'one by one'],
  'has a function inside that calls itself': ['let t = k;\n  for (const x of xs) {\n    t += x;\n  }\n  return t;', 'const sum = n => n < xs.length ? xs[n] + sum(n + 1) : k;\n  return sum(0);', LISTS, 'call itself'],
  'has functions inside that call each other': ['let t = k;\n  for (const x of xs) {\n    t += x;\n  }\n  return t;', 'const a = n => n < xs.length ? b(n) : k;\n  const b = n => xs[n] + a(n + 1);\n  return a(0);', LISTS, 'call itself'],
  'has a function inside that is called with itself': ['let t = k;\n  for (const x of xs) {\n    t += x;\n  }\n  return t;', 'return ((go, n) => go(go, n))((go, n) => n < xs.length ? xs[n] + go(go, n + 1) : k, 0);', LISTS, 'with itself'],
  'has functions in a list that call themselves': ['let t = k;\n  for (const x of xs) {\n    t += x;\n  }\n  return t;', 'const all = [n => n < xs.length ? xs[n] + all[0](n + 1) : k];\n  return all[0](0);', LISTS, 'call itself'],
  'computes a number': ['return xs.map(x => x + k);', 'return xs.slice(0, 2 ** 2 * 2).map(x => x + k);', LISTS, 'names 8'],
  'computes a number by names': ['return xs.map(x => x + k);', 'const a = 2, b = a * a;\n  return xs.slice(0, b * b).map(x => x + k);', LISTS, 'names'],
  'computes a number in texts': ['return xs.map(x => x + k);', 'return xs.slice(0, +`${1}${0}`).map(x => x + k);', LISTS, 'names'],
  'computes a number by a length': ['return xs.map(x => x + k);', 'return xs.slice(0, [0, 0, 0, 0, 0].length).map(x => x + k);', LISTS, 'names 5'],
  'computes a number step by step': ['return xs.map(x => x + k);', 'let n = 2;\n  n *= 2;\n  n *= 2;\n  return xs.slice(0, n).map(x => x + k);', LISTS, 'becomes a number'],
  'goes a number of times that is in no call': ['return xs.map(x => x + k);', 'let n = 0;\n  for (let a = 0; a < 2; a++) for (let b = 0; b < 2; b++) n++;\n  return xs.slice(0, n).map(x => x + k);', LISTS, 'for as long as'],
  'counts in 32 bits': ['return xs.map(x => x * k);', 'return xs.map(x => x * k | 0);', LISTS, '32 bits'],
  'counts in what holds some numbers alone': ['return xs.map(x => x * k);', 'return [...new Uint8Array(xs.map(x => x * k))];', LISTS, 'some numbers alone'],
  'rounds what no test rounds': ['return xs.map(x => x * k);', 'return xs.map(x => Number((x * k).toFixed(2)));', LISTS, 'some numbers alone'],
  'takes what is sent to it otherwise': ['const sent = yield xs.length;\n  yield sent ?? k;', 'const sent = yield xs.length;\n  yield k ?? sent;', LISTS, 'never', { head: 'function* f(xs, k)', unlike: false }],
  'takes what is sent to it no longer': ['const sent = yield xs.length;\n  yield sent ?? k;', 'yield xs.length;\n  yield k;', LISTS, 'sent', { head: 'function* f(xs, k)' }],
  'no longer names a number': ['return xs.map(x => x === 77 ? 0 : x).concat(k);', 'return xs.map(x => x).concat(k);', LISTS, 'no longer names 77'],
  'no longer reads a property': ['return xs.map(x => x.a + (x.b ?? 0)).concat(k);', 'return xs.map(x => x.a).concat(k);', [[[{ a: 1 }], 1]], 'no longer reads .b'],

  // Elements of a kind that no test has.
  'drops what comes twice': ['const out = [];\n  for (const x of xs) {\n    out.push(x);\n  }\n  return out.concat(k);', 'return [...new Set(xs)].concat(k);', [[[3, 1], 1], [[], 1]], 'different'],
  'sorts what happens to be sorted': ['return xs.map(x => x).concat(k);', 'return xs.map(x => x).sort((a, b) => a - b).concat(k);', [[[1, 2, 3], 1], [[], 1]], 'different'],
  'trims what has no blanks': ['return xs.split(k).map(x => x);', 'return xs.trim().split(k).map(x => x);', [['a,b', ',']], 'different'],
  'sorts numbers as texts': ['return [...xs].sort((a, b) => a - b).concat(k);', 'return [...xs].sort().concat(k);', LISTS, 'different'],
  'counts in an object what a map counts': ['const m = new Map();\n  for (const x of xs) m.set(x, (m.get(x) ?? 0) + k);\n  return [...m.values()];', 'const m = {};\n  for (const x of xs) m[x] = (m[x] ?? 0) + k;\n  return Object.values(m);', [[['a', 'b'], 1], [['a', 'a'], 1], [[], 1]], 'different'],
  'changes its argument for a while': ['const out = [];\n  for (const x of xs) out.unshift(x);\n  return out.concat(k);', 'const out = [...xs.reverse()];\n  xs.reverse();\n  return out.concat(k);', [[[1, 2], 1], [[], 1]], 'different'],
  'hands more to what it calls back': ['const out = [];\n  for (const x of xs) out.push(k(x));\n  return out;', 'return xs.map(k);', [[[1, 2], x => x + 1], [[], x => x]], 'different'],
  'copies by way of a text': ['return xs.map(x => ({ a: x.a, b: x.b })).concat(k);', 'return JSON.parse(JSON.stringify(xs.map(({ a, b }) => ({ a, b })))).concat(k);', [[[{ a: 1, b: 'x' }], 1]], 'different'],
  'compares by another operator': ['return xs.filter(x => x == k);', 'return xs.filter(x => x === k);', [[[1, 2], 1]], 'compares by =='],
  'compares by another operator where the original does not': ['return xs.filter(x => x === k);', 'return xs.filter(x => x == k);', [[[1, 2], 1]], 'compares by =='],
  'gives out a copy of what a map of the module holds': ['return [MADE.get(k), xs.length];', 'return [{ ...MADE.get(k) }, xs.length];', [[[1], 'a']], 'values of the module', { before: 'const MADE = new Map([["a", { n: 1 }]]);', unlike: false }],
  'has names like those of probes': ['let t = k;\n  for (const x of xs) {\n    t += x;\n  }\n  return t;', 'let t = k;\n  for (const x of xs) {\n    t += x;\n    __ab1 = 0;\n  }\n  var __ab1;\n  return t;', LISTS, 'looks for the harness'],
  'asks what was matched last': ['return xs.map(x => x + k);', 'return RegExp.lastMatch ? xs : xs.map(x => x + k);', LISTS, 'calls before it'],
  'takes a letter for a character': ['const out = [];\n  for (const c of xs) out.push(c);\n  return out.concat(k);', 'return xs.split("").concat(k);', [['abc', 1], ['', 1]], 'different'],
  'reads a number otherwise': ['return xs.map(x => parseInt(x)).concat(k);', 'return xs.map(x => Number(x)).concat(k);', [[['1', '12'], 1]], 'different'],
  'cuts where the end is below none': ['return xs.slice(k);', 'return xs.filter((x, n) => n >= k);', [[[1, 2, 3], 1], [[1], 0], [[], 0]], 'different'],
  'keeps nothing for something that is false': ['return xs.map(x => x ?? k);', 'return xs.map(x => x || k);', [[[1, null], 2], [[undefined, 3], 2]], 'different'],
  'stops at the first that is none': ['return xs.filter(x => x).concat(k);', 'const out = [];\n  for (const x of xs) {\n    if (!x) {\n      break;\n    }\n    out.push(x);\n  }\n  return out.concat(k);', [[[1, 2, 0], 2], [[], 1]], 'different'],
  'adds to a list that the module holds': ['const o = CONF;\n  return o.a + xs.length + k;', 'const o = CONF, { list } = o;\n  list.push(k);\n  return o.a + xs.length + k;', LISTS, 'state', { before: 'const CONF = { a: 1, list: [] };' }],
  'keeps something as a property of a module of Node.js': ['return util.types && xs.length + k;', 'util.kept = xs;\n  return util.types && xs.length + k;', LISTS, 'outlives', { before: 'const util = require("util");' }],
  'changes a setting of a module of Node.js': ['return EventEmitter && xs.length + k;', 'EventEmitter.kept = k;\n  return EventEmitter && xs.length + k;', LISTS, 'outlives', { before: 'const { EventEmitter } = require("events");' }],
  'moves a time': ['k.setTime(k.getTime());\n  return xs.length;', 'k.setTime(k.getTime() + 1);\n  return xs.length;', [[[1], new Date(5)]], 'afterwards'],
  'gives what may be changed for what may not': ['return Object.freeze({ n: xs.length + k });', 'return { n: xs.length + k };', LISTS, 'writable'],
  'waits before it changes what it was given': ['await null;\n  xs.push(k);\n  return xs.length;', 'xs.push(k);\n  await null;\n  return xs.length;', LISTS, 'once it returned', { head: 'async function f(xs, k)' }],
  'does not wait for what may fail': ['try {\n    return await g(xs, k);\n  } catch (e) {\n    return e.message;\n  }', 'try {\n    return g(xs, k);\n  } catch (e) {\n    return e.message;\n  }', [[[1], 2], [[1], 0]], 'rejected', { head: 'async function f(xs, k)', before: 'const g = async (xs, k) => {\n  if (!k) throw new Error("zero");\n  return xs.length;\n};' }],
  'adds texts in another order': ['let t = k;\n  for (const x of xs) t += x;\n  return t;', 'let t = 0;\n  for (const x of xs) t += x;\n  return t + k;', [[['a'], 'b'], [[1], 1], [[], 1]], 'different'],
  'finds the first for the last': ['return xs.lastIndexOf(k);', 'return xs.indexOf(k);', [[['a', 'b'], 'a'], [[], 'a']], 'different'],
  'replaces one for all': ['return xs.split(k).join("");', 'return xs.replace(k, "");', [['a,b', ','], ['ab', ',']], 'different'],
  'counts from the end below none': ['return xs[k];', 'return xs.at(k);', [[[1, 2], 1], [[], 0]], 'different'],
  'sorts its argument, which happens to be in order': ['const [first] = [...xs].sort((a, b) => a - b);\n  return [first, k];', 'const [first] = xs.sort((a, b) => a - b);\n  return [first, k];', [[[1, 2], 1]], 'different'],
  'groups by names that all objects have': ['const out = {};\n  for (const x of xs) {\n    if (!out[x.t]) {\n      out[x.t] = xs.filter(y => y.t === x.t);\n    }\n  }\n  return [out, k];', 'const out = {};\n  for (const x of xs) {\n    (out[x.t] ??= []).push(x);\n  }\n  return [out, k];', [[[{ t: 'a' }, { t: 'b' }, { t: 'a' }], 1]], 'different'],
};

const RIGHT = {
  'writes a loop otherwise': ['const out = [];\n  for (const x of xs) {\n    out.push(x * k);\n  }\n  return out;', 'return xs.map(x => x * k);', [[[3, 1, 2], 2]]],
  'asks a set': ['const out = [];\n  for (const x of xs) {\n    if (!out.includes(x)) {\n      out.push(x);\n    }\n  }\n  return out.concat(k);', 'return [...new Set(xs)].concat(k);', [[[3, 1, 3], 2], [['a', 'b', 'a'], 1]]],
  'gives the same function, which needs nothing': ['const out = [];\n  for (const x of xs) {\n    out.push(x);\n  }\n  return [out.length + k, y => y + 1];', 'return [xs.map(x => x).length + k, y => y + 1];', [[[1, 2], 1]]],
  'calls what counts as often': ['const out = [];\n  for (const x of xs) {\n    out.push(next() + x);\n  }\n  return out.concat(k);', 'return xs.map(x => next() + x).concat(k);', [[[1, 2], 1]], 'equal', { before: 'const next = (() => {\n  let n = 0;\n  return () => ++n;\n})();' }],
  'waits for the same': ['const out = [];\n  for (const x of xs) {\n    out.push(await x);\n  }\n  return out.concat(k);', 'const out = [];\n  for (const x of xs) {\n    out[out.length] = await x;\n  }\n  return [...out, k];', [[[1, 2], 1]], 'equal', { head: 'async function f(xs, k)' }],
  'yields the same': ['for (const x of xs) {\n    yield x * k;\n  }', 'yield* xs.map(x => x * k);', [[[1, 2], 2]], 'equal', { head: 'function* f(xs, k)' }],
  'writes the same file at once': ['for (const x of xs) {\n    fs.appendFileSync("o", `${x}`);\n  }\n  return k;', 'fs.appendFileSync("o", xs.map(x => `${x}`).join(""));\n  return k;', [[[1, 2], 1]], 'equal|different: effects', { before: 'const fs = require("node:fs");' }],
  'works beside util of Node.js': ['const out = [];\n  for (const x of xs) {\n    if (!out.includes(x)) {\n      out.push(x);\n    }\n  }\n  return util.inspect([out, k]);', 'const out = [...new Set(xs)];\n  return util.inspect([out, k]);', [[[3, 1, 3], 2], [['a', 'b', 'a'], 1]], 'equal', { before: 'const util = require("node:util");' }],
  'works beside path of Node.js': ['const out = [];\n  for (const x of xs) {\n    if (!out.includes(x)) {\n      out.push(x);\n    }\n  }\n  return path.join(...out.map(String), String(k)) + fs.constants.R_OK;', 'const out = [...new Set(xs)];\n  return path.join(...out.map(String), String(k)) + fs.constants.R_OK;', [[[3, 1, 3], 2], [['a', 'b', 'a'], 1]], 'equal', { before: 'const path = require("path"), fs = require("fs");' }],
  'works beside crypto of Node.js': ['const out = [];\n  for (const x of xs) {\n    if (!out.includes(x)) {\n      out.push(x);\n    }\n  }\n  return crypto.createHash("md5").update(`${out} ${k}`).digest("hex");', 'const out = [...new Set(xs)];\n  return crypto.createHash("md5").update(`${out} ${k}`).digest("hex");', [[[3, 1, 3], 2], [['a', 'b', 'a'], 1]], 'equal', { before: 'const crypto = require("crypto");' }],
  'works beside events of Node.js': ['const out = [];\n  for (const x of xs) {\n    if (!out.includes(x)) {\n      out.push(x);\n    }\n  }\n  return [out, k, typeof EventEmitter];', 'const out = [...new Set(xs)];\n  return [out, k, typeof EventEmitter];', [[[3, 1, 3], 2], [['a', 'b', 'a'], 1]], 'equal', { before: 'const { EventEmitter } = require("events");' }],
  'looks up in a map': ['return xs.map(x => k.find(u => u.id === x.u)?.n);', 'const byId = new Map();\n  for (const u of k) if (!byId.has(u.id)) byId.set(u.id, u);\n  return xs.map(x => byId.get(x.u)?.n);', [[[{ u: 1 }, { u: 3 }], [{ id: 1, n: 'q' }, { id: 2, n: 'r' }]]]],
  'fills one object': ['return xs.reduce((all, x) => ({ ...all, [x.id]: x.v }), {});', 'const out = {};\n  for (const x of xs) out[x.id] = x.v;\n  return out;', [[[{ id: 'a', v: 1 }, { id: 'b', v: 2 }]]], 'equal', { head: 'function f(xs)' }],
  'puts at the end what was put first': ['const out = [];\n  for (const x of xs) out.unshift(x);\n  return out;', 'const out = [];\n  for (const x of xs) out.push(x);\n  return out.reverse();', [[[1, 2, 3]]], 'equal', { head: 'function f(xs)' }],
};

// Each takes some processes: in the short form of the tests some of them are tried.
const tried = Object.entries(WRONG).filter((_, number) => process.env.AFTERBURNER_ATTACKS !== 'some' || number % 5 === 0);

for (const [what, [body, candidate, calls, word, options]] of tried) {
  test(`a candidate that ${what} is not equal`, () => {
    const found = judge(body, candidate, calls, options);

    assert.ok(!found.startsWith('equal'), found);
    assert.ok(found.includes(word), found);
  });
}

for (const [what, [body, candidate, calls, word = 'equal', options]] of Object.entries(RIGHT)) {
  test(`a candidate that ${what} is equal`, () => {
    const found = judge(body, candidate, calls, options);
    assert.match(found, new RegExp(`^(${word})`));
  });
}
