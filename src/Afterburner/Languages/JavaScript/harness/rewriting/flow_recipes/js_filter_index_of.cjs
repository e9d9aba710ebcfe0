'use strict';

const { LEAST, isArrow, bare, isName } = require('../shapes.cjs');

module.exports = {
  id: 'js-filter-index-of',
  title: 'Keep each element once by a Set',
  why: 'A Set finds an element in constant time; `indexOf` goes through the list for each of them.',
  unsafeWhen: 'the list holds NaN or holes, or is no list',
  gain: { small: 0.55, large: 37 },
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
};
