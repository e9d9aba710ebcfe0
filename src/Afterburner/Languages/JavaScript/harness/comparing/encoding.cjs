// Values as data: { nodes, roots }, every object once, so that what is shared and what is circular stays so. Two uses. Strict: to make the
// value again (calls/decoding), and then what cannot be made again is refused with its reason. Else: to be compared (comparing/differences).
// Everything it uses is taken before any code of the repository runs, and values are read below their getters.
'use strict';

const { types } = require('node:util');

const { ownKeys, getOwnPropertyDescriptor, getPrototypeOf, isExtensible } = Reflect;
const { isFrozen, isSealed, is } = Object;
const { isFinite } = Number;
const tagOf = Function.prototype.call.bind(Object.prototype.toString);
const sourceOf = Function.prototype.call.bind(Function.prototype.toString);
const timeOf = Function.prototype.call.bind(Date.prototype.getTime);
const mapEntries = Function.prototype.call.bind(Map.prototype.entries);
const setValues = Function.prototype.call.bind(Set.prototype.values);
const mapNext = Function.prototype.call.bind(getPrototypeOf(new Map().entries()).next);
const setNext = Function.prototype.call.bind(getPrototypeOf(new Set().values()).next);
const regexpSource = getter(RegExp.prototype, 'source'), regexpFlags = getter(RegExp.prototype, 'flags');
const { isArray } = Array;
const { isView } = ArrayBuffer;
const bytesOf = buffer => Buffer.from(buffer).toString('base64');
const keyFor = Symbol.keyFor;
const viewBuffer = getter(getPrototypeOf(Uint8Array.prototype), 'buffer'), viewOffset = getter(getPrototypeOf(Uint8Array.prototype), 'byteOffset');
const viewLength = getter(getPrototypeOf(Uint8Array.prototype), 'length'), viewTag = getter(getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag);
const dataBuffer = getter(DataView.prototype, 'buffer'), dataOffset = getter(DataView.prototype, 'byteOffset'), dataLength = getter(DataView.prototype, 'byteLength');
const boxed = {
  Number: Function.prototype.call.bind(Number.prototype.valueOf), String: Function.prototype.call.bind(String.prototype.valueOf),
  Boolean: Function.prototype.call.bind(Boolean.prototype.valueOf), BigInt: Function.prototype.call.bind(BigInt.prototype.valueOf),
  Symbol: Function.prototype.call.bind(Symbol.prototype.valueOf),
};
const MOST_NODES = 1_000_000, LONGEST_TEXT = 64 << 20;
const NATIVE = /\{\s*\[native code\]\s*\}\s*$/;
const PRIVATE = /(^|[\s{;,(])(static\s+|async\s+|get\s+|set\s+|\*\s*)*#[A-Za-z_$]/m;

/** Why a value cannot be stored. */
class Blocked extends Error {}

function getter(prototype, name) {
  return Function.prototype.call.bind(Object.getOwnPropertyDescriptor(prototype, name).get);
}

// Path -> value of what every realm has, and the other way round.
const builtins = new Map(), builtinNames = new Map();
for (const name of Object.getOwnPropertyNames(globalThis)) {
  if (['globalThis', 'global', 'process', 'navigator', 'crypto', 'localStorage', 'sessionStorage'].includes(name)) continue;
  const property = Object.getOwnPropertyDescriptor(globalThis, name);
  if (!('value' in property) || property.value === null || typeof property.value !== 'function' && typeof property.value !== 'object') continue;
  for (const [holder, path] of [[property.value, name], [property.value.prototype, `${name}.prototype`]]) {
    if (holder === undefined || holder === null) continue;
    if (!builtins.has(path)) builtins.set(path, holder);
    for (const key of Object.getOwnPropertyNames(holder)) {
      const own = Object.getOwnPropertyDescriptor(holder, key);
      if (own && typeof own.value === 'function' && key !== 'constructor' && !builtins.has(`${path}.${key}`)) builtins.set(`${path}.${key}`, own.value);
    }
  }
}
for (const [path, value] of builtins) if (!builtinNames.has(value)) builtinNames.set(value, path);
const classNames = new Map([...builtins].filter(([path]) => path.endsWith('.prototype')).map(([path, value]) => [value, path.slice(0, -'.prototype'.length)]));
const symbolNames = new Map(Object.getOwnPropertyNames(Symbol).filter(name => typeof Symbol[name] === 'symbol').map(name => [Symbol[name], name]));

const plain = Object.prototype;
const isNative = fn => NATIVE.test(sourceOf(fn));

/**
 * @param {unknown[]} roots
 * @param {object} options
 * @param {(value: Function) => string | null} [options.names] names of the repository's functions
 * @param {boolean} [options.strict] refuses what cannot be made again
 * @param {(text: string) => boolean} [options.free] whether a function's text needs nothing from around it
 * @param {boolean} [options.open] functions with names are looked into, as what outlives a call
 * @param {number} [options.most] nodes, beyond which it is too large
 * @param {Set<object>} [options.held] values of modules: `shared` tells which nodes are among them
 */
function encode(roots, { names = () => null, strict = false, free = null, open = false, most = MOST_NODES, held = null } = {}) {
  const nodes = [], seen = new Map(), shared = [];
  let text = 0;
  const opaque = why => {
    if (strict) throw new Blocked(why);
    return ['opaque', why];
  };

  function ref(value) {
    switch (typeof value) {
      case 'string':
        text += value.length;
        if (text > LONGEST_TEXT) throw new Blocked('it is too large');
        return `s${value}`;
      case 'boolean': return value;
      case 'number': return is(value, -0) ? 'n-0' : isFinite(value) ? value : `n${value}`;
      case 'undefined': return 'u';
      case 'bigint': return `b${value}`;
    }
    if (value === null) return null;
    const known = seen.get(value);
    if (known !== undefined) return { r: known };
    const number = nodes.length;
    if (number >= most) throw new Blocked('it is too large');
    seen.set(value, number);
    nodes.push(0);
    if (held !== null && held.has(value) && typeof value === 'object') shared.push(number);
    nodes[number] = typeof value === 'symbol' ? symbol(value) : node(value);
    return { r: number };
  }

  function symbol(value) {
    const key = keyFor(value);
    if (key !== undefined) return ['symbol', 'for', key];
    if (symbolNames.has(value)) return ['symbol', 'known', symbolNames.get(value)];
    return strict ? opaque('symbol') : ['symbol', 'own', String(value.description)];
  }

  function properties(value, skip) {
    const list = [];
    for (const key of ownKeys(value)) {
      if (skip !== undefined && skip(key)) continue;
      const property = getOwnPropertyDescriptor(value, key);
      if (property === undefined) continue;
      if (property.get !== undefined || property.set !== undefined) list.push([ref(key), { a: [property.get ? accessor(property.get) : null, property.set ? accessor(property.set) : null] }, property.enumerable + 4 * property.configurable]);
      else list.push([ref(key), ref(property.value), property.enumerable + 2 * property.writable + 4 * property.configurable]);
    }
    return list;
  }

  function accessor(fn) {
    if (strict && names(fn) === null) throw new Blocked('accessor');
    return ref(fn);
  }

  /** 0 for the usual prototype, else what it is. */
  function prototype(value, usual) {
    const found = getPrototypeOf(value);
    if (found === plain && usual === 'Object') return 0;
    if (found === null) return null;
    const builtin = classNames.get(found) ?? ofAnotherRealm(found);
    if (builtin !== undefined && builtin !== null) return builtin === usual ? 0 : `B${builtin}`;
    const made = getOwnPropertyDescriptor(found, 'constructor')?.value;
    const name = typeof made === 'function' && getOwnPropertyDescriptor(made, 'prototype')?.value === found ? names(made) : null;
    if (name === null) {
      if (!strict && typeof made !== 'function') return { p: ref(found) };
      return `O${opaque(typeof made === 'function' && made.name ? `an object of ${isNative(made) ? made.name : `class ${made.name}, which no module binds`}` : 'a prototype that no class has')[1]}`;
    }
    for (let each = made; strict && typeof each === 'function' && !isNative(each); each = getPrototypeOf(each)) {
      if (PRIVATE.test(sourceOf(each))) throw new Blocked('private field');
    }
    return `N${name}`;
  }

  function node(value) {
    if (types.isProxy(value)) return opaque('proxy');
    if (typeof value === 'function') return fn(value);
    const state = isExtensible(value) ? 0 : isFrozen(value) ? 3 : isSealed(value) ? 2 : 1;
    // Most objects are plain ones, which are told by two looks at them.
    if (getPrototypeOf(value) === plain && tagOf(value) === '[object Object]' && !builtinNames.has(value)) return ['object', 0, properties(value), state];
    if (isArray(value)) {
      const items = [];
      for (let place = 0; place < value.length; place++) {
        const own = getOwnPropertyDescriptor(value, place);
        items.push(own === undefined ? 'h' : 'value' in own ? ref(own.value) : 'u');
      }
      return ['array', prototype(value, 'Array'), items, properties(value, key => key === 'length' || typeof key === 'string' && /^(0|[1-9]\d*)$/.test(key)), state];
    }
    if (types.isDate(value)) return ['date', prototype(value, 'Date'), ref(timeOf(value)), properties(value), state];
    if (types.isRegExp(value)) return ['regexp', prototype(value, 'RegExp'), regexpSource(value), regexpFlags(value), properties(value), state];
    if (types.isMap(value)) {
      const entries = [], iterator = mapEntries(value);
      for (let step = mapNext(iterator); !step.done; step = mapNext(iterator)) entries.push([ref(step.value[0]), ref(step.value[1])]);
      return ['map', prototype(value, 'Map'), entries, properties(value), state];
    }
    if (types.isSet(value)) {
      const items = [], iterator = setValues(value);
      for (let step = setNext(iterator); !step.done; step = setNext(iterator)) items.push(ref(step.value));
      return ['set', prototype(value, 'Set'), items, properties(value), state];
    }
    if (types.isAnyArrayBuffer(value)) return ['buffer', types.isSharedArrayBuffer(value), bytesOf(value)];
    if (isView(value)) {
      if (types.isDataView(value)) return ['view', 'DataView', ref(dataBuffer(value)), dataOffset(value), dataLength(value)];
      const kind = Buffer.isBuffer(value) ? 'Buffer' : viewTag(value);
      // A Buffer may lie in memory that it shares with others: its own bytes count.
      return kind === 'Buffer' ? ['bytes', bytesOf(value)] : ['view', kind, ref(viewBuffer(value)), viewOffset(value), viewLength(value)];
    }
    if (types.isNativeError(value)) return ['error', prototype(value, 'Error'), properties(value, key => key === 'stack'), state];
    if (types.isBoxedPrimitive(value)) {
      const kind = types.isNumberObject(value) ? 'Number' : types.isStringObject(value) ? 'String' : types.isBooleanObject(value) ? 'Boolean' : types.isBigIntObject(value) ? 'BigInt' : 'Symbol';
      return ['boxed', kind, ref(boxed[kind](value))];
    }
    for (const [check, why] of UNSEEN) if (types[check](value)) return opaque(why);
    const builtin = builtinNames.get(value);
    if (builtin !== undefined && !open) return ['builtin', builtin];
    if (tagOf(value) === '[object Arguments]') return ['arguments', isArrayLike(value)];
    const tag = tagOf(value);
    if (/Iterator\]$|^\[object (WeakRef|Segmenter|Intl|FinalizationRegistry)/.test(tag)) return opaque(tag.slice(8, -1));
    return ['object', prototype(value, 'Object'), properties(value), state];
  }

  function isArrayLike(value) {
    const items = [];
    for (let place = 0; place < value.length; place++) items.push(ref(value[place]));
    return items;
  }

  function fn(value) {
    const name = names(value);
    if (name !== null) return open ? ['function', name, properties(value, key => key === 'length' || key === 'name')] : ['function', name];
    const builtin = builtinNames.get(value) ?? (isNative(value) && builtins.has(value.name) ? value.name : undefined);
    if (builtin !== undefined) return ['builtin', builtin];
    const source = sourceOf(value);
    if (NATIVE.test(source)) return opaque('native or bound function');
    if (strict && ownKeys(value).some(key => !['length', 'name', 'prototype', 'arguments', 'caller'].includes(key))) return opaque('function with properties');
    if (/^class\b/.test(source)) return opaque('class that no module binds');
    if (free !== null && free(source)) return ['free', source];
    return strict ? opaque('function that uses what is around it') : ['opaque', `function ${value.name} of ${value.length}`];
  }

  const told = roots.map(ref);
  return held === null ? { roots: told, nodes } : { roots: told, nodes, shared };
}

/** Which builtin a prototype of another realm (a test runner's) is. */
function ofAnotherRealm(prototype) {
  const made = getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return typeof made === 'function' && isNative(made) && builtins.has(`${made.name}.prototype`) && made.prototype === prototype ? made.name : null;
}

const UNSEEN = [
  ['isPromise', 'promise'], ['isWeakMap', 'WeakMap'], ['isWeakSet', 'WeakSet'], ['isGeneratorObject', 'generator'],
  ['isModuleNamespaceObject', 'module'], ['isMapIterator', 'iterator'], ['isSetIterator', 'iterator'], ['isExternal', 'native handle'],
];

module.exports = { encode, Blocked, builtins };
