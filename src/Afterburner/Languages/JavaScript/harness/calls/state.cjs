// What outlives a call: what the repository's modules bind, what every realm has, and what belongs to the process.
'use strict';

const { createHash } = require('node:crypto');
const { encode } = require('../comparing/encoding.cjs');

const MOST_NODES = 400_000; // of all of it
const now = performance.now.bind(performance);
const { stringify } = JSON;
const { ownKeys, getOwnPropertyDescriptor } = Reflect;
const resources = process.getActiveResourcesInfo.bind(process);
const OTHER_NAME = /#(module\.exports|exports\.|default$)/;
const ours = new Set(ownKeys(globalThis));

class State {
  /** @param {Names} names @param {Shared} shared @param {Inside} inside */
  constructor(names, shared, inside) {
    this.names = names;
    this.shared = shared;
    this.inside = inside;
  }

  /** Name -> digest of what it holds now. What several hold counts for the first of them. */
  snapshot() {
    const found = new Map(), earlier = new Map();
    let left = MOST_NODES;
    const tell = (name, value) => {
      const { digest, count } = this.digest(value, earlier, `${found.size}.`, left);
      left -= count;
      if (digest !== null) found.set(name, digest);
      // What was not read may have changed: no two times are the same.
      else found.set(`${name}, which is too large to be looked at`, `${Math.trunc(now() * 1000)} ${process.pid}`);
    };
    const bound = [...this.names.bound];
    this.inside.begin(bound);
    for (const isOther of [false, true]) {
      for (const [id, give] of bound) {
        if (OTHER_NAME.test(id) !== isOther) continue;
        let value;
        try {
          value = give();
        } catch {
          continue;
        }
        const [file, name] = id.split('#');
        tell(`module ${file}: ${name}`, value);
      }
    }
    for (const key of ownKeys(globalThis)) {
      const property = ours.has(key) ? undefined : getOwnPropertyDescriptor(globalThis, key);
      if (property !== undefined) tell(`global ${String(key)}`, property.value);
    }
    const changed = this.shared.changed();
    if (changed !== null) found.set(`builtin ${changed}`, 'changed');
    found.set('globalThis', ownKeys(globalThis).map(String).join());
    found.set('process.env', digestOf(stringify(process.env)));
    found.set('process', `${process.cwd()} ${process.exitCode} ${process.eventNames().map(String).join()} ${process.title}`);
    found.set('what is still running', resources().filter(each => each !== 'CloseReq').sort().join());
    return found;
  }

  digest(value, earlier, prefix, most) {
    try {
      const told = encode([value], { names: this.names.of.bind(this.names), open: true, most, earlier, prefix, look: this.inside.look.bind(this.inside) });
      return { digest: digestOf(stringify(told)), count: told.nodes.length };
    } catch {
      return { digest: null, count: 0 };
    }
  }

  static changes(before, after) {
    return [...new Set([...before.keys(), ...after.keys()])].filter(name => before.get(name) !== after.get(name));
  }
}

const digestOf = text => createHash('sha256').update(text).digest('hex').slice(0, 32);

module.exports = { State };
