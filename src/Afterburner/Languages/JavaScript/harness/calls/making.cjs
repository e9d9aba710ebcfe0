// Makes a call, to its end: promises are waited for, and sequences are read. Everything it uses is taken before the repository's code runs.
'use strict';

const { types } = require('node:util');
const { encode, Blocked, ITERATORS } = require('../comparing/encoding.cjs');
const { decode } = require('./decoding.cjs');

const { apply, construct, getPrototypeOf, ownKeys } = Reflect;
const MOST_ITEMS = 10_000, MOST_STEPS = 50;

/** Fresh arguments of a stored call. */
function given(data, resolve) {
  const [self, list] = decode(data, resolve);
  return { self, list };
}

/** Starts a call: what it returns, or throws. */
function start(fn, { self, list }) {
  return fn !== null && typeof fn === 'object' ? construct(fn.construct, list, self ?? fn.construct) : apply(fn, self, list);
}

/** Whether an answer is not all there when the call returns. */
function isLater(answer) {
  return types.isPromise(answer) || kindOf(answer) !== null;
}

/** What a sequence is; null for what is none. */
function kindOf(answer) {
  if (answer === null || typeof answer !== 'object' || types.isProxy(answer)) return null;
  if (types.isGeneratorObject(answer)) return 'generator';
  for (let each = getPrototypeOf(answer); each !== null; each = getPrototypeOf(each)) if (ITERATORS.has(each)) return ITERATORS.get(each) === 'Iterator' ? null : ITERATORS.get(each);
  return null;
}

/**
 * How a call came out: { way, value }, where a sequence's value is a list of what it gave.
 * @param {(value: unknown) => object} [look] tells what is to be seen when the call has returned, and when each item is there
 */
async function finish(answer, look) {
  const kind = kindOf(answer), steps = look ? [look(undefined)] : undefined;
  if (ownKeys(answer).length > 0) return { way: 'hidden', value: undefined, why: 'a promise, or a sequence, with properties of its own' };
  if (kind === null) {
    if (getPrototypeOf(answer) !== Promise.prototype) return { way: 'hidden', value: undefined, why: 'a promise of a class of its own' };
    try {
      return { way: 'resolved', value: await answer, steps };
    } catch (error) {
      return { way: 'rejected', value: error, steps };
    }
  }
  const told = { kind, items: [], end: 'more' };
  while (told.items.length < MOST_ITEMS) {
    let step;
    try {
      step = answer.next();
      if (types.isPromise(step)) step = await step;
    } catch (error) {
      told.end = 'threw';
      told.error = error;
      break;
    }
    if (step.done) {
      told.end = 'done';
      told.returned = step.value;
      break;
    }
    told.items.push(step.value);
    if (steps && steps.length < MOST_STEPS) steps.push(look(step.value));
  }
  return { way: 'sequence', value: told, steps };
}

/** Makes a call at once where it can be: async functions and sequences need `finish`. */
function outcome(fn, call, look) {
  let answer;
  try {
    answer = start(fn, call);
  } catch (error) {
    return { way: 'threw', value: error };
  }
  return isLater(answer) ? finish(answer, look) : { way: 'returned', value: answer };
}

/** What of a call is compared, encoded: the answer, and what became of `this` and the arguments. */
function seen({ way, value, why, steps = [] }, call, options, parameters = []) {
  if (why) throw new Blocked(why);
  const roots = [value, call.self, ...call.list];
  return { way, given: call.list.map((_, place) => parameters[place] ?? String(place)), steps, ...encode(roots, options) };
}

module.exports = { given, start, finish, outcome, seen, isLater };
