'use strict';

const { comparison } = require('../shapes.cjs');

const SOME = new Map([['> 0', true], ['!== 0', true], ['!= 0', true], ['>= 1', true], ['=== 0', false], ['== 0', false], ['< 1', false]]);

module.exports = {
  id: 'js-filter-length',
  title: 'Ask whether one fits',
  why: '`some` ends at the first element that fits; `filter` goes over all of them and makes a list.',
  unsafeWhen: 'the condition has effects, or the value is no list',
  gain: { small: 3.7, large: 790 },
  rewrite(text) {
    for (const call of text.calls('filter')) {
      const length = text.parents.get(call), asked = text.parents.get(length);
      if (call.arguments.length !== 1 || length.type !== 'MemberExpression' || length.object !== call || length.computed || length.optional || length.property.name !== 'length' || asked.left !== length || !SOME.has(comparison(asked))) continue;
      text.replace(asked, `${SOME.get(comparison(asked)) ? '' : '!'}${text.of(call.callee.object)}.some(${text.of(call.arguments[0])})`);
    }
  },
};
