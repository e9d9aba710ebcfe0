'use strict';

const { isName, comparison, madeOnce } = require('../shapes.cjs');

const FOUND = new Map([['!== -1', true], ['!= -1', true], ['> -1', true], ['>= 0', true], ['=== -1', false], ['== -1', false], ['< 0', false]]);

module.exports = {
  id: 'js-index-of-set',
  title: 'Ask a Set instead of searching a place in a loop',
  why: 'Only whether it is there is asked: the list is gone through once, when the Set is made, instead of for every element of the loop.',
  unsafeWhen: 'the list changes in the loop, holds NaN, or is no list',
  gain: { small: 0.43, large: 18 },
  rewrite(text) {
    const searches = text.calls('indexOf').flatMap(call => {
      const asked = text.parents.get(call);
      const found = FOUND.get(comparison(asked));
      return isName(call.callee.object) && call.arguments.length === 1 && text.loop(call) && found !== undefined && asked.left === call ? [{ call, asked, found, list: call.callee.object.name }] : [];
    });
    const names = madeOnce(text, searches, 'Set', ({ list }) => `new Set(${list})`);
    for (const { call, asked, found, list } of searches) if (names.has(list)) text.replace(asked, `${found ? '' : '!'}${names.get(list)}.has(${text.of(call.arguments[0])})`);
  },
};
