// What recipes make, where they keep off, and that a review finds what they make equal.
'use strict';

const test = require('node:test');
const assert = require('node:assert/strict');
const { Case } = require('./judging.cjs');
const { load } = require('./harness.cjs');
const { FIRES, KEEPS_OFF, OBSERVED } = require('./recipe-cases.cjs');

const { main } = load('rewriting/flow.cjs');
const { RECIPES } = load('rewriting/recipes.cjs');

/** What is proposed for a function, by the recipes that made it. */
function proposed(source, observed = OBSERVED, typed = false) {
  const found = {};
  main({ source, indent: '  ', observed, patterns: [], typed }, message => {
    if (message.type === 'proposal') found[message.recipes.join('+')] = message.source;
  });
  return found;
}

test('every recipe has a text that it makes, one that it keeps off, and words for people', () => {
  const ids = RECIPES.map(recipe => recipe.id);
  assert.deepEqual([Object.keys(FIRES).sort(), Object.keys(KEEPS_OFF).sort()], [[...ids].sort(), [...ids].sort()]);
  for (const { id, title, why, unsafeWhen, gain } of RECIPES) assert.ok(title && why && unsafeWhen && Math.max(gain.small, gain.large) > 1, id);
});

for (const [id, { before, after, calls }] of Object.entries(FIRES)) {
  test(`${id} makes what a review finds equal`, () => {
    assert.equal(proposed(before)[id], after);
    const verdict = new Case({ 'a.cjs': `${before}\nmodule.exports = { f };\n`, 'package.json': '{}' }, 'f', calls).judge(text => text.replace(before, () => after));
    assert.match(verdict, /^equal/);
  });
}

for (const [id, list] of Object.entries(KEEPS_OFF)) {
  test(`${id} keeps off what it would change`, () => {
    for (const [source, observed] of list) assert.equal(Object.keys(proposed(source, observed)).some(each => each.split('+').includes(id)), false, source);
  });
}

test('all that fire are proposed together, in methods and arrows too', () => {
  const found = proposed('method(xs) {\n    const a = xs.filter(x => x)[0];\n    return xs.reduce((all, x) => [...all, x + a], []);\n  }');
  assert.deepEqual(Object.keys(found), ['js-filter-first', 'js-reduce-spread', 'js-filter-first+js-reduce-spread']);
  assert.equal(found['js-filter-first+js-reduce-spread'], 'method(xs) {\n    const a = xs.find(x => x);\n    return xs.map(x => x + a);\n  }');
  assert.equal(proposed('xs => xs.filter(x => x)[0]')['js-filter-first'], 'xs => xs.find(x => x)');
});

test('what does not parse, and a function with nothing to do, get no proposal', () => {
  assert.deepEqual([proposed('function f( {'), proposed('xs => xs.length')], [{}, {}]);
});

test('types stay where they are, and what a compiler of types would refuse is not proposed', () => {
  const source = 'function f<T extends Row>(xs: T[]): T[] {\n  let out: T[] = [];\n  for (const x of xs) {\n    if ((x as Row).n > 2) out = [...out, x!];\n  }\n  return out;\n}';
  assert.deepEqual(proposed(source, OBSERVED, true), { 'js-loop-spread': source.replace('out = [...out, x!]', 'out.push(x!)') });
  const first = 'function f(xs: Row[]): Row {\n  return xs.filter((x: Row) => x.n > 1)[0];\n}';
  assert.deepEqual([Object.keys(proposed(first, OBSERVED, true)), Object.keys(proposed(first))], [[], ['js-filter-first']]);
});
