// What recipes there are. Each only proposes: whether what it makes is equal and faster is found out as of any candidate.
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

const RECIPES = [
  {
    id: 'js-filter-first',
    title: 'Stop at the first element that fits',
    why: '`find` ends at the first element that fits; `filter` goes over all of them and makes a list.',
    unsafeWhen: 'the condition has effects, or the value is no list',
    rewrite(text) {
      for (const node of text.all('MemberExpression')) {
        if (!node.computed || node.optional || node.property.value !== 0 || node.object.type !== 'CallExpression' || !text.calls('filter').includes(node.object)) continue;
        const parent = text.parents.get(node);
        if (node.object.arguments.length !== 1 || parent.type === 'AssignmentExpression' && parent.left === node || parent.type === 'UpdateExpression' || parent.type === 'CallExpression' && parent.callee === node) continue;
        text.replace(node, `${text.of(node.object.callee.object)}.find(${text.of(node.object.arguments[0])})`);
      }
    },
  },
  {
    id: 'js-filter-index-of',
    title: 'Keep each element once by a Set',
    why: 'A Set finds an element in constant time; `indexOf` goes through the list for each of them.',
    unsafeWhen: 'the list holds NaN or holes, or is no list',
    rewrite(text) {
      for (const call of text.calls('filter')) {
        const list = call.callee.object, [callback] = call.arguments;
        if (!isName(list) || !text.wasArray(list.name, LEAST) || !isArrow(callback) || callback.params.length !== 2) continue;
        const [{ name: each }, { name: place }] = callback.params, body = bare(callback.body);
        if (body.type !== 'BinaryExpression' || body.operator !== '===') continue;
        const [search, other] = isName(body.left, place) ? [body.right, body.left] : [body.left, body.right];
        if (!isName(other, place) || text.of(search).replace(/\s/g, '') !== `${list.name}.indexOf(${each})`) continue;
        text.replace(call, `[...new Set(${list.name})]`);
      }
    },
  },
  {
    id: 'js-member-set',
    title: 'Ask a Set instead of searching a list in a loop',
    why: 'The list is gone through once, when the Set is made, instead of for every element of the loop.',
    unsafeWhen: 'the list changes in the loop, or is no list',
    rewrite(text) {
      const made = new Map();
      for (const call of text.calls('includes')) {
        const list = call.callee.object;
        if (!isName(list) || call.arguments.length !== 1 || !text.wasArray(list.name, LEAST)) continue;
        const loop = text.loop(call), statement = loop && text.statement(loop);
        const reads = (node, parent, above) => isCallOf(node, parent, above, 'includes') || isLength(node, parent, above) || parent === text.fn
          || parent.type === 'ForOfStatement' && parent.right === node || parent.type === 'MemberExpression' && parent.object === node && /^(map|filter|some|every|indexOf|slice)$/.test(parent.property.name) && above.type === 'CallExpression';
        if (!statement || !only(text, list.name, reads)) continue;
        if (!made.has(list.name)) {
          const name = text.fresh(`${list.name}Set`);
          made.set(list.name, name);
          const first = text.calls('includes').filter(each => isName(each.callee.object, list.name) && text.loop(each)).map(each => text.statement(text.loop(each)))[0];
          text.before(first, `const ${name} = new Set(${list.name});`);
        }
        text.replace(call, `${made.get(list.name)}.has(${text.of(call.arguments[0])})`);
      }
    },
  },
  {
    id: 'js-seen-set',
    title: 'Remember in a Set what was kept',
    why: 'A Set finds an element in constant time; `includes` goes through all that was kept for each element.',
    unsafeWhen: 'the lists are so short that a Set costs more than the search',
    rewrite(text) {
      for (const name of new Set(text.calls('includes').map(call => call.callee.object).filter(node => isName(node)).map(node => node.name))) {
        const declaration = text.emptyList(name);
        const lists = Object.entries(text.observed).filter(([each]) => text.isParameter(each) && text.wasArray(each, LEAST));
        const pushes = text.calls('push').filter(call => isName(call.callee.object, name)), asked = text.calls('includes').filter(call => isName(call.callee.object, name));
        const isKept = (node, parent, above) => ['includes', 'push'].some(method => isCallOf(node, parent, above, method)) || isLength(node, parent, above) || parent.type === 'ReturnStatement' || parent.type === 'VariableDeclarator' && parent.id === node;
        if (!declaration || lists.length === 0 || !only(text, name, isKept) || !asked.every(call => text.loop(call) && call.arguments.length === 1)) continue;
        if (pushes.length === 0 || !pushes.every(call => isName(call.arguments[0]) && text.parents.get(call).type === 'ExpressionStatement' && text.parents.get(text.parents.get(call)).type === 'BlockStatement')) continue;
        const seen = text.fresh('seen');
        text.after(declaration, `const ${seen} = new Set();`);
        for (const call of asked) text.replace(call.callee, `${seen}.has`);
        for (const call of pushes) text.after(text.parents.get(call), `${seen}.add(${text.of(call.arguments[0])});`);
      }
    },
  },
  {
    id: 'js-reduce-concat',
    title: 'Put lists together by `flatMap`',
    why: 'Each `concat` copies all that was put together so far; `flatMap` adds to one list.',
    unsafeWhen: 'an element has `Symbol.isConcatSpreadable`, or the list has holes',
    rewrite(text) {
      for (const { call, acc, given, list, body } of reductions(text, 'ArrayExpression')) {
        if (body.type !== 'CallExpression' || body.callee.type !== 'MemberExpression' || body.callee.property.name !== 'concat' || !isName(body.callee.object, acc) || !text.wasArray(list, LEAST_COPIED)) continue;
        const [added] = body.arguments;
        if (body.arguments.length !== 1 || added.type === 'SpreadElement' || text.names(added, acc)) continue;
        text.replace(call, `${list}.flatMap(${given} => ${text.of(added)})`);
      }
    },
  },
  {
    id: 'js-reduce-object-spread',
    title: 'Make the object of its entries',
    why: 'Each spread copies all entries so far; `Object.fromEntries` makes one object.',
    unsafeWhen: 'the list has holes',
    rewrite(text) {
      for (const { call, acc, given, list, body } of reductions(text, 'ObjectExpression')) {
        if (body.type !== 'ObjectExpression' || body.properties.length !== 2) continue;
        const [spread, entry] = body.properties;
        if (spread.type !== 'SpreadElement' || !isName(spread.argument, acc) || entry.type !== 'Property' || !entry.computed || entry.method || text.names(entry.key, acc) || text.names(entry.value, acc)) continue;
        text.replace(call, `Object.fromEntries(${list}.map(${given} => [${text.of(entry.key)}, ${text.of(entry.value)}]))`);
      }
    },
  },
  {
    id: 'js-reduce-spread',
    title: 'Make the list by `map`',
    why: 'Each spread copies all elements so far; `map` makes one list.',
    unsafeWhen: 'the list has holes',
    rewrite(text) {
      for (const { call, acc, given, list, body } of reductions(text, 'ArrayExpression')) {
        if (body.type !== 'ArrayExpression' || body.elements.length !== 2 || body.elements.some(each => !each)) continue;
        const [spread, added] = body.elements;
        if (spread.type !== 'SpreadElement' || !isName(spread.argument, acc) || added.type === 'SpreadElement' || text.names(added, acc)) continue;
        const shown = text.of(added);
        text.replace(call, `${list}.map(${given} => ${added.type === 'ObjectExpression' ? `(${shown})` : shown})`);
      }
    },
  },
  {
    id: 'js-unshift-reverse',
    title: 'Add at the end, and turn the list round once',
    why: 'To add in front moves all elements; to add at the end moves none.',
    unsafeWhen: 'the list is looked at before it is complete',
    rewrite(text) {
      for (const name of new Set(text.calls('unshift').map(call => call.callee.object).filter(node => isName(node)).map(node => node.name))) {
        const adds = text.calls('unshift').filter(call => isName(call.callee.object, name));
        const isBuilt = (node, parent, above) => isCallOf(node, parent, above, 'unshift') && text.parents.get(above).type === 'ExpressionStatement' || parent.type === 'ReturnStatement' || parent.type === 'VariableDeclarator' && parent.id === node;
        if (!text.emptyList(name) || !only(text, name, isBuilt) || !adds.every(call => text.loop(call) && call.arguments[0].type !== 'SpreadElement')) continue;
        for (const call of adds) text.replace(call.callee.property, 'push');
        for (const node of text.uses(name)) if (text.parents.get(node).type === 'ReturnStatement') text.replace(node, `${name}.reverse()`);
      }
    },
  },
];

module.exports = { RECIPES };
