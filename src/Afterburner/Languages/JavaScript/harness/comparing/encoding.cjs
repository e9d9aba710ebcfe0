// Values as data: { nodes, roots }, every object once, so that what is shared and what is circular stays so. Three uses. Strict: to make the
// value again (calls/decoding), and then what cannot be made again is refused with its reason. Open: to tell whether what outlives a call has
// changed. Else: to be compared (comparing/differences), and what cannot be looked into is refused: two of it are not equal for being hidden.
// Everything it uses is taken before any code of the repository runs, and values are read below their getters.
'use strict';

const { types } = require('node:util');

const { ownKeys, getOwnPropertyDescriptor, getPrototypeOf, isExtensible } = Reflect;
const { isFrozen, isSealed, is } = Object;
const { isFinite } = Number;
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
const OF_FUNCTIONS = new Set(['length', 'name', 'prototype', 'arguments', 'caller']);

/** Why a value cannot be stored, or not be compared. */
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
const BRANDS = [
  'isMap', 'isSet', 'isDate', 'isRegExp', 'isNativeError', 'isArgumentsObject', 'isBoxedPrimitive', 'isPromise', 'isAnyArrayBuffer', 'isArrayBufferView', 'isWeakMap', 'isWeakSet',
  'isGeneratorObject', 'isMapIterator', 'isSetIterator', 'isExternal',
].map(name => types[name]);

/** Whether all of an object is in its properties, whatever its prototype says. */
function isOrdinary(value) {
  for (let each = 0; each < BRANDS.length; each++) if (BRANDS[each](value)) return false;
  return !isArray(value);
}

const isNative = fn => NATIVE.test(sourceOf(fn));

/**
 * @param {unknown[]} roots
 * @param {object} options
 * @param {(value: Function) => string | null} [options.names] names of the repository's functions
 * @param {boolean} [options.strict] refuses what cannot be made again
 * @param {(text: string) => boolean} [options.free] whether a function's text needs nothing from around it
 * @param {boolean} [options.open] functions with names are looked into, as what outlives a call
 * @param {number} [options.most] nodes, beyond which it is too large
 * @param {Map<object, string>} [options.held] values of modules, with their names: `shared` tells which nodes are among them
 * @param {Map<object, string>} [options.earlier] for `open`: what was written before, which is only named; it gets what is written now
 * @param {string} [options.prefix] of the names that `earlier` gets
 * @param {(value: object) => [string, unknown][] | null} [options.look] for `open`: what an object holds that its properties do not show
 */
