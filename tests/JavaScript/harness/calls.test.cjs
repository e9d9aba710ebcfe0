'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const { load } = require('./harness.cjs');

const { Shared } = load('calls/shared.cjs');
const { Inside } = load('calls/inside.cjs');
const { State } = load('calls/state.cjs');
const { Names } = load('functions/naming.cjs');
const { encode } = load('comparing/encoding.cjs');
const { decode } = load('calls/decoding.cjs');
const { plans, grow } = load('growing/larger.cjs');
const { unlike } = load('growing/unlike.cjs');

const held = require('./held.cjs');
const inside = new Inside();

test('whatever of what all code shares is changed is told, and nothing else is', () => {
  const shared = new Shared(), iterators = Object.getPrototypeOf([].values()), generators = Object.getPrototypeOf(function* () {}.prototype);
  const changes = {
    'Array.prototype.push': [Array.prototype, 'push', () => {}], 'Math.max, which has other properties': [Math.max, 'kept', 1], 'what each Array Iterator shares.next': [iterators, 'next', () => {}],
    'what generators share, which has other properties': [generators, 'kept', 1], 'Object.prototype, which has other properties': [Object.prototype, 'get', () => {}], 'Error.stackTraceLimit': [Error, 'stackTraceLimit', 3], parseInt: [globalThis, 'parseInt', () => {}],
  };

  for (const [words, [holder, key, value]] of Object.entries(changes)) {
    const before = Object.getOwnPropertyDescriptor(holder, key);
    Object.defineProperty(holder, key, { value, writable: true, configurable: true, enumerable: before?.enumerable ?? true });
    const found = shared.changed();
    if (before) Object.defineProperty(holder, key, before);
    else delete holder[key];
    assert.equal(found, words);
  }
  structuredClone(new Map([[1, new Intl.NumberFormat('de').format(3)]]));
  assert.equal(shared.changed(), null);
});

for (const [name, change] of Object.entries({
  next: () => held.next(), box: () => held.box.next(), fields: () => held.fields.bump(), numbers: () => held.numbers.next(), steps: () => held.steps.next(), memo: () => held.memo.set(held.key, 3),
  entries: () => held.entries.next(), proxy: () => { held.proxy.a = 2; }, address: () => { held.address.search = 'q'; }, bound: () => held.bound(), plain: () => { held.plain.a.b.push(1); }, many: () => held.many.f7(),
})) {
  test(`what ${name} of a module holds is seen to change, and to stay`, () => {
    const names = new Names();
    names.add('held.cjs', held.names);
    const state = new State(names, new Shared(), inside);

    const before = state.snapshot(), same = state.snapshot();
    change();

    assert.deepEqual(State.changes(before, same), []);
    assert.ok(State.changes(same, state.snapshot()).includes(`module held.cjs: ${name === 'box' ? 'next' : name}`));
  });
}

const stored = list => encode([undefined, list], { strict: true });
const made = data => decode(data, () => null)[1];

test('a call is made larger in what it is given, with values of the same make', () => {
  const data = stored([['b', 'a', 'b'], [1, 2, 3], { items: [{ id: 1, n: 'q' }] }, 'x,y', 5]);
  const all = plans(data), one = kind => all.findIndex(plan => plan.length === 1 && plan[0].kind === kind);

  const [words, numbers] = made(grow(data, all[0], 4, 1).data);
  assert.equal(words.length, 12);
  assert.deepEqual([new Set(words).size, numbers.length], [8, 12]); // of three one comes twice
  assert.deepEqual(numbers, [...numbers].sort((a, b) => a - b)); // what is in order stays so
  assert.equal(made(grow(data, all[one('text')], 3, 1).data)[3].split(',').length, 6);
  assert.equal(made(grow(data, all[one('number')], 3, 1).data)[4], 15);
  assert.notDeepEqual(made(grow(data, all[0], 4, 1).data), made(grow(data, all[0], 4, 2).data));
  assert.deepEqual(made(data)[0], ['b', 'a', 'b']);
  const rows = plans(stored([[{ id: 1 }, { id: 2 }]]));
  const grown = made(grow(stored([[{ id: 1 }, { id: 2 }]]), rows[0], 3, 0).data)[0];
  assert.equal(new Set(grown).size, 6);
  assert.equal(new Set(grown.map(row => row.id)).size, 6);
});

test('calls unlike one differ from it in one place each', () => {
  const found = unlike(stored([[3, 1], 'ab', { on: true, name: 'x' }])).map(({ how, data }) => [how, made(data)]);
  const of = how => found.find(([each]) => each === how)?.[1];

  assert.deepEqual(of('0 empty')[0], []);
  assert.deepEqual(of('0 with one twice')[0], [3, 1, 3, 1]);
  assert.deepEqual(of('0 the other way round')[0], [1, 3]);
  assert.ok(Object.isFrozen(of('0 frozen')[0]));
  assert.equal(of('1 " ab "')[1], ' ab ');
  assert.equal(of('2.on turned')[2].on, false);
  assert.deepEqual(Object.keys(of('2 without name')[2]), ['on']);
  assert.equal(of('without the last').length, 2);
  assert.ok(new Set(found.map(([, list]) => JSON.stringify(encode([list])))).size > 30);
});
