// Which statements and which ways through branches differ between two versions of a function: all of these have to run before anything is claimed.
'use strict';

const { points } = require('../functions/probing.cjs');

const MOST_LINES = 3000;

/** Numbers of the lines of each text, from 1, that the other does not have in the same order. */
function changedLines(before, after) {
  if (before.length > MOST_LINES || after.length > MOST_LINES) return [before.map((_, i) => i), after.map((_, i) => i)];
  const lengths = Array.from({ length: before.length + 1 }, () => new Uint16Array(after.length + 1));
  for (let a = before.length - 1; a >= 0; a--) {
    for (let b = after.length - 1; b >= 0; b--) lengths[a][b] = before[a] === after[b] ? lengths[a + 1][b + 1] + 1 : Math.max(lengths[a + 1][b], lengths[a][b + 1]);
  }
  const removed = [], added = [];
  let a = 0, b = 0;
  while (a < before.length || b < after.length) {
    if (a < before.length && b < after.length && before[a] === after[b]) {
      a++;
      b++;
    } else if (b === after.length || a < before.length && lengths[a + 1][b] >= lengths[a][b + 1]) removed.push(a++);
    else added.push(b++);
  }
  return [removed, added];
}

/**
 * What differs, in lines of the two files.
 * @param {{ outer: object, node: object }} before @param {{ outer: object, node: object }} after
 */
function changes(before, beforeText, after, afterText) {
  const lines = (found, text) => text.slice(found.outer.start, found.outer.end).split('\n').map(each => each.trim());
  const [removed, added] = changedLines(lines(before, beforeText), lines(after, afterText));
  const [gone, come] = [of(before, beforeText, removed), of(after, afterText, added)];
  return { changedLines: come.lines, removedLines: gone.lines, changedArms: come.arms, removedArms: gone.arms };
}

function of(found, text, differing) {
  const first = found.outer.loc.start.line, touched = new Set(differing.map(line => line + first));
  const { lines, arms } = points(found.node, text);
  const held = new Set();
  for (const line of touched) {
    // The statement that the line belongs to: the innermost, which begins last.
    const around = lines.filter(({ node }) => node.loc.start.line <= line && line <= node.loc.end.line);
    if (around.length) held.add(around.reduce((a, b) => b.node.start >= a.node.start ? b : a).line);
    lines.filter(each => each.line === line).forEach(each => held.add(each.line));
  }
  const isTouched = ({ node, place }) => {
    const part = place === 'true' || place === 'false' ? node.type === 'ConditionalExpression' ? node : node.test
      : place === 'body' ? node.right : place === 'case' ? node.test ?? node : place === 'catch' ? node.param ?? node : node;
    const end = place === 'catch' || part === node && place === 'case' ? node.loc.start.line : part.loc.end.line;
    for (let line = node.loc.start.line < part.loc.start.line ? part.loc.start.line : node.loc.start.line; line <= end; line++) if (touched.has(line)) return true;
    return touched.has(node.loc.start.line);
  };
  return { lines: [...held].sort((a, b) => a - b), arms: arms.filter(isTouched).map(({ number, unrun }) => ({ number, unrun })) };
}

module.exports = { changes, changedLines };
