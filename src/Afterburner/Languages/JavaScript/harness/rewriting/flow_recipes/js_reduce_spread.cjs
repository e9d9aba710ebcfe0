'use strict';

const { isName, reductions } = require('../shapes.cjs');

module.exports = {
  id: 'js-reduce-spread',
  title: 'Make the list by `map`',
  why: 'Each spread copies all elements so far; `map` makes one list.',
  unsafeWhen: 'the list has holes',
  gain: { small: 8.9, large: 250 },
  rewrite(text) {
    for (const { call, acc, given, list, body } of reductions(text, 'ArrayExpression')) {
      if (body.type !== 'ArrayExpression' || body.elements.length !== 2 || body.elements.some(each => !each)) continue;
      const [spread, added] = body.elements;
      if (spread.type !== 'SpreadElement' || !isName(spread.argument, acc) || added.type === 'SpreadElement' || text.names(added, acc)) continue;
      const shown = text.of(added);
      text.replace(call, `${list}.map(${given} => ${added.type === 'ObjectExpression' ? `(${shown})` : shown})`);
    }
  },
};
