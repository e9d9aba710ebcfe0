'use strict';

const { LEAST_COPIED, isName, reductions } = require('../shapes.cjs');

module.exports = {
  id: 'js-reduce-concat',
  title: 'Put lists together by `flatMap`',
  why: 'Each `concat` copies all that was put together so far; `flatMap` adds to one list.',
  unsafeWhen: 'an element has `Symbol.isConcatSpreadable`, or the list has holes',
  gain: { small: 0.45, large: 4 },
  rewrite(text) {
    for (const { call, acc, given, list, body } of reductions(text, 'ArrayExpression')) {
      if (body.type !== 'CallExpression' || body.callee.type !== 'MemberExpression' || body.callee.property.name !== 'concat' || !isName(body.callee.object, acc) || !text.wasArray(list, LEAST_COPIED)) continue;
      const [added] = body.arguments;
      if (body.arguments.length !== 1 || added.type === 'SpreadElement' || text.names(added, acc)) continue;
      text.replace(call, `${list}.flatMap(${given} => ${text.of(added)})`);
    }
  },
};
