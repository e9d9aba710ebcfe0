// Names for functions and classes of a repository: its files name what they bind (watching), and what those hold is named after them.
// A name is `path#binding.property...`; a class's instances are known by it, and code that is stored is had again by it.
'use strict';

const { types } = require('node:util');
const { getOwnPropertyNames, getOwnPropertyDescriptor } = Object;
const mapEntries = Function.prototype.call.bind(Map.prototype.entries), setValues = Function.prototype.call.bind(Set.prototype.values);
const MOST_PROPERTIES = 500, DEEPEST = 4;
const PLAIN = /^[\w$]+$/;

class Names {
  constructor() {
    this.known = new WeakMap();
    this.values = new Map(); // what is known and no function, with a name
    this.symbols = new Map();
    this.bound = new Map(); // `path#binding` -> what gives it
    this.open = new Map(); // those whose value is not known yet: their module may still be loading
  }

  add(file, table) {
    for (const name of Object.keys(table)) {
      this.bound.set(`${file}#${name}`, table[name]);
      this.open.set(`${file}#${name}`, table[name]);
    }
  }

  /** The name of a function, or of a symbol; null for what has none. */
  of(value) {
    if (typeof value === 'symbol') {
      this.look();
      return this.symbols.get(value) ?? null;
    }
    if (typeof value !== 'function') return null;
    if (!this.known.has(value)) this.look();
    return this.known.get(value) ?? null;
  }

  /** Objects that modules hold, as far as they were looked at, with where. @returns {Map<object, string>} */
  objects() {
    return this.values;
  }

  /** Goes through what bindings hold by now. */
  look() {
    for (const [id, give] of this.open) {
      let value;
      try {
        value = give();
      } catch {
        continue; // not yet bound
      }
      this.open.delete(id);
      this.walk(value, id, 0);
    }
  }

  walk(value, id, depth) {
    if (typeof value === 'symbol' && !this.symbols.has(value)) this.symbols.set(value, id);
    if (value === null || typeof value !== 'object' && typeof value !== 'function' || types.isProxy(value)) return;
    if (!this.known.has(value)) {
      this.known.set(value, typeof value === 'function' ? id : null);
      if (typeof value === 'object') this.values.set(value, id);
    } else if (depth > 0) return;
    if (types.isMap(value) || types.isSet(value)) this.hold(value, id, depth);
    if (depth > DEEPEST || value === globalThis || ArrayBuffer.isView(value)) return;
    const keys = getOwnPropertyNames(value);
    if (keys.length > MOST_PROPERTIES) return;
    for (const key of keys) {
      if (key === 'constructor' || !PLAIN.test(key)) continue;
      const property = getOwnPropertyDescriptor(value, key);
      if (!('value' in property)) continue;
      const held = property.value;
      if (typeof held === 'symbol' || held !== null && (typeof held === 'object' || typeof held === 'function') && !this.known.has(held)) this.walk(held, `${id}.${key}`, depth + 1);
    }
  }

  /** Objects in maps and sets are the module's too, but nothing in them is had again by a name. */
  hold(value, id, depth) {
    const entries = types.isMap(value) ? mapEntries(value) : types.isSet(value) ? setValues(value) : Object.values(Object.getOwnPropertyDescriptors(value)).map(each => each.value);
    let place = 0;
    for (const entry of entries) {
      if (place++ >= MOST_PROPERTIES || depth > DEEPEST) return;
      for (const held of types.isMap(value) ? entry : [entry]) {
        if (held === null || typeof held !== 'object' || types.isProxy(held) || this.known.has(held) || ArrayBuffer.isView(held)) continue;
        this.known.set(held, null);
        this.values.set(held, `${id} (${place})`);
        this.hold(held, `${id} (${place})`, depth + 1);
      }
    }
  }

  /** What has a name: a function, or { construct } for a class's constructor. Throws where there is nothing. */
  resolve(id) {
    const hash = id.indexOf('#'), file = id.slice(0, hash), parts = id.slice(hash + 1).split('.');
    for (let taken = parts.length; taken > 0; taken--) {
      const give = this.bound.get(`${file}#${parts.slice(0, taken).join('.')}`);
      if (!give) continue;
      let value = give();
      const rest = parts.slice(taken);
      for (const [place, part] of rest.entries()) {
        if (part === 'constructor' && place === rest.length - 1) return { construct: value };
        const accessor = /^(get|set) (.*)/.exec(part);
        value = accessor ? getOwnPropertyDescriptor(value, accessor[2])[accessor[1]] : value[part];
      }
      return value;
    }
    throw new Error(`${id} is not bound`);
  }
}

module.exports = { Names };
