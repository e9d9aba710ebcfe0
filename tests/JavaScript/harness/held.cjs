// What modules hold, and in which way: see calls.test.
'use strict';

class Fields {
  #count = 0;

  bump() {
    this.#count++;
  }
}

const next = (() => {
  let n = 0;
  return () => ++n;
})();
const box = { next }, fields = new Fields(), key = {}, memo = new WeakMap(), entries = new Map([[1, 2], [3, 4]]).values(), proxy = new Proxy({ a: 1 }, {});
const numbers = (function* () {
  let n = 0;
  for (;;) yield n++;
})();
const steps = (function* () {
  yield 1;
  yield 2;
})();
const address = new URL('http://a'), plain = { a: { b: [] } };
const bound = (function () {
  this.n++;
}).bind({ n: 1 });
const many = (() => {
  let count = 0;
  return Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`f${n}`, () => count++]));
})();

module.exports = { next, box, fields, key, memo, entries, proxy, numbers, steps, address, plain, bound, many };
module.exports.names = Object.fromEntries(Object.keys(module.exports).map(name => [name, { next: () => next, box: () => box, fields: () => fields, key: () => key, memo: () => memo, entries: () => entries, proxy: () => proxy,
  numbers: () => numbers, steps: () => steps, address: () => address, plain: () => plain, bound: () => bound, many: () => many }[name]]));
