'use strict';

module.exports = {
  id: 'js-filter-first',
  title: 'Stop at the first element that fits',
  why: '`find` ends at the first element that fits; `filter` goes over all of them and makes a list.',
  unsafeWhen: 'the condition has effects, or the value is no list',
  gain: { small: 3.8, large: 590 },
  looserTypes: true, // `find` may give undefined
  rewrite(text) {
    for (const node of text.all('MemberExpression')) {
      if (!node.computed || node.optional || node.property.value !== 0 || node.object.type !== 'CallExpression' || !text.calls('filter').includes(node.object)) continue;
      const parent = text.parents.get(node);
      if (node.object.arguments.length !== 1 || parent.type === 'AssignmentExpression' && parent.left === node || parent.type === 'UpdateExpression' || parent.type === 'CallExpression' && parent.callee === node) continue;
      text.replace(node, `${text.of(node.object.callee.object)}.find(${text.of(node.object.arguments[0])})`);
    }
  },
};
