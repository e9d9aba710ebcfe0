// Which statements and which ways through branches differ between two versions of a function: all of these have to run before anything is claimed.
'use strict';

const { isFunction, walk } = require('../functions/parsing.cjs');
const { points } = require('../functions/probing.cjs');
const { bound } = require('../functions/scopes.cjs');

const LOOPS = /^(For|ForIn|ForOf|While|DoWhile)Statement$/;

/**
 * What differs, in lines of the two files. A change is all that stands between the first and the last word that differ, whatever of it is the same:
 * what was moved over something is compared with that running, too.
 * @param {{ outer: object, node: object, tokens: object[] }} before @param {{ outer: object, node: object, tokens: object[] }} after
 */
function changes(before, beforeText, after, afterText) {
  const [ours, theirs] = regions(before, beforeText, after, afterText);
  if (ours === null) return { changedLines: [], removedLines: [], changedArms: [], removedArms: [] };
  const flows = new Set([...flowing(before.node, ours), ...flowing(after.node, theirs)]), named = new Set([...namesIn(before.node, ours), ...namesIn(after.node, theirs)]);
  const [gone, come] = [of(before, beforeText, ours, flows, named), of(after, afterText, theirs, flows, named)];
  return { changedLines: come.lines, removedLines: gone.lines, changedArms: come.arms, removedArms: gone.arms };
}

/** The part of each text that differs, as start and end; null twice where only blanks and comments do. */
function regions(before, beforeText, after, afterText) {
  const words = ({ outer, tokens }, text) => tokens.filter(each => outer.start <= each.start && each.end <= outer.end).map(({ start, end }) => ({ start, end, text: text.slice(start, end) }));
  const [a, b] = [words(before, beforeText), words(after, afterText)], least = Math.min(a.length, b.length);
  let first = 0, last = 0;
  while (first < least && a[first].text === b[first].text) first++;
  if (first === a.length && first === b.length) return [null, null];
  while (last < least - first && a.at(-1 - last).text === b.at(-1 - last).text) last++;
  // Where one has nothing, it is the place between two words.
  const region = (list, { outer }) => list.length - last > first
    ? [list[first].start, list[list.length - last - 1].end]
    : [list[first - 1]?.end ?? outer.start, list[first]?.start ?? outer.end];
  return [region(a, before), region(b, after)];
}

const meets = (node, [from, to]) => node.start < to && node.end > from;
const holds = (inside, [from, to]) => inside !== null && inside[0] <= from && to <= inside[1];

/** Names by which what is done in a part comes to what stands after it: what it binds, assigns to, calls something of, or hands on. */
function flowing(fn, region) {
  const names = new Set();
  const root = node => {
    while (node && node.type !== 'Identifier') node = node.object ?? node.expression ?? node.callee ?? node.argument ?? null;
    return node ? names.add(node.name) : names;
  };
  const target = node => {
    if (/Pattern$|^Identifier$|^RestElement$/.test(node.type)) bound(node).forEach(name => names.add(name));
    walk(node, each => {
      if (each.type === 'MemberExpression') root(each);
      return true;
    });
  };
  walk(fn, node => {
    if (!meets(node, region)) return false;
    switch (node.type) {
      case 'VariableDeclarator': target(node.id); break;
      case 'FunctionDeclaration':
      case 'ClassDeclaration': if (node.id) names.add(node.id.name); break;
      case 'AssignmentExpression': target(node.left); break;
      case 'UpdateExpression': root(node.argument); break;
      case 'UnaryExpression': if (node.operator === 'delete') root(node.argument); break;
      case 'ForInStatement':
      case 'ForOfStatement': target(node.left.type === 'VariableDeclaration' ? node.left.declarations[0].id : node.left); break;
      case 'CallExpression':
      case 'NewExpression':
        if (node.callee.type === 'MemberExpression') root(node.callee);
        node.arguments.forEach(each => (each.type === 'Identifier' || each.type === 'SpreadElement') && root(each));
        break;
    }
    return true;
  });
  return names;
}

/** Names that stand in a part. */
function namesIn(fn, region) {
  const names = new Set();
  walk(fn.body, node => {
    if (node.type === 'Identifier' && meets(node, region)) names.add(node.name);
    return meets(node, region);
  });
  return names;
}

function of({ node: fn }, text, region, flows, named) {
  const { lines, arms } = points(fn, text);
  let isRepeated = false; // what stands before a change comes after it, too
  walk(fn.body, node => {
    if ((LOOPS.test(node.type) || isFunction(node)) && meets(node, region)) isRepeated = true;
    return !isRepeated;
  });
  const mentions = (node, [from, to] = [node.start, node.end]) => {
    if (!isRepeated && to <= region[0]) return false;
    let found = false;
    walk(node, each => {
      if (each.end <= from || each.start >= to) return false;
      found ||= each.type === 'Identifier' && flows.has(each.name);
      return !found;
    });
    return found;
  };
  const heads = node => [node.test, node.init, node.update, node.left, node.right, node.discriminant].filter(each => each && typeof each.type === 'string');
  const reaches = node => /^(If|For|ForIn|ForOf|While|DoWhile|Switch|Try|Labeled)Statement$/.test(node.type) ? heads(node).some(each => mentions(each)) : mentions(node);
  const held = new Set(lines.filter(({ node }) => meets(node, region) || reaches(node)).map(({ line }) => line));

  const inside = new Map(); // node -> the arm that leads to the whole change
  for (const arm of arms) if (holds(arm.inside, region)) inside.set(arm.node, arm);
  const counts = arm => {
    if (arm.parameters) return arm.parameters.some(name => named.has(name));
    if (inside.has(arm.node)) {
      if (inside.get(arm.node) === arm) return true;
    } else if (meets(arm.node, region)) return true;
    return reaches(arm.node) || arm.inside !== null && mentions(arm.node, arm.inside);
  };
  return { lines: [...held].sort((a, b) => a - b), arms: arms.filter(counts).map(({ number, unrun }) => ({ number, unrun })) };
}

module.exports = { changes };
