// Makes a call, to its end: promises are waited for, and sequences are read. Everything it uses is taken before the repository's code runs.
'use strict';

const { types } = require('node:util');
const { encode } = require('../comparing/encoding.cjs');
const { decode } = require('./decoding.cjs');

const { apply, construct } = Reflect;
const MOST_ITEMS = 10_000;

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
  return types.isPromise(answer) || types.isGeneratorObject(answer) || isIterator(answer);
}

function isIterator(answer) {
  if (answer === null || typeof answer !== 'object' || types.isProxy(answer)) return false;
  const tag = Object.prototype.toString.call(answer);
  return / Iterator\]$|^\[object AsyncGenerator\]$/.test(tag);
}

/** How a call came out: { way, value }, where a sequence's value is a list of what it gave. */
async function finish(answer) {
  if (types.isPromise(answer)) {
    try {
      return { way: 'resolved', value: await answer };
    } catch (error) {
      return { way: 'rejected', value: error };
    }
  }
  if (!isLater(answer)) return { way: 'returned', value: answer };
  const told = { items: [], end: 'more' };
  try {
    while (told.items.length < MOST_ITEMS) {
      let step = answer.next();
      if (types.isPromise(step)) step = await step;
      if (step.done) {
        told.end = 'done';
        told.returned = step.value;
        break;
      }
      told.items.push(step.value);
    }
  } catch (error) {
    told.end = 'threw';
    told.error = error;
  }
  return { way: 'sequence', value: told };
}

/** Makes a call at once where it can be: async functions and sequences need `finish`. */
function outcome(fn, call) {
  let answer;
  try {
    answer = start(fn, call);
  } catch (error) {
    return { way: 'threw', value: error };
  }
  return isLater(answer) ? finish(answer) : { way: 'returned', value: answer };
}

/** What of a call is compared, encoded: the answer, and what became of `this` and the arguments. */
function seen({ way, value }, call, options, parameters = []) {
  const roots = [value, call.self, ...call.list];
  return { way, given: call.list.map((_, place) => parameters[place] ?? String(place)), ...encode(roots, options) };
}

module.exports = { given, start, finish, outcome, seen, isLater };
