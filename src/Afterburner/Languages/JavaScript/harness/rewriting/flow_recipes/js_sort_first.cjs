'use strict';

const { isArrow, bare, isName } = require('../shapes.cjs');

/** The list that `[...list]` or `list.slice()` copies; null where it is neither. */
function copied(text, node) {
  if (node.type === 'ArrayExpression' && node.elements.length === 1 && node.elements[0]?.type === 'SpreadElement' && isName(node.elements[0].argument)) return node.elements[0].argument.name;
  return text.calls('slice').includes(node) && node.arguments.length === 0 && isName(node.callee.object) ? node.callee.object.name : null;
}

module.exports = {
  id: 'js-sort-first',
  title: 'Find the first of an order without sorting',
  why: 'One walk finds the least or the largest; to sort takes many comparisons for each element, and a copy.',
  unsafeWhen: 'what is compared is no number, or NaN, or an element is undefined',
  gain: { small: 22, large: 55 },
  rewrite(text) {
    for (const call of text.calls('sort')) {
      const taken = text.parents.get(call), list = copied(text, call.callee.object), [order] = call.arguments, use = text.parents.get(taken);
      if (list === null || !text.wasArray(list) || call.arguments.length !== 1 || !isArrow(order) || order.params.length !== 2) continue;
      if (taken.type !== 'MemberExpression' || taken.object !== call || !taken.computed || taken.optional || taken.property.value !== 0 || use.type === 'CallExpression' && use.callee === taken || use.type === 'AssignmentExpression' && use.left === taken) continue;
      const [{ name: a }, { name: b }] = order.params, body = bare(order.body);
      if (body.type !== 'BinaryExpression' || body.operator !== '-') continue;
      const [left, right] = [text.of(body.left), text.of(body.right)];
      const rises = text.names(body.left, a) && !text.names(body.left, b), [ofA, ofB] = rises ? [left, right] : [right, left];
      if (ofA.replace(new RegExp(`\\b${a}\\b`, 'g'), b) !== ofB || !new RegExp(`\\b${a}\\b`).test(ofA)) continue;
      text.replace(taken, `${list}.reduce((${a}, ${b}) => ${ofB} ${rises ? '<' : '>'} ${ofA} ? ${b} : ${a}, ${list}[0])`);
    }
  },
};
