// Where two values differ that comparing/encoding wrote, in words: `return[3].name: 1 != 2`. What is shared has to be shared in both.
'use strict';

const FLAGS = ['enumerable', 'writable', 'configurable'];
const STATES = ['extensible', 'not extensible', 'sealed', 'frozen'];
const LONGEST = 60;

/**
 * The first difference between two encoded graphs, or null.
 * @param {{ roots: unknown[], nodes: unknown[][] }} first @param {{ roots: unknown[], nodes: unknown[][] }} second
 * @param {string[]} names of the roots, for a person
 * @param {number} tolerance numbers with a fraction may differ by as much, relative to the larger one, or absolute below 1
 */
function difference(first, second, names, tolerance) {
  const there = new Map(), back = new Map();

  function value(a, b, path) {
    const ours = isNode(a), theirs = isNode(b);
    if (!ours && !theirs) return a === b || typeof a === 'number' && typeof b === 'number' && isClose(a, b, tolerance) ? null : unlike(a, b, path);
    if (ours !== theirs) return unlike(a, b, path);
    const known = there.get(a.r), other = back.get(b.r);
    if (known !== undefined || other !== undefined) return known === b.r && other === a.r ? null : `${path}: ${known !== undefined ? 'the same object as before there, and another one here' : 'another object there, and the same object as before here'}`;
    there.set(a.r, b.r);
    back.set(b.r, a.r);
    return node(first.nodes[a.r], second.nodes[b.r], path);
  }

  function unlike(a, b, path) {
    return `${path}: ${words(first, a, b, second)} != ${words(second, b, a, first)}`;
  }

  function node(a, b, path) {
    if (a[0] !== b[0]) return `${path}: ${kindOf(a)} != ${kindOf(b)}`;
    switch (a[0]) {
      case 'array':
        return prototype(a[1], b[1], path) ?? items(a[2], b[2], path) ?? properties(a[3], b[3], path) ?? state(a[4], b[4], path);
      case 'date':
        return prototype(a[1], b[1], path) ?? value(a[2], b[2], `${path} (time)`) ?? properties(a[3], b[3], path) ?? state(a[4], b[4], path);
      case 'regexp':
        return prototype(a[1], b[1], path) ?? (a[2] === b[2] && a[3] === b[3] ? null : `${path}: /${a[2]}/${a[3]} != /${b[2]}/${b[3]}`) ?? properties(a[4], b[4], path) ?? state(a[5], b[5], path);
      case 'map':
        return prototype(a[1], b[1], path) ?? entries(a[2], b[2], path) ?? properties(a[3], b[3], path) ?? state(a[4], b[4], path);
      case 'set':
        return prototype(a[1], b[1], path) ?? members(a[2], b[2], path) ?? properties(a[3], b[3], path) ?? state(a[4], b[4], path);
      case 'error':
        return prototype(a[1], b[1], path) ?? properties(a[2], b[2], path) ?? state(a[3], b[3], path);
      case 'object':
        return prototype(a[1], b[1], path) ?? properties(a[2], b[2], path) ?? state(a[3], b[3], path);
      case 'arguments':
        return items(a[1], b[1], path);
      case 'boxed':
        return a[1] === b[1] ? value(a[2], b[2], path) : `${path}: (${a[1]}) != (${b[1]})`;
      case 'view':
        return a[1] === b[1] && a[3] === b[3] && a[4] === b[4] ? value(a[2], b[2], path) : `${path}: ${a[1]} of ${a[4]} at ${a[3]} != ${b[1]} of ${b[4]} at ${b[3]}`;
      case 'function':
        return a[1] === b[1] ? a.length > 2 ? properties(a[2], b[2], path) : null : `${path}: ${a[1]} != ${b[1]}`;
      default: {
        const [ours, theirs] = [JSON.stringify(a), JSON.stringify(b)];
        return ours === theirs ? null : `${path}: ${short(a.slice(1).join(' '))} != ${short(b.slice(1).join(' '))}`;
      }
    }
  }

  function prototype(a, b, path) {
    if (a !== null && typeof a === 'object' && b !== null && typeof b === 'object') return value(a.p, b.p, `${path} (prototype)`);
    return a === b ? null : `${path}: (${className(a)}) != (${className(b)})`;
  }

  function items(a, b, path) {
    for (let place = 0; place < Math.min(a.length, b.length); place++) {
      if (a[place] === 'h' !== (b[place] === 'h')) return `${path}[${place}]: ${a[place] === 'h' ? 'nothing there' : 'something there'} != ${b[place] === 'h' ? 'nothing there' : 'something there'}`;
      const found = value(a[place], b[place], `${path}[${place}]`);
      if (found !== null) return found;
    }
    return a.length === b.length ? null : `${path}: ${a.length} elements != ${b.length} elements`;
  }

  function entries(a, b, path) {
    for (let place = 0; place < Math.min(a.length, b.length); place++) {
      const name = show(first, a[place][0]);
      const found = value(a[place][0], b[place][0], `${path}, key ${place} in order`) ?? value(a[place][1], b[place][1], `${path}.get(${name})`);
      if (found !== null) return found;
    }
    return a.length === b.length ? null : `${path}: ${a.length} entries != ${b.length} entries`;
  }

  function members(a, b, path) {
    const plain = list => list.filter(each => !isNode(each)).map(each => JSON.stringify(each)).sort().join();
    if (a.length === b.length && a.every(each => !isNode(each)) && plain(a) === plain(b) && a.some((each, place) => each !== b[place])) return `${path}: elements in another order`;
    for (let place = 0; place < Math.min(a.length, b.length); place++) {
      const found = value(a[place], b[place], `${path}, element ${place} in order`);
      if (found !== null) return found;
    }
    return a.length === b.length ? null : `${path}: ${a.length} elements != ${b.length} elements`;
  }

  function properties(a, b, path) {
    const [ours, theirs] = [keys(first, a), keys(second, b)];
    for (const key of ours) if (!theirs.includes(key)) return `${path}: ${key} is missing`;
    for (const key of theirs) if (!ours.includes(key)) return `${path}: ${key} is new`;
    const other = new Map(b.map((each, place) => [theirs[place], each]));
    for (const [place, [, told, flags]] of a.entries()) {
      const [, otherTold, otherFlags] = other.get(ours[place]);
      const at = `${path}${/^[\w$]+$/.test(ours[place]) ? `.${ours[place]}` : `[${ours[place]}]`}`;
      if (isAccessor(told) !== isAccessor(otherTold)) return `${at}: ${isAccessor(told) ? 'an accessor' : 'a value'} != ${isAccessor(otherTold) ? 'an accessor' : 'a value'}`;
      const found = isAccessor(told)
        ? value(told.a[0], otherTold.a[0], `${at} (getter)`) ?? value(told.a[1], otherTold.a[1], `${at} (setter)`)
        : value(told, otherTold, at);
      if (found !== null) return found;
      if (flags !== otherFlags) {
        const number = [1, 2, 4].findIndex(flag => (flags & flag) !== (otherFlags & flag));
        return `${at}: ${flags & 1 << number ? '' : 'not '}${FLAGS[number]} != ${otherFlags & 1 << number ? '' : 'not '}${FLAGS[number]}`;
      }
    }
    return ours.every((key, place) => key === theirs[place]) ? null : `${path}: keys in another order`;
  }

  function state(a, b, path) {
    return a === b ? null : `${path}: ${STATES[a]} != ${STATES[b]}`;
  }

  function keys(side, list) {
    return list.map(([key]) => isNode(key) ? `[${side.nodes[key.r].slice(1).join(' ')}]` : String(key).slice(1));
  }

  for (const [place, name] of names.entries()) {
    const found = value(first.roots[place], second.roots[place], name);
    if (found !== null) return found;
  }
  return null;
}

