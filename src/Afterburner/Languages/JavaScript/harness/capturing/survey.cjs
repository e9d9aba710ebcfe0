// First pass: which tests reach which function, how often and how long, and which of its calls are worth storing.
'use strict';

const { isTyped } = require('../functions/types.cjs');
const { runWatched, idOf } = require('./watched.cjs');

const MOST_PICKS = 44, SLOWEST = 16, OF_SHAPES = 20;

async function survey(request, emit) {
  const { problem, problems, rows, loaded } = await runWatched(request, emit, { pass: 'survey', timed: request.timed !== false, seed: request.seed ?? 0 });
  for (const target of request.targets) {
    const id = idOf(target);
    if (problems.has(id)) emit({ type: 'reach', target: id, problem: problems.get(id) });
    else if (!loaded.has(target.path) && mayRunOtherText(request, target)) emit({ type: 'reach', target: id, problem: `the tests never load ${target.path} as it lies there: what they run was made of it beforehand and elsewhere, or none of them reaches it` });
    else emit({ type: 'reach', target: id, ...reach(rows.filter(row => row.id === id)) });
  }
  emit({ type: 'done', problem });
}

/** Whether tests may run what was made of a file, and not the file: then it says nothing that nothing is heard of it. */
function mayRunOtherText(request, target) {
  return (request.runner ?? 'node') !== 'node' || (request.before ?? []).length > 0 || isTyped(target.path);
}

/** What several processes found out of one function. */
function reach(rows) {
  const tests = new Map(), observed = {};
  for (const row of rows) {
    for (const { id, seconds } of row.tests) tests.set(id, (tests.get(id) ?? 0) + seconds);
    for (const [name, seen] of Object.entries(row.observed)) observed[name] = both(observed[name], seen);
  }
  return {
    calls: rows.reduce((sum, row) => sum + row.calls, 0),
    tests: [...tests].map(([id, seconds]) => ({ id, seconds })).sort((a, b) => b.seconds - a.seconds),
    picks: picks(rows), callers: [], observed,
  };
}

function both(a, b) {
  if (!a) return b;
  const least = (x, y, of) => x === null ? y : y === null ? x : of(x, y);
  return {
    types: [...new Set([...a.types, ...b.types])], shortest: least(a.shortest, b.shortest, Math.min), longest: least(a.longest, b.longest, Math.max),
  };
}

/** The slowest calls, one of each make, and some at random, each once, the slowest first of all. */
function picks(rows) {
  const chosen = new Map();
  const take = (list, most) => {
    for (const pick of list) {
      if (chosen.size >= most) return;
      const key = `${pick.test}\n${pick.call}`;
      if (!chosen.has(key)) chosen.set(key, pick);
    }
  };
  take(rows.flatMap(row => row.slowest).sort((a, b) => b.seconds - a.seconds), SLOWEST);
  take(rows.flatMap(row => row.shapes), SLOWEST + OF_SHAPES);
  take(rows.flatMap(row => row.random), MOST_PICKS);
  return [...chosen.values()].map(({ test, call, seconds, raised }) => ({ test, call, seconds, raised }));
}

module.exports = { survey, reach };
