'use strict';

const { isName, reductions } = require('../shapes.cjs');

module.exports = {
  id: 'js-reduce-object-spread',
  title: 'Make the object of its entries',
  why: 'Each spread copies all entries so far; `Object.fromEntries` makes one object.',
  unsafeWhen: 'the list has holes',
  gain: { small: 1.6, large: 320 },
  rewrite(text) {
    for (const { call, acc, given, list, body } of reductions(text, 'ObjectExpression')) {
      if (body.type !== 'ObjectExpression' || body.properties.length !== 2) continue;
      const [spread, entry] = body.properties;
      if (spread.type !== 'SpreadElement' || !isName(spread.argument, acc) || entry.type !== 'Property' || !entry.computed || entry.method || text.names(entry.key, acc) || text.names(entry.value, acc)) continue;
      text.replace(call, `Object.fromEntries(${list}.map(${given} => [${text.of(entry.key)}, ${text.of(entry.value)}]))`);
    }
  },
};
