// Second pass: stores the chosen calls while the tests that make them run again.
'use strict';

const { runWatched, idOf } = require('./watched.cjs');

const MOST_REASONS = 3;

async function record(request, emit) {
  const { problem, problems, rows } = await runWatched(request, emit, { pass: 'record', picks: request.picks, limits: request.limits });
  for (const target of request.targets) {
    const id = idOf(target), own = rows.filter(row => row.id === id);
    for (const { test, ordinal, rank, data, shape } of own.filter(row => row.data !== undefined)) {
      emit({ type: 'call', target: id, test, ordinal, rank, shape, blob: Buffer.from(data).toString('base64') });
    }
    emit({ type: 'recorded', target: id, reasons: reasons([...problems.has(id) ? [problems.get(id)] : [], ...own.filter(row => row.why).map(row => row.why)], own.length) });
  }
  emit({ type: 'done', problem });
}

function reasons(list, all) {
  const counts = new Map();
  for (const each of list) counts.set(each, (counts.get(each) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).slice(0, MOST_REASONS).map(([why, count]) => ({ reason: `${why} (${count} of ${Math.max(all, count)})` }));
}

module.exports = { record };
