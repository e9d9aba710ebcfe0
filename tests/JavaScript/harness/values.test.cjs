'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const { load } = require('./harness.cjs');

const { encode, Blocked } = load('comparing/encoding.cjs');
const { decode, filesIn } = load('calls/decoding.cjs');
const { difference } = load('comparing/differences.cjs');
const { isFree } = load('functions/free.cjs');

class Point extends Map {
  constructor() {
    super();
    this.x = 1;
  }
}

class Hidden {
  #kept = 1;

  kept() {
    return this.#kept;
  }
}

const bound = new Map([[Point, 'a.js#Point'], [Hidden, 'a.js#Hidden']]);
const names = value => bound.get(value) ?? null;
const resolve = name => [...bound].find(([, each]) => each === name)[0];
const strict = value => encode([value], { strict: true, names, free: isFree });
const seen = value => encode([value], { names, free: isFree });
const differ = (a, b) => difference(seen(a), seen(b), ['v'], 1e-9);

function everything() {
  const list = [1, 'x', -0, NaN, Infinity, undefined, null, 10n, , [1, 2]];
  list.push(list);
  return {
    list, same: list[9], date: new Date(5), pattern: /x/gi, map: new Map([[1, {}]]), set: new Set(['q']), bytes: new Uint8Array([1, 2]), buffer: Buffer.from('hi'),
    error: new TypeError('bad', { cause: list }), bare: Object.create(null), symbol: Symbol.iterator, builtin: Math.max, frozen: Object.freeze({ y: 1 }), point: new Point(),
    [Symbol.for('p')]: 1, boxed: Object(3), callback: (a, b) => a - b, __proto__: null,
  };
}

test('what is stored is made again as it was, and read again it is the same text', () => {
  const stored = strict(everything());
  const made = decode(JSON.parse(JSON.stringify(stored)), resolve)[0];

  assert.equal(JSON.stringify(strict(made)), JSON.stringify(stored));
  assert.equal(made.list[10], made.list);
  assert.equal(made.same, made.list[9]);
  assert.equal(8 in made.list, false);
  assert.ok(made.point instanceof Point);
  assert.equal(made.callback(3, 1), 2);
  assert.ok(Object.isFrozen(made.frozen));
  assert.deepEqual([...filesIn(stored)], ['a.js']);
});

for (const [what, value, why] of [
  ['a closure', () => names, /around it/], ['a class that nobody binds', new class Local {}(), /class Local/], ['a promise', Promise.resolve(1), /promise/],
  ['an own symbol', Symbol('own'), /symbol/], ['private fields', new Hidden(), /private field/], ['a proxy', new Proxy({}, {}), /proxy/],
  ['a generator', (function* () {})(), /generator/], ['an accessor', { get x() { return names; } }, /accessor/], ['a bound function', names.bind(null), /native or bound/],
]) {
  test(`${what} is not stored, and the reason is said`, () => assert.throws(() => strict(value), error => error instanceof Blocked && why.test(error.message)));
}

test('values that a user cannot tell apart do not differ', () => {
  assert.equal(differ(everything(), everything()), null);
  assert.equal(differ([0.1 + 0.2], [0.3]), null);
  const [a, b] = [{}, {}];
  a.self = a;
  b.self = b;
  assert.equal(differ(a, b), null);
});

for (const [what, value, why] of [
  ['a closure', () => names, /around it/], ['a promise', [Promise.resolve(1)], /promise/], ['a generator', { g: (function* () {})() }, /generator/], ['an iterator', [[1].values()], /Array Iterator/],
  ['a getter', { get x() { return names; } }, /around it/], ['private fields', new Hidden(), /private field/], ['a proxy', new Proxy({}, {}), /proxy/], ['a bound function', names.bind(null), /native or bound/],
  ['a weak map', new WeakMap(), /WeakMap/], ['what a builtin class holds', new URL('http://a'), /URL|private field/], ['an object of a class that nobody binds', new class Local {}(), /class Local/],
  ['an object that only looks like one of a builtin class', Object.create(Map.prototype), /Map/], ['an element that is computed', Object.defineProperty([1], 0, { get: names }), /computed/],
  ['a buffer of another make', Object.assign(new ArrayBuffer(1), { x: 1 }), /another make/],
]) {
  test(`${what} is not compared, and the reason is said`, () => assert.throws(() => seen(value), error => error instanceof Blocked && why.test(error.message)));
}

test('a function that needs nothing from around it is compared by its text', () => {
  assert.equal(differ(x => x + 1, x => x + 1), null);
  assert.notEqual(differ(x => x + 1, x => x + 2), null);
  assert.notEqual(differ(Object.assign(x => x, { kept: 1 }), x => x), null);
});

test('buffers over one memory are told from those that are not, and are not stored', () => {
  const bytes = Buffer.from('hello');

  assert.equal(differ([bytes, bytes.subarray(1)], [bytes, bytes.subarray(1)]), null);
  assert.notEqual(differ([bytes, bytes.subarray(1)], [bytes, Buffer.from(bytes.subarray(1))]), null);
  assert.throws(() => strict([bytes, bytes.subarray(1)]), /one memory/);
});

for (const [first, second, words] of [
  [1, 1n, '1 (number) != 1n (bigint)'], [0, -0, '0 != -0'], [1, true, '1 (number) != true (boolean)'], [null, undefined, 'null (null) != undefined (undefined)'],
  [[1], [1, 2], '1 elements != 2 elements'], [[,], [undefined], 'nothing there'], [{ a: 1 }, {}, 'a is missing'], [{}, { a: 1 }, 'a is new'],
  [{ a: 1, b: 2 }, { b: 2, a: 1 }, 'keys in another order'], [new Set([1, 2]), new Set([2, 1]), 'elements in another order'],
  [new TypeError('x'), new RangeError('x'), '(TypeError) != (RangeError)'], [new TypeError('x'), new TypeError('y'), 'v.message'],
  [1000001, 1000002, '1000001 != 1000002'], [Object.freeze({}), {}, 'frozen != extensible'], [new Map([[1, 2]]), new Map([[1, 3]]), 'v.get(1)'],
  [/a/g, /a/i, '/a/g != /a/i'], [new Date(1), new Date(2), 'time'], ['a', Object('a'), '(string)'], [new Uint8Array([1]), new Int8Array([1]), 'Uint8Array'],
]) {
  test(`${words} is told`, () => assert.ok(differ(first, second)?.includes(words), differ(first, second)));
}

test('an object that is shared in one answer and not in the other is a difference', () => {
  const row = [0];

  assert.match(differ([row, row], [[0], [0]]), /same object/);
  assert.match(differ([[0], [0]], [row, row]), /same object/);
});

test('reading a value runs none of its code', () => {
  let ran = 0;
  const value = { get x() { return ran++; }, toJSON() { return ran++; }, [Symbol.toPrimitive]() { return ran++; } };
  class Odd extends Array {
    get length() {
      return ran++;
    }
  }

  encode([value, new Odd()], { open: true });
  assert.throws(() => seen(value), Blocked);

  assert.equal(ran, 0);
});
