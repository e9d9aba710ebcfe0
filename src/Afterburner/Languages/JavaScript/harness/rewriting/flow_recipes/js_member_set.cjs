'use strict';

const { isName, madeOnce } = require('../shapes.cjs');

module.exports = {
  id: 'js-member-set',
  title: 'Ask a Set instead of searching a list in a loop',
  why: 'The list is gone through once, when the Set is made, instead of for every element of the loop.',
  unsafeWhen: 'the list changes in the loop, or is no list',
  gain: { small: 0.56, large: 31 },
  rewrite(text) {
    const searches = text.calls('includes').filter(call => isName(call.callee.object) && call.arguments.length === 1 && text.loop(call)).map(call => ({ call, list: call.callee.object.name }));
    const names = madeOnce(text, searches, 'Set', ({ list }) => `new Set(${list})`);
    for (const { call, list } of searches) if (names.has(list)) text.replace(call, `${names.get(list)}.has(${text.of(call.arguments[0])})`);
  },
};
