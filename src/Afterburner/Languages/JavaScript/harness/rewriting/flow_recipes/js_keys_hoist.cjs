'use strict';

const { isName, only } = require('../shapes.cjs');

const READS = /^(length|includes|indexOf|map|filter|some|every|find|forEach|join)$/;

module.exports = {
  id: 'js-keys-hoist',
  title: 'List what an object has once',
  why: '`Object.keys` makes a list of all that the object has, at each step of the loop.',
  unsafeWhen: 'the object changes in the loop under another name',
  gain: { small: 3.9, large: 410 },
  looserTypes: true, // what the name holds is not said
  rewrite(text) {
    const listed = [...text.calls('keys'), ...text.calls('values'), ...text.calls('entries')]
      .filter(call => isName(call.callee.object, 'Object') && call.arguments.length === 1 && isName(call.arguments[0]) && text.isParameter(call.arguments[0].name) && text.bindings('Object') === 0);
    const isListed = (node, parent) => listed.some(call => call === parent) || parent === text.fn || parent.type === 'BinaryExpression' && parent.operator === 'in';
    const isReadOf = (node, parent, above) => parent.type === 'MemberExpression' && parent.object === node && !(above.type === 'AssignmentExpression' && above.left === parent) && above.type !== 'UpdateExpression'
      && !(above.type === 'UnaryExpression' && above.operator === 'delete') && !(above.type === 'CallExpression' && above.callee === parent);
    const names = new Map();
    for (const call of listed) {
      const [{ name }] = call.arguments, parent = text.parents.get(call), statement = text.loop(call) && text.statement(text.loop(call));
      const isUsed = parent.type === 'MemberExpression' && parent.object === call && !parent.computed && READS.test(parent.property.name) || parent.type === 'ForOfStatement' && parent.right === call;
      if (!statement || !isUsed || !only(text, name, (...place) => isListed(...place) || isReadOf(...place))) continue;
      const shown = text.of(call), method = call.callee.property.name;
      if (!names.has(shown)) {
        names.set(shown, text.fresh(`${name}${method[0].toUpperCase()}${method.slice(1)}`));
        text.before(statement, `let ${names.get(shown)};`);
      }
      text.replace(call, `(${names.get(shown)} ??= ${shown})`);
    }
  },
};
