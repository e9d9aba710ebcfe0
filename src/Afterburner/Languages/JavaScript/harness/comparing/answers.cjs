// Compares answers that two versions gave, in a process that has loaded nothing of them.
'use strict';

const { difference, show } = require('./differences.cjs');

/** One message for each pair of `answers`: how they differ, or null where a user could not tell them apart. */
function main(request, emit) {
  for (const pair of request.answers) {
    let found;
    try {
      const [first, second] = [pair.baseline, pair.candidate].map(told => JSON.parse(Buffer.from(told, 'base64').toString('utf8')));
      found = seenDifference(first, second, pair.tolerance ?? 1e-9);
    } catch (error) {
      found = `an answer cannot be read (${error.name})`;
    }
    emit({ type: 'answer', difference: found, orderOnly: false });
  }
  emit({ type: 'done' });
}

/** Result first, then what became of the arguments, then what was written. Of a timed answer only the first parts are there. */
function seenDifference(first, second, tolerance) {
  if (first.way !== second.way) return `outcome: ${ended(first)} != ${ended(second)}`;
  const names = [first.way === 'threw' || first.way === 'rejected' ? 'exception' : 'return', 'this afterwards', ...(first.given ?? []).map(name => `argument ${name} afterwards`)];
  const found = difference(first, second, names.slice(0, first.roots.length), tolerance);
  if (found !== null) return found;
  if (first.roots.length !== second.roots.length) return `arguments afterwards: ${first.roots.length - 2} != ${second.roots.length - 2}`;
  if (JSON.stringify(first.shared) !== JSON.stringify(second.shared)) return 'values of the module in the answer: not the same ones';
  for (const part of ['printed', 'warned']) {
    if (first[part] !== second[part]) return `${part}: ${cut(first[part])} != ${cut(second[part])}`;
  }
  const [ours, theirs] = [JSON.stringify(first.effects), JSON.stringify(second.effects)];
  return ours === theirs ? null : `effects: ${cut(ours)} != ${cut(theirs)}`;
}

const cut = text => text === undefined ? 'nothing' : text.length > 80 ? `${JSON.stringify(text.slice(0, 77))}...` : JSON.stringify(text);

const ended = told => `${{ returned: 'returned', threw: 'raised', resolved: 'resolved to', rejected: 'rejected with', sequence: 'gave a sequence' }[told.way] ?? told.way} ${show(told, told.roots[0])}`;

module.exports = { main, seenDifference };
