// What several recipes look for.
'use strict';

const LEAST = 64; // elements from which on to make a Set is worth it
const LEAST_COPIED = 500; // from which on `concat`, which copies quickly, takes longer than `flatMap`

const isArrow = node => node?.type === 'ArrowFunctionExpression' && !node.async && node.body.type !== 'BlockStatement' && node.params.every(each => each.type === 'Identifier');
const bare = node => node.type === 'ParenthesizedExpression' ? bare(node.expression) : node;
const isName = (node, name) => node.type === 'Identifier' && (name === undefined || node.name === name);
const isEmpty = (node, type) => node?.type === type && (node.elements ?? node.properties).length === 0;

/** `xs.reduce((acc, x) => ..., start)` with nothing in it that says more: the list, the parameters after the first, the body. */
function reductions(text, startType) {
  return text.calls('reduce').flatMap(call => {
    const [callback, start] = call.arguments;
    if (call.arguments.length !== 2 || !isArrow(callback) || callback.params.length < 2 || !isEmpty(start, startType)) return [];
    const [{ name: acc }, ...others] = callback.params;
    const names = others.map(each => each.name), given = names.length === 1 ? names[0] : `(${names.join(', ')})`;
    return [{ call, acc, given, list: text.of(call.callee.object), body: bare(callback.body) }];
  });
}

/** Whether each use of a list is one of those that a test lets through. */
const only = (text, name, allowed) => text.uses(name).every(node => allowed(node, text.parents.get(node), text.parents.get(text.parents.get(node))));
const isCallOf = (node, parent, above, method) => parent.type === 'MemberExpression' && parent.object === node && !parent.computed && parent.property.name === method && above.type === 'CallExpression' && above.callee === parent && above.arguments.length === 1;
const isLength = (node, parent, above) => parent.type === 'MemberExpression' && parent.object === node && !parent.computed && parent.property.name === 'length' && above.type !== 'AssignmentExpression' && above.type !== 'UpdateExpression';

const ONLY_READS = /^(map|filter|some|every|find|indexOf|includes|slice)$/;

/** A place where a list stays as it is. */
const isRead = (text, node, parent, above) => isLength(node, parent, above) || parent === text.fn || parent.type === 'ForOfStatement' && parent.right === node
  || parent.type === 'MemberExpression' && parent.object === node && !parent.computed && ONLY_READS.test(parent.property.name) && above.type === 'CallExpression' && above.callee === parent;

/** Searches in a loop of a list that is long and stays as it is: a name for what is made of it once, before the first of them; `make` says of what. Null: when it is asked for. */
function madeOnce(text, searches, suffix, make) {
  const names = new Map();
  for (const { call, list } of searches) {
    if (!text.wasArray(list, LEAST) || !text.statement(text.loop(call) ?? text.fn) || !only(text, list, (...place) => isRead(text, ...place))) continue;
    if (!names.has(list)) {
      const first = searches.find(each => each.list === list && text.loop(each.call));
      names.set(list, text.fresh(`${list}${suffix}`));
      text.before(text.statement(text.loop(first.call)), make === null ? `let ${names.get(list)};` : `const ${names.get(list)} = ${make(first)};`);
    }
  }
  return names;
}

/** What is worked out without a call, and without a change of anything. */
const isPlain = node => node.type === 'Identifier' || node.type === 'Literal' || node.type === 'MemberExpression' && !node.computed && !node.optional && isPlain(node.object);

/** A comparison with a whole number, as `operator number`. */
const comparison = node => node?.type === 'BinaryExpression' && (node.right.type === 'Literal' ? `${node.operator} ${node.right.raw}` : node.right.type === 'UnaryExpression' && node.right.operator === '-' && node.right.argument.type === 'Literal' ? `${node.operator} -${node.right.argument.raw}` : null);

/** Assignments `name = [...name, ...]` or `name = { ...name, ... }` of one more element, each a statement in a loop, of what starts empty and is not looked at otherwise before it is complete. */
function copiesInLoops(text, type, declarationOf, isAlsoRead) {
  const found = new Map();
  for (const node of text.all('AssignmentExpression')) {
    const parts = node.right.elements ?? node.right.properties;
    if (node.operator !== '=' || !isName(node.left) || node.right.type !== type || parts.length !== 2 || parts[0]?.type !== 'SpreadElement' || !parts[1] || !isName(parts[0].argument, node.left.name)) continue;
    if (text.parents.get(node).type !== 'ExpressionStatement' || !text.loop(node)) continue;
    found.set(node.left.name, [...found.get(node.left.name) ?? [], { node, name: node.left.name, added: parts[1] }]);
  }
  for (const [name, copies] of found) {
    const isCopied = (node, parent, above) => copies.some(copy => parent === copy.node || parent === copy.node.right.elements?.[0] || parent === copy.node.right.properties?.[0]) || parent.type === 'ReturnStatement' || parent.type === 'VariableDeclarator' && parent.id === node || isAlsoRead(node, parent, above);
    if (!declarationOf(name) || !only(text, name, isCopied)) found.delete(name);
  }
  return [...found.values()].flat();
}

module.exports = { LEAST, LEAST_COPIED, isArrow, bare, isName, isEmpty, isPlain, comparison, reductions, only, isCallOf, isLength, madeOnce, copiesInLoops };