function encode(roots, { names = () => null, strict = false, free = null, open = false, most = MOST_NODES, held = null, earlier = null, prefix = '', look = () => null } = {}) {
  const nodes = [], seen = new Map(), shared = [], memories = new Map();
  let text = 0;
  /** What is not looked into: of no value that is stored or compared. */
  const opaque = why => {
    if (!open) throw new Blocked(why);
    return ['opaque', why];
  };
  const hidden = (value, why) => {
    const found = open ? look(value) : null;
    return open ? ['hidden', why, (found ?? []).map(([name, each]) => [name, ref(each)]), types.isProxy(value) ? [] : properties(value)] : opaque(why);
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
    const before = earlier === null ? undefined : earlier.get(value);
    if (before !== undefined) return { e: before };
    const number = nodes.length;
    if (number >= most) throw new Blocked('it is too large');
    seen.set(value, number);
    if (earlier !== null) earlier.set(value, `${prefix}${number}`);
    nodes.push(0);
    if (held !== null && typeof value === 'object' && held.has(value)) shared.push([number, held.get(value)]);
    nodes[number] = typeof value === 'symbol' ? symbol(value) : node(value);
    return { r: number };
  }

  function symbol(value) {
    const key = keyFor(value);
    if (key !== undefined) return ['symbol', 'for', key];
    if (symbolNames.has(value)) return ['symbol', 'known', symbolNames.get(value)];
    if (strict) return opaque('symbol');
    const name = names(value);
    return name === null ? ['symbol', 'own', String(value.description)] : ['symbol', 'named', name];
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
      const told = typeof made === 'function' ? getOwnPropertyDescriptor(made, 'name')?.value : undefined;
      return `O${opaque(typeof told === 'string' && told ? `an object of ${isNative(made) ? told : `class ${told}, which no module binds`}` : 'a prototype that no class has')[1]}`;
    }
    if (!open && isPrivate(value)) throw new Blocked('private field');
    return `N${name}`;
  }

  /** Whether a class of the object has fields that nobody else can read. */
  function isPrivate(value) {
    for (let each = getPrototypeOf(value); each !== null && each !== plain; each = getPrototypeOf(each)) {
      const made = getOwnPropertyDescriptor(each, 'constructor')?.value;
      if (typeof made === 'function' && !isNative(made) && hasPrivate(sourceOf(made))) return true;
    }
    return false;
  }

  /** What an object is of that keeps something where nobody looks; null where all of it is in its properties. */
  function keeper(value) {
    for (let each = getPrototypeOf(value); each !== null && each !== plain; each = getPrototypeOf(each)) {
      const builtin = classNames.get(each) ?? ofAnotherRealm(each);
      if (builtin !== undefined && builtin !== null && builtin !== 'Object') return builtin;
    }
    return isPrivate(value) ? 'private field' : null;
  }

  function node(value) {
    if (types.isProxy(value)) return hidden(value, 'proxy');
    if (value === globalThis || value === process) return ['builtin', value === process ? 'process' : 'globalThis'];
    if (typeof value === 'function') return fn(value);
    const state = isExtensible(value) ? 0 : isFrozen(value) ? 3 : isSealed(value) ? 2 : 1;
    if (getPrototypeOf(value) === plain && isOrdinary(value) && !builtinNames.has(value)) return ['object', 0, properties(value), state];
    if (isArray(value)) {
      const items = [];
      for (let place = 0, { value: length } = getOwnPropertyDescriptor(value, 'length'); place < length; place++) {
        const own = getOwnPropertyDescriptor(value, place);
        items.push(own === undefined ? 'h' : 'value' in own ? ref(own.value) : opaque('an element that is computed when it is read'));
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
    if (types.isAnyArrayBuffer(value)) {
      const kind = types.isSharedArrayBuffer(value) ? 'SharedArrayBuffer' : 'ArrayBuffer';
      return ownKeys(value).length > 0 || prototype(value, kind) !== 0 || value.resizable || value.growable ? opaque(`${kind} of another make`) : ['buffer', kind === 'SharedArrayBuffer', bytesOf(value)];
    }
    if (isView(value)) {
      const kind = types.isDataView(value) ? 'DataView' : getPrototypeOf(value) === Buffer.prototype ? 'Buffer' : viewTag(value);
      if (kind !== 'Buffer' && prototype(value, kind) !== 0 || ownKeys(value).some(key => typeof key !== 'string' || !INDEX.test(key))) return opaque(`${kind} of another make`);
      if (kind === 'DataView') return ['view', kind, ref(dataBuffer(value)), dataOffset(value), dataLength(value)];
      if (kind !== 'Buffer') return ['view', kind, ref(viewBuffer(value)), viewOffset(value), viewLength(value)];
      // A Buffer may lie in memory that it shares with others: its own bytes count, and who of those that are told has some of them, too.
      const memory = viewBuffer(value), place = seen.get(value), told = ['bytes', bytesOf(value), null];
      memories.set(memory, [...memories.get(memory) ?? [], { place, told, from: viewOffset(value), to: viewOffset(value) + viewLength(value) }]);
      return told;
    }
    if (types.isNativeError(value)) return ['error', prototype(value, 'Error'), properties(value, key => key === 'stack'), state];
    if (types.isBoxedPrimitive(value) && ownKeys(value).every(key => key === 'length' || typeof key === 'string' && INDEX.test(key)) && (open || BOXES.has(prototype(value, 'Object')))) {
      const kind = types.isNumberObject(value) ? 'Number' : types.isStringObject(value) ? 'String' : types.isBooleanObject(value) ? 'Boolean' : types.isBigIntObject(value) ? 'BigInt' : 'Symbol';
      return ['boxed', kind, ref(boxed[kind](value))];
    }
    for (const [check, why] of UNSEEN) if (types[check](value)) return hidden(value, why);
    const builtin = builtinNames.get(value);
    if (builtin !== undefined && !open) return ['builtin', builtin];
    if (types.isArgumentsObject(value)) return ['arguments', inOrder(value)];
    const kept = keeper(value);
    if (kept !== null) return hidden(value, kept);
    for (let each = getPrototypeOf(value); each !== null; each = getPrototypeOf(each)) if (ITERATORS.has(each)) return hidden(value, ITERATORS.get(each));
    return ['object', prototype(value, 'Object'), properties(value), state];
  }

  function inOrder(value) {
    const items = [], { value: length } = getOwnPropertyDescriptor(value, 'length') ?? {};
    if (typeof length !== 'number' || length > MOST_ARGUMENTS || ownKeys(value).length > length + 3) return opaque('arguments that were changed');
    for (let place = 0; place < length; place++) {
      const own = getOwnPropertyDescriptor(value, place);
      items.push(own === undefined || !('value' in own) ? opaque('arguments that were changed') : ref(own.value));
    }
    return items;
  }

  function fn(value) {
    const name = names(value);
    const builtin = name === null ? builtinNames.get(value) ?? (isNative(value) && isOfAnotherRealm(value) ? value.name : undefined) : undefined;
    if (builtin !== undefined) return ['builtin', builtin];
    if (open) return ['function', name ?? sourceOf(value), properties(value, key => key === 'length' || key === 'name'), (look(value) ?? []).map(([key, each]) => [key, ref(each)])];
    if (name !== null) return ['function', name];
    const source = sourceOf(value);
    if (NATIVE.test(source)) return opaque('native or bound function');
    if (strict && ownKeys(value).some(key => !OF_FUNCTIONS.has(key))) return opaque('function with properties');
    if (/^class\b/.test(source)) return opaque('class that no module binds');
    if (free === null || !free(source)) return opaque('function that uses what is around it');
    if (strict) return ['free', source];
    const made = getOwnPropertyDescriptor(value, 'prototype')?.value;
    if (made !== null && typeof made === 'object' && ownKeys(made).some(key => key !== 'constructor') || getPrototypeOf(value) !== kinds.get(getPrototypeOf(value))) return opaque('function with a prototype of its own');
    return ['free', source, properties(value, key => key === 'length' || key === 'prototype' || key === 'arguments' || key === 'caller')];
  }

  const told = roots.map(ref);
  for (const list of memories.values()) share(list);
  return held === null ? { roots: told, nodes } : { roots: told, nodes, shared };

  /** Buffers that have bytes in common tell with which one, and how far from its beginning. */
  function share(list) {
    list.sort((a, b) => a.from - b.from || a.place - b.place);
    let group = [], end = -1;
    const close = () => {
      if (group.length < 2) return;
      if (strict) throw new Blocked('buffers over one memory');
      const first = Math.min(...group.map(each => each.place));
      for (const each of group) each.told[2] = [first, each.from - group[0].from];
    };
    for (const each of list) {
      if (each.from >= end) {
        close();
        group = [];
      }
      group.push(each);
      end = Math.max(end, each.to);
    }
    close();
  }
}

const INDEX = /^(0|[1-9]\d*)$/, MOST_ARGUMENTS = 100_000;
const BOXES = new Set(['BNumber', 'BString', 'BBoolean', 'BBigInt', 'BSymbol']);
const kinds = new Map([() => {}, async () => {}, function* () {}, async function* () {}].map(each => [getPrototypeOf(each), getPrototypeOf(each)]));

/** The prototypes of what is gone through: none of them shows how far it is. */
const ITERATORS = new Map([
  [getPrototypeOf([].values()), 'Array Iterator'], [getPrototypeOf(new Map().values()), 'Map Iterator'], [getPrototypeOf(new Set().values()), 'Set Iterator'],
  [getPrototypeOf(''[Symbol.iterator]()), 'String Iterator'], [getPrototypeOf('x'.matchAll(/x/g)), 'RegExp String Iterator'],
  [getPrototypeOf(getPrototypeOf([].values())), 'Iterator'], [getPrototypeOf(getPrototypeOf(async function* () {}.prototype)), 'AsyncGenerator'],
  [getPrototypeOf(new Intl.Segmenter().segment('')), 'Segments'],
]);

const withPrivate = new Map();

/** Whether a class's text has a private name. Where that is not sure it is taken for one that has. */
function hasPrivate(source) {
  if (!source.includes('#')) return false;
  if (!withPrivate.has(source)) withPrivate.set(source, test());
  return withPrivate.get(source);

  function test() {
    try {
      const { parse, walk } = require('../functions/parsing.cjs');
      let found = false;
      walk(parse(`(${source})`, false), node => {
        found ||= node.type === 'PrivateIdentifier';
        return !found;
      });
      return found;
    } catch {
      return true; // a builtin's, or a constructor that is no whole class
    }
  }
}

/** Whether a native function is a builtin of another realm, by its name. */
function isOfAnotherRealm(fn) {
  const name = getOwnPropertyDescriptor(fn, 'name')?.value;
  return typeof name === 'string' && builtins.has(name) && getPrototypeOf(fn) !== Function.prototype;
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

module.exports = { encode, Blocked, builtins, ITERATORS };