const isNode = told => told !== null && typeof told === 'object' && 'r' in told;
const isAccessor = told => told !== null && typeof told === 'object' && 'a' in told;

/** Whether numbers are the same but for rounding: only those with a fraction, or too large to have one, are rounded. */
function isClose(a, b, tolerance) {
  if (Number.isSafeInteger(a) && Number.isSafeInteger(b)) return false;
  return Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a), Math.abs(b));
}

const className = told => told === null ? 'no prototype' : told === 0 ? 'the usual' : typeof told === 'object' ? 'a prototype of its own' : told.slice(1).replace(/^.*#/, '');

function kindOf(node) {
  switch (node[0]) {
    case 'object': return `an object (${node[1] === 0 ? 'Object' : className(node[1])})`;
    case 'array': return 'an array';
    case 'opaque': return short(node[1]);
    default: return `(${node[0]})`;
  }
}

function typeOf(told) {
  if (told === null) return 'null';
  if (isNode(told)) return 'object';
  if (typeof told !== 'string') return typeof told;
  return { s: 'string', n: 'number', u: 'undefined', b: 'bigint', h: 'nothing' }[told[0]];
}

function words(side, told, other) {
  const kind = typeOf(told);
  return kind === typeOf(other) || isNode(told) ? show(side, told) : `${show(side, told)} (${kind})`;
}

/** A value for a person. */
function show(side, told, depth = 0) {
  if (told === null) return 'null';
  if (isNode(told)) {
    const node = side.nodes[told.r];
    if (depth > 2) return '...';
    switch (node[0]) {
      case 'array': return short(`[${node[2].slice(0, 8).map(each => each === 'h' ? '' : show(side, each, depth + 1)).join(', ')}${node[2].length > 8 ? ', ...' : ''}]`);
      case 'object': case 'error': {
        const list = node[0] === 'error' ? node[2] : node[2];
        const shown = list.slice(0, 6).map(([key, each]) => `${isNode(key) ? '[symbol]' : String(key).slice(1)}: ${isAccessor(each) ? 'an accessor' : show(side, each, depth + 1)}`);
        return short(`${typeof node[1] === 'string' ? `${className(node[1])} ` : node[0] === 'error' ? 'Error ' : ''}{${shown.join(', ')}${list.length > 6 ? ', ...' : ''}}`);
      }
      case 'map': return short(`Map(${node[2].length})`);
      case 'set': return short(`Set {${node[2].slice(0, 8).map(each => show(side, each, depth + 1)).join(', ')}${node[2].length > 8 ? ', ...' : ''}}`);
      case 'function': return node[1].replace(/^.*#/, '');
      default: return short(node.slice(0, 2).join(' '));
    }
  }
  if (typeof told !== 'string') return String(told);
  switch (told[0]) {
    case 's': return short(JSON.stringify(told.slice(1)));
    case 'n': return told.slice(1);
    case 'b': return `${told.slice(1)}n`;
    case 'h': return 'nothing';
    default: return 'undefined';
  }
}

const short = text => text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}...` : text;

module.exports = { difference, show };
