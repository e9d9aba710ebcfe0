// Compares answers that two versions gave, in a process that has loaded nothing of them.
'use strict';

const { difference, show } = require('./differences.cjs');

/** One message for each pair of `answers`: how they differ, or null where a user could not tell them apart. */
function main(request, emit) {
  for (const pair of request.answers) {
    let found;
    try {
      const [first, second] = [pair.baseline, pair.candidate].map(told => JSON.parse(Buffer.from(told, 'base64').toString('utf8')));
      found = seenDifference(first, second, pair.tolerance ?? 1e-9, pair.made ?? false);
    } catch (error) {
      found = `an answer cannot be read (${error.name})`;
    }
    emit({ type: 'answer', difference: found, orderOnly: false });
  }
  emit({ type: 'done' });
}

/**
 * Result first, then what became of the arguments, then what was written. Of a timed answer only the first parts are there.
 * @param {boolean} made whether no test makes the call: where the language fails in the middle of it, only the kind of the error counts
 */
function seenDifference(first, second, tolerance, made = false) {
  if (made && first.way === second.way && failure(first) !== null && failure(first) === failure(second)) return null;
  if (first.way !== second.way) return `outcome: ${ended(first)} != ${ended(second)}`;
  const names = [first.way === 'threw' || first.way === 'rejected' ? 'exception' : 'return', 'this afterwards', ...(first.given ?? []).map(name => `argument ${name} afterwards`)];
  const found = difference(first, second, names.slice(0, first.roots.length), tolerance);
  if (found !== null) return found;
  if (first.roots.length !== second.roots.length) return `arguments afterwards: ${first.roots.length - 2} != ${second.roots.length - 2}`;
  if (JSON.stringify(first.shared) !== JSON.stringify(second.shared)) return 'values of the module in the answer: not the same ones';
  const [ours, theirs] = [first.steps ?? [], second.steps ?? []];
  for (let step = 0; step < Math.min(ours.length, theirs.length); step++) {
    const moved = difference(ours[step], theirs[step], ['item', 'this', ...names.slice(2)].map(name => `${name.replace(/ afterwards$/, '')} ${step === 0 ? 'once it returned' : `at item ${step - 1}`}`), tolerance);
    if (moved !== null) return moved;
  }
  if (ours.length !== theirs.length) return `steps: ${ours.length} != ${theirs.length}`;
  for (const part of ['printed', 'warned', 'broken']) {
    if (first[part] !== second[part]) return `${part}: ${cut(first[part])} != ${cut(second[part])}`;
  }
  const [left, other] = [JSON.stringify(first.effects), JSON.stringify(second.effects)];
  return left === other ? null : `effects: ${cut(left)} != ${cut(other)}`;
}

/** The kind of an error that the language itself throws; null for what is none. */
function failure({ way, roots, nodes }) {
  const ended = way === 'sequence' ? nodes[roots[0].r][2].find(([key]) => key === 'serror') : undefined;
  const thrown = way === 'threw' || way === 'rejected' ? roots[0] : ended ? ended[1] : null;
  const node = thrown !== null && typeof thrown === 'object' ? nodes[thrown.r] : null;
  return node?.[0] === 'error' && /^B(Type|Range|Syntax|Reference|URI)Error$/.test(node[1]) && node[2].length === 1 ? node[1] : null;
}

const cut = text => text === undefined ? 'nothing' : text.length > 80 ? `${JSON.stringify(text.slice(0, 77))}...` : JSON.stringify(text);

const ended = told => `${{ returned: 'returned', threw: 'raised', resolved: 'resolved to', rejected: 'rejected with', sequence: 'gave a sequence' }[told.way] ?? told.way} ${show(told, told.roots[0])}`;

module.exports = { main, seenDifference };
