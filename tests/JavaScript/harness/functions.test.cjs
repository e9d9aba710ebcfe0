'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const { load } = require('./harness.cjs');

const { parse } = load('functions/parsing.cjs');
const { find, locate, bindings } = load('functions/finding.cjs');
const { watch } = load('functions/watching.cjs');
const { probed, points } = load('functions/probing.cjs');
const { Ran } = load('functions/ran.cjs');
const { Names } = load('functions/naming.cjs');
const { isFree } = load('functions/free.cjs');
const { unbound } = load('functions/scopes.cjs');

const CODE = `'use strict'
function f(a) { function g() {} return () => a; }
class Box extends Map { constructor() { super(); } get v() { return 1; } set v(x) {} static s() {} #p() {} own = () => 1; static t = () => 2; }
const k = ({ a }, ...rest) => a + rest.length, o = { m() {}, get q() { return 1; }, r: function () {}, s: { t: () => 1 } };
exports.u = function () {}; module.exports.w = async x => x;
let either;
if (Math) { either = function () { return 'first'; }; } else { either = () => 'second'; }
Object.assign(exports, { f, Box, k, o });
`;

function run(text, hearer) {
  const module = { exports: {} };
  process.__ab = hearer;
  try {
    new Function('module', 'exports', text)(module, module.exports);
    return module.exports;
  } finally {
    delete process.__ab;
  }
}

test('functions are found by the names that the engine gives them, each with the address it is had by', () => {
  const found = find(parse(CODE, false), CODE);

  assert.deepEqual(found.map(each => `${each.line} ${each.name} ${each.kind} ${each.address ?? '-'}`), [
    '2 f function f', '2 f.g function -', '3 Box.constructor constructor Box.constructor', '3 Box.v get Box.prototype.get v', '3 Box.v set Box.prototype.set v',
    '3 Box.s method Box.s', '3 Box.#p method -', '3 Box.own arrow -', '3 Box.t arrow Box.t', '4 k arrow k', '4 o.m method o.m', '4 o.q get o.get q', '4 o.r function o.r', '4 o.s.t arrow o.s.t',
    '5 exports.u function exports.u', '5 module.exports.w arrow module.exports.w', '7 either function either', '7 either arrow either',
  ]);
  assert.ok(found.filter(each => each.address === null).every(each => each.why));
  assert.equal(locate(found, { name: 'Box.v', line: 3 }).kind, 'get');
  assert.deepEqual(bindings(parse(CODE, false), CODE), ['f', 'Box', 'k', 'o', 'exports.u', 'module.exports.w', 'either']);
});

test('calls of watched functions are told, with what they were called with, and every line keeps its number', () => {
  const all = find(parse(CODE, false), CODE).filter(each => !each.why && each.kind !== 'set');
  const { text, problems } = watch(CODE, 'a.js', false, all.map(({ name, line }) => ({ id: name, name, line })), { timed: true });
  const told = [], left = [];
  const hearer = { enter: (id, self, given) => (told.push([id, [...given]]), { id }), leave: call => left.push(call.id), names: () => {} };

  const made = run(text, hearer);
  process.__ab = hearer;
  made.k({ a: 1 }, 2, 3);
  new made.Box().v;
  made.o.q;
  delete process.__ab;

  assert.equal(problems.size, 0);
  assert.deepEqual(told, [['k', [{ a: 1 }, 2, 3]], ['Box.constructor', []], ['Box.v', []], ['o.q', []]]);
  assert.deepEqual(left, ['k', 'Box.constructor', 'Box.v', 'o.q']);
  assert.equal(text.split('\n').findIndex(line => line.includes('class Box')), 2);
  assert.equal(made.k.length, 1);
  assert.equal(run(text, undefined).k({ a: 1 }), 1); // nobody listens
});

test('what a function throws is passed on, and said', () => {
  const code = 'exports.f = function (x) { throw new TypeError(x); };';
  const { text } = watch(code, 'a.js', false, [{ id: 'f', name: 'exports.f', line: 1 }], { timed: true });
  const calls = [];
  const hearer = { enter: () => (calls.push({ raised: false }), calls.at(-1)), leave: () => {}, names: () => {} };
  const made = run(text, hearer);
  process.__ab = hearer;

  assert.throws(() => made.f('no'), TypeError);
  delete process.__ab;

  assert.deepEqual(calls, [{ raised: true }]);
});

test('functions and classes that modules hold have names, by which they are had again', () => {
  const names = new Names();
  const { text } = watch(CODE, 'a.js', false, []);

  const made = run(text, { enter: () => null, leave: () => {}, names: (file, table) => names.add(file, table) });

  assert.equal(names.of(made.Box), 'a.js#Box');
  assert.equal(names.of(made.o.s.t), 'a.js#o.s.t');
  assert.equal(names.resolve('a.js#either')(), 'first');
  assert.equal(names.resolve('a.js#Box.constructor').construct, made.Box);
  assert.equal(names.resolve('a.js#Box.prototype.get v').call(new made.Box()), 1);
  assert.equal(names.of(() => 1), null);
});

