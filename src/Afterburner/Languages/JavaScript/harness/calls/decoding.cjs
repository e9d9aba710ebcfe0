// Values made again from what comparing/encoding wrote strictly: fresh objects each time.
'use strict';

const vm = require('node:vm');

const { builtins } = require('../comparing/encoding.cjs');

const ALL = 7;
const WITH_PROTOTYPE = new Set(['array', 'date', 'regexp', 'map', 'set', 'error', 'object']);

/**
 * @param {{ roots: unknown[], nodes: unknown[][] }} data
 * @param {(name: string) => Function} resolve what has a name in this process
 */
function decode({ roots, nodes }, resolve) {
  const made = new Array(nodes.length), last = [];

  function base(told) {
    if (told === 0) return undefined;
    if (told === null) return null;
    const prototype = told[0] === 'B' ? builtins.get(`${told.slice(1)}.prototype`) : resolve(told.slice(1)).prototype;
    if (prototype === undefined) throw new Error(`there is no ${told.slice(1)}`);
    return prototype;
  }

  function value(told) {
    if (told === null || typeof told === 'boolean' || typeof told === 'number') return told;
    if (typeof told === 'object') return get(told.r);
    const rest = told.slice(1);
    switch (told[0]) {
      case 's': return rest;
      case 'n': return rest === '-0' ? -0 : Number(rest);
      case 'u': return undefined;
      case 'b': return BigInt(rest);
    }
    throw new Error(`${told[0]} is no value`);
  }

  function put(object, list) {
    for (const [key, told, flags] of list) {
      const name = value(key);
      if (told !== null && typeof told === 'object' && told.a) {
        Object.defineProperty(object, name, {
          get: told.a[0] === null ? undefined : value(told.a[0]), set: told.a[1] === null ? undefined : value(told.a[1]),
          enumerable: !!(flags & 1), configurable: !!(flags & 4),
        });
      } else if (flags === ALL && name !== '__proto__') object[name] = value(told);
      else Object.defineProperty(object, name, { value: value(told), enumerable: !!(flags & 1), writable: !!(flags & 2), configurable: !!(flags & 4) });
    }
  }

  function get(number) {
    if (number in made) return made[number];
    const [kind, a, b, c, d, e] = nodes[number];
    const keep = (object, told) => {
      made[number] = object;
      const prototype = base(told);
      if (prototype !== undefined) Object.setPrototypeOf(object, prototype);
      return object;
    };
    const finish = (object, list, state) => {
      put(object, list);
      if (state) last.push(() => [null, Object.preventExtensions, Object.seal, Object.freeze][state](object));
      return object;
    };
    switch (kind) {
      case 'symbol': return made[number] = a === 'for' ? Symbol.for(b) : Symbol[b];
      case 'function': return made[number] = resolve(a);
      case 'builtin': return made[number] = builtins.get(a);
      case 'free': return made[number] = new vm.Script(`(${a})`).runInThisContext();
      case 'array': {
        const object = keep([], a);
        b.forEach((item, place) => {
          if (item === 'h') object.length = place + 1;
          else object[place] = value(item);
        });
        return finish(object, c, d);
      }
      case 'date': return finish(keep(new Date(value(b)), a), c, d);
      case 'regexp': return finish(keep(new RegExp(b, c), a), d, e);
      case 'map': {
        const object = keep(new Map(), a);
        for (const [key, held] of b) Map.prototype.set.call(object, value(key), value(held));
        return finish(object, c, d);
      }
      case 'set': {
        const object = keep(new Set(), a);
        for (const item of b) Set.prototype.add.call(object, value(item));
        return finish(object, c, d);
      }
      case 'buffer': {
        const bytes = Buffer.from(b, 'base64'), object = a ? new SharedArrayBuffer(bytes.length) : new ArrayBuffer(bytes.length);
        new Uint8Array(object).set(bytes);
        return made[number] = object;
      }
      case 'bytes': return made[number] = Buffer.from(a, 'base64');
      case 'view': return made[number] = new globalThis[a](value(b), c, d);
      case 'error': {
        const object = keep(new Error(), a);
        for (const key of Reflect.ownKeys(object)) if (key !== 'stack') delete object[key];
        return finish(object, b, c);
      }
      case 'boxed': return made[number] = Object(value(b));
      case 'arguments': return made[number] = (function () {
        return arguments;
      })(...a.map(value));
      case 'object': {
        const prototype = base(a), object = made[number] = prototype === undefined ? {} : Object.create(prototype);
        return finish(object, b, c);
      }
    }
    throw new Error(`${kind} cannot be made`);
  }

  const values = roots.map(value);
  last.forEach(each => each());
  return values;
}

/** Files whose modules have to be there: those that names in the data are of. */
function filesIn({ nodes }) {
  const files = new Set();
  for (const [kind, told] of nodes) {
    if (kind === 'function') files.add(told.slice(0, told.indexOf('#')));
    else if (WITH_PROTOTYPE.has(kind) && typeof told === 'string' && told[0] === 'N') files.add(told.slice(1, told.indexOf('#')));
  }
  return files;
}

module.exports = { decode, filesIn };
