// What outlives a call: what the repository's modules bind, what every realm has, and what belongs to the process.
'use strict';

const { createHash } = require('node:crypto');
const { encode, builtins } = require('../comparing/encoding.cjs');

const MOST_NODES = 20_000;
const { stringify } = JSON;
const { ownKeys, getOwnPropertyDescriptor } = Reflect;
const resources = process.getActiveResourcesInfo.bind(process);

class State {
  constructor(names) {
    this.names = names;
  }

  /** Name -> digest of what it holds now. */
  snapshot() {
    const found = new Map();
    for (const [id, give] of this.names.bound) {
      if (/#(module\.exports|exports\.|default$)/.test(id)) continue; // another name for what has one
      let value;
      try {
        value = give();
      } catch {
        continue;
      }
      const [file, name] = id.split('#');
      found.set(`module ${file}: ${name}`, this.digest(value));
    }
    for (const [path, value] of builtins) if (/^[\w$]+(\.prototype)?$/.test(path)) found.set(`builtin ${path}`, identity(value));
    found.set('globalThis', ownKeys(globalThis).map(String).join());
    found.set('process.env', digestOf(stringify(process.env)));
    found.set('process', `${process.cwd()} ${process.exitCode} ${process.eventNames().map(String).join()} ${process.title}`);
    found.set('what is still running', resources().filter(each => each !== 'CloseReq').sort().join());
    return found;
  }

  digest(value) {
    try {
      return digestOf(stringify(encode([value], { names: this.names.of.bind(this.names), open: true, most: MOST_NODES })));
    } catch {
      return 'too large';
    }
  }

  static changes(before, after) {
    return [...new Set([...before.keys(), ...after.keys()])].filter(name => before.get(name) !== after.get(name));
  }
}

const digestOf = text => createHash('sha256').update(text).digest('hex').slice(0, 32);

// Functions are told apart by which they are: a number is given to each that is met.
const numbers = new WeakMap();
let next = 0;

function identity(holder) {
  let told = '';
  for (const key of ownKeys(holder)) {
    const property = getOwnPropertyDescriptor(holder, key);
    for (const value of [property.value, property.get, property.set]) {
      if (typeof value === 'function' || typeof value === 'object' && value !== null) {
        if (!numbers.has(value)) numbers.set(value, next++);
        told += `${String(key)} ${numbers.get(value)};`;
      } else told += `${String(key)} ${String(value)};`;
    }
  }
  return told;
}

module.exports = { State };