test('a version tells which of its lines and ways ran, and does as before', () => {
  const code = `function f(xs, { k = 2 } = {}) {
  let n = 0;
  for (const x of xs) if (x > 1) n += x; else if (x) { n--; }
  const g = y => y?.z ?? (n && 1);
  switch (n) {
    case 1: return 5;
    default:
  }
  try { g(null); } catch { n = 2; }
  while (n > 100 || false) n--;
  return n ? g({ z: n * k }) : 0;
}
exports.f = f;`;
  const { node } = find(parse(code, false), code)[0];
  process.__abRan = new Ran();
  const made = { exports: {} };
  new Function('module', 'exports', probed(code, node))(made, made.exports);

  const answer = made.exports.f([1, 2, 3]);

  const missing = points(node, code).arms.filter(({ number }) => !process.__abRan.arms.has(number)).map(({ unrun }) => unrun);
  assert.equal(answer, 8);
  assert.deepEqual([...process.__abRan.lines].sort((a, b) => a - b), [2, 3, 4, 5, 9, 10, 11]);
  assert.deepEqual(missing, [
    'the loop over `xs` never went over nothing', '`x` was never false', '`n` never decided `n && 1`', '`case 1` never ran', 'a `catch` was never entered', '`n = 2;` never ran',
    '`n > 100 || false` was never true', '`n > 100` never decided `n > 100 || false`', '`n--;` never ran', '`n` was never false', 'the default of `{ k = 2 }` was always used', 'the default of `k` was always used',
  ]);
  delete process.__abRan;
});

test('every way through is told once it is taken, and none before', () => {
  const code = `function f(a, b) {
  const out = [];
  for (const { q = 1 } of a) { out.push(q); }
  outer: for (let n = 0; n < b.n; n++) { for (;;) { if (n) continue outer; break; } }
  while (b.w-- > 0) out.push(b.w);
  switch (b.s) { case 1: out.push('one'); case 2: out.push('two'); }
  try { if (b.t) throw new Error('t'); if (b.r) return out; out.push('done'); } catch { out.push('caught'); }
  b.keep ??= 5; b.some ||= 6; b.all &&= 7;
  out.push(b?.x?.y, b.g?.(1), a.filter(x => x.q !== 2).length, b.u && b.v);
  const { d = 3 } = b, h = b.h?.k;
  return out.concat(d, h === 1, b.c ? 'yes' : 'no');
}
exports.f = f;`;
  const { node } = find(parse(code, false), code)[0], all = points(node, code).arms;
  const made = { exports: {} };
  process.__abRan = new Ran();
  new Function('module', 'exports', probed(code, node))(made, made.exports);
  const left = () => all.filter(({ number }) => !process.__abRan.arms.has(number)).map(({ unrun }) => unrun);
  const rich = () => ({ n: 2, w: 1, s: 2, t: 0, r: 0, keep: 1, some: 1, all: 1, x: { y: 1 }, g: x => x, u: 1, v: 1, d: 1, h: { k: 1 }, c: 1 });
  const plain = Function('exports', `${code}; return exports.f`)({});

  assert.equal(left().length, all.length);
  for (const [a, b] of [[[{ q: 3 }, {}], rich()], [[], { n: 0, w: 0, s: 3, x: null, g: () => 1, u: 0 }], [[{ q: 2 }], { ...rich(), s: 1, t: 1, v: 0 }], [[], { ...rich(), r: 1 }]]) {
    assert.deepEqual(made.exports.f(a, { ...b }), plain(a, { ...b }));
  }

  assert.deepEqual(left(), ['`b?.x` never met nothing', 'whether `b.g?.(1)` is called or left out cannot be told']);
  delete process.__abRan;
});

test('names that a block binds are not there outside of it, nor those of a body where the parameters are made', () => {
  const free = text => [...unbound(parse(`(${text})`, false))].filter(name => !(name in globalThis));

  assert.deepEqual(free('() => { { function g() {} } return g; }'), ['g']);
  assert.deepEqual(free('() => { function g() {} return g; }'), []);
  assert.deepEqual(free('(a = kept) => { var kept = 1; return a + kept; }'), ['kept']);
  assert.deepEqual(free('() => { if (1) { let x = 1; var y = 2; } return x + y; }'), ['x']);
});

for (const [text, free] of [
  ['x => x * 2', true], ['function f(n) { return n ? f(n - 1) : Math.max(n); }', true], ['x => { try { return JSON.parse(x); } catch (e) { return e; } }', true], ['({ a, b: [c] }, ...d) => ({ a, c, d })', true],
  ['(a, { b, c = [d] }) => a + b', false], ['x => y', false], ['x => process.env', false], ['function () { return this; }', false], ['x => { { let k = 1; } return k; }', false], ['() => import("x")', false],
]) {
  test(`${text} ${free ? 'needs nothing' : 'needs something'} from around it`, () => assert.equal(isFree(text), free));
}
