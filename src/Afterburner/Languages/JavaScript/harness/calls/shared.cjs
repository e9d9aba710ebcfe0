// What all code of a process shares: the language's own objects and functions. What a call answers is read by code that rests on them, so it is
// looked at whether they are as they were before anything is read. Everything that looks is taken beforehand, and uses none of them.
'use strict';

const { ITERATORS } = require('../comparing/encoding.cjs');

const { ownKeys, getOwnPropertyDescriptor, getPrototypeOf, isExtensible } = Reflect;
const { is } = Object;
const text = String;

const NAMES = [
  'Object', 'Function', 'Array', 'String', 'Number', 'Boolean', 'BigInt', 'Symbol', 'Map', 'Set', 'WeakMap', 'WeakSet', 'WeakRef', 'FinalizationRegistry', 'RegExp', 'Date', 'Promise', 'Proxy',
  'Error', 'TypeError', 'RangeError', 'SyntaxError', 'EvalError', 'ReferenceError', 'URIError', 'AggregateError', 'Math', 'JSON', 'Reflect', 'Atomics', 'Intl', 'Iterator',
  'ArrayBuffer', 'SharedArrayBuffer', 'DataView', 'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'Float32Array', 'Float64Array', 'BigInt64Array',
  'BigUint64Array', 'parseInt', 'parseFloat', 'isNaN', 'isFinite', 'encodeURIComponent', 'decodeURIComponent', 'encodeURI', 'decodeURI', 'escape', 'unescape', 'eval',
  'Buffer', 'structuredClone', 'queueMicrotask', 'setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate',
];
const HIDDEN = [
  ['generators', getPrototypeOf(function* () {}.prototype)], ['GeneratorFunction', getPrototypeOf(function* () {})], ['AsyncFunction', getPrototypeOf(async () => {})],
  ['AsyncGeneratorFunction', getPrototypeOf(async function* () {})], ['async generators', getPrototypeOf(async function* () {}.prototype)], ['TypedArray', getPrototypeOf(Uint8Array)],
];

class Shared {
  constructor() {
    this.take();
  }

  /** Takes all as it is now. */
  take() {
    const known = new Map(), holders = [];
    const add = (value, path) => {
      if (value === null || typeof value !== 'object' && typeof value !== 'function' || value === globalThis || known.has(value)) return;
      known.set(value, path);
      holders.push(value);
    };
    for (const name of NAMES) add(getOwnPropertyDescriptor(globalThis, name)?.value, name);
    for (const [name, value] of HIDDEN) add(value, `what ${name} share`);
    for (const [value, name] of ITERATORS) add(value, `what each ${name} shares`);
    this.entries = [];
    for (let place = 0; place < holders.length; place++) {
      const holder = holders[place], path = known.get(holder), fields = [];
      for (const key of ownKeys(holder)) {
        const { value, get, set, enumerable, configurable, writable } = getOwnPropertyDescriptor(holder, key);
        fields.push({ key, value, get, set, flags: (enumerable ? 1 : 0) + (configurable ? 2 : 0) + (writable ? 4 : 0) });
        // A function's own name and length are no more than that.
        for (const each of [value, get, set]) add(each, `${path}.${text(key)}`);
      }
      add(getPrototypeOf(holder), `what ${path} inherits`);
      this.entries.push({ holder, path, fields, base: getPrototypeOf(holder), open: isExtensible(holder) });
    }
    this.globals = [];
    for (const key of ownKeys(globalThis)) {
      const { value, get } = getOwnPropertyDescriptor(globalThis, key);
      this.globals.push({ key, value: typeof value === 'function' || key === 'Math' || key === 'JSON' || key === 'Reflect' ? value : undefined, get });
    }
  }

  /** What is not as it was taken, by its path; null where all is. @param {boolean} replaced whether only functions and objects that are others count */
  changed(replaced = false) {
    const { entries, globals } = this;
    for (let place = 0; place < entries.length; place++) {
      const { holder, path, fields, base, open } = entries[place], keys = ownKeys(holder);
      if (!replaced && keys.length !== fields.length) return `${path}, which has other properties`;
      if (getPrototypeOf(holder) !== base || !replaced && isExtensible(holder) !== open) return path;
      for (let number = 0; number < fields.length; number++) {
        const field = fields[number], now = getOwnPropertyDescriptor(holder, field.key);
        if (now === undefined) return `${path}.${text(field.key)}`;
        const isData = now.writable !== undefined, kind = typeof field.value;
        if (replaced && isData && kind !== 'function' && kind !== 'object') continue;
        if (!is(isData ? now.value : undefined, field.value) || !is(isData ? undefined : now.get, field.get) || !is(isData ? undefined : now.set, field.set)
          || !replaced && (now.enumerable ? 1 : 0) + (now.configurable ? 2 : 0) + (isData && now.writable ? 4 : 0) !== field.flags) return `${path}.${text(field.key)}`;
      }
    }
    for (let number = 0; number < globals.length; number++) {
      const { key, value, get } = globals[number], now = getOwnPropertyDescriptor(globalThis, key);
      if (value !== undefined && (now === undefined || now.value !== value) || get !== undefined && now === undefined) return text(key);
    }
    return null;
  }
}

module.exports = { Shared };
