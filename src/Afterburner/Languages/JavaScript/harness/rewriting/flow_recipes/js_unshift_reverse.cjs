'use strict';

const { isName, only, isCallOf } = require('../shapes.cjs');

module.exports = {
  id: 'js-unshift-reverse',
  title: 'Add at the end, and turn the list round once',
  why: 'To add in front moves all elements; to add at the end moves none.',
  unsafeWhen: 'the list is looked at before it is complete',
  gain: { small: 5.1, large: 5.5 },
  rewrite(text) {
    for (const name of new Set(text.calls('unshift').map(call => call.callee.object).filter(node => isName(node)).map(node => node.name))) {
      const adds = text.calls('unshift').filter(call => isName(call.callee.object, name));
      const isBuilt = (node, parent, above) => isCallOf(node, parent, above, 'unshift') && text.parents.get(above).type === 'ExpressionStatement' || parent.type === 'ReturnStatement' || parent.type === 'VariableDeclarator' && parent.id === node;
      if (!text.emptyList(name) || !only(text, name, isBuilt) || !adds.every(call => text.loop(call) && call.arguments[0].type !== 'SpreadElement')) continue;
      for (const call of adds) text.replace(call.callee.property, 'push');
      for (const node of text.uses(name)) if (text.parents.get(node).type === 'ReturnStatement') text.replace(node, `${name}.reverse()`);
    }
  },
};
