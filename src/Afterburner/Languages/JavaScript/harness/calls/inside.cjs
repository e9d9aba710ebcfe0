// What an object holds that its properties do not show: what a function has from around it, where a generator stands, private fields, what a
// promise came to. V8 tells it to its inspector. Dear, so it is asked for what outlives a call alone, and only where that can hold something. What functions
// of Node.js itself have from around them is not looked at: it changes by itself, and leads to all there is.
'use strict';

const { types } = require('node:util');

const { ownKeys, getOwnPropertyDescriptor } = Reflect;
const MOST = 400; // objects that are asked for at a time
const GROUP = 'afterburner';
const EVERYWHERE = new Set(['Global', 'Script']);
const SKIPPED = new Set(['[[Prototype]]', '[[FunctionLocation]]', '[[GeneratorFunction]]', '[[PrivateMethods]]', '[[IsRevoked]]', '[[Scopes]]']);

class Inside {
  constructor() {
    this.flat = new WeakMap(); // functions that have nothing but their file around them -> that file
    this.left = 0;
    this.told = new Set(); // files whose bindings are looked at by their names
    this.asked = new Set();
    this.files = new Set();
    this.builtin = new Set(); // files of Node.js
    let session = null;
    try {
      const { Session } = require('node:inspector');
      session = new Session();
      session.connect();
      session.on('Debugger.scriptParsed', ({ params }) => {
        if (params.url.startsWith('node:')) this.builtin.add(params.scriptId);
      });
      session.post('Debugger.enable');
      session.post('Debugger.setSkipAllPauses', { skip: true });
    } catch {
      session = null; // Node.js was built without it
    }
    this.session = session;
    this.now = undefined;
    Object.defineProperty(process, '__abInside', { value: Object.freeze({ give: () => this.now, take: value => { this.now = value; } }) });
  }

  /** Begins to look at all anew. @param {Iterable<[string, Function]>} bound what gives the bindings of files, by `path#name` */
  begin(bound) {
    for (const [id, give] of bound) {
      const path = id.slice(0, id.indexOf('#'));
      if (this.session === null || this.asked.has(path)) continue;
      this.asked.add(path);
      try {
        const file = this.fileOf(give);
        if (file) this.told.add(file);
      } catch {
        continue;
      }
    }
    this.left = MOST;
    this.files = new Set(this.told);
  }

  fileOf(fn) {
    this.now = fn;
    const { objectId } = this.post('Runtime.evaluate', { expression: 'process.__abInside.give()', objectGroup: GROUP }).result;
    return this.properties(objectId).internalProperties?.find(each => each.name === '[[FunctionLocation]]')?.value?.value?.scriptId;
  }

  /** Names and values of what an object holds; null where there is nothing, or it is not told. */
  look(value) {
    if (this.session === null || this.left <= 0) return null;
    const file = this.flat.get(value);
    if (file !== undefined && this.files.has(file)) return null;
    this.left--;
    try {
      return this.ask(value);
    } catch {
      return null;
    } finally {
      this.post('Runtime.releaseObjectGroup', { objectGroup: GROUP });
    }
  }

  ask(value) {
    this.now = value;
    const { objectId } = this.post('Runtime.evaluate', { expression: 'process.__abInside.give()', objectGroup: GROUP }).result;
    const { internalProperties = [], privateProperties = [] } = this.properties(objectId), told = [];
    const made = internalProperties.find(each => each.name === '[[GeneratorFunction]]')?.value?.objectId;
    const location = (made ? this.properties(made).internalProperties ?? [] : internalProperties).find(each => each.name === '[[FunctionLocation]]')?.value?.value;
    if (this.builtin.has(location?.scriptId)) return null;
    for (const { name, value: held } of internalProperties) {
      if (name === '[[GeneratorLocation]]') told.push([name, place(held?.value, location)]);
      else if (!SKIPPED.has(name)) told.push([name, this.value(held)]);
    }
    for (const { name, value: held } of privateProperties) told.push([name, held ? this.value(held) : undefined]);
    const scopes = internalProperties.find(each => each.name === '[[Scopes]]')?.value?.objectId;
    if (scopes) this.scopes(scopes, location?.scriptId ?? '', typeof value === 'function' ? value : null, told);
    return told.length ? told : null;
  }

  scopes(objectId, file, fn, told) {
    const list = this.properties(objectId).result.filter(each => /^\d+$/.test(each.name)).map(each => this.value(each.value)).filter(each => each !== null && typeof each === 'object')
      .map(each => getOwnPropertyDescriptor(each, 'description') && getOwnPropertyDescriptor(each, 'object') ? each : { description: '', object: each })
      .filter(({ description }) => !EVERYWHERE.has(description));
    if (fn !== null && list.length <= 1) this.flat.set(fn, file);
    for (const [place, { object }] of list.entries()) {
      // What is outermost is around the whole file, and looked at once.
      if (place === list.length - 1) {
        if (this.files.has(file)) continue;
        this.files.add(file);
      }
      for (const key of ownKeys(object)) told.push([`${place} ${String(key)}`, getOwnPropertyDescriptor(object, key).value]);
    }
  }

  properties(objectId) {
    return this.post('Runtime.getProperties', { objectId, ownProperties: true });
  }

  value(told) {
    if (told === undefined) return undefined;
    if (told.unserializableValue !== undefined) return told.unserializableValue;
    if (told.objectId === undefined) return told.type === 'undefined' ? undefined : told.value;
    this.now = undefined;
    this.post('Runtime.callFunctionOn', { objectId: told.objectId, functionDeclaration: 'function () { "use strict"; process.__abInside.take(this); }', objectGroup: GROUP });
    return types.isSymbolObject(this.now) ? String(told.description) : this.now;
  }

  post(method, parameters) {
    let found, failed;
    this.session.post(method, parameters, (error, answer) => {
      failed = error;
      found = answer;
    });
    if (failed || found === undefined || found.exceptionDetails) throw new Error(method);
    return found;
  }
}

/** Where a generator stands, told from where its function begins. */
function place(at, from) {
  if (!at || !from) return undefined;
  return at.lineNumber === from.lineNumber ? `0 ${at.columnNumber - from.columnNumber}` : `${at.lineNumber - from.lineNumber} ${at.columnNumber}`;
}

module.exports = { Inside };
