// Calls unlike the recorded ones, made by changing what is stored: nothing is run for it. Lists hold nothing, one element, one less, one twice,
// another order, elements below none; texts are empty, have blanks around them, other letters, an end of line; numbers are none,
// below none, have a fraction, or more than 32 bits; flags are turned; a field is missing.
'use strict';

const MOST = 40, MOST_PLACES = 24, MOST_FIELDS = 8, DEEPEST = 5;
const LARGE = 4294967297.5; // of which 32 bits say nothing

/**
 * Stored calls that differ from one in one place.
 * @param {{ roots: unknown[], nodes: unknown[][] }} data
 * @returns {{ how: string, data: object, fails: boolean }[]} fails: whether it counts where the function throws on it and did not before
 */
function unlike(data) {
  const given = data.nodes[data.roots[1].r][2], each = [];
  given.forEach((told, place) => each.push(...places(data, told, `${place}`, 0, (copy, value) => { copy.nodes[data.roots[1].r][2][place] = value; })));
  each.push(...places(data, data.roots[0], 'this', 0, (copy, value) => { copy.roots[0] = value; }).filter(({ path }) => path !== 'this'));
  const found = each.slice(0, MOST_PLACES).map(place => [...of(data, place)]), all = [];
  // Of every place the most telling first.
  for (let turn = 0; found.some(list => turn < list.length) && all.length < MOST; turn++) for (const list of found) if (turn < list.length && all.length < MOST) all.push(list[turn]);
  // What has a default may be left out.
  if (given.length > 0) all.push(made(data, 'without the last', copy => { copy.nodes[data.roots[1].r][2].pop(); }, false));
  return all;
}

/** What a call is given, and what that holds: of many elements alike the first, and the last. */
function places(data, told, path, depth, put, seen = new Set()) {
  const found = [{ path, told, put }];
  if (told === null || typeof told !== 'object' || depth >= DEEPEST || seen.has(told.r)) return found;
  seen.add(told.r);
  const node = data.nodes[told.r];
  if (node[0] === 'array') {
    for (const place of new Set([0, node[2].length - 1])) {
      if (place >= 0 && node[2][place] !== 'h' && node[2].length > 0) found.push(...places(data, node[2][place], `${path}[${place}]`, depth + 1, (copy, value) => { copy.nodes[told.r][2][place] = value; }, seen));
    }
  } else if (node[0] === 'object') {
    node[2].slice(0, MOST_FIELDS).forEach(([key, value], place) => {
      if (typeof key === 'string' && !(value !== null && typeof value === 'object' && value.a)) found.push(...places(data, value, `${path}.${key.slice(1)}`, depth + 1, (copy, other) => { copy.nodes[told.r][2][place][1] = other; }, seen));
    });
  } else if (node[0] === 'map') {
    node[2].slice(0, 1).forEach(([, value], place) => found.push(...places(data, value, `${path}.get()`, depth + 1, (copy, other) => { copy.nodes[told.r][2][place][1] = other; }, seen)));
  }
  return found;
}

function* of(data, { path, told, put }) {
  const putting = (how, value, fails = false) => made(data, `${path} ${how}`, copy => put(copy, value), fails);
  if (/\.[\w$]+$/.test(path) && (told === null || typeof told !== 'object')) yield putting('undefined', 'u');
  if (typeof told === 'boolean') yield putting('turned', !told);
  else if (typeof told === 'number') {
    const others = Number.isInteger(told) ? [0, -told, told + 0.5, LARGE] : [0, -told, Math.trunc(told) + 0.25, LARGE, 'nInfinity'];
    for (const other of others) if (other !== told && !Object.is(other, -0)) yield putting(`${other}`, other);
  } else if (typeof told === 'string' && told[0] === 's') {
    const text = told.slice(1), middle = text.length >> 1;
    for (const other of ['', ` ${text} `, swapped(text), `${text}\n`, `${text.slice(0, middle)}é😀${text.slice(middle)}`, text + text, '7', '__proto__', 'constructor', `${text}ß \t%.*+?^$()[]|\\&amp;<`]) {
      if (other !== text) yield putting(JSON.stringify(other.length > 20 ? `${other.slice(0, 20)}...` : other), `s${other}`, true);
    }
  } else if (told !== null && typeof told === 'object') yield* ofNode(data, path, told.r);
}

function* ofNode(data, path, number) {
  const node = data.nodes[number], change = (how, alter, fails = false) => made(data, `${path} ${how}`, copy => alter(copy.nodes[number]), fails);
  if (node[0] === 'free' && !/^class\b|=>\s*\{?\s*\[native/.test(node[1]) && !/\b(super|yield|await)\b/.test(node[1])) {
    // It tells with how many arguments it is called, which what is given in its place may look at.
    yield change('that counts', copy => { copy[1] = `function counted(...given) { counted.counts = [...new Set([...counted.counts ?? [], given.length])].sort(); return (${copy[1]}).apply(this, given); }`; }, true);
    return;
  }
  const items = ['array', 'map', 'set'].includes(node[0]) ? node[2] : null;
  if ((node[0] === 'array' || node[0] === 'object') && !node.at(-1)) yield change('frozen', copy => { copy[copy.length - 1] = 3; });
  if (items !== null && items.length > 0) {
    const plain = node[0] === 'array';
    yield change('empty', copy => { copy[2] = []; }, true);
    if (items.length > 1) yield change('of one', copy => { copy[2] = copy[2].slice(0, 1); }, true);
    if (plain) yield change('with one twice', copy => { copy[2] = [...copy[2], copy[2][0], ...copy[2].slice(-1)]; }, true);
    if (items.length > 1) yield change('the other way round', copy => { copy[2] = [...copy[2]].reverse(); }, true);
    if (items.length > 2) yield change('shuffled', copy => { copy[2] = shuffled(copy[2]); }, true);
    if (items.length > 1) yield change('shorter', copy => { copy[2] = copy[2].slice(0, -1); }, true);
    if (plain) {
      if (items.every(each => typeof each === 'number')) yield change('some below none', copy => { copy[2] = copy[2].map((each, place) => place % 3 === 0 ? -each - 1 : each); }, true);
      if (items.every(each => typeof each === 'number')) yield change('some with more digits', copy => { copy[2] = copy[2].map((each, place) => place % 2 ? each * 10 : each); }, true);
      if (items.every(each => typeof each === 'number')) yield change('with fractions', copy => { copy[2] = copy[2].map(each => each + 0.5); });
    }
  } else if (node[0] === 'object' && node[2].length > 0) {
    const plain = node[2].filter(([key, value]) => typeof key === 'string' && !(value !== null && typeof value === 'object' && value.a));
    for (const [key] of plain.slice(0, MOST_FIELDS)) yield change(`without ${key.slice(1)}`, copy => { copy[2] = copy[2].filter(each => each[0] !== key); });
    if (node[1] === 0 && node[2].length > 1) yield change('in another order', copy => { copy[2] = [...copy[2]].reverse(); }, true);
    if (node[1] === 0) yield change('empty', copy => { copy[2] = []; });
  }
}

function made(data, how, alter, fails) {
  const copy = structuredClone(data);
  alter(copy);
  return { how, data: copy, fails };
}

const swapped = text => [...text].map(each => each === each.toLowerCase() ? each.toUpperCase() : each.toLowerCase()).join('');

/** Always in the same way: the second half before the first, each of the other's elements in between. */
function shuffled(items) {
  const half = items.length >> 1, found = [];
  for (let place = 0; place < items.length; place++) found.push(items[place % 2 ? place >> 1 : half + (place >> 1)]);
  return found;
}

module.exports = { unlike };
