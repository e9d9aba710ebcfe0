// Stored calls made larger, by changing what is stored: lists, texts, maps, sets, objects that are used as maps, and numbers. What is put in is like
// what is there, and no more often the same; what is in order stays so. Another seed gives other values of the same size.
'use strict';

const MOST_PLANS = 12, DEEPEST = 2, MAP_LIKE = 4;
const SEPARATORS = [' ', ',', '\n', ';', '/', '.', '-', '_', '\t', '|'];

/** Numbers of chance that a seed gives. */
function chanceOf(seed) {
  let state = (Math.trunc(seed) ^ 0x9e3779b9) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

/**
 * The ways in which a call can grow, the most natural first: all lists of one length together, then each thing that grows, numbers last.
 * @param {{ roots: unknown[], nodes: unknown[][] }} data
 * @returns {{ path: string[], kind: string, length: number }[][]} each of some places
 */
function plans(data) {
  const found = [], seen = new Set();
  const go = (told, put, depth) => {
    if (typeof told === 'string' && told[0] === 's' && told.length > 2) found.push({ put, kind: 'text', length: told.length - 1, told });
    else if (typeof told === 'number' && Number.isInteger(told) && told > 1 && told < 1e6 && depth === 0) found.push({ put, kind: 'number', length: told, told });
    else if (told !== null && typeof told === 'object' && !seen.has(told.r)) {
      seen.add(told.r);
      const [kind, base, items] = data.nodes[told.r];
      const plain = kind === 'object' && base === 0 ? items.filter(([key, value]) => typeof key === 'string' && !(value !== null && typeof value === 'object' && value.a)) : [];
      if (['array', 'map', 'set'].includes(kind) && items.length > 0) found.push({ kind, length: items.length, number: told.r });
      else if (kind === 'object' && plain.length === items.length && plain.length >= MAP_LIKE && new Set(plain.map(([, value]) => kindOf(data, value))).size === 1) found.push({ kind, length: plain.length, number: told.r });
      if (depth < DEEPEST && kind === 'object') items.forEach(([, value], place) => typeof value === 'object' && value?.a || go(value, (copy, other) => { copy.nodes[told.r][2][place][1] = other; }, depth + 1));
      if (depth < DEEPEST && kind === 'array' && items.length <= 3) items.forEach((value, place) => value === 'h' || go(value, (copy, other) => { copy.nodes[told.r][2][place] = other; }, depth + 1));
    }
  };
  const list = data.roots[1].r;
  data.nodes[list][2].forEach((told, place) => go(told, (copy, other) => { copy.nodes[list][2][place] = other; }, 0));
  go(data.roots[0], (copy, other) => { copy.roots[0] = other; }, 0);
  const size = ({ kind, length }) => kind === 'number' ? -1 : length;
  const each = found.sort((a, b) => size(b) - size(a));
  const alike = each.filter(({ kind, length }) => kind === 'array' && length === each[0]?.length);
  return [...alike.length > 1 ? [alike] : [], ...each.map(place => [place])].slice(0, MOST_PLANS);
}

/** The call that a plan makes of one, so many times as large. @returns {{ data: object, size: number }} */
function grow(data, plan, scale, seed) {
  const copy = structuredClone(data), chance = chanceOf(seed);
  let size = 0;
  for (const { put, kind, length, number, told } of plan) {
    if (kind === 'number') {
      put(copy, told * scale);
      size = Math.max(size, told * scale);
    } else if (kind === 'text') {
      const text = longer(told.slice(1), scale, chance);
      put(copy, `s${text}`);
      size = Math.max(size, text.length);
    } else {
      const node = copy.nodes[number];
      node[2] = items(copy, kind, node[2], scale, chance, seed);
      size = Math.max(size, node[2].length);
    }
  }
  return { data: copy, size };
}

function items(data, kind, there, scale, chance, seed) {
  const made = [], numbers = there.filter(each => typeof each === 'number'), span = numbers.length ? Math.max(...numbers.slice(0, 1e4)) - Math.min(...numbers.slice(0, 1e4)) + 1 : 1;
  const shift = Math.trunc(Math.abs(seed) % 97) * (seed === 0 ? 0 : 1);
  for (let turn = 0; turn < scale; turn++) {
    const varied = turn === 0 && shift === 0 ? 0 : turn * 101 + shift;
    const other = told => varied === 0 ? told : variant(data, told, varied, span, new Map());
    for (const each of there) {
      if (kind === 'array') made.push(each === 'h' ? 'h' : other(each));
      else if (kind === 'set') made.push(other(each));
      else if (kind === 'map') made.push([other(each[0]), other(each[1])]);
      else made.push([varied === 0 ? each[0] : `${each[0]}${varied}`, other(each[1]), each[2]]);
    }
  }
  const order = orderOf(there);
  if (kind !== 'array' && kind !== 'set') return made;
  if (order !== null) return made.sort(order);
  for (let place = made.length - 1; place > 0; place--) {
    const other = Math.floor(chance() * (place + 1));
    [made[place], made[other]] = [made[other], made[place]];
  }
  return made;
}

/** How elements are in order; null where they are in none. */
function orderOf(there) {
  if (there.length < 3 || !there.every(each => typeof each === typeof there[0] && (typeof each === 'number' || typeof each === 'string' && each[0] === 's'))) return null;
  const rises = (a, b) => a < b ? -1 : a > b ? 1 : 0, falls = (a, b) => rises(b, a);
  return [rises, falls].find(order => there.every((each, place) => place === 0 || order(there[place - 1], each) <= 0)) ?? null;
}

/** A value like one: other numbers and texts of the same make, in objects of their own. */
function variant(data, told, varied, span, known) {
  if (typeof told === 'number') return told + varied * span;
  if (typeof told === 'string') return told[0] === 's' && told.length > 1 ? `s${lettered(told.slice(1), varied)}` : told[0] === 'b' ? `b${BigInt(told.slice(1)) + BigInt(varied)}` : told;
  if (told === null || typeof told !== 'object') return told;
  if (known.has(told.r)) return known.get(told.r);
  const [kind, base, held, ...rest] = data.nodes[told.r];
  if (!['array', 'object', 'map', 'set', 'date'].includes(kind)) return told;
  const made = { r: data.nodes.length };
  known.set(told.r, made);
  data.nodes.push(null);
  const other = each => variant(data, each, varied, span, known);
  const within = kind === 'array' ? held.map(each => each === 'h' ? 'h' : other(each)) : kind === 'set' ? held.map(other) : kind === 'map' ? held.map(([key, value]) => [other(key), other(value)])
    : kind === 'date' ? held : held.map(([key, value, flags]) => [key, value !== null && typeof value === 'object' && value.a ? value : other(value), flags]);
  data.nodes[made.r] = [kind, base, within, ...structuredClone(rest)];
  return made;
}

/** A text of the same make: digits and letters move on, the rest stays. */
function lettered(text, varied) {
  let carry = varied, out = '';
  for (let place = text.length - 1; place >= 0; place--) {
    const code = text.charCodeAt(place);
    const [from, many] = code >= 48 && code <= 57 ? [48, 10] : code >= 97 && code <= 122 ? [97, 26] : code >= 65 && code <= 90 ? [65, 26] : [0, 0];
    if (many === 0 || carry === 0) {
      out = text[place] + out;
      continue;
    }
    const moved = code - from + carry;
    out = String.fromCharCode(from + moved % many) + out;
    carry = Math.trunc(moved / many);
  }
  return carry > 0 ? out + carry : out;
}

function longer(text, scale, chance) {
  const mark = SEPARATORS.find(each => text.includes(each) && text.indexOf(each) > 0);
  const parts = mark === undefined ? null : text.split(mark), made = [];
  for (let turn = 0; turn < scale; turn++) made.push(turn === 0 ? text : parts ? parts.map(each => lettered(each, turn * 7 + Math.floor(chance() * 7))).join(mark) : lettered(text, turn * 31 + Math.floor(chance() * 31)));
  return made.join(mark ?? '');
}

const kindOf = (data, told) => told !== null && typeof told === 'object' ? data.nodes[told.r][0] : typeof told === 'string' ? told[0] : typeof told;

module.exports = { plans, grow };
