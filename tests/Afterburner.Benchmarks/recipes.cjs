// Times what a recipe for JavaScript is given against what it makes, at two sizes; prints a JSON line each: `node recipes.cjs [ID ...]`.
// Pairs are interleaved, each first in turn, in this process, once V8 has compiled both. The interval is of the median of the pairs' ratios, from order statistics.
'use strict';

const assert = require('node:assert/strict');
const path = require('node:path');
const { FIRES } = require(path.join(__dirname, '..', 'JavaScript', 'harness', 'recipe-cases.cjs'));

const PAIRS = 31, FEWEST = 9, SAMPLE_MS = 4, WARM_MS = 100, SECONDS_A_SIZE = 1.5;

const compiled = source => new Function(`return ${source}`)();

function milliseconds(fn, args, times) {
  const start = process.cpuUsage();
  for (let n = 0; n < times; n++) fn(...args);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** Calls that take about as long as a sample. */
function enough(fn, args) {
  let times = 1, spent = 0;
  for (let took = 0; spent < WARM_MS; spent += took) {
    took = milliseconds(fn, args, times);
    if (took < SAMPLE_MS && times < 1e6) times *= 2;
  }
  return times;
}

function measure([before, after], args) {
  assert.deepEqual(before(...args), after(...args), 'the case changes behaviour');
  const times = new Map([[before, enough(before, args)], [after, enough(after, args)]]);
  const ratios = [], end = performance.now() + SECONDS_A_SIZE * 1000;
  while (ratios.length < PAIRS && (ratios.length < FEWEST || performance.now() < end)) {
    const took = new Map();
    for (const fn of ratios.length % 2 === 0 ? [before, after] : [after, before]) took.set(fn, milliseconds(fn, args, times.get(fn)) / times.get(fn));
    ratios.push(took.get(before) / took.get(after));
  }
  ratios.sort((a, b) => a - b);
  // 99 % interval of the median: the ranks that leave half a percent in each tail of Binomial(n, 1/2).
  const n = ratios.length;
  let rank = 0;
  for (let tail = 2 ** -n, part = tail; tail <= 0.005; tail += part) {
    rank++;
    part *= (n - rank + 1) / rank;
  }
  rank = Math.max(rank, 1);
  return { ratio: ratios[n >> 1], low: ratios[rank - 1], high: ratios[n - rank], pairs: n };
}

const asked = process.argv.slice(2);
for (const [id, { before, after, small, large }] of Object.entries(FIRES)) {
  if (asked.length > 0 && !asked.includes(id)) continue;
  // Of functions of their own each time: what V8 learned of a size is not carried over.
  const versions = () => [compiled(before), compiled(after)];
  console.log(JSON.stringify({ id, small: measure(versions(), small()), large: measure(versions(), large()) }));
}
