'use strict';

const { isName, isEmpty, reductions } = require('../shapes.cjs');

module.exports = {
  id: 'js-reduce-object-assign',
  title: 'Make the object of its entries',
  why: 'Each `Object.assign` into a new object copies all entries so far; `Object.fromEntries` makes one object.',
  unsafeWhen: 'the list has holes, or an entry is `__proto__`',
  gain: { small: 1.8, large: 300 },
  rewrite(text) {
    for (const { call, acc, given, list, body } of reductions(text, 'ObjectExpression')) {
      if (body.type !== 'CallExpression' || text.of(body.callee) !== 'Object.assign' || body.arguments.length !== 3) continue;
      const [target, copied, added] = body.arguments;
      if (!isEmpty(target, 'ObjectExpression') || !isName(copied, acc) || added.type !== 'ObjectExpression' || added.properties.length !== 1) continue;
      const [entry] = added.properties;
      if (entry.type !== 'Property' || !entry.computed || entry.method || entry.kind !== 'init' || text.names(entry.key, acc) || text.names(entry.value, acc)) continue;
      text.replace(call, `Object.fromEntries(${list}.map(${given} => [${text.of(entry.key)}, ${text.of(entry.value)}]))`);
    }
  },
};
