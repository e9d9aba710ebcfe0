'use strict';

const { copiesInLoops } = require('../shapes.cjs');

module.exports = {
  id: 'js-loop-object-spread',
  title: 'Set one entry instead of copying them all',
  why: 'Each spread copies all entries so far; to set one copies none.',
  unsafeWhen: 'a key is `__proto__`',
  gain: { small: 7.8, large: 280 },
  rewrite(text) {
    const isAsked = (node, parent, above) => parent.type === 'MemberExpression' && parent.object === node && !(above.type === 'AssignmentExpression' && above.left === parent) && above.type !== 'UpdateExpression' && above.type !== 'UnaryExpression' && !(above.type === 'CallExpression' && above.callee === parent);
    for (const { node, name, added } of copiesInLoops(text, 'ObjectExpression', each => text.emptyObject(each), isAsked)) {
      if (added.type === 'Property' && added.computed && !added.method && added.kind === 'init') text.replace(node, `${name}[${text.of(added.key)}] = ${text.of(added.value)}`);
    }
  },
};
